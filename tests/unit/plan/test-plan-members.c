/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-plan.h"
#include "report/report.h"

/* Two groups with a member each that is missing, and a claim that is not managed in each. */
#define IFX_TWO_GROUPS \
    IFX_DOMAIN("<hostdev type='pci'>" IFX_SOURCE("1", "0") "</hostdev>" \
               "<hostdev type='pci'>" IFX_SOURCE("2", "0") "</hostdev>")

static const ifxTestPart two_groups[] = {
    { "0000:01:00.0", 0, IFX_GPU, "vfio-pci", 0, false },
    { "0000:01:00.1", 0, IFX_AUDIO, "snd_hda_intel", 0, false },
    { "0000:02:00.0", 2, IFX_USB, "vfio-pci", 0, false },
    { "0000:02:00.1", 2, IFX_USB, "", 0, false },
    { 0 },
};

typedef struct {
    guint declined;         /* bits: the groups that are */
    bool only_needed;
    const char *plan;       /* with the numbers of the claims that are to be managed behind it */
    const char *blocked;    /* what stays in the way once it is carried out */
} ifxTestDeclined;

#define IFX_TWO_CLAIMS " | declared/declared@0 declared/declared@2 | 0 starts=no: " \
    "01:00.0 declared/declared 01:00.1 "
#define IFX_SECOND_GROUP " | 2 starts=yes: 02:00.0 declared/declared 02:00.1 "
#define IFX_BLOCKED "the guest will not start, because the host keeps 0000:01:00.1 of group 0"

static const ifxTestDeclined declined[] = {
    { 0, false, "change starts=no" IFX_TWO_CLAIMS "add/missing" IFX_SECOND_GROUP "add/missing 0 1",
      NULL },
    { 1 << 0, false, "change starts=no" IFX_TWO_CLAIMS "skip/declined" IFX_SECOND_GROUP
      "add/missing 1", IFX_BLOCKED },
    { 1 << 2, false, "change starts=no" IFX_TWO_CLAIMS "add/missing" IFX_SECOND_GROUP
      "skip/declined 0", NULL },
    { 1 << 0 | 1 << 2, false, "complete starts=no" IFX_TWO_CLAIMS "skip/declined" IFX_SECOND_GROUP
      "skip/declined", IFX_BLOCKED },
    /* What would not have been added was not declined. */
    { 1 << 2, true, "change starts=no" IFX_TWO_CLAIMS "add/missing" IFX_SECOND_GROUP
      "skip/not-needed 0", NULL },
};

static void
ifxTestDescribeManaged(GString *out,
                       const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (g_array_index(plan->claims, ifxPlanClaim, i).manage)
            g_string_append_printf(out, " %u", i);
    }
}

START_TEST(group_that_was_declined_is_left_as_it_is)
{
    const ifxTestDeclined *test = &declined[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(IFX_TWO_GROUPS);
    g_autoptr(ifxTopology) topology = ifxTestHost(two_groups);
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL);
    const ifxPolicy policy = {
        .left_out = left_out, .managed = true, .only_needed = test->only_needed,
    };
    g_autoptr(ifxPlan) plan = NULL;
    g_autoptr(GString) described = g_string_new(NULL);
    g_autofree char *words = NULL;
    g_autofree char *blocked = NULL;
    int i;

    for (i = 0; i <= 2; i++) {
        if (test->declined & 1 << i)
            g_hash_table_add(left_out, GINT_TO_POINTER(i));
    }
    plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    words = ifxTestDescribe(plan);
    g_string_append(described, words);
    ifxTestDescribeManaged(described, plan);
    ck_assert_str_eq(described->str, test->plan);
    blocked = ifxReportBlocker(&g_array_index(plan->groups, ifxPlanGroup, 0));
    ck_assert_pstr_eq(blocked, test->blocked);
}
END_TEST

/* A member that is refused is no choice of the user's. */
START_TEST(group_that_was_declined_is_refused_as_before)
{
    static const ifxTestPart host[] = {
        { "0000:01:00.0", 1, IFX_GPU, "vfio-pci", 0, false },
        { "0000:01:00.1", 1, 0x020000, "igb", 0, false },
        { 0 },
    };
    g_autoptr(ifxDomain) domain = ifxTestDomain(IFX_DOMAIN(IFX_HOSTDEV("1", "0")));
    g_autoptr(ifxTopology) topology = ifxTestHost(host);
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL);
    const ifxPolicy policy = { .left_out = left_out };
    g_autoptr(ifxPlan) plan = NULL;

    g_hash_table_add(left_out, GINT_TO_POINTER(1));
    plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    ck_assert_int_eq(plan->result, IFX_RESULT_REFUSED);
}
END_TEST

typedef struct {
    const char *driver;         /* of the member that the domain lacks; NULL: unknown */
    const char *bridge;         /* of the group's bridge */
    const char *blocked;
} ifxTestBlocked;

static const ifxTestBlocked blocked_groups[] = {
    { "snd_hda_intel", "pcieport", NULL },
    { NULL, NULL, NULL },
    { "", "pcieport", NULL },
    { NULL, "shpchp", "the guest will not start, because the host keeps 0000:00:01.0 of group 1" },
};

START_TEST(what_keeps_a_group_is_reported)
{
    const ifxTestBlocked *test = &blocked_groups[_i];
    const ifxTestPart host[] = {
        { "0000:00:01.0", 1, 0x060400, test->bridge, IFX_HEADER_PCI_BRIDGE, false },
        { "0000:01:00.0", 1, IFX_GPU, "vfio-pci", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, test->driver, 0, false },
        { 0 },
    };
    g_autoptr(ifxDomain) domain = ifxTestDomain(IFX_DOMAIN(IFX_HOSTDEV("1", "0")));
    g_autoptr(ifxTopology) topology = ifxTestHost(host);
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &(ifxPolicy) { 0 });
    const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, 0);
    g_autofree char *blocked = ifxReportBlocker(group);

    ck_assert_pstr_eq(blocked, test->blocked);
}
END_TEST

static const ifxTestPlan member_plans[] = {
    /* Bridges stay with the host, by header or by class. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:00:01.0", 1, 0x060400, "pcieport", IFX_HEADER_PCI_BRIDGE, false },
        { "0000:00:02.0", 1, 0x060400, "", IFX_HEADER_UNKNOWN, false },
        { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "complete starts=yes | declared/declared@1 | 1 complete starts=yes: "
      "00:01.0 skip/bridge 00:02.0 skip/bridge 01:00.0 declared/declared" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:00:01.0", 1, 0x060400, "shpchp", IFX_HEADER_PCI_BRIDGE, false },
        { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "refused starts=no | declared/declared@1 | 1 complete starts=no: "
      "00:01.0 refuse/bridge-blocks 01:00.0 declared/declared" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:00:01.0", 1, 0x060400, "shpchp", IFX_HEADER_PCI_BRIDGE, false },
        { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, "0000:00:01.0",
      "complete starts=no | declared/declared@1 | 1 complete starts=no: "
      "00:01.0 skip/bridge-blocks 01:00.0 declared/declared" },
    /* pci-stub is nobody's, and stays. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, 0x010802, "pci-stub", 0, false } }, "0000:01:00.1",
      "complete starts=yes | declared/declared@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared 01:00.1 skip/stub" },
    /* The board's own functions too, unless a driver of the host has one. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:00:1f.0", 1, 0x060100, "", 0, false },
        { "0000:00:1f.4", 1, 0x0c0500, "vfio-pci", 0, false },
        { "0000:00:1f.5", 1, 0x060000, NULL, 0, false },
        { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, "0000:00:1f.0",
      "refused starts=unknown | declared/declared@1 | 1 starts=unknown: 00:1f.0 skip/chipset-idle "
      "00:1f.4 skip/chipset-idle 00:1f.5 refuse/platform-function 01:00.0 declared/declared" },
    /* A display needs no driver to show the console. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_AUDIO, "", 0, false },
        { "0000:01:00.1", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.2", 1, 0x010802, "", 0, false } }, NULL,
      "change starts=yes | declared/declared@1 | 1 starts=yes: 01:00.0 declared/declared "
      "01:00.1 skip/unknown-use 01:00.2 add/missing" },
    /* What the host names but does not show may be anything. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, 0, NULL, 0, true },
        { "0000:01:00.2", 1, IFX_USB, "", 0, false } }, NULL,
      "refused starts=unknown | declared/declared@1 | 1 starts=unknown: "
      "01:00.0 declared/declared 01:00.1 refuse/unknown-member 01:00.2 add/missing" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, 0, NULL, 0, true } }, "0000:01:00.1",
      "refused starts=unknown | declared/declared@1 | 1 starts=unknown: "
      "01:00.0 declared/declared 01:00.1 refuse/unknown-member" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "AMDI0095:00", 1, 0, NULL, 0, false } }, NULL,
      "complete starts=unknown | declared/declared@1 | 1 complete starts=unknown: "
      "01:00.0 declared/declared AMDI0095:00 skip/not-pci" },
};

START_TEST(member_that_is_no_endpoint_is_not_added)
{
    ifxAssertPlan(&member_plans[_i]);
}
END_TEST

typedef struct {
    guint32 class_code;     /* 0: unknown */
    const char *refused;    /* the reason code; NULL: it is added */
} ifxTestUse;

static const ifxTestUse uses[] = {
    { 0, "unknown-use" },                /* a class that cannot be read */
    { 0x000100, "unknown-use" },         /* VGA before classes */
    { 0x010802, "unknown-use" },         /* NVMe */
    { 0x010601, "unknown-use" },         /* SATA */
    { 0x020000, "unknown-use" },
    { 0x028000, "unknown-use" },
    { 0x030000, "unknown-use" },
    { 0x038000, "unknown-use" },
    { 0x050000, NULL },
    { 0x058000, "platform-function" },
    { 0x060000, "platform-function" },         /* host bridge */
    { 0x060100, "platform-function" },         /* ISA bridge */
    { 0x068000, NULL },
    { 0x0c0500, "platform-function" },         /* SMBus */
    { 0x040300, NULL },
    { 0x070002, NULL },
    { 0x080501, NULL },        /* SD or eMMC */
    { 0x080600, NULL },         /* IOMMU */
    { 0x080700, NULL },
    { 0x088000, NULL },        /* what a card calls its management function */
    { 0x0c0000, NULL },        /* FireWire */
    { 0x0c0400, "unknown-use" },         /* Fibre Channel */
    { 0x0c0600, "unknown-use" },         /* InfiniBand */
    { 0x0c0700, NULL },         /* IPMI */
    { 0x0c0330, NULL },        /* USB */
    { 0x0c8000, NULL },
    { 0x0d8000, "unknown-use" },         /* wireless */
    { 0x0e0000, NULL },         /* I2O */
    { 0x108000, NULL },
    { 0x120000, NULL },
    { 0xff0000, NULL },
};

/* Nothing hangs on the devices, and nothing else is known of the host. */
static void
ifxTestMakeUse(ifxTestPlan *test,
               const ifxTestUse *use,
               const char *allowed,
               char **plan)
{
    const bool refused = use->refused && g_strcmp0(allowed, "0000:01:00.1") != 0;

    *plan = g_strdup_printf("%s starts=no | declared/declared@1 | 1 starts=no: "
                            "01:00.0 declared/declared 01:00.1 %s/%s",
                            refused ? "refused" : "change", refused ? "refuse" : "add",
                            refused ? use->refused : "missing");
    const ifxTestPlan made = {
        IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
        { { "0000:01:00.0", 1, IFX_GPU, "vfio-pci", 0, false },
          { "0000:01:00.1", 1, use->class_code, "host", 0, false } },
        allowed, *plan,
    };

    *test = made;
}

static void
ifxAssertUse(const ifxTestUse *use,
             const char *allowed)
{
    g_autofree char *plan = NULL;
    ifxTestPlan test;

    ifxTestMakeUse(&test, use, allowed, &plan);
    ifxAssertPlan(&test);
}

/* Without a driver the host has only a display. */
START_TEST(member_on_which_anything_may_hang_is_refused)
{
    const guint32 class_code = uses[_i].class_code;
    const bool chipset = g_strcmp0(uses[_i].refused, "platform-function") == 0;
    const bool display = class_code >> 16 == 3 || class_code == 0x000100;
    const bool sound = class_code >> 8 == 0x0403;
    guint i;

    for (i = 0; i < 2; i++) {
        const ifxTestPart parts[] = {
            { "0000:01:00.0", 1, IFX_GPU, "vfio-pci", 0, false },
            { "0000:01:00.1", 1, class_code, i == 0 ? "host" : "", 0, false },
            { 0 },
        };
        g_autoptr(ifxTopology) topology = ifxTestHost(parts);
        g_autoptr(ifxDomain) domain = ifxTestDomain(IFX_DOMAIN(IFX_HOSTDEV("1", "0")));
        const ifxPlanHost host = { .topology = topology };
        g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &host, &(ifxPolicy) { 0 });
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, 0);
        const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, 1);
        const char *expected = chipset ? (i == 0 ? "platform-function" : "chipset-idle") :
            (i == 0 && !sound) || display ? "unknown-use" : "missing";

        ck_assert_str_eq(ifxReasonToString(member->reason), expected);
    }
}
END_TEST

START_TEST(member_that_may_serve_the_host_is_refused)
{
    ifxAssertUse(&uses[_i], NULL);
}
END_TEST

START_TEST(refusal_is_lifted_for_the_named_member_alone)
{
    ifxAssertUse(&uses[_i], "0000:01:00.1");
    ifxAssertUse(&uses[_i], "0000:01:00.2");
}
END_TEST

typedef struct {
    const char *driver;     /* of a member that is not declared; NULL: unknown */
    const char *starts;
} ifxTestStart;

static const ifxTestStart starts[] = {
    { "", "yes" },
    { "vfio-pci", "yes" },
    { "mlx5_vfio_pci", "yes" },
    { "pcieport", "yes" },
    { NULL, "unknown" },
    { "snd_hda_intel", "no" },
    { "nvme", "no" },
    { "pci-stub2", "no" },
};

START_TEST(kernel_minds_drivers_of_undeclared_members)
{
    g_autofree char *expected =
        g_strdup_printf("change starts=%s | declared/declared@1 | 1 starts=%s: "
                        "01:00.0 declared/declared 01:00.1 add/missing",
                        starts[_i].starts, starts[_i].starts);
    const ifxTestPlan test = {
        IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
        { { "0000:01:00.0", 1, IFX_GPU, "nvidia", 0, false },
          { "0000:01:00.1", 1, IFX_AUDIO, starts[_i].driver, 0, false } },
        NULL, expected,
    };

    ifxAssertPlan(&test);
}
END_TEST

Suite *
ifxSuitePlanMembers(void)
{
    Suite *suite = suite_create("plan-members");
    TCase *members = tcase_create("members");
    TCase *rest = tcase_create("starts and insertion");

    tcase_add_loop_test(members, group_that_was_declined_is_left_as_it_is,
                        0, G_N_ELEMENTS(declined));
    tcase_add_test(members, group_that_was_declined_is_refused_as_before);
    tcase_add_loop_test(members, member_that_is_no_endpoint_is_not_added,
                        0, G_N_ELEMENTS(member_plans));
    tcase_add_loop_test(members, member_that_may_serve_the_host_is_refused,
                        0, G_N_ELEMENTS(uses));
    tcase_add_loop_test(members, member_on_which_anything_may_hang_is_refused,
                        0, G_N_ELEMENTS(uses));
    tcase_add_loop_test(members, refusal_is_lifted_for_the_named_member_alone,
                        0, G_N_ELEMENTS(uses));
    suite_add_tcase(suite, members);

    tcase_add_loop_test(rest, kernel_minds_drivers_of_undeclared_members,
                        0, G_N_ELEMENTS(starts));
    tcase_add_loop_test(rest, what_keeps_a_group_is_reported, 0, G_N_ELEMENTS(blocked_groups));
    suite_add_tcase(suite, rest);
    return suite;
}
