/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "plan/plan-words.h"
#include "report/report-text.h"
#include "suite.h"

/* What a host has: devices, and members that it does not show. */
typedef struct {
    const char *address;    /* or what the kernel calls it */
    int group;
    guint32 class_code;     /* 0: unknown */
    const char *driver;     /* NULL: unknown; "": none */
    ifxHeaderType header;
    bool hidden;            /* named by the group, not shown */
} ifxTestPart;

static ifxTopology *
ifxTestHost(const ifxTestPart *parts)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();

    for (; parts->address; parts++) {
        g_autoptr(ifxDevice) device = NULL;
        ifxPciAddress address;

        if (!ifxPciAddressParse(parts->address, &address)) {
            ifxTopologyBuilderAddOtherMember(builder, (guint) parts->group, parts->address);
            continue;
        }
        if (parts->group != IFX_GROUP_NONE)
            ifxTopologyBuilderAddMember(builder, (guint) parts->group, &address);
        if (parts->hidden)
            continue;
        device = ifxDeviceNew(&address);
        device->group = parts->group;
        device->has_class = parts->class_code != 0;
        device->class_code = parts->class_code;
        device->header = parts->header;
        if (parts->driver)
            device->driver_state = *parts->driver ? IFX_DRIVER_BOUND : IFX_DRIVER_NONE;
        if (parts->driver && *parts->driver)
            device->driver = g_strdup(parts->driver);
        ifxTopologyBuilderAddDevice(builder, device);
    }
    return ifxTopologyBuilderEnd(builder);
}

/* "RESULT starts=WORD | claims | GROUP (complete) starts=WORD: members", each claim and
 * member with its verdict and reason. */
static char *
ifxTestDescribe(const ifxPlan *plan)
{
    GString *out = g_string_new(ifxResultToString(plan->result));
    char buffer[IFX_PCI_ADDRESS_LENGTH];
    guint i;
    guint j;

    g_string_append_printf(out, " starts=%s |", ifxStartsToString(plan->starts));
    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        g_string_append_printf(out, " %s/%s", ifxVerdictToString(claim->verdict),
                               ifxReasonToString(claim->reason));
        if (claim->group != IFX_GROUP_NONE)
            g_string_append_printf(out, "@%d", claim->group);
    }
    for (i = 0; i < plan->groups->len; i++) {
        const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, i);

        g_string_append_printf(out, " | %u%s starts=%s:", group->group->number,
                               group->complete ? " complete" : "",
                               ifxStartsToString(group->starts));
        for (j = 0; j < group->members->len; j++) {
            const ifxPlanMember *member = &g_array_index(group->members, ifxPlanMember, j);

            g_string_append_printf(out, " %s %s/%s", member->member->is_pci ?
                                   ifxPciAddressFormat(&member->member->address, buffer) + 5 :
                                   member->member->name,
                                   ifxVerdictToString(member->verdict),
                                   ifxReasonToString(member->reason));
        }
    }
    return g_string_free(out, FALSE);
}

#define IFX_DOMAIN(devices) \
    "<domain type='kvm'><name>vm</name><devices>" devices "</devices></domain>"
#define IFX_SOURCE(bus, function) \
    "<source><address domain='0' bus='" bus "' slot='0' function='" function "'/></source>"
#define IFX_HOSTDEV(bus, function) \
    "<hostdev mode='subsystem' type='pci' managed='yes'>" IFX_SOURCE(bus, function) "</hostdev>"
#define IFX_PLACEHOLDER(bus, function) \
    "<hostdev mode='subsystem' type='pci' managed='yes'>" IFX_SOURCE(bus, function) \
    "<address type='unassigned'/></hostdev>"

#define IFX_GPU 0x030000
#define IFX_AUDIO 0x040300
#define IFX_USB 0x0c0330

typedef struct {
    const char *xml;
    ifxTestPart host[8];
    const char *allowed;    /* one address; NULL: none */
    const char *plan;
} ifxTestPlan;

static void
ifxAssertPlan(const ifxTestPlan *test)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(test->host);
    g_autoptr(GHashTable) allowed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    ifxPciAddress address = { 0 };
    const ifxPolicy policy = { .allowed = test->allowed ? allowed : NULL };
    g_autoptr(ifxPlan) plan = NULL;
    g_autofree char *described = NULL;

    if (test->allowed) {
        address = ifxTestAddress(test->allowed);
        g_hash_table_add(allowed, &address);
    }
    plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
    described = ifxTestDescribe(plan);
    ck_assert_str_eq(described, test->plan);
    ck_assert_ptr_eq(plan->domain, domain);
}

static const ifxTestPlan declared_plans[] = {
    /* Nothing claimed */
    { IFX_DOMAIN(""), { { "0000:01:00.0", 1, IFX_GPU, "", 0, false } }, NULL,
      "complete starts=yes |" },
    /* Alone in its group, which is number 0 */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), { { "0000:01:00.0", 0, IFX_GPU, "nvidia", 0, false } },
      NULL, "complete starts=yes | declared/declared@0 | 0 complete starts=yes: "
      "01:00.0 declared/declared" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "change starts=yes | declared/declared@1 | 1 starts=yes: "
      "01:00.0 declared/declared 01:00.1 add/missing" },
    /* Declared members of any class are not refused. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1")),
      { { "0000:01:00.0", 1, 0x020000, "", 0, false },
        { "0000:01:00.1", 1, 0x010802, "nvme", 0, false } }, NULL,
      "complete starts=yes | declared/declared@1 declared/placeholder@1 | "
      "1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/placeholder" },
    /* The other group is not touched. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:02:00.0", 2, IFX_AUDIO, "snd_hda_intel", 0, false } }, NULL,
      "complete starts=yes | declared/declared@1 | 1 complete starts=yes: "
      "01:00.0 declared/declared" },
    /* Groups stand in the order of their first claims. */
    { IFX_DOMAIN(IFX_HOSTDEV("9", "0") IFX_HOSTDEV("1", "0")),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:09:00.0", 9, IFX_GPU, "", 0, false },
        { "0000:09:00.1", 9, IFX_AUDIO, "", 0, false } }, NULL,
      "change starts=yes | declared/declared@9 declared/declared@1 | "
      "9 starts=yes: 09:00.0 declared/declared 09:00.1 add/missing | "
      "1 complete starts=yes: 01:00.0 declared/declared" },
    /* All three kinds of claims count. */
    { IFX_DOMAIN("<interface type='hostdev'><source><address type='pci' bus='1'/></source>"
                 "</interface><disk type='nvme'><source type='pci'><address bus='1' function='1'/>"
                 "</source></disk>"),
      { { "0000:01:00.0", 1, 0x020000, "vfio-pci", 0, false },
        { "0000:01:00.1", 2, 0x010802, "vfio-pci", 0, false },
        { "0000:01:00.2", 2, IFX_USB, "", 0, false } }, NULL,
      "change starts=yes | declared/declared@1 declared/declared@2 | 1 complete starts=yes: "
      "01:00.0 declared/declared | 2 starts=yes: 01:00.1 declared/declared 01:00.2 add/missing" },
};

START_TEST(plan_follows_from_what_is_declared)
{
    ifxAssertPlan(&declared_plans[_i]);
}
END_TEST

#define IFX_INTERFACE(bus, function) \
    "<interface type='hostdev'><source><address type='pci' bus='" bus "' function='" function \
    "'/></source></interface>"
#define IFX_NVME(bus, function) \
    "<disk type='nvme'><source type='pci'><address bus='" bus "' function='" function \
    "'/></source></disk>"

static const ifxTestPart two_functions[] = {
    { "0000:01:00.0", 1, 0x010802, "vfio-pci", 0, false },
    { "0000:01:00.1", 1, IFX_USB, "vfio-pci", 0, false },
    { NULL, 0, 0, NULL, 0, false },
};

typedef struct {
    const char *xml;
    const char *plan;
    const char *other;      /* of the last claim; NULL: none */
} ifxTestConflict;

#define IFX_BOTH " | 1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/"

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
};

START_TEST(claims_that_stand_in_each_others_way_are_refused)
{
    const ifxTestConflict *test = &conflicts[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(two_functions);
    const ifxPolicy policy = { .managed = true };
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
    g_autofree char *described = ifxTestDescribe(plan);
    const ifxPlanClaim *last = &g_array_index(plan->claims, ifxPlanClaim, plan->claims->len - 1);

    if (plan->result == IFX_RESULT_CHANGE) {
        /* The disks are not managed. */
        ck_assert(g_str_has_prefix(described, "change"));
        ck_assert_str_eq(described + strlen("change"), test->plan + strlen("complete"));
    } else {
        ck_assert_str_eq(described, test->plan);
    }
    if (test->other)
        ck_assert_str_eq(last->other->path, test->other);
    else
        ck_assert_ptr_null(last->other);
}
END_TEST

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
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
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
    g_autoptr(ifxTopology) topology = ifxTestHost(two_functions);
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);

    ck_assert_uint_eq(domain->arguments->len, 1);
    ck_assert_uint_eq(plan->arguments->len, 0);
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
    { IFX_DOMAIN(IFX_NVME("1", "0") IFX_PLACEHOLDER("1", "1")),
      "change starts=yes | declared/declared@1 declared/placeholder@1" IFX_BOTH "placeholder",
      "/domain/devices/disk/source @managed", "/domain/devices/hostdev" },
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
    g_autoptr(ifxTopology) topology = ifxTestHost(two_functions);
    const ifxPolicy policy = { .managed = true, .prune = true };
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
    g_autofree char *described = ifxTestDescribe(plan);
    g_autoptr(GString) manage = g_string_new(NULL);
    bool after;
    g_autofree char *point = ifxPlanInsertionPoint(plan, &after);
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->manage) {
            const char *type;
            g_autofree char *path = ifxPlanClaimManagePoint(plan, claim, &type);

            g_string_append_printf(manage, "%s%s%s", path, type ? " " : "", type ? type : "");
        }
    }
    ck_assert_str_eq(described, test->plan);
    ck_assert_str_eq(manage->str, test->manage);
    ck_assert_str_eq(point, test->point);
}
END_TEST

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
#define IFX_BLOCKED "it will not start: of group 0 the host keeps 0000:01:00.1"

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
    plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
    words = ifxTestDescribe(plan);
    g_string_append(described, words);
    ifxTestDescribeManaged(described, plan);
    ck_assert_str_eq(described->str, test->plan);
    blocked = ifxReportBlocker(&g_array_index(plan->groups, ifxPlanGroup, 0), true);
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
    plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
    ck_assert_int_eq(plan->result, IFX_RESULT_REFUSED);
}
END_TEST

typedef struct {
    const char *driver;         /* of the member that the domain lacks; NULL: unknown */
    const char *bridge;         /* of the group's bridge */
    const char *now;
    const char *afterwards;
} ifxTestBlocked;

static const ifxTestBlocked blocked_groups[] = {
    { "snd_hda_intel", "pcieport", "it will not start: of group 1 the host keeps 0000:01:00.1",
      NULL },
    { NULL, NULL, "it may not start: of group 1 the host may keep 0000:01:00.1", NULL },
    { "", "pcieport", NULL, NULL },
    { NULL, "shpchp", "it will not start: of group 1 the host keeps 0000:00:01.0",
      "it will not start: of group 1 the host keeps 0000:00:01.0" },
};

START_TEST(what_keeps_a_group_is_told)
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
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &(ifxPolicy) { 0 });
    const ifxPlanGroup *group = &g_array_index(plan->groups, ifxPlanGroup, 0);
    g_autofree char *now = ifxReportBlocker(group, false);
    g_autofree char *afterwards = ifxReportBlocker(group, true);

    ck_assert_pstr_eq(now, test->now);
    ck_assert_pstr_eq(afterwards, test->afterwards);
}
END_TEST

START_TEST(two_declared_members_add_each_missing_one_once)
{
    static const ifxTestPlan test = {
        IFX_DOMAIN(IFX_HOSTDEV("1", "2") IFX_HOSTDEV("1", "0")),
        { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
          { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false },
          { "0000:01:00.2", 1, IFX_USB, "", 0, false },
          { "0000:01:00.3", 1, 0x0c8000, "", 0, false } }, NULL,
        "change starts=yes | declared/declared@1 declared/declared@1 | 1 starts=yes: "
        "01:00.0 declared/declared 01:00.1 add/missing "
        "01:00.2 declared/declared 01:00.3 add/missing",
    };
    g_autoptr(ifxDomain) domain = ifxTestDomain(test.xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(test.host);
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);

    ifxAssertPlan(&test);
    ck_assert_uint_eq(plan->groups->len, 1);
    ifxAssertAddress(&g_array_index(plan->groups, ifxPlanGroup, 0).claimed, "0000:01:00.2");
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
    { 0, "unknown-use" },
    { 0x000100, "unknown-use" },         /* VGA before classes */
    { 0x010802, "unknown-use" },         /* NVMe */
    { 0x010601, "unknown-use" },         /* SATA */
    { 0x020000, "unknown-use" },
    { 0x028000, "unknown-use" },
    { 0x030000, "unknown-use" },
    { 0x038000, "unknown-use" },
    { 0x050000, "unknown-use" },
    { 0x058000, "platform-function" },
    { 0x060000, "platform-function" },         /* host bridge */
    { 0x060100, "platform-function" },         /* ISA bridge */
    { 0x068000, "unknown-use" },
    { 0x0c0500, "platform-function" },         /* SMBus */
    { 0x040300, NULL },
    { 0x070002, NULL },
    { 0x080501, "unknown-use" },         /* SD or eMMC, which may hold the root */
    { 0x080600, "unknown-use" },         /* IOMMU */
    { 0x080700, "unknown-use" },
    { 0x088000, NULL },        /* what a card calls its management function */
    { 0x0c0000, NULL },        /* FireWire */
    { 0x0c0400, "unknown-use" },         /* Fibre Channel */
    { 0x0c0600, "unknown-use" },         /* InfiniBand */
    { 0x0c0700, "unknown-use" },         /* IPMI */
    { 0x0c0330, NULL },        /* USB */
    { 0x0c8000, NULL },
    { 0x0d8000, "unknown-use" },         /* wireless */
    { 0x0e0000, "unknown-use" },         /* I2O */
    { 0x108000, NULL },
    { 0x120000, NULL },
    { 0xff0000, NULL },
};

/* Nothing is known of the host but its devices. */
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
    { IFX_DOMAIN("<hostdev type='pci'><source/></hostdev>"),
      { { "0000:00:00.0", 1, 0x060000, "", 0, false } }, NULL,
      "complete starts=yes | skip/no-address" },
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
      "skipped starts=yes | skip/not-qemu" },
    { IFX_DOMAIN("<hostdev type='pci'><driver name='xen'/>" IFX_SOURCE("1", "0") "</hostdev>"),
      { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
        { "0000:01:00.1", 1, IFX_AUDIO, "", 0, false } }, NULL,
      "complete starts=yes | skip/not-qemu" },
};

START_TEST(claims_are_judged)
{
    ifxAssertPlan(&claim_plans[_i]);
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

START_TEST(worst_member_and_worst_group_decide)
{
    static const ifxTestPlan test = {
        IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_HOSTDEV("2", "0")),
        { { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
          { "0000:01:00.1", 1, IFX_AUDIO, "snd_hda_intel", 0, false },
          { "0000:01:00.2", 1, IFX_USB, NULL, 0, false },
          { "0000:02:00.0", 2, IFX_GPU, "", 0, false },
          { "0000:02:00.1", 2, IFX_AUDIO, NULL, 0, false } }, NULL,
        "change starts=no | declared/declared@1 declared/declared@2 | 1 starts=no: "
        "01:00.0 declared/declared 01:00.1 add/missing 01:00.2 add/missing | 2 starts=unknown: "
        "02:00.0 declared/declared 02:00.1 add/missing",
    };

    ifxAssertPlan(&test);
}
END_TEST

typedef struct {
    const char *xml;
    const char *path;       /* NULL: none */
    bool after;
} ifxTestPoint;

static const ifxTestPoint points[] = {
    { IFX_DOMAIN("<disk type='file'/>" IFX_HOSTDEV("1", "0") "<video/>"),
      "/domain/devices/hostdev", true },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") "<video/><hostdev type='usb'/>"),
      "/domain/devices/hostdev[2]", true },
    { IFX_DOMAIN("<disk type='nvme'><source type='pci'><address bus='1'/></source></disk>"),
      "/domain/devices", false },
    { "<domain type='kvm'><name>vm</name><devices/><devices/></domain>",
      "/domain/devices[2]", false },
    { "<domain type='kvm'><name>vm</name><devices><hostdev type='usb'/></devices>"
      "<devices/></domain>", "/domain/devices[1]/hostdev", true },
    { "<domain type='kvm'><name>vm</name></domain>", NULL, false },
};

START_TEST(new_hostdevs_go_behind_the_last_hostdev)
{
    static const ifxTestPart host[] = { { "0000:01:00.0", 1, IFX_GPU, "", 0, false }, { 0 } };
    g_autoptr(ifxDomain) domain = ifxTestDomain(points[_i].xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(host);
    const ifxPolicy policy = { 0 };
    g_autoptr(ifxPlan) plan = ifxPlanNew(domain, &IFX_TEST_HOST(topology), &policy);
    bool after = !points[_i].after;
    g_autofree char *point = ifxPlanInsertionPoint(plan, &after);

    ck_assert_pstr_eq(point, points[_i].path);
    ck_assert_int_eq(after, points[_i].after);
}
END_TEST

/* The codes are stable: scripts and stylesheets compare them. */
START_TEST(words_are_stable)
{
    static const char *const reasons[IFX_REASON_LAST] = {
        "declared", "placeholder", "placeholder-gone", "placeholder-orphan", "claim-gone",
        "claim-in-use", "unmanaged", "claimed-twice", "nvme-with-hostdev", "qemu-argument", "no-iommu", "no-address",
        "not-qemu", "missing", "not-needed", "declined", "bridge", "bridge-blocks", "chipset-idle",
        "platform-function", "stub", "not-pci", "unknown-member", "unknown-use", "in-use-mounted",
        "in-use-swap", "in-use-network", "in-use-process", "in-use-domain", "boot-vga",
        "last-input", "pf-with-vfs", "mdev-parent", "vdpa-parent", "claimed-elsewhere",
        "network-pool", "teaming",
    };
    int i;

    for (i = 0; i < IFX_REASON_LAST; i++)
        ck_assert_str_eq(ifxReasonToString((ifxReason) i), reasons[i]);
    ck_assert_str_eq(ifxVerdictToString(IFX_VERDICT_DECLARED), "declared");
    ck_assert_str_eq(ifxVerdictToString(IFX_VERDICT_ADD), "add");
    ck_assert_str_eq(ifxVerdictToString(IFX_VERDICT_SKIP), "skip");
    ck_assert_str_eq(ifxVerdictToString(IFX_VERDICT_REFUSE), "refuse");
    ck_assert_str_eq(ifxVerdictToString(IFX_VERDICT_REMOVE), "remove");
    ck_assert_str_eq(ifxStartsToString(IFX_STARTS_YES), "yes");
    ck_assert_str_eq(ifxStartsToString(IFX_STARTS_UNKNOWN), "unknown");
    ck_assert_str_eq(ifxStartsToString(IFX_STARTS_NO), "no");
    ck_assert_str_eq(ifxResultToString(IFX_RESULT_COMPLETE), "complete");
    ck_assert_str_eq(ifxResultToString(IFX_RESULT_CHANGE), "change");
    ck_assert_str_eq(ifxResultToString(IFX_RESULT_REFUSED), "refused");
    ck_assert_str_eq(ifxResultToString(IFX_RESULT_NO_IOMMU), "no-iommu");
    ck_assert_str_eq(ifxResultToString(IFX_RESULT_SKIPPED), "skipped");
}
END_TEST

Suite *
ifxSuitePlan(void)
{
    Suite *suite = suite_create("plan");
    TCase *members = tcase_create("members");
    TCase *claims = tcase_create("claims");
    TCase *rest = tcase_create("starts and insertion");

    tcase_add_loop_test(members, plan_follows_from_what_is_declared,
                        0, G_N_ELEMENTS(declared_plans));
    tcase_add_loop_test(members, claims_that_stand_in_each_others_way_are_refused,
                        0, G_N_ELEMENTS(conflicts));
    tcase_add_loop_test(members, device_passed_by_hand_is_told, 0, G_N_ELEMENTS(by_hand));
    tcase_add_test(members, device_passed_by_hand_changes_no_verdict);
    tcase_add_test(members, other_drivers_read_no_arguments_for_qemu);
    tcase_add_loop_test(members, claims_change_as_the_policy_says, 0, G_N_ELEMENTS(changes));
    tcase_add_loop_test(members, group_that_was_declined_is_left_as_it_is,
                        0, G_N_ELEMENTS(declined));
    tcase_add_test(members, group_that_was_declined_is_refused_as_before);
    tcase_add_test(members, two_declared_members_add_each_missing_one_once);
    tcase_add_loop_test(members, member_that_is_no_endpoint_is_not_added,
                        0, G_N_ELEMENTS(member_plans));
    tcase_add_loop_test(members, member_that_may_serve_the_host_is_refused,
                        0, G_N_ELEMENTS(uses));
    tcase_add_loop_test(members, refusal_is_lifted_for_the_named_member_alone,
                        0, G_N_ELEMENTS(uses));
    suite_add_tcase(suite, members);

    tcase_add_loop_test(claims, claims_are_judged, 0, G_N_ELEMENTS(claim_plans));
    suite_add_tcase(suite, claims);

    tcase_add_loop_test(rest, kernel_minds_drivers_of_undeclared_members,
                        0, G_N_ELEMENTS(starts));
    tcase_add_loop_test(rest, what_keeps_a_group_is_told, 0, G_N_ELEMENTS(blocked_groups));
    tcase_add_test(rest, worst_member_and_worst_group_decide);
    tcase_add_loop_test(rest, new_hostdevs_go_behind_the_last_hostdev,
                        0, G_N_ELEMENTS(points));
    tcase_add_test(rest, words_are_stable);
    suite_add_tcase(suite, rest);
    return suite;
}
