/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stylesheet-builtin: the texts of the stylesheets in xslt/. The build puts them into the tool, so
 * that the tool never runs with stylesheets of another version.
 */

#pragma once

extern const char ifxBuiltinCompleteGroups[];
extern const char ifxBuiltinManaged[];
extern const char ifxBuiltinPrune[];
