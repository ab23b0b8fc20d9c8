/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "fuzz.h"
#include "plan/plan-file.h"
#include "plan/plan-judge.h"
#include "write/record.h"

/* A host with the device that the domain claims, and another one in its group. */
ifxTopology *
ifxFuzzSavedHost(void)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    guint i;

    for (i = 0; i < 2; i++) {
        const ifxPciAddress address = { .bus = 1, .function = (guint8) i };
        g_autoptr(ifxDevice) device = ifxDeviceNew(&address);

        device->group = 1;
        device->header = IFX_HEADER_ENDPOINT;
        ifxTopologyBuilderAddDevice(builder, device);
        ifxTopologyBuilderAddMember(builder, 1, &address);
    }
    return ifxTopologyBuilderEnd(builder);
}

/* Is @words safe for a terminal? Lines of a diff keep their tabs. */
static void
ifxFuzzCheckWords(const GString *words)
{
    gsize i;

    for (i = 0; i < words->len; i++)
        ifxFuzzExpect((guchar) words->str[i] >= ' ' || words->str[i] == '\n' ||
                      words->str[i] == '\t');
    ifxFuzzExpect(g_utf8_validate(words->str, (gssize) words->len, NULL));
}

/* The description of an entry is safe for a terminal, and the entry is approved or refused. */
static void
ifxFuzzCheckEntry(const ifxPlanFileEntry *entry,
                  const ifxDomain *domain,
                  const ifxTopology *topology)
{
    const ifxPlanHost host = { .topology = topology };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &host, &entry->policy);
    g_autoptr(GString) words = g_string_new(NULL);
    GString *diff = ifxPlanFileGetDiff(entry);
    g_autoptr(GString) difference = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    ifxPlanFileDescribe(entry, 80, words);
    if (!ifxPlanFileCheck(entry, plan, diff->str, difference, &error))
        ifxFuzzExpectError(error, IFX_ERROR_REFUSED, IFX_ERROR_REFUSED);
    g_string_append(words, difference->str);
    ifxFuzzCheckWords(words);
    g_string_free(diff, TRUE);
}

void
ifxFuzzCheckPlanFile(GBytes *bytes)
{
    g_autoptr(GBytes) text = g_bytes_new_static(IFX_FUZZ_SAVED_DOMAIN, strlen(IFX_FUZZ_SAVED_DOMAIN));
    g_autoptr(ifxDomain) domain = ifxDomainParse(text, NULL);
    g_autoptr(ifxTopology) topology = ifxFuzzSavedHost();
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxPlanFile) file = ifxPlanFileParse(bytes, &error);
    g_autoptr(GString) head = g_string_new(NULL);
    const GPtrArray *entries;
    guint i;

    if (!file) {
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_XML);
        return;
    }
    ifxFuzzExpect(*ifxPlanFileGetId(file));
    ifxPlanFileDescribeHead(file, 80, head);
    ifxFuzzCheckWords(head);
    if (!ifxPlanFileIsIntact(file, &error))
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_XML);
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++)
        ifxFuzzCheckEntry(entries->pdata[i], domain, topology);
}

/* A record that can be read is written so that it is read as the same. */
void
ifxFuzzCheckRecord(const char *text,
              gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRecord) record = ifxRecordParse(text, length, &error);
    g_autoptr(ifxRecord) again = NULL;
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;

    if (!record) {
        ifxFuzzExpectError(error, IFX_ERROR_FILE, IFX_ERROR_FILE);
        return;
    }
    first = ifxRecordFormat(record);
    again = ifxRecordParse(first, strlen(first), &error);
    ifxFuzzExpectDone(again, error);
    second = ifxRecordFormat(again);
    ifxFuzzExpect(strcmp(first, second) == 0);
}
