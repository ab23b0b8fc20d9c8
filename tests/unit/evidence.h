/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * evidence: what a host's use says of a device, as text.
 */

#pragma once

#include <check.h>
#include <glib.h>

#include "use/use.h"

static const char *const ifxTestUseKinds[] = {
    "mounted", "swap", "network", "process", "listener", "domain", "display", "input", "mdev",
    "vdpa", "held", "unclear", "unanswered",
};

/* A line for each use: "network: eno1 -> 192.168.1.2\n". Free with g_free(). */
static inline char *
ifxTestEvidence(ifxUseGraph *use,
                const char *address)
{
    GString *text = g_string_new(NULL);
    const GPtrArray *evidence;
    ifxPciAddress parsed;
    guint i;

    ck_assert(ifxPciAddressParse(address, &parsed));
    evidence = ifxUseEvidenceGet(use, &parsed);
    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxUse *one = evidence->pdata[i];
        g_autofree char *chain = ifxUseEvidenceFormatChain(one->chain);

        g_string_append_printf(text, "%s: %s\n", ifxTestUseKinds[one->kind], chain);
    }
    return g_string_free(text, FALSE);
}

static inline void
ifxTestExpect(ifxUseGraph *use,
              const char *address,
              const char *expected)
{
    g_autofree char *text = ifxTestEvidence(use, address);

    ck_assert_str_eq(text, expected);
}
