/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-plan.h"

#define IFX_BY_HAND(devices, arguments) \
    "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name>" \
    "<devices>" devices "</devices><q:commandline>" arguments "</q:commandline></domain>"
#define IFX_ARGUMENT(value) "<q:arg value='-device'/><q:arg value='" value "'/>"
#define IFX_UNMANAGED_PLACEHOLDER(bus, function) \
    "<hostdev mode='subsystem' type='pci'>" IFX_SOURCE(bus, function) \
    "<address type='unassigned'/></hostdev>"

/* Two functions of group 1, on these drivers. */
#define IFX_FUNCTIONS(driver, other) \
    { { "0000:01:00.0", 1, IFX_GPU, driver, 0, false }, \
      { "0000:01:00.1", 1, IFX_AUDIO, other, 0, false }, \
      { "0000:02:00.0", IFX_GROUP_NONE, IFX_USB, "vfio-pci", 0, false } }

static const ifxTestPlan by_hand[] = {
    /* Its group is judged like any other. */
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("vfio-pci", ""), NULL,
      "change starts=yes | declared/declared@1 | 1 starts=yes: 01:00.0 declared/declared "
      "01:00.1 add/missing" },
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("vfio-pci", "snd_hda_intel"), NULL,
      "change starts=no | declared/declared@1 | 1 starts=no: 01:00.0 declared/declared "
      "01:00.1 add/missing" },
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=01:00.0")
                  IFX_ARGUMENT("vfio-pci,host=01:00.1")),
      IFX_FUNCTIONS("vfio-pci", "vfio-pci"), NULL,
      "complete starts=yes | declared/declared@1 declared/declared@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared 01:00.1 declared/declared" },
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      { { "0000:00:01.0", 1, 0x060400, "shpchp", IFX_HEADER_PCI_BRIDGE, false },
        { "0000:01:00.0", 1, IFX_GPU, "vfio-pci", 0, false } }, NULL,
      "refused starts=no | declared/declared@1 | 1 complete starts=no: "
      "00:01.0 refuse/bridge-blocks 01:00.0 declared/declared" },
    /* Nobody detaches the device. */
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("nouveau", "snd_hda_intel"), NULL,
      "change starts=no | declared/qemu-argument@1 | 1 starts=no: 01:00.0 declared/declared "
      "01:00.1 add/missing" },
    { IFX_BY_HAND(IFX_PLACEHOLDER("1", "1"), IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("", "snd_hda_intel"), NULL,
      "complete starts=no | declared/placeholder@1 declared/qemu-argument@1 | 1 complete "
      "starts=yes: 01:00.0 declared/declared 01:00.1 declared/placeholder" },
    { IFX_BY_HAND(IFX_UNMANAGED_PLACEHOLDER("1", "0"), IFX_ARGUMENT("vfio-pci,host=01:00.0")
                  IFX_ARGUMENT("vfio-pci,host=01:00.1")),
      IFX_FUNCTIONS("nouveau", "vfio-pci"), NULL,
      "complete starts=no | declared/unmanaged@1 declared/qemu-argument@1 declared/declared@1 | "
      "1 complete starts=yes: 01:00.0 declared/placeholder 01:00.1 declared/declared" },
    /* libvirt does, for a placeholder. */
    { IFX_BY_HAND(IFX_PLACEHOLDER("1", "0"), IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("nouveau", "snd_hda_intel"), NULL,
      "change starts=no | declared/placeholder@1 declared/declared@1 | 1 starts=no: "
      "01:00.0 declared/placeholder 01:00.1 add/missing" },
    { IFX_BY_HAND(IFX_PLACEHOLDER("1", "0") IFX_PLACEHOLDER("1", "1"),
                  IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("nouveau", "snd_hda_intel"), NULL,
      "complete starts=yes | declared/placeholder@1 declared/placeholder@1 declared/declared@1 | "
      "1 complete starts=yes: 01:00.0 declared/placeholder 01:00.1 declared/placeholder" },
    /* Beside another device of its group */
    { IFX_BY_HAND(IFX_HOSTDEV("1", "1"), IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("vfio-pci", "snd_hda_intel"), NULL,
      "complete starts=yes | declared/declared@1 declared/declared@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared 01:00.1 declared/declared" },
    /* QEMU can't open the device, or the group, twice. */
    { IFX_BY_HAND(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1"),
                  IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("vfio-pci", "vfio-pci"), NULL,
      "refused starts=no | declared/declared@1 declared/placeholder@1 refuse/claimed-twice@1 | "
      "1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/placeholder" },
    { IFX_BY_HAND(IFX_PLACEHOLDER("1", "0") IFX_PLACEHOLDER("1", "1"),
                  IFX_ARGUMENT("vfio-pci,host=01:00.0") IFX_ARGUMENT("vfio-pci,host=01:00.0")),
      IFX_FUNCTIONS("vfio-pci", "vfio-pci"), NULL,
      "refused starts=no | declared/placeholder@1 declared/placeholder@1 declared/declared@1 "
      "refuse/claimed-twice@1 | 1 complete starts=yes: 01:00.0 declared/placeholder "
      "01:00.1 declared/placeholder" },
    { IFX_BY_HAND(IFX_NVME("1", "0"), IFX_ARGUMENT("vfio-pci,host=01:00.1")),
      IFX_FUNCTIONS("vfio-pci", "vfio-pci"), NULL,
      "refused starts=no | declared/declared@1 refuse/nvme-with-hostdev@1 | 1 complete "
      "starts=yes: 01:00.0 declared/declared 01:00.1 declared/declared" },
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=09:00.0")),
      IFX_FUNCTIONS("vfio-pci", "vfio-pci"), NULL, "refused starts=no | refuse/claim-gone" },
    { IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=02:00.0")),
      IFX_FUNCTIONS("vfio-pci", "vfio-pci"), NULL, "no-iommu starts=no | skip/no-iommu" },
    /* Only libvirt's QEMU driver reads arguments for QEMU. */
    { "<domain type='xen' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name>"
      "<q:commandline>" IFX_ARGUMENT("vfio-pci,host=01:00.0") "</q:commandline></domain>",
      IFX_FUNCTIONS("vfio-pci", ""), NULL, "skipped starts=unknown | skip/not-qemu" },
};

START_TEST(claim_by_hand_is_judged_like_any_other)
{
    ifxAssertPlan(&by_hand[_i]);
}
END_TEST

START_TEST(claim_by_hand_is_never_managed)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(
        IFX_BY_HAND("", IFX_ARGUMENT("vfio-pci,host=01:00.0")
                    IFX_ARGUMENT("vfio-pci,host=01:00.1")));
    g_autoptr(ifxTopology) topology = ifxTestTwoFunctions();
    const ifxPolicy policy = { .managed = true, .prune = true };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);

    ck_assert_uint_eq(plan->claims->len, 2);
    ck_assert(!g_array_index(plan->claims, ifxPlanClaim, 0).manage);
    ck_assert_int_eq(plan->result, IFX_RESULT_COMPLETE);
}
END_TEST

Suite *
ifxSuitePlanByHand(void)
{
    Suite *suite = suite_create("plan-by-hand");
    TCase *claims = tcase_create("claims");

    tcase_add_loop_test(claims, claim_by_hand_is_judged_like_any_other, 0,
                        G_N_ELEMENTS(by_hand));
    tcase_add_test(claims, claim_by_hand_is_never_managed);
    suite_add_tcase(suite, claims);
    return suite;
}
