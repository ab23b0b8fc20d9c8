/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan-notes: what is to be said of a domain as a whole.
 */

#pragma once

#include "plan/plan.h"

/* Sets @plan's notes:
 *  - an interface on a hostdev network gets one of the network's devices when the domain
 *    starts (networkAllocatePort, libvirt src/network/bridge_driver.c), so that any of their
 *    groups may have to be whole;
 *  - with <teaming> the domain is made to migrate, and its placeholders travel with it: they
 *    name the destination's devices then;
 *  - another domain could not be read, so that nobody knows what it claims. */
void ifxPlanAddNotes(ifxPlan *plan, const ifxPlanHost *host);
