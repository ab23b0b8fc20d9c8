/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"
#include "test-plan-scene.h"

typedef struct {
    ifxUseKind kind;
    const char *reason;
} ifxTestKind;

static const ifxTestKind kinds[] = {
    { IFX_USE_MOUNTED, "in-use-mounted" },
    { IFX_USE_SWAP, "in-use-swap" },
    { IFX_USE_NETWORK, "in-use-network" },
    { IFX_USE_PROCESS, "in-use-process" },
    { IFX_USE_DOMAIN, "in-use-domain" },
    { IFX_USE_BOOT_VGA, "boot-vga" },
    { IFX_USE_LAST_INPUT, "last-input" },
    { IFX_USE_MDEV_PARENT, "mdev-parent" },
    { IFX_USE_VDPA_PARENT, "vdpa-parent" },
    { IFX_USE_UNCLEAR, "unknown-use" },
};

START_TEST(member_in_use_is_refused_until_it_is_allowed)
{
    const char *reason = kinds[_i].reason;
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x010601, "ahci");
    g_autofree char *refused =
        g_strdup_printf("refused no | declared/declared | refuse/%s [%s by-name: why]", reason,
                        reason);
    g_autofree char *added =
        g_strdup_printf("change no | declared/declared | add/missing [%s by-name: why]", reason);

    ifxUseGraphAddUse(scene->use, "block/sda", kinds[_i].kind, false, "why");
    ifxAssertScene(scene, refused);
    g_hash_table_add(scene->allowed, (gpointer) &claimed_address);
    ifxAssertScene(scene, refused);
    g_hash_table_add(scene->allowed, (gpointer) &member_address);
    ifxAssertScene(scene, added);
}
END_TEST

START_TEST(what_the_host_lives_on_is_never_taken)
{
    const char *reason = kinds[_i].reason;
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x010601, "ahci");
    g_autofree char *refused =
        g_strdup_printf("refused no | declared/declared | refuse/%s [unknown-use by-name: x] "
                        "[%s never: /]", reason, reason);

    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_UNCLEAR, false, "x");
    ifxUseGraphAddUse(scene->use, "block/sda", kinds[_i].kind, true, "/");
    g_hash_table_add(scene->allowed, (gpointer) &member_address);
    ifxAssertScene(scene, refused);
}
END_TEST

START_TEST(claim_in_use_is_refused_and_not_made_managed)
{
    const char *reason = kinds[_i].reason;
    const bool unclear = kinds[_i].kind == IFX_USE_UNCLEAR;
    g_autoptr(ifxScene) scene =
        ifxSceneNew(IFX_CLAIM("1", "") IFX_CLAIM("2", ""), 0x010601, "ahci");
    /* An idle controller of the guest's own is often unclear: its disks hold the guest's LVM. */
    g_autofree char *judged =
        g_strdup_printf("%s no | declared/declared | %s [%s by-name: why]",
                        unclear ? "change" : "refused",
                        unclear ? "declared/unmanaged" : "refuse/claim-in-use", reason);
    g_autofree char *allowed =
        g_strdup_printf("change no | declared/declared | declared/unmanaged [%s by-name: why]",
                        reason);

    scene->policy.managed = true;
    ifxUseGraphAddUse(scene->use, "block/sda", kinds[_i].kind, false, "why");
    ifxAssertScene(scene, judged);
    g_hash_table_add(scene->allowed, (gpointer) &member_address);
    ifxAssertScene(scene, allowed);
}
END_TEST

START_TEST(claim_of_what_the_host_lives_on_would_start)
{
    g_autoptr(ifxScene) scene =
        ifxSceneNew(IFX_GUEST IFX_CLAIM("2", " managed='yes'"), 0x010601, "ahci");

    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_MOUNTED, true, "/");
    g_hash_table_add(scene->allowed, (gpointer) &member_address);
    ifxAssertScene(scene, "refused yes | declared/declared | refuse/claim-in-use "
                   "[in-use-mounted never: /]");
}
END_TEST

START_TEST(who_does_not_block_is_left_alone)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x030000, "");

    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_BOOT_VGA, false, "boot display");
    ifxAssertScene(scene, "complete yes | declared/declared | skip/boot-vga "
                   "[boot-vga by-name: boot display]");
}
END_TEST

START_TEST(group_that_a_process_has_open_is_not_to_be_had)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x020000, "vfio-pci");

    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_PROCESS, false, "testpmd (812)");
    ifxAssertScene(scene, "refused no | declared/declared | refuse/in-use-process "
                   "[in-use-process by-name: testpmd (812)]");
}
END_TEST

START_TEST(own_qemu_counts_for_nothing_and_anothers_is_a_warning)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x020000, "vfio-pci");

    ifxUseGraphAddDomainProcess(scene->use, "block/sda", "domain vm (1)", IFX_UUID);
    ifxUseGraphAddDomainProcess(scene->use, "drm/card0", "domain vm (1)", IFX_UUID);
    ifxAssertScene(scene, "change yes | declared/declared | add/missing");
    ifxUseGraphAddDomainProcess(scene->use, "drm/card0", "domain web (2)", IFX_OTHER_UUID);
    ifxAssertScene(scene, "change yes | declared/declared "
                   "[claimed-elsewhere nothing: domain web (2)] | add/missing");
}
END_TEST

START_TEST(the_qemu_of_another_libvirt_holds_the_group)
{
    static const char foreign[] = "11111111-2222-3333-4444-555555555555";
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x020000, "vfio-pci");
    g_autoptr(ifxDomain) web = ifxTestDomain(
        "<domain type='kvm'><name>web</name><uuid>" IFX_OTHER_UUID "</uuid></domain>");

    ifxUseGraphAddDomainProcess(scene->use, "block/sda", "far (3)", foreign);
    ifxAssertScene(scene, "change yes | declared/declared | "
                   "add/missing [claimed-elsewhere nothing: far (3)]");
    ifxElsewhereAddDomain(scene->elsewhere, web, false);
    ifxAssertScene(scene, "refused no | declared/declared | "
                   "refuse/in-use-process [in-use-process by-name: far (3)]");
    ifxUseGraphAddDomainProcess(scene->use, "drm/card0", "domain web (2)", IFX_OTHER_UUID);
    ifxAssertScene(scene, "refused no | declared/declared "
                   "[claimed-elsewhere nothing: domain web (2)] | "
                   "refuse/in-use-process [in-use-process by-name: far (3)]");
    ifxElsewhereAddUnread(scene->elsewhere, "domain far", "why");
    ifxAssertScene(scene, "change yes | declared/declared "
                   "[claimed-elsewhere nothing: domain web (2)] | "
                   "add/missing [claimed-elsewhere nothing: far (3)]");
}
END_TEST

START_TEST(uses_are_named_as_far_as_one_reads_and_counted_beyond)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x010601, "ahci");
    g_autoptr(GString) expected = g_string_new("refused no | declared/declared | "
                                               "refuse/in-use-mounted");
    guint i;

    for (i = 0; i < 32; i++) {
        g_autofree char *folder = g_strdup_printf("/c/%u", i);

        ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_MOUNTED, false, folder);
        g_string_append_printf(expected, " [in-use-mounted by-name: %s]", folder);
    }
    ifxAssertScene(scene, expected->str);
    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_MOUNTED, false, "/c/32");
    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_MOUNTED, false, "/c/33");
    g_string_append(expected, " [in-use-mounted by-name: 2 more like these]");
    ifxAssertScene(scene, expected->str);
    /* What decides is named, however late it comes. */
    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_MOUNTED, true, "/");
    g_string_insert(expected, (gssize) (expected->len - strlen(" [in-use-mounted by-name: 2 more "
                                                               "like these]")),
                    " [in-use-mounted never: /]");
    ifxAssertScene(scene, expected->str);
}
END_TEST

START_TEST(a_process_that_can_lose_its_sound_is_a_note)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x040300, "snd_hda_intel");

    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_LISTENER, false, "pipewire (1)");
    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_LISTENER, false, "pipewire (1)");
    ifxUseGraphAddUse(scene->use, "block/sda", IFX_USE_LISTENER, false, "logind (2)");
    ifxUseGraphAddUse(scene->use, "drm/card0", IFX_USE_LISTENER, false, "logind (2)");
    ifxAssertScene(scene, "change no | declared/declared [in-use-process nothing: logind (2)] | "
                   "add/missing [in-use-process nothing: pipewire (1)] "
                   "[in-use-process nothing: logind (2)]");
}
END_TEST

START_TEST(others_who_claim_it_are_told)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x020000, "igb");
    g_autoptr(ifxDomain) other = ifxTestDomain(
        "<domain type='kvm'><name>web</name><uuid>" IFX_OTHER_UUID "</uuid><devices>"
        IFX_CLAIM("1", "") IFX_CLAIM("2", "") "</devices></domain>");

    ifxElsewhereAddDomain(scene->elsewhere, scene->domain, true);
    ifxElsewhereAddDomain(scene->elsewhere, other, true);
    ifxElsewhereAddNetworkDevice(scene->elsewhere, "vfs", &member_address);
    ifxAssertScene(scene, "change no | declared/declared "
                   "[claimed-elsewhere nothing: domain web (running)] | add/missing "
                   "[claimed-elsewhere nothing: domain web (running)] "
                   "[network-pool nothing: network vfs]");
}
END_TEST

START_TEST(guest_that_can_not_be_read_may_need_it)
{
    g_autoptr(ifxScene) disk = ifxSceneNew(IFX_GUEST, 0x010601, "ahci");
    g_autoptr(ifxScene) sound = ifxSceneNew(IFX_GUEST, 0x040300, "snd_hda_intel");

    ifxUseGraphUnref(sound->use);
    sound->use = ifxUseGraphNew();
    ifxUseGraphAddSight(sound->use, IFX_SIGHT_DEVICES);
    ifxElsewhereAddUnread(disk->elsewhere, "domain web", "it is gone");
    ifxElsewhereAddUnread(sound->elsewhere, "domain web", "it is gone");
    ifxAssertScene(disk, "refused no | declared/declared | refuse/unknown-use "
                   "[unknown-use by-name: domain web can't be read]");
    ifxAssertScene(sound, "change no | declared/declared | add/missing");
}
END_TEST

START_TEST(physical_function_goes_only_without_its_virtual_ones)
{
    g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x020000, "igb");
    g_autoptr(ifxScene) own = ifxSceneNew(IFX_GUEST, 0x020000, "igb");
    const ifxPciAddress function = { .bus = 3 };

    scene->member->virtual_functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    g_array_append_val(scene->member->virtual_functions, function);
    ifxAssertScene(scene, "refused no | declared/declared | refuse/pf-with-vfs "
                   "[pf-with-vfs by-name: virtual function 0000:03:00.0]");
    g_hash_table_add(scene->allowed, (gpointer) &member_address);
    ifxAssertScene(scene, "change no | declared/declared | add/missing "
                   "[pf-with-vfs by-name: virtual function 0000:03:00.0]");

    own->member->virtual_functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    g_array_append_val(own->member->virtual_functions, claimed_address);
    g_array_append_val(own->member->virtual_functions, function);
    g_hash_table_add(own->allowed, (gpointer) &member_address);
    ifxAssertScene(own, "refused no | declared/declared | refuse/pf-with-vfs "
                   "[pf-with-vfs never: 2 virtual functions, from 0000:01:00.0 on]");
}
END_TEST

START_TEST(only_what_is_needed_is_added)
{
    static const char *const drivers[] = { "", "vfio-pci", "snd_hda_intel", NULL };
    static const char *const plans[] = {
        "complete yes | declared/declared | skip/not-needed",
        "complete yes | declared/declared | skip/not-needed",
        "change no | declared/declared | add/missing",
        "change unknown | declared/declared | add/missing",
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(plans); i++) {
        g_autoptr(ifxScene) scene = ifxSceneNew(IFX_GUEST, 0x040300, drivers[i]);

        scene->policy.only_needed = true;
        ifxAssertScene(scene, plans[i]);
    }
}
END_TEST

START_TEST(claims_of_one_device_share_its_evidence)
{
    g_autoptr(ifxScene) scene = ifxSceneNew("", 0x040300, "");
    const ifxPlanHost host = { .topology = scene->topology, .use = scene->use };
    g_autoptr(ifxDomain) domain = ifxTestDomain(
        "<domain type='kvm'><name>vm</name><devices>"
        "<hostdev type='pci' managed='yes'><source><address bus='1'/></source>"
        "<address type='unassigned'/></hostdev></devices>"
        "<commandline xmlns='http://libvirt.org/schemas/domain/qemu/1.0'><arg value='-device'/>"
        "<arg value='vfio-pci,host=01:00.0'/></commandline></domain>");
    g_autoptr(ifxPlan) plan = NULL;
    const ifxPlanClaim *claims;

    ifxUseGraphAddUse(scene->use, "drm/card0", IFX_USE_BOOT_VGA, false, "console");
    plan = ifxPlanJudge(domain, &host, &scene->policy);
    ck_assert_uint_eq(plan->claims->len, 2);
    claims = &g_array_index(plan->claims, ifxPlanClaim, 0);
    ck_assert_ptr_nonnull(claims[0].evidence);
    ck_assert_ptr_eq(claims[0].evidence, claims[1].evidence);
    ck_assert_int_eq(claims[0].reason, IFX_REASON_CLAIM_IN_USE);
    ck_assert_int_eq(claims[1].reason, IFX_REASON_CLAIM_IN_USE);
}
END_TEST

Suite *
ifxSuitePlanEvidence(void)
{
    Suite *suite = suite_create("plan-evidence");
    TCase *uses = tcase_create("uses");
    TCase *rest = tcase_create("rest");

    tcase_add_loop_test(uses, member_in_use_is_refused_until_it_is_allowed, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(uses, what_the_host_lives_on_is_never_taken, 0, G_N_ELEMENTS(kinds));
    tcase_add_loop_test(uses, claim_in_use_is_refused_and_not_made_managed, 0, G_N_ELEMENTS(kinds));
    tcase_add_test(uses, claim_of_what_the_host_lives_on_would_start);
    suite_add_tcase(suite, uses);

    tcase_add_test(rest, who_does_not_block_is_left_alone);
    tcase_add_test(rest, group_that_a_process_has_open_is_not_to_be_had);
    tcase_add_test(rest, own_qemu_counts_for_nothing_and_anothers_is_a_warning);
    tcase_add_test(rest, the_qemu_of_another_libvirt_holds_the_group);
    tcase_add_test(rest, a_process_that_can_lose_its_sound_is_a_note);
    tcase_add_test(rest, uses_are_named_as_far_as_one_reads_and_counted_beyond);
    tcase_add_test(rest, others_who_claim_it_are_told);
    tcase_add_test(rest, guest_that_can_not_be_read_may_need_it);
    tcase_add_test(rest, physical_function_goes_only_without_its_virtual_ones);
    tcase_add_test(rest, only_what_is_needed_is_added);
    tcase_add_test(rest, claims_of_one_device_share_its_evidence);
    suite_add_tcase(suite, rest);
    return suite;
}
