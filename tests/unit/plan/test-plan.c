/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"

#include <string.h>

#include "suite.h"
#include "test-plan.h"

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
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);

    ifxAssertPlan(&test);
    ck_assert_uint_eq(plan->groups->len, 1);
    ifxAssertAddress(&g_array_index(plan->groups, ifxPlanGroup, 0).claimed, "0000:01:00.2");
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
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
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
        "claim-in-use", "unmanaged", "legacy-driver", "claimed-twice", "nvme-with-hostdev",
        "mixed-iommufd", "qemu-argument", "no-iommu", "no-answer",
        "not-qemu", "missing", "given", "moved", "moved-gone", "moved-unclear", "moved-by-hand",
        "moved-network", "moved-since", "moved-already", "not-needed", "declined",
        "bridge", "bridge-blocks", "chipset-idle",
        "platform-function", "stub", "goes-with", "not-pci", "unknown-member", "unknown-use",
        "in-use-mounted", "in-use-swap", "in-use-network", "in-use-process", "in-use-domain",
        "in-use-held",
        "boot-vga", "last-input", "pf-with-vfs", "carrier", "mdev-parent", "vdpa-parent",
        "claimed-elsewhere", "network-pool", "teaming",
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

/* One sentence each, which ends where a full stop or a colon can follow. */
START_TEST(reasons_are_sentences)
{
    static const ifxPciAddress device = { .bus = 4 };
    const ifxReasonSubject subject = { .device = &device, .written = &device, .domain = "web",
                                       .other = "/domain" };
    const ifxReason reason = (ifxReason) _i;
    g_autofree char *sentence = ifxReasonDescribe(reason, &subject);
    int lift;

    ck_assert_uint_le(strlen(sentence), 100);
    ck_assert(g_ascii_islower(*sentence));
    ck_assert(!g_str_has_suffix(sentence, "."));
    ck_assert_ptr_null(strchr(sentence, '{'));
    for (lift = IFX_LIFT_NOTHING; lift <= IFX_LIFT_NEVER; lift++) {
        g_autoptr(GPtrArray) chain = g_ptr_array_new();
        const ifxEvidence cause = { .reason = reason, .lift = (ifxLift) lift, .chain = chain };
        g_autofree char *remedy = ifxReasonRemedy(reason, &cause, &subject);

        if (!remedy)
            continue;
        ck_assert_uint_le(strlen(remedy), 120);
        ck_assert(g_ascii_isupper(*remedy));
        ck_assert(!g_str_has_suffix(remedy, "."));
        ck_assert_ptr_null(strchr(remedy, '{'));
    }
}
END_TEST

typedef struct {
    ifxReason reason;
    ifxLift lift;
    const char *remedy;
} ifxTestRemedy;

static const ifxTestRemedy remedies[] = {
    { IFX_REASON_MISSING, IFX_LIFT_NOTHING, "Declare it: virt-iommufix apply 'a {device}'" },
    { IFX_REASON_PLACEHOLDER_GONE, IFX_LIFT_NOTHING,
      "Remove it: virt-iommufix apply --prune 'a {device}'" },
    { IFX_REASON_UNMANAGED, IFX_LIFT_NOTHING,
      "Detach it once with \"virsh nodedev-detach pci_10000_04_1f_2\", or at each start: "
      "virt-iommufix apply --managed 'a {device}'" },
    { IFX_REASON_BRIDGE_BLOCKS, IFX_LIFT_NOTHING,
      "Unbind it: echo 10000:04:1f.2 >/sys/bus/pci/devices/10000:04:1f.2/driver/unbind" },
    { IFX_REASON_IN_USE_MOUNTED, IFX_LIFT_BY_NAME, "Unmount it first" },
    { IFX_REASON_IN_USE_MOUNTED, IFX_LIFT_NEVER,
      "The host runs from it: give the guest a device of another group" },
    { IFX_REASON_IN_USE_NETWORK, IFX_LIFT_NEVER,
      "The host is reached through it: give the guest a device of another group" },
    { IFX_REASON_STUB, IFX_LIFT_NOTHING, NULL },
};

START_TEST(remedies_are_commands_to_paste)
{
    static const ifxPciAddress device = {
        .domain = 0x10000, .bus = 4, .slot = 0x1f, .function = 2,
    };
    const ifxReasonSubject subject = { .device = &device, .domain = "a {device}" };
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    const ifxEvidence cause = {
        .reason = remedies[_i].reason, .lift = remedies[_i].lift, .chain = chain,
    };
    g_autofree char *remedy = ifxReasonRemedy(remedies[_i].reason, &cause, &subject);

    ck_assert_pstr_eq(remedy, remedies[_i].remedy);
}
END_TEST

/* A part of the board cannot be moved, nor one function of a card without the other. */
START_TEST(only_a_card_of_its_own_is_moved)
{
    static const char *const guests[] = { "0000:00:1f.3", "0000:04:00.1", "0000:05:00.0" };
    const ifxPciAddress device = { .bus = 4 };
    const ifxPciAddress guest = ifxTestAddress(guests[_i]);
    const ifxReasonSubject subject = { .device = &device, .guest = &guest, .domain = "web" };
    g_autofree char *remedy = ifxReasonRemedy(IFX_REASON_PLATFORM_FUNCTION, NULL, &subject);

    ck_assert_str_eq(remedy, _i == 2 ?
                     "To separate them, move the guest's card to a slot in another group" :
                     "To separate them, give the guest a device of another group");
}
END_TEST

typedef struct {
    ifxReason reason;
    const char *chain;      /* its steps, separated by '|' */
    const char *remedy;
} ifxTestStop;

static const ifxTestStop stops[] = {
    { IFX_REASON_IN_USE_MOUNTED, "sda|sda1|/srv/it's", "Unmount it first: umount '/srv/it'\\''s'" },
    { IFX_REASON_IN_USE_MOUNTED, "sda|/d (in the mount namespace of a, process 1, process 12)",
      "Unmount it there first: nsenter -t 12 -m umount /d" },
    { IFX_REASON_IN_USE_MOUNTED, "sda|mounted, mount point not visible",
      "It may be unmounted lazily: end the processes that still use it, or reboot the host" },
    { IFX_REASON_IN_USE_MOUNTED, "sda|3 more mounts", "Unmount it first" },
    { IFX_REASON_IN_USE_SWAP, "sda|dm-2 (lvm)|swap",
      "Turn this swap space off first: swapoff /dev/dm-2" },
    { IFX_REASON_IN_USE_SWAP, "sda|sda1|swap file /a b",
      "Turn this swap space off first: swapoff '/a b'" },
    { IFX_REASON_IN_USE_HELD, "sda|held by md0 (raid1)",
      "Stop the array first: mdadm --stop /dev/md0" },
    { IFX_REASON_IN_USE_HELD, "sda|loop7", "Detach it first: losetup -d /dev/loop7" },
    { IFX_REASON_IN_USE_HELD, "sda|backing device of zram0",
      "Stop its use first: zramctl --reset /dev/zram0" },
    { IFX_REASON_IN_USE_HELD, "sda|held by dm-1 (lvm)",
      "Deactivate it first: lvchange -an /dev/mapper/\"$(cat /sys/block/dm-1/dm/name)\"" },
    { IFX_REASON_IN_USE_HELD, "sda|held by dm-1 (luks)",
      "Close it first: cryptsetup close \"$(cat /sys/block/dm-1/dm/name)\"" },
    { IFX_REASON_IN_USE_HELD, "sda|held by dm-1",
      "Remove it first: dmsetup remove \"$(cat /sys/block/dm-1/dm/name)\"" },
    { IFX_REASON_IN_USE_HELD, "sda|exported by LIO: iblock_0/disk",
      "End the export first: targetcli /backstores/block delete disk" },
    { IFX_REASON_IN_USE_HELD, "sda|exported by LIO: fileio_0/a disk",
      "End the export first: targetcli /backstores/fileio delete 'a disk'" },
    { IFX_REASON_IN_USE_HELD, "sda|exported over NVMe: nqn.lab/1",
      "End the export first: echo 0 "
      ">/sys/kernel/config/nvmet/subsystems/nqn.lab/namespaces/1/enable" },
    { IFX_REASON_IN_USE_HELD, "nvme0|exported over NVMe: nqn.lab/passthru",
      "End the export first: echo 0 >/sys/kernel/config/nvmet/subsystems/nqn.lab/passthru/enable" },
    { IFX_REASON_IN_USE_HELD, "sda1 (x)|held by the kernel or a process",
      "Stop what holds it first; this shows processes: fuser -v /dev/sda1" },
    { IFX_REASON_IN_USE_HELD, "a!b|held by the kernel or a process",
      "Find out what holds the block device, and stop that first" },
    { IFX_REASON_IN_USE_HELD, "sda|held by mdx", "Find out what holds the block device, and stop "
      "that first" },
    { IFX_REASON_IN_USE_DOMAIN, "usb 1-4|domain a b",
      "Change its definition first: virsh edit 'a b'" },
    { IFX_REASON_IN_USE_DOMAIN, "net/eno3|network vfs",
      "Change its definition first: virsh net-edit vfs" },
    { IFX_REASON_IN_USE_PROCESS, "ttyS0|getty (12)",
      "Stop the process first; this shows its service: systemctl status 12" },
    { IFX_REASON_IN_USE_PROCESS, "sda|a (b) (7)",
      "Stop the process first; this shows its service: systemctl status 7" },
    { IFX_REASON_IN_USE_PROCESS, "uio0 (igb_uio)|userspace driver", "Stop the process first" },
    { IFX_REASON_IN_USE_PROCESS, "sda|x (12a)", "Stop the process first" },
    { IFX_REASON_MDEV_PARENT, "mdev 7b3f3e1c|domain a b (40)",
      "Shut the domain down first: virsh shutdown 'a b'" },
    { IFX_REASON_MDEV_PARENT, "mdev 7b3f3e1c|domain cad",
      "Change its definition first: virsh edit cad" },
    { IFX_REASON_VDPA_PARENT, "vdpa0 (vhost_vdpa)", "Remove it first: vdpa dev del vdpa0" },
    { IFX_REASON_VDPA_PARENT, "vdpa0 (vhost_vdpa)|qemu (4)",
      "Remove it first: vdpa dev del vdpa0" },
};

START_TEST(the_holder_names_the_command_that_ends_a_use)
{
    const ifxTestStop *stop = &stops[_i];
    g_auto(GStrv) steps = g_strsplit(stop->chain, "|", -1);
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    const ifxEvidence cause = {
        .reason = stop->reason, .lift = IFX_LIFT_BY_NAME, .chain = chain,
    };
    const ifxReasonSubject subject = { .domain = "web" };
    g_autofree char *remedy = NULL;
    guint i;

    for (i = 0; steps[i]; i++)
        g_ptr_array_add(chain, steps[i]);
    remedy = ifxReasonRemedy(stop->reason, &cause, &subject);
    ck_assert_str_eq(remedy, stop->remedy);
}
END_TEST

Suite *
ifxSuitePlan(void)
{
    Suite *suite = suite_create("plan");
    TCase *members = tcase_create("members");
    TCase *rest = tcase_create("starts and insertion");

    tcase_add_loop_test(members, plan_follows_from_what_is_declared,
                        0, G_N_ELEMENTS(declared_plans));
    tcase_add_test(members, two_declared_members_add_each_missing_one_once);
    suite_add_tcase(suite, members);

    tcase_add_test(rest, worst_member_and_worst_group_decide);
    tcase_add_loop_test(rest, new_hostdevs_go_behind_the_last_hostdev,
                        0, G_N_ELEMENTS(points));
    tcase_add_test(rest, words_are_stable);
    tcase_add_loop_test(rest, reasons_are_sentences, 0, IFX_REASON_LAST);
    tcase_add_loop_test(rest, only_a_card_of_its_own_is_moved, 0, 3);
    tcase_add_loop_test(rest, the_holder_names_the_command_that_ends_a_use,
                        0, G_N_ELEMENTS(stops));
    tcase_add_loop_test(rest, remedies_are_commands_to_paste, 0, G_N_ELEMENTS(remedies));
    suite_add_tcase(suite, rest);
    return suite;
}
