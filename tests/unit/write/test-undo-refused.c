/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-undo.h"

static const ifxTestEdit additions[] = {
    { IFX_PLACEHOLDER("1", "1"),
      IFX_PLACEHOLDER_WITH("1", "1", "      <alias name='ua-x'/>\n      <rom bar='off'/>\n") },
    { IFX_PLACEHOLDER("1", "1"),
      "<hostdev type=\"pci\" managed=\"yes\" mode=\"subsystem\" x=\"1\"><driver name=\"vfio\"/>"
      "<source writeFiltering=\"no\"><address function=\"0x1\" slot=\"0x00\" bus=\"0x01\" "
      "domain=\"0x0000\"/></source><address type=\"unassigned\"/></hostdev>" },
};

START_TEST(what_libvirt_adds_is_no_alteration)
{
    const char *before = IFX_DOMAIN(IFX_GPU);
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, additions[_i].from, additions[_i].to);
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestUndo(before, after, current, &error);

    ifxAssertNoError(error);
    ifxAssertAlike(result, before);
}
END_TEST

#define IFX_NOWHERE "    <hostdev mode='subsystem' type='pci' managed='yes'/>\n"

START_TEST(claim_without_address_is_no_change_and_no_place)
{
    const char *before = IFX_DOMAIN(IFX_NOWHERE IFX_PLACEHOLDER("9", "0"));
    const char *after = IFX_DOMAIN(IFX_NOWHERE IFX_PLACEHOLDER("1", "1"));

    ifxAssertUndone(before, after, after, before);
    ifxAssertUndone(before, after, IFX_BARE_DOMAIN(IFX_PLACEHOLDER("1", "1")),
                    IFX_BARE_DOMAIN(IFX_PLACEHOLDER("9", "0")));
}
END_TEST

typedef struct {
    const char *from;
    const char *to;
    const char *message;
} ifxTestRefusal;

#define IFX_OF(device) "the hostdev of " device " "

static const ifxTestRefusal refusals[] = {
    /* What came in */
    { IFX_PLACEHOLDER("1", "1"), IFX_HOSTDEV("1", "1", IFX_YES),
      IFX_OF("0000:01:00.1") "was changed since: the guest gets it now" },
    { IFX_PLACEHOLDER("1", "1"),
      "<hostdev mode='subsystem' type='pci' managed='no'>" IFX_SOURCE("1", "1")
      "<address type='unassigned'/></hostdev>",
      IFX_OF("0000:01:00.1") "was changed since: managed is 'no' now and was 'yes'" },
    { IFX_PLACEHOLDER("1", "1"),
      "<hostdev type='pci' managed='yes'>" IFX_SOURCE("1", "1")
      "<address type='unassigned'/></hostdev>",
      IFX_OF("0000:01:00.1") "was changed since: its <hostdev> is gone or has changed" },
    { IFX_PLACEHOLDER("1", "1"), IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "1"),
      IFX_OF("0000:01:00.1") "is in the domain 2 times now" },
    { IFX_PLACEHOLDER("1", "1"), "",
      IFX_OF("0000:01:00.1") "was removed since, but the rest of the change was not" },
    /* Managed */
    { "<hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE("1", "0"),
      "<hostdev mode='subsystem' type='pci' managed='maybe'>\n" IFX_SOURCE("1", "0"),
      IFX_OF("0000:01:00.0") "was changed since: managed is 'maybe' now and was set to 'yes'" },
    { "<hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE("1", "0"),
      "<hostdev mode='subsystem' type='pci' xmlns:a='u' a:managed='yes'>\n" IFX_SOURCE("1", "0"),
      IFX_OF("0000:01:00.0") "has managed as an attribute in a namespace" },
    { "    <disk type='nvme'", IFX_NVME(IFX_YES, "1", "vdb") "    <disk type='nvme'",
      "the nvme of 0000:03:00.0 is in the domain 2 times now, not 1" },
    /* What went */
    { IFX_USB, IFX_HOSTDEV("9", "0", IFX_YES) IFX_USB,
      IFX_OF("0000:09:00.0") "was added again in another form: the guest gets it now" },
    { IFX_USB, IFX_USB
      "<interface type='hostdev'><source><address type='pci' bus='9'/></source></interface>",
      IFX_OF("0000:09:00.0") "cannot be added again: /domain/devices/interface claims the device" },
};

START_TEST(what_was_changed_since_is_refused)
{
    const char *before = IFX_DOMAIN(IFX_NVME(IFX_NO, "1", "vda") IFX_HOSTDEV("1", "0", IFX_NO)
                                    IFX_USB IFX_PLACEHOLDER("9", "0"));
    g_autofree char *written = ifxTestTransact(before);
    /* As a site's own stylesheet writes it: the tool's own leaves disks alone. */
    g_autofree char *after = ifxTestReplace(written, IFX_NVME(IFX_NO, "1", "vda"),
                                            IFX_NVME(IFX_YES, "1", "vda"));
    g_autofree char *current = ifxTestReplace(after, refusals[_i].from, refusals[_i].to);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestUndo(before, after, current, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "; undo the change by hand: virsh edit vm"));
    ifxAssertError(error, IFX_ERROR_REFUSED, refusals[_i].message);
}
END_TEST

START_TEST(part_of_an_entry_that_is_gone_or_changed_is_refused)
{
    const char *before = IFX_DOMAIN(IFX_GPU);
    const char *after = IFX_DOMAIN(IFX_GPU IFX_SITES_OWN);
    g_autofree char *gone = ifxTestReplace(after, "      <rom bar='off'/>\n", "");
    g_autofree char *changed = ifxTestReplace(after, "<rom bar='off'/>", "<rom bar='on'/>");
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestUndo(before, after, gone, &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, "its <rom> is gone or has changed");
    ck_assert_ptr_null(ifxTestUndo(before, after, changed, &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, "its <rom> is gone or has changed");
}
END_TEST

START_TEST(managed_that_a_patch_can_not_write_is_refused)
{
    const char *before = IFX_DOMAIN(IFX_HOSTDEV("1", "0", " xmlns:a='u' a:managed='yes'"));
    const char *after = IFX_DOMAIN(IFX_HOSTDEV("1", "0", IFX_NO));
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestUndo(before, after, after, &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, "has managed as an attribute in a namespace");
}
END_TEST

START_TEST(placeholder_needs_devices_to_go_back_to)
{
    const char *before = IFX_DOMAIN(IFX_PLACEHOLDER("9", "0"));
    g_autofree char *after = ifxTestTransact(before);
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxTestUndo(before, after, "<domain type='kvm'><name>vm</name></domain>",
                                   &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, "cannot be added again: the domain has no <devices>");
}
END_TEST

static const ifxTestEdit back[] = {
    /* Of the whole change nothing else is left to do for what is back. */
    { "<hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE("1", "0"),
      "<hostdev mode='subsystem' type='pci' managed='no'>\n" IFX_SOURCE("1", "0") },
    { "<hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE("1", "0"),
      "<hostdev mode='subsystem' type='pci'>\n" IFX_SOURCE("1", "0") },
    { IFX_USB, IFX_USB IFX_PLACEHOLDER("9", "0") },
};

START_TEST(what_is_back_already_is_passed_over)
{
    const char *before =
        IFX_DOMAIN(IFX_HOSTDEV("1", "0", IFX_NO) IFX_USB IFX_PLACEHOLDER("9", "0"));
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, back[_i].from, back[_i].to);
    g_autofree char *absent = ifxTestReplace(before, " managed='no'", "");

    ifxAssertUndone(before, after, current, _i == 1 ? absent : before);
}
END_TEST

START_TEST(claim_that_is_gone_does_not_keep_the_rest)
{
    const char *before = IFX_DOMAIN(IFX_HOSTDEV("1", "0", IFX_NO) IFX_USB);
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, IFX_GPU, "");

    ifxAssertUndone(before, after, current, IFX_DOMAIN(IFX_USB));
    /* And with all of it gone there is nothing to do. */
    ifxAssertUndone(before, after, IFX_DOMAIN(IFX_USB), IFX_DOMAIN(IFX_USB));
}
END_TEST

START_TEST(texts_that_differ_in_other_ways_have_nothing_to_take_back)
{
    const char *before = IFX_DOMAIN(IFX_GPU);
    const char *after = IFX_DOMAIN("    <hub type='usb'/>\n" IFX_GPU);
    const char *unmanaged = IFX_DOMAIN(IFX_HOSTDEV("1", "0", IFX_NO));

    ifxAssertUndone(before, before, before, before);
    ifxAssertUndone(before, after, after, after);
    /* Absent is what libvirt writes as 'no'. */
    ifxAssertUndone(IFX_DOMAIN(IFX_HOSTDEV("1", "0", "")), unmanaged, unmanaged, unmanaged);
}
END_TEST

Suite *
ifxSuiteUndoRefused(void)
{
    Suite *suite = suite_create("undo-refused");
    TCase *made = tcase_create("made");
    TCase *refused = tcase_create("refused");

    tcase_add_loop_test(made, what_libvirt_adds_is_no_alteration, 0, G_N_ELEMENTS(additions));
    tcase_add_test(made, claim_without_address_is_no_change_and_no_place);
    tcase_add_loop_test(made, what_is_back_already_is_passed_over, 0, G_N_ELEMENTS(back));
    tcase_add_test(made, claim_that_is_gone_does_not_keep_the_rest);
    tcase_add_test(made, texts_that_differ_in_other_ways_have_nothing_to_take_back);
    suite_add_tcase(suite, made);

    tcase_add_loop_test(refused, what_was_changed_since_is_refused, 0, G_N_ELEMENTS(refusals));
    tcase_add_test(refused, part_of_an_entry_that_is_gone_or_changed_is_refused);
    tcase_add_test(refused, managed_that_a_patch_can_not_write_is_refused);
    tcase_add_test(refused, placeholder_needs_devices_to_go_back_to);
    suite_add_tcase(suite, refused);
    return suite;
}
