/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-stop: the command that ends a use of a device. It follows from the words of the chain
 * (use.h), which the loaders of the room use/ write.
 */

#pragma once

#include "plan/plan-words.h"

/* "Unmount it first: umount /srv". NULL: the chain names nothing that one command ends. Free with
 * g_free(). */
char *ifxPlanStopFormat(const ifxEvidence *evidence);
