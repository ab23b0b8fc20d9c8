/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-driver: what a device's driver means for the group that it is in.
 */

#pragma once

#include "plan/plan.h"

/* Would the kernel hand over its group while the device stays as it is? See ifxStarts. */
ifxStarts ifxDriverStarts(const ifxDevice *device);
