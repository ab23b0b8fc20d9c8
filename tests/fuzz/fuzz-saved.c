/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is a file that the tool saved and that somebody may have changed: a plan, or a
 * record.
 */
#include <string.h>

#include "fuzz.h"
#include "plan/plan-file.h"
#include "plan/plan-judge.h"
#include "write/record.h"

#define IFX_FUZZ_DOMAIN \
    "<domain type='kvm'><name>a</name><devices><hostdev type='pci'><source>" \
    "<address bus='1' slot='0' function='0'/></source></hostdev></devices></domain>"

/* A host with the device that the domain claims, and another one in its group. */
static ifxTopology *
ifxFuzzHost(void)
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
    gsize i;

    ifxPlanFileDescribe(entry, 80, words);
    for (i = 0; i < words->len; i++)
        ifxFuzzExpect((guchar) words->str[i] >= ' ' || words->str[i] == '\n');
    ifxFuzzExpect(g_utf8_validate(words->str, (gssize) words->len, NULL));
    if (!ifxPlanFileCheck(entry, plan, diff->str, difference, &error))
        ifxFuzzExpectError(error, IFX_ERROR_REFUSED, IFX_ERROR_REFUSED);
    g_string_free(diff, TRUE);
}

static void
ifxFuzzPlanFile(GBytes *bytes)
{
    g_autoptr(GBytes) text = g_bytes_new_static(IFX_FUZZ_DOMAIN, strlen(IFX_FUZZ_DOMAIN));
    g_autoptr(ifxDomain) domain = ifxDomainParse(text, NULL);
    g_autoptr(ifxTopology) topology = ifxFuzzHost();
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxPlanFile) file = ifxPlanFileParse(bytes, &error);
    const GPtrArray *entries;
    guint i;

    if (!file) {
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_XML);
        return;
    }
    ifxFuzzExpect(*ifxPlanFileGetId(file));
    entries = ifxPlanFileGetEntries(file);
    for (i = 0; i < entries->len; i++)
        ifxFuzzCheckEntry(entries->pdata[i], domain, topology);
}

/* A record that can be read is written so that it is read as the same. */
static void
ifxFuzzRecord(const char *text,
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

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);

    ifxFuzzPlanFile(bytes);
    ifxFuzzRecord((const char *) data, size);
    return 0;
}
