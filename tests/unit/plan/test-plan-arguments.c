/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-plan.h"

#define IFX_ARGUMENTS(devices, arguments) \
    "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name>" \
    "<devices>" devices "</devices><q:commandline>" arguments "</q:commandline></domain>"
#define IFX_ARGUMENT(value) "<q:arg value='-device'/><q:arg value='" value "'/>"

typedef struct {
    const char *arguments;
    const char *devices;
    const char *plan;       /* "ADDRESS [gone] @GROUP [PATH] [not beside PATH] lacks ADDRESSES;
                             * ..." */
    bool starts;
} ifxTestArgument;

static const ifxTestArgument by_hand[] = {
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), "", "01:00.0 @1 lacks 01:00.1; ", true },
    { IFX_ARGUMENT("vfio-pci,host=01:00.0") IFX_ARGUMENT("vfio-pci,host=01:00.1"), "",
      "01:00.0 @1 lacks; 01:00.1 @1 lacks; ", true },
    /* With placeholders libvirt does what is needed. */
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), IFX_PLACEHOLDER("1", "1"), "01:00.0 @1 lacks; ",
      true },
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), IFX_PLACEHOLDER("1", "0"),
      "01:00.0 @1 /domain/devices/hostdev lacks 01:00.1; ", true },
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), IFX_PLACEHOLDER("1", "0") IFX_PLACEHOLDER("1", "1"),
      "01:00.0 @1 /domain/devices/hostdev[1] lacks; ", true },
    /* Beside another device of its group */
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), IFX_HOSTDEV("1", "1"), "01:00.0 @1 lacks; ", true },
    /* QEMU can't open the device, or the group, twice. */
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), IFX_HOSTDEV("1", "0"),
      "01:00.0 @1 /domain/devices/hostdev not beside /domain/devices/hostdev lacks 01:00.1; ",
      false },
    { IFX_ARGUMENT("vfio-pci,host=01:00.1"), IFX_INTERFACE("1", "1") IFX_PLACEHOLDER("1", "0"),
      "01:00.1 @1 /domain/devices/interface not beside /domain/devices/interface lacks; ", false },
    { IFX_ARGUMENT("vfio-pci,host=01:00.0"), IFX_NVME("1", "0"),
      "01:00.0 @1 /domain/devices/disk not beside /domain/devices/disk lacks 01:00.1; ", false },
    { IFX_ARGUMENT("vfio-pci,host=01:00.1"), IFX_NVME("1", "0"),
      "01:00.1 @1 not beside /domain/devices/disk lacks; ", false },
    { IFX_ARGUMENT("vfio-pci,host=01:00.1"), IFX_NVME("1", "0") IFX_PLACEHOLDER("1", "1"),
      "01:00.1 @1 /domain/devices/hostdev not beside /domain/devices/disk lacks; ", false },
    { IFX_ARGUMENT("vfio-pci,host=09:00.0"), "", "09:00.0 gone @-1 lacks; ", true },
    { IFX_ARGUMENT("vfio-pci,host=02:00.0"), "", "02:00.0 @-1 lacks; ", true },
};

static const ifxTestPart passed_functions[] = {
    { "0000:01:00.0", 1, 0x010802, "", 0, false },
    { "0000:01:00.1", 1, IFX_USB, "", 0, false },
    { "0000:02:00.0", IFX_GROUP_NONE, IFX_USB, "", 0, false },
    { NULL, 0, 0, NULL, 0, false },
};

START_TEST(device_passed_by_hand_is_told)
{
    g_autofree char *xml = g_strdup_printf(
        IFX_ARGUMENTS("%s", "%s"), by_hand[_i].devices, by_hand[_i].arguments);
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(passed_functions);
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    g_autoptr(GString) out = g_string_new(NULL);
    char buffer[IFX_PCI_ADDRESS_LENGTH];
    guint i;
    guint j;

    for (i = 0; i < plan->arguments->len; i++) {
        const ifxPlanArgument *argument = &g_array_index(plan->arguments, ifxPlanArgument, i);

        g_string_append_printf(out, "%s%s @%d%s%s%s%s lacks",
                               ifxPciAddressFormat(&argument->argument->address, buffer) + 5,
                               argument->found ? "" : " gone", argument->group,
                               argument->claim ? " " : "",
                               argument->claim ? argument->claim->path : "",
                               argument->other ? " not beside " : "",
                               argument->other ? argument->other->path : "");
        for (j = 0; j < argument->lacks->len; j++)
            g_string_append_printf(out, " %s", ifxPciAddressFormat(
                &((const ifxMember *) argument->lacks->pdata[j])->address, buffer) + 5);
        g_string_append(out, "; ");
    }
    ck_assert_str_eq(out->str, by_hand[_i].plan);
    ck_assert_int_eq(plan->starts == IFX_STARTS_YES, by_hand[_i].starts);
    for (i = 0; i < plan->claims->len; i++)
        ck_assert_int_ne(g_array_index(plan->claims, ifxPlanClaim, i).reason,
                         IFX_REASON_PLACEHOLDER_ORPHAN);
}
END_TEST

/* What is passed by hand is a member like others. */
START_TEST(device_passed_by_hand_changes_no_verdict)
{
    static const ifxTestPlan test = {
        IFX_ARGUMENTS(IFX_HOSTDEV("1", "0"), IFX_ARGUMENT("vfio-pci,host=01:00.1")
                      IFX_ARGUMENT("vfio-pci,host=01:00.2")),
        { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
          { "0000:01:00.1", 1, IFX_AUDIO, "vfio-pci", 0, false },
          { "0000:01:00.2", 1, 0x020000, "vfio-pci", 0, false } }, NULL,
        "change starts=yes | declared/declared@1 | 1 starts=yes: 01:00.0 declared/declared "
        "01:00.1 add/missing 01:00.2 add/missing",
    };

    ifxAssertPlan(&test);
}
END_TEST

START_TEST(other_drivers_read_no_arguments_for_qemu)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(
        "<domain type='xen' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name>"
        "<q:commandline>" IFX_ARGUMENT("vfio-pci,host=01:00.0") "</q:commandline></domain>");
    g_autoptr(ifxTopology) topology = ifxTestTwoFunctions();
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);

    ck_assert_uint_eq(domain->arguments->len, 1);
    ck_assert_uint_eq(plan->arguments->len, 0);
}
END_TEST

Suite *
ifxSuitePlanArguments(void)
{
    Suite *suite = suite_create("plan-arguments");
    TCase *members = tcase_create("members");

    tcase_add_loop_test(members, device_passed_by_hand_is_told, 0, G_N_ELEMENTS(by_hand));
    tcase_add_test(members, device_passed_by_hand_changes_no_verdict);
    tcase_add_test(members, other_drivers_read_no_arguments_for_qemu);
    suite_add_tcase(suite, members);
    return suite;
}
