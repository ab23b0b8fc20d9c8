/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tally.h"

#include "base/term.h"

guint
ifxTallyTotal(const ifxTally *tally)
{
    guint total = tally->failed + tally->left;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(tally->results); i++)
        total += tally->results[i];
    return total;
}

void
ifxTallySummarize(const ifxTally *tally,
                  const char *change,
                  const char *tail)
{
    const struct {
        ifxResult result;
        const char *words;
    } parts[] = {
        { IFX_RESULT_CHANGE, change },
        { IFX_RESULT_COMPLETE, "complete" },
        { IFX_RESULT_REFUSED, "refused" },
        { IFX_RESULT_NO_IOMMU, "without IOMMU" },
        { IFX_RESULT_SKIPPED, "skipped" },
    };
    g_autoptr(GString) line = g_string_new(NULL);
    const guint total = ifxTallyTotal(tally);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        const guint count = tally->results[parts[i].result];

        if (count > 0)
            g_string_append_printf(line, "%s%u %s", line->len > 0 ? ", " : "", count,
                                   parts[i].words);
    }
    if (tally->left > 0)
        g_string_append_printf(line, "%s%u left", line->len > 0 ? ", " : "", tally->left);
    if (tally->failed > 0)
        g_string_append_printf(line, "%s%u failed", line->len > 0 ? ", " : "", tally->failed);
    ifxTermNote("%u domain%s%s%s.%s", total, total == 1 ? "" : "s", line->len > 0 ? ": " : "",
                line->str, tail);
}

ifxExit
ifxTallyStatus(const ifxTally *tally)
{
    if (tally->failed > 0)
        return IFX_EXIT_ERROR;
    return tally->results[IFX_RESULT_REFUSED] > 0 ? IFX_EXIT_REFUSED : IFX_EXIT_DONE;
}
