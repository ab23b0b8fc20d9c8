/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-plan.h"

typedef struct {
    const char *xml;
    const char *plan;
    const char *other;      /* of the last claim; NULL: none */
} ifxTestConflict;

#define IFX_BOTH " | 1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/"

#define IFX_IOMMUFD(iommufd, bus, function) \
    "<hostdev mode='subsystem' type='pci' managed='yes'><driver iommufd='" iommufd "'/>" \
    IFX_SOURCE(bus, function) "</hostdev>"
#define IFX_ALL_IOMMUFD(devices) \
    "<domain type='kvm'><name>vm</name><iommufd enabled='yes'/><devices>" devices \
    "</devices></domain>"

static const ifxTestConflict conflicts[] = {
    /* One device twice */
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1") IFX_HOSTDEV("1", "0") IFX_HOSTDEV("1", "0")),
      "refused starts=no | declared/placeholder@1 declared/declared@1 refuse/claimed-twice@1"
      IFX_BOTH "placeholder", "/domain/devices/hostdev[2]" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "1")),
      "refused starts=no | declared/declared@1 declared/placeholder@1 refuse/claimed-twice@1"
      IFX_BOTH "placeholder", "/domain/devices/hostdev[2]" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_HOSTDEV("1", "1") IFX_INTERFACE("1", "1")),
      "refused starts=no | declared/declared@1 declared/declared@1 refuse/claimed-twice@1"
      IFX_BOTH "declared", "/domain/devices/hostdev[2]" },
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "0")),
      "refused starts=no | declared/declared@1 declared/placeholder@1 refuse/claimed-twice@1"
      IFX_BOTH "placeholder", "/domain/devices/disk" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1") IFX_NVME("1", "0")),
      "refused starts=no | declared/declared@1 declared/placeholder@1 refuse/claimed-twice@1"
      IFX_BOTH "placeholder", "/domain/devices/hostdev[1]" },
    /* The second one claims the group, which the first would not. */
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "0") IFX_NVME("1", "0")),
      "refused starts=no | declared/placeholder@1 declared/placeholder@1 refuse/claimed-twice@1"
      " | 1 complete starts=yes: 01:00.0 declared/placeholder 01:00.1 declared/placeholder",
      "/domain/devices/hostdev[2]" },
    /* Also where the host does not have it */
    { IFX_DOMAIN(IFX_HOSTDEV("9", "0") IFX_HOSTDEV("9", "0")),
      "refused starts=no | refuse/claim-gone refuse/claimed-twice", "/domain/devices/hostdev[1]" },
    /* Several disks on one controller are one device. */
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_NVME("1", "0") IFX_PLACEHOLDER("1", "1")),
      "complete starts=yes | declared/declared@1 declared/declared@1 declared/placeholder@1"
      IFX_BOTH "placeholder", NULL },
    /* A disk and a device that the guest gets, in one group */
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_HOSTDEV("1", "1")),
      "refused starts=no | declared/declared@1 refuse/nvme-with-hostdev@1" IFX_BOTH "declared",
      "/domain/devices/disk" },
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_INTERFACE("1", "1")),
      "refused starts=no | declared/declared@1 refuse/nvme-with-hostdev@1" IFX_BOTH "declared",
      "/domain/devices/disk" },
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_PLACEHOLDER("1", "1")),
      "complete starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      NULL },
    /* One by iommufd, one by its group */
    { IFX_DOMAIN(IFX_IOMMUFD("yes", "1", "0") IFX_HOSTDEV("1", "1")),
      "refused starts=no | declared/declared@1 refuse/mixed-iommufd@1" IFX_BOTH "declared",
      "/domain/devices/hostdev[1]" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_IOMMUFD("yes", "1", "1")),
      "refused starts=no | declared/declared@1 refuse/mixed-iommufd@1" IFX_BOTH "declared",
      "/domain/devices/hostdev[1]" },
    { IFX_DOMAIN(IFX_IOMMUFD("yes", "1", "0") IFX_IOMMUFD("yes", "1", "1")),
      "complete starts=yes | declared/declared@1 declared/declared@1" IFX_BOTH "declared", NULL },
    { IFX_DOMAIN(IFX_IOMMUFD("no", "1", "0") IFX_HOSTDEV("1", "1")),
      "complete starts=yes | declared/declared@1 declared/declared@1" IFX_BOTH "declared", NULL },
    { IFX_DOMAIN(IFX_IOMMUFD("yes", "1", "0") IFX_PLACEHOLDER("1", "1")),
      "complete starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      NULL },
    { IFX_ALL_IOMMUFD(IFX_HOSTDEV("1", "0") IFX_IOMMUFD("no", "1", "1")),
      "refused starts=no | declared/declared@1 refuse/mixed-iommufd@1" IFX_BOTH "declared",
      "/domain/devices/hostdev[1]" },
    { IFX_ALL_IOMMUFD(IFX_HOSTDEV("1", "0") IFX_HOSTDEV("1", "1")),
      "complete starts=yes | declared/declared@1 declared/declared@1" IFX_BOTH "declared", NULL },
    { IFX_ALL_IOMMUFD(IFX_NVME("1", "0") IFX_HOSTDEV("1", "1")),
      "refused starts=no | declared/declared@1 refuse/nvme-with-hostdev@1" IFX_BOTH "declared",
      "/domain/devices/disk" },
};

START_TEST(claims_that_stand_in_each_others_way_are_refused)
{
    const ifxTestConflict *test = &conflicts[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) topology = ifxTestTwoFunctions();
    const ifxPolicy policy = { .managed = true };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    g_autofree char *described = ifxTestDescribe(plan);
    const ifxPlanClaim *last = &g_array_index(plan->claims, ifxPlanClaim, plan->claims->len - 1);

    ck_assert_str_eq(described, test->plan);
    if (test->other)
        ck_assert_str_eq(last->other->path, test->other);
    else
        ck_assert_ptr_null(last->other);
}
END_TEST

typedef struct {
    const char *xml;
    const char *plan;
    const char *manage;     /* where each claim that is to be managed says so */
    const char *point;      /* where new hostdevs go */
} ifxTestChange;

#define IFX_UNMANAGED "<hostdev type='pci'>" IFX_SOURCE("1", "0") "</hostdev>"

static const ifxTestChange changes[] = {
    { IFX_DOMAIN(IFX_UNMANAGED IFX_PLACEHOLDER("1", "1")),
      "change starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      "/domain/devices/hostdev[1] @managed", "/domain/devices/hostdev[2]" },
    { IFX_DOMAIN("<interface type='hostdev' managed='no'><source><address type='pci' bus='1'/>"
                 "</source></interface>" IFX_PLACEHOLDER("1", "1")),
      "change starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      "/domain/devices/interface/@managed", "/domain/devices/hostdev" },
    { IFX_DOMAIN("<disk type='file'><backingStore type='nvme'><source type='pci'><address bus='1'/>"
                 "</source></backingStore></disk>" IFX_PLACEHOLDER("1", "1")),
      "change starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      "/domain/devices/disk/backingStore/source @managed", "/domain/devices/hostdev" },
    /* libvirt takes the controller of a disk whatever managed says. */
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_PLACEHOLDER("1", "1")),
      "complete starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      "", "/domain/devices/hostdev" },
    /* What is gone is taken out if it is a placeholder, and only then. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("9", "0")),
      "change starts=no | declared/declared@1 declared/placeholder@1 remove/placeholder-gone"
      IFX_BOTH "placeholder", "", "/domain/devices/hostdev[2]" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_PLACEHOLDER("9", "1")),
      "change starts=no | remove/placeholder-gone remove/placeholder-gone", "",
      "/domain/devices" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1") IFX_HOSTDEV("9", "0")),
      "refused starts=no | declared/declared@1 declared/placeholder@1 refuse/claim-gone"
      IFX_BOTH "placeholder", "", "/domain/devices/hostdev[3]" },
};

START_TEST(claims_change_as_the_policy_says)
{
    const ifxTestChange *test = &changes[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) topology = ifxTestTwoFunctions();
    const ifxPolicy policy = { .managed = true, .prune = true };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    g_autofree char *described = ifxTestDescribe(plan);
    g_autoptr(GString) manage = g_string_new(NULL);
    bool after;
    g_autofree char *point = ifxPlanInsertionPoint(plan, &after);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->manage) {
            g_autofree char *type = NULL;
            g_autofree char *path = ifxPlanAttributePoint(
                plan, claim->claim->managed_at, "managed", &type);

            g_string_append_printf(manage, "%s%s%s", path, type ? " " : "", type ? type : "");
        }
    }
    ck_assert_str_eq(described, test->plan);
    ck_assert_str_eq(manage->str, test->manage);
    ck_assert_str_eq(point, test->point);
}
END_TEST

static const ifxTestPlan claim_plans[] = {
    { IFX_DOMAIN(IFX_HOSTDEV("9", "0")), { { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "refused starts=no | refuse/claim-gone" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("9", "0")), { { "0000:01:00.0", 1, IFX_GPU, "", 0, false } },
      NULL, "refused starts=no | refuse/placeholder-gone" },
    /* Another group would have an addition; the domain is the unit. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_HOSTDEV("9", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "refused starts=no | declared/declared@1 refuse/claim-gone | 1 starts=yes: "
      "01:00.0 declared/declared 01:00.1 add/missing" },
    /* A placeholder alone gives the guest nothing, so the group is not claimed. */
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1")),
      { { "0000:01:00.0", 1, IFX_GPU, "nvidia", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "complete starts=yes | declared/placeholder-orphan@1" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1") IFX_HOSTDEV("2", "0") IFX_PLACEHOLDER("2", "1")),
      { { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false },
        { "0000:02:00.0", 2, IFX_GPU, "", 0, false },
        { "0000:02:00.1", 2, IFX_AUDIO, "", 0, false } }, NULL,
      "complete starts=yes | declared/placeholder-orphan@1 declared/declared@2 "
      "declared/placeholder@2 | 2 complete starts=yes: "
      "02:00.0 declared/declared 02:00.1 declared/placeholder" },
    /* A placeholder before the claim counts as well. */
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1") IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "complete starts=yes | declared/placeholder@1 declared/declared@1 | "
      "1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/placeholder" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", IFX_GROUP_NONE, IFX_GPU, "", 0, false } }, NULL,
      "no-iommu starts=no | skip/no-iommu" },
    { IFX_DOMAIN("<hostdev type='pci' managed='yes'><source/></hostdev>"),
      { { "0000:00:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "complete starts=yes | declared/declared@1 | 1 complete starts=yes: "
      "00:00.0 declared/declared" },
    /* No guest is given the host bridge, with a driver or without; a placeholder takes it, too. */
    { IFX_DOMAIN("<hostdev type='pci' managed='yes'><source/></hostdev>"),
      { { "0000:00:00.0", 1, 0x060000, "", 0, false } }, NULL,
      "refused starts=yes | refuse/platform-function@1 | 1 complete starts=yes: "
      "00:00.0 declared/declared" },
    { IFX_DOMAIN("<hostdev type='pci' managed='yes'><source/></hostdev>"),
      { { "0000:00:00.0", 1, 0x060000, "skl_uncore", 0, false } }, "0000:00:00.0",
      "complete starts=yes | declared/declared@1 | 1 complete starts=yes: "
      "00:00.0 declared/declared" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, 0x0c0500, "i801_smbus", 0, false } }, NULL,
      "refused starts=yes | declared/declared@1 refuse/platform-function@1 | 1 complete "
      "starts=yes: 01:00.0 declared/declared 01:00.1 declared/placeholder" },
    { IFX_DOMAIN("<hostdev type='pci'>" IFX_SOURCE("1", "0") "</hostdev>"),
      { { "0000:01:00.0", 1, 0x058000, "", 0, false } }, NULL,
      "refused starts=no | refuse/platform-function@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared" },
    /* The host has given it up. */
    { IFX_DOMAIN("<hostdev type='pci'>" IFX_SOURCE("1", "0") "</hostdev>"),
      { { "0000:01:00.0", 1, 0x060100, "vfio-pci", 0, false } }, NULL,
      "complete starts=yes | declared/declared@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared" },
    /* libvirt: "Non-endpoint PCI devices cannot be assigned to guests" */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, 0x060400, "", IFX_HEADER_PCI_BRIDGE, false } }, NULL,
      "refused starts=no | refuse/bridge" },
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0") IFX_PLACEHOLDER("1", "0")),
      { { "0000:01:00.0", 1, 0x060400, "", IFX_HEADER_UNKNOWN, false },
        { "0000:02:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "refused starts=no | declared/declared@1 refuse/bridge | 1 complete starts=yes: "
      "01:00.0 declared/placeholder 02:00.0 declared/declared" },
    { "<domain type='xen'><name>vm</name><devices>" IFX_HOSTDEV("1", "0") "</devices></domain>",
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "skipped starts=unknown | skip/not-qemu" },
    /* libvirt: "host doesn't support legacy PCI passthrough" */
    { IFX_DOMAIN("<hostdev type='pci' managed='yes'><driver name='kvm'/>" IFX_SOURCE("1", "0")
                 "</hostdev>"),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "complete starts=no | declared/legacy-driver@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared" },
    { IFX_DOMAIN("<hostdev type='pci'><driver name='xen'/>" IFX_SOURCE("1", "0") "</hostdev>"),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "change starts=no | declared/legacy-driver@1 | 1 starts=yes: "
      "01:00.0 declared/declared 01:00.1 add/missing" },
};

START_TEST(claims_are_judged)
{
    ifxAssertPlan(&claim_plans[_i]);
}
END_TEST

Suite *
ifxSuitePlanClaims(void)
{
    Suite *suite = suite_create("plan-claims");
    TCase *members = tcase_create("members");
    TCase *claims = tcase_create("claims");

    tcase_add_loop_test(members, claims_that_stand_in_each_others_way_are_refused,
                        0, G_N_ELEMENTS(conflicts));
    tcase_add_loop_test(members, claims_change_as_the_policy_says, 0, G_N_ELEMENTS(changes));
    suite_add_tcase(suite, members);

    tcase_add_loop_test(claims, claims_are_judged, 0, G_N_ELEMENTS(claim_plans));
    suite_add_tcase(suite, claims);
    return suite;
}
