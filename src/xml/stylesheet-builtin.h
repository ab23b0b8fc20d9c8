/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stylesheet-builtin: the texts of the stylesheets in xslt/, put into the tool when it is
 * built, so that it never runs with another's.
 */

#pragma once

extern const char ifxBuiltinCompleteGroups[];
extern const char ifxBuiltinManaged[];
extern const char ifxBuiltinPrune[];
