/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Before the first < the input describes a host, six bytes a device; one more byte gives the
 * options besides completing groups. The rest is a domain.
 */
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

#include "fuzz.h"
#include "plan/plan-judge.h"
#include "plan/plan-xml.h"
#include "report/report-json.h"
#include "report/report.h"
#include "plan/rewrite.h"

/* A device's bytes. */
enum {
    IFX_FUZZ_FLAGS,
    IFX_FUZZ_BUS,
    IFX_FUZZ_DEVFN,
    IFX_FUZZ_GROUP,
    IFX_FUZZ_CLASS,
    IFX_FUZZ_DRIVER,        /* and what the device is called */
    IFX_FUZZ_DEVICE_SIZE,
};

enum {
    IFX_FUZZ_FAR = 1 << 0,      /* behind a VMD controller */
    IFX_FUZZ_ALLOWED = 1 << 1,
    IFX_FUZZ_HIDDEN = 1 << 2,   /* only known as a member */
    IFX_FUZZ_OTHER = 1 << 3,    /* no PCI device */
    IFX_FUZZ_HEADER = 3 << 4,
    IFX_FUZZ_ASTRAY = 1 << 6,   /* listed in another group than its own */
    IFX_FUZZ_HEADERS = 1 << 7,  /* all headers could be read */
};

#define IFX_FUZZ_ALONE 0xff

/* The one byte more. */
enum {
    IFX_FUZZ_MANAGED = 1 << 0,
    IFX_FUZZ_PRUNE = 1 << 1,
};

typedef struct {
    ifxTopologyBuilder *builder;
    GHashTable *allowed;
} ifxFuzzHost;

static const guint32 classes[] = {
    0x030000, 0x040300, 0x0c0330, 0x0c8000, 0x060400, 0x060100, 0x010802, 0x020000,
    0x0c0500, 0x088000, 0x118000, 0x000100, 0x0d8000, 0x060700, 0xffffff, 0x000000,
};

static const char *const drivers[] = {
    NULL, "vfio-pci", "pcieport", "pci-stub", "nouveau", "snd_hda_intel", "", "a b",
    "\xff\xfe", "\"<&>'", "\033[2J", "\xe2\x80\xae", "line\nbreak", "xvfio", "\x01", "\xed\xa0\x80",
};

static ifxDevice *
ifxFuzzNewDevice(const uint8_t *bytes,
                 const ifxPciAddress *address)
{
    ifxDevice *device = ifxDeviceNew(address);
    const char *driver = drivers[bytes[IFX_FUZZ_DRIVER] % G_N_ELEMENTS(drivers)];
    const char *name = drivers[bytes[IFX_FUZZ_DRIVER] / 16 % G_N_ELEMENTS(drivers)];

    device->header = (ifxHeaderType) ((bytes[IFX_FUZZ_FLAGS] & IFX_FUZZ_HEADER) >> 4);
    device->has_class = bytes[IFX_FUZZ_CLASS] < 0xf0;
    if (device->has_class)
        device->class_code = classes[bytes[IFX_FUZZ_CLASS] % G_N_ELEMENTS(classes)];
    device->driver = g_strdup(driver);
    device->driver_state = driver ? IFX_DRIVER_BOUND :
        bytes[IFX_FUZZ_CLASS] & 0x10 ? IFX_DRIVER_UNKNOWN : IFX_DRIVER_NONE;
    device->vendor = g_strdup(name);
    device->product = g_strdup(name);
    device->vendor_id = (guint16) (bytes[IFX_FUZZ_BUS] << 8 | bytes[IFX_FUZZ_DEVFN]);
    if (bytes[IFX_FUZZ_GROUP] != IFX_FUZZ_ALONE)
        device->group = bytes[IFX_FUZZ_GROUP];
    return device;
}

/* As the loaders do: a device that says its group is listed in it. */
static void
ifxFuzzAddDevice(ifxFuzzHost *host,
                 const uint8_t *bytes)
{
    const guint8 flags = bytes[IFX_FUZZ_FLAGS];
    const guint group = bytes[IFX_FUZZ_GROUP];
    const ifxPciAddress address = {
        .domain = flags & IFX_FUZZ_FAR ? 0x10000 : 0,
        .bus = bytes[IFX_FUZZ_BUS],
        .slot = bytes[IFX_FUZZ_DEVFN] >> 3,
        .function = bytes[IFX_FUZZ_DEVFN] & 7,
    };
    g_autoptr(ifxDevice) device = NULL;

    if (flags & IFX_FUZZ_ALLOWED)
        g_hash_table_add(host->allowed, g_memdup2(&address, sizeof(address)));
    if (flags & IFX_FUZZ_OTHER) {
        const char *name = drivers[bytes[IFX_FUZZ_DRIVER] % G_N_ELEMENTS(drivers)];

        ifxTopologyBuilderAddOtherMember(host->builder, group, name ? name : "AMDI0095:00");
        return;
    }
    if (group != IFX_FUZZ_ALONE)
        ifxTopologyBuilderAddMember(host->builder, group, &address);
    if (flags & IFX_FUZZ_ASTRAY)
        ifxTopologyBuilderAddMember(host->builder, group + 1, &address);
    if (flags & IFX_FUZZ_HEADERS)
        ifxTopologyBuilderSetHeadersRead(host->builder);
    if (flags & IFX_FUZZ_HIDDEN)
        return;
    device = ifxFuzzNewDevice(bytes, &address);
    ifxTopologyBuilderAddDevice(host->builder, device);
}

static ifxTopology *
ifxFuzzNewTopology(const uint8_t *data,
                   size_t size,
                   GHashTable *allowed)
{
    ifxFuzzHost host = { .builder = ifxTopologyBuilderNew(), .allowed = allowed };
    size_t at;

    for (at = 0; at + IFX_FUZZ_DEVICE_SIZE <= size; at += IFX_FUZZ_DEVICE_SIZE)
        ifxFuzzAddDevice(&host, data + at);
    return ifxTopologyBuilderEnd(host.builder);
}

/* xslt/plan.rng, compiled once. */
static xmlRelaxNG *
ifxFuzzSchema(void)
{
    static xmlRelaxNG *schema;

    if (!schema) {
        const char *srcdir = g_getenv("srcdir");
        g_autofree char *path = g_build_filename(srcdir ? srcdir : ".", "xslt", "plan.rng", NULL);
        xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);

        schema = xmlRelaxNGParse(parser);
        xmlRelaxNGFreeParserCtxt(parser);
        ifxFuzzExpect(schema);
    }
    return schema;
}

/* All that the tool carries, compiled once: what a plan does not ask for, none of them does. */
static const GPtrArray *
ifxFuzzStylesheets(void)
{
    static GPtrArray *stylesheets;
    g_autoptr(GError) error = NULL;
    guint name;

    if (stylesheets)
        return stylesheets;
    stylesheets = g_ptr_array_new();
    for (name = IFX_STYLESHEET_COMPLETE_GROUPS; name <= IFX_STYLESHEET_PRUNE; name++) {
        ifxStylesheet *stylesheet = ifxStylesheetNew((ifxStylesheetName) name, &error);

        ifxFuzzExpectDone(stylesheet, error);
        g_ptr_array_add(stylesheets, stylesheet);
    }
    return stylesheets;
}

static char *
ifxFuzzDump(xmlDoc *doc)
{
    xmlChar *text;
    char *copy;
    int length;

    xmlDocDumpMemoryEnc(doc, &text, &length, "UTF-8");
    copy = g_strndup((const char *) text, (gsize) length);
    xmlFree(text);
    return copy;
}

/* The document is as the schema has it, and the same when its text is read again. */
static void
ifxFuzzCheckDocument(const ifxPlan *plan)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(xmlDoc) again = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    xmlRelaxNGValidCtxt *validator;

    ifxPlanXmlAdd(doc, plan, true);
    ifxPlanXmlFormat(doc, text);
    again = xmlReadMemory(text->str, (int) text->len, NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_NOBLANKS);
    ifxFuzzExpect(again);
    before = ifxFuzzDump(doc);
    after = ifxFuzzDump(again);
    ifxFuzzExpect(strcmp(before, after) == 0);

    validator = xmlRelaxNGNewValidCtxt(ifxFuzzSchema());
    ifxFuzzExpect(xmlRelaxNGValidateDoc(validator, again) == 0);
    xmlRelaxNGFreeValidCtxt(validator);
}

static void
ifxFuzzCheckReports(const ifxPlan *plan)
{
    g_autoptr(ifxReportJson) json = ifxReportJsonNew("plans");
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GHashTable) noted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(ifxNamed) named = ifxNamedNew(IFX_NAMED_DOMAIN, "domain", plan->domain->name,
                                            plan->domain->name, plan->domain->uuid, "", NULL,
                                            &(ifxPolicy) { 0 });
    const ifxTerm term = { .stream = stdout };

    ifxReportCheck(out, &term, named, plan, noted);
    ifxFuzzExpect(g_utf8_validate(out->str, (gssize) out->len, NULL));
    g_string_truncate(out, 0);
    ifxReportJsonAddPlan(json, &(ifxReportSubject) { .plan = plan }, NULL);
    ifxReportJsonFormat(json, out);
    ifxFuzzExpect(g_utf8_validate(out->str, (gssize) out->len, NULL));
}

/* How many of its members have the verdict. */
static guint
ifxFuzzCount(const ifxPlan *plan,
             ifxVerdict verdict)
{
    guint count = 0;
    guint i;
    guint j;

    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++)
            count += g_array_index(members, ifxPlanMember, j).verdict == verdict;
    }
    return count;
}

/* How many of its claims are to be taken out. */
static guint
ifxFuzzCountRemoved(const ifxPlan *plan)
{
    guint count = 0;
    guint i;

    for (i = 0; i < plan->claims->len; i++)
        count += g_array_index(plan->claims, ifxPlanClaim, i).verdict == IFX_VERDICT_REMOVE;
    return count;
}

/* The new text's own plan: what was added is declared, and nothing is left to do. */
static void
ifxFuzzCheckAgain(const ifxPlan *plan,
                  const ifxRewrite *rewrite,
                  const ifxTopology *topology,
                  const ifxPolicy *policy)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxDomain) domain = ifxDomainParse(rewrite->text, &error);
    const ifxPlanHost host = { .topology = topology };
    g_autoptr(ifxPlan) again = NULL;
    g_autoptr(ifxRewrite) nothing = NULL;

    ifxFuzzExpectDone(domain, error);
    ifxFuzzExpect(strcmp(domain->name, plan->domain->name) == 0);
    again = ifxPlanJudge(domain, &host, policy);
    ifxFuzzExpect(again->result == IFX_RESULT_COMPLETE);
    ifxFuzzExpect(ifxFuzzCount(again, IFX_VERDICT_ADD) == 0);
    ifxFuzzExpect(ifxFuzzCount(again, IFX_VERDICT_DECLARED) ==
                  ifxFuzzCount(plan, IFX_VERDICT_DECLARED) + ifxFuzzCount(plan, IFX_VERDICT_ADD));
    ifxFuzzExpect(again->claims->len + ifxFuzzCountRemoved(plan) ==
                  plan->claims->len + ifxFuzzCount(plan, IFX_VERDICT_ADD));
    ifxFuzzExpect(ifxFuzzCountRemoved(again) == 0);

    nothing = ifxRewriteNew(again, ifxFuzzStylesheets(), &error);
    ifxFuzzExpectDone(nothing, error);
    ifxFuzzExpect(nothing->edits->len == 0 && g_bytes_equal(nothing->text, rewrite->text));
}

static void
ifxFuzzCheckRewrite(const ifxPlan *plan,
                    const ifxTopology *topology,
                    const ifxPolicy *policy)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRewrite) rewrite = ifxRewriteNew(plan, ifxFuzzStylesheets(), &error);
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(plan->domain->text, &length);

    ifxFuzzExpectDone(rewrite, error);
    ifxFuzzCheckDiff(rewrite->edits, bytes, length, rewrite->text);
    if (plan->result == IFX_RESULT_CHANGE) {
        ifxFuzzExpect(rewrite->edits->len > 0);
        ifxFuzzCheckAgain(plan, rewrite, topology, policy);
    } else {
        ifxFuzzExpect(rewrite->edits->len == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    const uint8_t *start = size > 0 ? memchr(data, '<', size) : NULL;
    const size_t length = start ? (size_t) (start - data) : size;
    g_autoptr(GHashTable) allowed = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                          g_free, NULL);
    const guint8 wishes = length % IFX_FUZZ_DEVICE_SIZE == 1 ? data[length - 1] : 0;
    ifxPolicy policy = { .allowed = allowed, .managed = wishes & IFX_FUZZ_MANAGED };
    g_autoptr(GBytes) bytes = g_bytes_new(data + length, size - length);
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxDomain) domain = ifxDomainParse(bytes, &error);
    g_autoptr(ifxPlan) plan = NULL;
    ifxPlanHost host = { 0 };

    if (!domain) {
        ifxFuzzExpectError(error, IFX_ERROR_XML, IFX_ERROR_MISMATCH);
        return 0;
    }
    ifxFuzzExpect(!error);
    topology = ifxFuzzNewTopology(data, length, allowed);
    policy.prune = wishes & IFX_FUZZ_PRUNE;
    ifxFuzzCheckTopology(topology);
    host.topology = topology;
    plan = ifxPlanJudge(domain, &host, &policy);
    ifxFuzzCheckDocument(plan);
    ifxFuzzCheckReports(plan);
    ifxFuzzCheckRewrite(plan, topology, &policy);
    return 0;
}
