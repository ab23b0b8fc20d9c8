/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * need: what a guest needs of the host (domain-needs.h) among the things that the host has.
 */

#pragma once

#include "use/host-use.h"

/* The id of the thing that is needed; NULL: the host does not know it. Lent for @use's life. */
const char *ifxNeedFind(const ifxHostUse *use, const char *need);

/* What kind of use the need of the thing @id is, and whether it is one that may never be taken:
 * a slice of a device goes when the device does. */
ifxUseKind ifxNeedKind(const char *id);
bool ifxNeedIsVital(ifxUseKind kind);
