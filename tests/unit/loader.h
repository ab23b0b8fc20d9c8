/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loader: runs one loader of host use.
 */

#pragma once

#include <check.h>
#include <string.h>

#include "use/use-internal.h"

/* Runs the loader of that name, "block", below @sysroot. */
static inline void
ifxTestRunLoader(const char *name,
                 const char *sysroot,
                 ifxUseGraph *graph)
{
    guint i;

    for (i = 0; ifxUseLoaders[i] && strcmp(ifxUseLoaders[i]->name, name) != 0; i++)
        ;
    ck_assert_ptr_nonnull(ifxUseLoaders[i]);
    ifxUseLoaderRun(ifxUseLoaders[i], sysroot, graph);
}
