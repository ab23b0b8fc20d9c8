/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <libxml/parser.h>

#include "helpers.h"
#include "plan/plan-xml.h"
#include "plan/rewrite.h"
#include "xml/stylesheet.h"
#include "suite.h"

/* Group 1: a GPU with two more functions; group 2: a device alone. */
static const ifxTestIdleDevice idle_host[] = {
    { "0000:0a:1f.0", 1, 0x030000 },
    { "0000:0a:1f.1", 1, 0x040300 },
    { "10000:e1:00.7", 1, 0x0c0330 },
    { "0000:02:00.0", 2, 0x030000 },
    { 0 },
};

#define IFX_DOMAIN(devices) \
    "<domain type='kvm'>\n  <name>vm</name>\n  <devices>\n" devices "  </devices>\n</domain>\n"
#define IFX_CLAIM(bus, slot) \
    "    <hostdev type='pci' managed='yes'>\n      <source>\n" \
    "        <address bus='" bus "' slot='" slot "'/>\n      </source>\n    </hostdev>\n"

static void
ifxTestAddPlan(xmlDoc *doc,
               const char *xml)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestIdleHost(idle_host);
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);

    ifxPlanXmlAdd(doc, plan, false);
}

/* What the built-in stylesheet makes of @doc, in one line. */
static char *
ifxTestApply(xmlDoc *doc,
             GError **error)
{
    g_autoptr(ifxStylesheet) stylesheet = ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, error);
    g_autoptr(xmlDoc) patch = NULL;
    xmlChar *text = NULL;
    char *copy;
    int length;

    ck_assert_ptr_nonnull(stylesheet);
    patch = ifxStylesheetApply(stylesheet, doc, error);
    if (!patch)
        return NULL;
    xmlDocDumpMemory(patch, &text, &length);
    copy = g_strdup((const char *) text);
    xmlFree(text);
    return copy;
}

#define IFX_XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define IFX_PLACEHOLDER(domain, bus, slot, function) \
    "<hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\"><source>" \
    "<address domain=\"" domain "\" bus=\"" bus "\" slot=\"" slot "\" function=\"" function "\"/>" \
    "</source><address type=\"unassigned\"/></hostdev>"

START_TEST(builtin_stylesheet_compiles)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxStylesheet) stylesheet = ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, &error);

    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(stylesheet);
}
END_TEST

START_TEST(plan_with_a_change_makes_one_add_of_all_missing_members)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GError) error = NULL;
    g_autofree char *patch = NULL;

    ifxTestAddPlan(doc, IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f") IFX_CLAIM("2", "0")));
    patch = ifxTestApply(doc, &error);
    ifxAssertNoError(error);
    ck_assert_str_eq(patch, IFX_XML_DECLARATION
                     "<diff><add sel=\"/domain/devices/hostdev[2]\" pos=\"after\">"
                     IFX_PLACEHOLDER("0x0000", "0x0a", "0x1f", "0x1")
                     IFX_PLACEHOLDER("0x10000", "0xe1", "0x00", "0x7")
                     "</add></diff>\n");
}
END_TEST

START_TEST(plan_of_a_domain_without_hostdev_appends_to_devices)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GError) error = NULL;
    g_autofree char *patch = NULL;

    ifxTestAddPlan(doc, IFX_DOMAIN("<interface type='hostdev'><source>"
                                   "<address type='pci' bus='0x0a' slot='0x1f'/></source>"
                                   "</interface>\n"));
    patch = ifxTestApply(doc, &error);
    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(strstr(patch, "<diff><add sel=\"/domain/devices\"><hostdev "));
}
END_TEST

static const char *const complete[] = {
    IFX_DOMAIN(""),
    IFX_DOMAIN(IFX_CLAIM("2", "0")),
    /* refused: a device is gone */
    IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f") IFX_CLAIM("9", "0")),
};

START_TEST(plan_without_change_makes_an_empty_patch)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GError) error = NULL;
    g_autofree char *patch = NULL;

    ifxTestAddPlan(doc, complete[_i]);
    patch = ifxTestApply(doc, &error);
    ifxAssertNoError(error);
    ck_assert_str_eq(patch, IFX_XML_DECLARATION "<diff/>\n");
}
END_TEST

START_TEST(several_plans_are_no_patch)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GError) error = NULL;

    ifxTestAddPlan(doc, IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f")));
    ifxTestAddPlan(doc, IFX_DOMAIN(IFX_CLAIM("2", "0")));
    ck_assert_ptr_null(ifxTestApply(doc, &error));
    ifxAssertError(error, IFX_ERROR_PATCH, "2 plans match: a patch is for one domain");
}
END_TEST

START_TEST(no_plan_is_no_patch)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestApply(doc, &error));
    ifxAssertError(error, IFX_ERROR_PATCH, "0 plans match");
}
END_TEST

START_TEST(stylesheet_can_be_applied_again)
{
    g_autoptr(ifxStylesheet) stylesheet = ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, NULL);
    g_autoptr(xmlDoc) none = ifxPlanXmlNew();
    g_autoptr(xmlDoc) one = ifxPlanXmlNew();
    g_autoptr(GError) error = NULL;
    int i;

    ifxTestAddPlan(one, IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f")));
    for (i = 0; i < 2; i++) {
        g_autoptr(xmlDoc) patch = NULL;

        ck_assert_ptr_null(ifxStylesheetApply(stylesheet, none, &error));
        ifxAssertError(error, IFX_ERROR_PATCH, "0 plans match");
        patch = ifxStylesheetApply(stylesheet, one, &error);
        ifxAssertNoError(error);
        ck_assert_ptr_nonnull(patch);
    }
}
END_TEST

START_TEST(host_names_that_xml_cannot_hold_are_escaped_in_plans)
{
    const ifxPciAddress address = ifxTestAddress("0000:02:00.0");
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    g_autoptr(ifxTopology) topology = NULL;
    g_autoptr(ifxDevice) device = ifxDeviceNew(&address);
    g_autoptr(ifxDomain) domain = ifxTestDomain(IFX_DOMAIN(IFX_CLAIM("2", "0")));
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = NULL;
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(GString) out = g_string_new(NULL);

    device->group = 1;
    device->vendor = g_strdup("A & \"B\" <C>");
    ifxTopologyBuilderAddDevice(builder, device);
    ifxTopologyBuilderAddMember(builder, 1, &address);
    ifxTopologyBuilderAddOtherMember(builder, 1, "x\001\377\033[m");
    topology = ifxTopologyBuilderEnd(g_steal_pointer(&builder));
    plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    ifxPlanXmlAdd(doc, plan, false);
    ifxPlanXmlFormat(doc, out);
    ck_assert_ptr_nonnull(strstr(out->str, " name=\"x\\x01\\xff\\x1b[m\""));
    ck_assert_ptr_nonnull(strstr(out->str, " vendor=\"A &amp; &quot;B&quot; &lt;C&gt;\""));
}
END_TEST

static char *
ifxTestRewrite(const char *xml,
               guint *n_edits)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestIdleHost(idle_host);
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    g_autoptr(ifxStylesheet) stylesheet = ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, NULL);
    g_autoptr(GPtrArray) stylesheets = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRewrite) rewrite = NULL;

    g_ptr_array_add(stylesheets, stylesheet);
    rewrite = ifxRewriteNew(plan, stylesheets, &error);
    ifxAssertNoError(error);
    ck_assert_ptr_nonnull(rewrite);
    *n_edits = rewrite->edits->len;
    return g_strndup(g_bytes_get_data(rewrite->text, NULL), g_bytes_get_size(rewrite->text));
}

#define IFX_ADDED(domain, bus, slot, function) \
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n      <source>\n" \
    "        <address domain='" domain "' bus='" bus "' slot='" slot \
    "' function='" function "'/>\n" \
    "      </source>\n      <address type='unassigned'/>\n    </hostdev>\n"

START_TEST(rewrite_makes_the_domain_complete_and_then_has_nothing_to_do)
{
    guint n_edits = 0;
    g_autofree char *once =
        ifxTestRewrite(IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f") "    <video/>\n"), &n_edits);
    g_autofree char *twice = NULL;

    ck_assert_uint_eq(n_edits, 1);
    ck_assert_str_eq(once, IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f")
                                      IFX_ADDED("0x0000", "0x0a", "0x1f", "0x1")
                                      IFX_ADDED("0x10000", "0xe1", "0x00", "0x7")
                                      "    <video/>\n"));
    twice = ifxTestRewrite(once, &n_edits);
    ck_assert_uint_eq(n_edits, 0);
    ck_assert_str_eq(twice, once);
}
END_TEST

START_TEST(rewrite_of_a_refused_plan_is_the_old_text)
{
    const char *xml = IFX_DOMAIN(IFX_CLAIM("0x0a", "0x1f") IFX_CLAIM("9", "0"));
    guint n_edits = 1;
    g_autofree char *text = ifxTestRewrite(xml, &n_edits);

    ck_assert_uint_eq(n_edits, 0);
    ck_assert_str_eq(text, xml);
}
END_TEST

Suite *
ifxSuiteStylesheet(void)
{
    Suite *suite = suite_create("stylesheet");
    TCase *patch = tcase_create("patch");
    TCase *rewrite = tcase_create("rewrite");

    tcase_add_test(patch, builtin_stylesheet_compiles);
    tcase_add_test(patch, plan_with_a_change_makes_one_add_of_all_missing_members);
    tcase_add_test(patch, plan_of_a_domain_without_hostdev_appends_to_devices);
    tcase_add_loop_test(patch, plan_without_change_makes_an_empty_patch,
                        0, G_N_ELEMENTS(complete));
    tcase_add_test(patch, several_plans_are_no_patch);
    tcase_add_test(patch, no_plan_is_no_patch);
    tcase_add_test(patch, stylesheet_can_be_applied_again);
    tcase_add_test(patch, host_names_that_xml_cannot_hold_are_escaped_in_plans);
    suite_add_tcase(suite, patch);

    tcase_add_test(rewrite, rewrite_makes_the_domain_complete_and_then_has_nothing_to_do);
    tcase_add_test(rewrite, rewrite_of_a_refused_plan_is_the_old_text);
    suite_add_tcase(suite, rewrite);
    return suite;
}
