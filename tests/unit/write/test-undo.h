/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-undo: a change undone in a definition, and definitions to try it on.
 */

#pragma once

#include "helpers.h"
#include "plan/rewrite.h"
#include "write/undo-internal.h"
#include "xml/xml-compare.h"

/* Group 1: a GPU with two more functions; 2: a network card with one; 3: an NVMe controller with
 * one. Bus 9 is empty. */
static const ifxTestIdleDevice idle_host[] = {
    { "0000:01:00.0", 1, 0x030000 },
    { "0000:01:00.1", 1, 0x040300 },
    { "0000:01:00.2", 1, 0x0c0330 },
    { "0000:02:00.0", 2, 0x020000 },
    { "0000:02:00.1", 2, 0x0c0330 },
    { "0000:03:00.0", 3, 0x010802 },
    { "0000:03:00.1", 3, 0x0c0330 },
    { 0 },
};

/* What the tool's own stylesheets make of the domain by @policy; it must change. Free with g_free(). */
static inline char *
ifxTestTransactBy(const char *xml,
                  const ifxPolicy *policy)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestIdleHost(idle_host);
    g_autoptr(GPtrArray) stylesheets =
        g_ptr_array_new_with_free_func((GDestroyNotify) ifxStylesheetFree);
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), policy);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRewrite) rewrite = NULL;

    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_MANAGED, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_GIVE, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_PRUNE, NULL));
    rewrite = ifxRewriteNew(plan, stylesheets, &error);
    ifxAssertNoError(error);
    ck_assert_uint_gt(rewrite->edits->len, 0);
    return g_strndup(g_bytes_get_data(rewrite->text, NULL), g_bytes_get_size(rewrite->text));
}

/* The same by --managed and --prune. */
static inline char *
ifxTestTransact(const char *xml)
{
    return ifxTestTransactBy(xml, &(ifxPolicy) { .managed = true, .prune = true });
}

/* The same by --give card. */
static inline char *
ifxTestGive(const char *xml)
{
    return ifxTestTransactBy(xml, &(ifxPolicy) { .give_card = true });
}

/* @text with @from, which is in it once, as @to. Free with g_free(). */
static inline char *
ifxTestReplace(const char *text,
               const char *from,
               const char *to)
{
    const char *at = strstr(text, from);

    ck_assert_msg(at != NULL, "'%s' is not in\n%s", from, text);
    ck_assert_msg(strstr(at + 1, from) == NULL, "'%s' is twice in\n%s", from, text);
    return g_strdup_printf("%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
}

/* @current with the change between @before and @after undone, a copy of it where there is
 * nothing to undo; NULL on failure. Free with g_free(). */
static inline char *
ifxTestUndo(const char *before_xml,
            const char *after_xml,
            const char *current_xml,
            GError **error)
{
    g_autoptr(ifxDomain) before = ifxTestDomain(before_xml);
    g_autoptr(ifxDomain) after = ifxTestDomain(after_xml);
    g_autoptr(ifxDomain) current = ifxTestDomain(current_xml);
    g_autoptr(GBytes) bytes = g_bytes_new(current_xml, strlen(current_xml));
    g_autoptr(GBytes) result = NULL;
    g_autofree char *patch = NULL;

    if (!ifxUndoPatchMake(before, after, current, &patch, error)) {
        ck_assert_ptr_null(patch);
        return NULL;
    }
    if (!patch)
        return g_strdup(current_xml);
    result = ifxRewriteByPatch(bytes, patch, error);
    return result ? g_strndup(g_bytes_get_data(result, NULL), g_bytes_get_size(result)) : NULL;
}

static inline void
ifxAssertUndone(const char *before,
                const char *after,
                const char *current,
                const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestUndo(before, after, current, &error);

    ifxAssertNoError(error);
    ck_assert_str_eq(result, expected);
}

/* The same elements, both ways. */
static inline void
ifxAssertAlike(const char *one_xml,
               const char *other_xml)
{
    g_autoptr(ifxXmlText) one = ifxTestText(one_xml);
    g_autoptr(ifxXmlText) other = ifxTestText(other_xml);
    g_autoptr(GError) error = NULL;

    ifxXmlCompare(one, other, &error);
    ifxAssertNoError(error);
    ifxXmlCompare(other, one, &error);
    ifxAssertNoError(error);
}

#define IFX_DOMAIN(devices) \
    "<domain type='kvm'>\n  <name>vm</name>\n  <title>old</title>\n  <devices>\n" \
    "    <emulator>/bin/true</emulator>\n" devices \
    "    <memballoon model='virtio'/>\n  </devices>\n</domain>\n"
#define IFX_BARE_DOMAIN(devices) \
    "<domain type='kvm'>\n  <name>vm</name>\n  <devices>\n" devices "  </devices>\n</domain>\n"
#define IFX_LINE_DOMAIN(devices) \
    "<domain type='kvm'><name>vm</name><devices>" devices "</devices></domain>"
#define IFX_SOURCE(bus, function) \
    "      <source>\n        <address domain='0x0000' bus='0x0" bus "' slot='0x00' function='0x" \
    function "'/>\n      </source>\n"
#define IFX_HOSTDEV(bus, function, managed) \
    "    <hostdev mode='subsystem' type='pci'" managed ">\n" IFX_SOURCE(bus, function) \
    "      <address type='pci' domain='0x0000' bus='0x07' slot='0x0" bus "' function='0x" \
    function "'/>\n    </hostdev>\n"
#define IFX_PLACEHOLDER_WITH(bus, function, more) \
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE(bus, function) more \
    "      <address type='unassigned'/>\n    </hostdev>\n"
#define IFX_PLACEHOLDER(bus, function) IFX_PLACEHOLDER_WITH(bus, function, "")
#define IFX_INTERFACE(managed) \
    "    <interface type='hostdev'" managed ">\n      <mac address='52:54:00:00:00:01'/>\n" \
    "      <source>\n" \
    "        <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>\n" \
    "      </source>\n    </interface>\n"
#define IFX_NVME(managed, namespace, target) \
    "    <disk type='nvme' device='disk'>\n      <source type='pci'" managed " namespace='" \
    namespace "'>\n        <address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n" \
    "      </source>\n      <target dev='" target "' bus='virtio'/>\n    </disk>\n"
#define IFX_USB \
    "    <hostdev mode='subsystem' type='usb' managed='yes'>\n      <source>\n" \
    "        <vendor id='0x1234'/>\n        <product id='0xbeef'/>\n      </source>\n" \
    "    </hostdev>\n"
#define IFX_YES " managed='yes'"
#define IFX_NO " managed='no'"
#define IFX_GPU IFX_HOSTDEV("1", "0", IFX_YES)

typedef struct {
    const char *from;       /* is in the texts before and after, once */
    const char *to;
} ifxTestEdit;

/* As a site's own stylesheet may add it. */
#define IFX_SITES_OWN \
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE("1", "1") \
    "      <rom bar='off'/>\n    </hostdev>\n"
