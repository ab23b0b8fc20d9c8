/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-undo.h"

static const char *const plain[] = {
    IFX_DOMAIN(IFX_GPU),
    IFX_DOMAIN(IFX_USB IFX_GPU IFX_USB),
    /* Several groups; one of them is half complete */
    IFX_DOMAIN(IFX_INTERFACE(IFX_YES) IFX_GPU IFX_PLACEHOLDER("1", "2")),
    /* managed replaced and added, for each kind of claim */
    IFX_DOMAIN(IFX_HOSTDEV("1", "0", IFX_NO)),
    IFX_DOMAIN(IFX_HOSTDEV("1", "0", "")),
    IFX_DOMAIN(IFX_INTERFACE(IFX_NO)),
    IFX_DOMAIN(IFX_INTERFACE("")),
    IFX_DOMAIN(IFX_NVME(IFX_NO, "1", "vda")),
    IFX_DOMAIN(IFX_NVME("", "1", "vda")),
    IFX_DOMAIN(IFX_NVME("", "1", "vda") IFX_NVME(IFX_YES, "2", "vdb") IFX_NVME(IFX_NO, "1", "vdc")),
    /* Nothing but managed */
    IFX_DOMAIN(IFX_HOSTDEV("1", "0", IFX_NO) IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "2")),
    /* Pruned, and last before */
    IFX_BARE_DOMAIN(IFX_PLACEHOLDER("9", "0")),
    IFX_DOMAIN(IFX_USB IFX_GPU IFX_PLACEHOLDER("9", "0") IFX_PLACEHOLDER("9", "1")),
    /* All that may stand in one, as libvirt writes it */
    IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER_WITH("9", "0", "      <alias name='ua-x&amp;y'/>\n"
                                            "      <rom bar='off'/>\n      <x>a &lt; b</x>\n")),
    /* All at once */
    IFX_DOMAIN(IFX_NVME("", "1", "vda") IFX_INTERFACE(IFX_NO) IFX_USB
               IFX_HOSTDEV("1", "0", IFX_NO) IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("9", "0")),
    /* All on one line */
    IFX_LINE_DOMAIN("<hostdev type='pci'><source><address bus='1'/></source></hostdev>"),
};

START_TEST(what_came_in_is_taken_out_to_the_byte)
{
    g_autofree char *after = ifxTestTransact(plain[_i]);

    ifxAssertUndone(plain[_i], after, after, plain[_i]);
    /* Nothing of it is there, so there is nothing to undo. */
    ifxAssertUndone(plain[_i], after, plain[_i], plain[_i]);
}
END_TEST

START_TEST(undo_of_an_undo_does_it_again)
{
    g_autofree char *after = ifxTestTransact(plain[_i]);
    g_autoptr(GError) error = NULL;
    g_autofree char *again = ifxTestUndo(after, plain[_i], plain[_i], &error);

    ifxAssertNoError(error);
    ifxAssertAlike(again, after);
    ifxAssertUndone(after, plain[_i], after, after);
}
END_TEST

/* The first one can have no place beside another; the last one has a place, and no guest address. */
static const char *const given[] = {
    IFX_DOMAIN(IFX_GPU),
    IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "2")),
    IFX_DOMAIN(IFX_HOSTDEV("1", "0", "") IFX_PLACEHOLDER("1", "2")),
    IFX_DOMAIN("    <hostdev type='pci'>\n" IFX_SOURCE("1", "0") "      <address type='pci' bus='0x07' "
               "slot='0x01' multifunction='off'/>\n    </hostdev>\n" IFX_PLACEHOLDER("1", "1")),
    IFX_DOMAIN("    <hostdev type='pci'>\n" IFX_SOURCE("1", "0") "    </hostdev>\n"
               IFX_PLACEHOLDER("1", "1")),
};

START_TEST(what_was_given_is_hidden_again_to_the_byte)
{
    g_autofree char *after = ifxTestGive(given[_i]);

    ifxAssertUndone(given[_i], after, after, given[_i]);
    ifxAssertUndone(given[_i], after, given[_i], given[_i]);
}
END_TEST

START_TEST(undo_of_an_undo_gives_it_again)
{
    g_autofree char *after = ifxTestGive(given[_i]);
    g_autoptr(GError) error = NULL;
    g_autofree char *again = ifxTestUndo(after, given[_i], given[_i], &error);

    ifxAssertNoError(error);
    ifxAssertAlike(again, after);
}
END_TEST

/* libvirt chose an address, or somebody else did, or hid a device again. */
START_TEST(what_was_given_is_hidden_again_wherever_it_is)
{
    const char *before = IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "2"));
    g_autofree char *after = ifxTestGive(before);
    g_autofree char *moved = ifxTestReplace(
        after, "slot='0x01' function='0x2'/>", "slot='0x01' function='0x7' acpi='x'/>");
    g_autofree char *hidden = ifxTestReplace(
        after, "<address type='pci' domain='0x0000' bus='0x07' slot='0x01' function='0x2'/>",
        "<address type='unassigned'/>");
    g_autofree char *alone = ifxTestReplace(after, " multifunction='on'", "");

    ifxAssertUndone(before, after, moved, before);
    ifxAssertUndone(before, after, hidden, before);
    ifxAssertUndone(before, after, alone, before);
}
END_TEST

/* Pruned from before other hostdevs, and where they come back. */
static const struct {
    const char *before;
    const char *undone;
} pruned[] = {
    { IFX_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_PLACEHOLDER("9", "1") IFX_GPU),
      IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER("9", "0") IFX_PLACEHOLDER("9", "1")) },
    { IFX_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_GPU IFX_PLACEHOLDER("9", "1") IFX_USB),
      IFX_DOMAIN(IFX_GPU IFX_USB IFX_PLACEHOLDER("9", "0") IFX_PLACEHOLDER("9", "1")) },
    { IFX_DOMAIN(IFX_GPU "    <hub type='usb'/>\n" IFX_PLACEHOLDER("9", "0")),
      IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER("9", "0") "    <hub type='usb'/>\n") },
    /* No hostdev is left. */
    { IFX_BARE_DOMAIN(IFX_PLACEHOLDER("9", "0") "    <memballoon/>\n"),
      IFX_BARE_DOMAIN("    <memballoon/>\n" IFX_PLACEHOLDER("9", "0")) },
};

START_TEST(what_was_pruned_comes_back_after_the_last_hostdev)
{
    g_autofree char *after = ifxTestTransact(pruned[_i].before);

    ifxAssertUndone(pruned[_i].before, after, after, pruned[_i].undone);
    ifxAssertAlike(pruned[_i].before, pruned[_i].undone);
}
END_TEST

/* A before, and its after, to which others do something. */
#define IFX_BEFORE \
    IFX_DOMAIN(IFX_INTERFACE(IFX_NO) IFX_GPU IFX_USB IFX_PLACEHOLDER("9", "0") \
               IFX_PLACEHOLDER("9", "1"))

static const ifxTestEdit others[] = {
    { "<title>old</title>", "<title>new</title>" },
    { "  <title>old</title>\n", "" },
    { "    <emulator>/bin/true</emulator>\n",
      "    <emulator>/bin/true</emulator>\n    <disk type='file'>\n      <target dev='vda'/>\n"
      "    </disk>\n" },
    { "    <memballoon model='virtio'/>\n", "" },
    { "    <memballoon model='virtio'/>\n", "    <memballoon model='none'/>\n" },
    { "<name>vm</name>", "<name>vm</name>\n  <metadata><m:x xmlns:m='http://m'/></metadata>" },
    /* What is claimed, in another way */
    { "52:54:00:00:00:01", "52:54:00:00:00:02" },
    { "bus='0x07' slot='0x01'", "bus='0x08' slot='0x01'" },
    /* Another hostdev before, which moves all others */
    { "    <emulator>/bin/true</emulator>\n",
      "    <emulator>/bin/true</emulator>\n" IFX_HOSTDEV("4", "0", IFX_YES) },
};

START_TEST(what_others_changed_since_stays)
{
    g_autofree char *after = ifxTestTransact(IFX_BEFORE);
    g_autofree char *current = ifxTestReplace(after, others[_i].from, others[_i].to);
    g_autofree char *expected = ifxTestReplace(IFX_BEFORE, others[_i].from, others[_i].to);

    ifxAssertUndone(IFX_BEFORE, after, current, expected);
}
END_TEST

START_TEST(hostdev_that_others_added_behind_keeps_its_number)
{
    const char *before = IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER("9", "0"));
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, "    <memballoon",
                                              IFX_HOSTDEV("4", "0", IFX_NO) "    <memballoon");

    ifxAssertUndone(before, after, current,
                    IFX_DOMAIN(IFX_GPU IFX_HOSTDEV("4", "0", IFX_NO) IFX_PLACEHOLDER("9", "0")));
}
END_TEST

START_TEST(a_placeholder_comes_back_where_what_was_beside_it_is_gone)
{
    const char *before = IFX_DOMAIN(IFX_USB IFX_PLACEHOLDER("9", "0") IFX_GPU);
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *without_usb = ifxTestReplace(after, IFX_USB, "");
    g_autofree char *without_gpu = ifxTestReplace(after, IFX_GPU, "");

    ifxAssertUndone(before, after, without_usb, IFX_DOMAIN(IFX_GPU IFX_PLACEHOLDER("9", "0")));
    ifxAssertUndone(before, after, without_gpu, IFX_DOMAIN(IFX_USB IFX_PLACEHOLDER("9", "0")));
    /* All hostdevs leave: the patch names none of them. */
    ifxAssertUndone(before, after,
                    IFX_BARE_DOMAIN(IFX_PLACEHOLDER("1", "1") IFX_PLACEHOLDER("1", "2")),
                    IFX_BARE_DOMAIN(IFX_PLACEHOLDER("9", "0")));
}
END_TEST

START_TEST(entries_are_found_wherever_they_were_moved_to)
{
    const char *before = IFX_DOMAIN(IFX_GPU);
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, IFX_PLACEHOLDER("1", "1"), "");
    g_autofree char *moved = ifxTestReplace(current, IFX_GPU, IFX_PLACEHOLDER("1", "1") IFX_GPU);

    ifxAssertUndone(before, after, moved, before);
}
END_TEST

START_TEST(device_that_a_site_gives_to_the_guest_is_taken_out)
{
    const char *before = IFX_DOMAIN(IFX_GPU);
    const char *after = IFX_DOMAIN(IFX_GPU IFX_SITES_OWN);
    g_autofree char *assigned =
        ifxTestReplace(after, "      <rom bar='off'/>\n", "      <rom bar='off'/>\n"
                       "      <address type='pci' domain='0' bus='8' slot='0' function='0'/>\n");
    g_autofree char *unassigned =
        ifxTestReplace(after, "      <rom bar='off'/>\n",
                       "      <rom bar='off'/>\n      <address type='unassigned'/>\n");
    g_autoptr(GError) error = NULL;

    ifxAssertUndone(before, after, after, before);
    ifxAssertUndone(before, after, assigned, before);
    ck_assert_ptr_null(ifxTestUndo(before, after, unassigned, &error));
    ifxAssertError(error, IFX_ERROR_REFUSED,
                   "the hostdev of 0000:01:00.1 was changed since: the guest does not get it any more");
}
END_TEST

START_TEST(interface_and_disk_that_a_site_added_are_taken_out)
{
    const char *before = IFX_DOMAIN(IFX_USB);
    const char *after = IFX_DOMAIN(IFX_NVME(IFX_YES, "1", "vda") IFX_INTERFACE(IFX_YES) IFX_USB);

    const char *again = IFX_DOMAIN(IFX_USB IFX_NVME(IFX_YES, "1", "vda") IFX_INTERFACE(IFX_YES));

    ifxAssertUndone(before, after, after, before);
    ifxAssertUndone(after, before, before, again);
    ifxAssertAlike(after, again);
}
END_TEST

START_TEST(disks_on_one_controller_are_told_apart_by_namespace)
{
    const char *before = IFX_DOMAIN(IFX_NVME(IFX_NO, "1", "vda"));
    const char *other = IFX_BARE_DOMAIN(IFX_NVME(IFX_YES, "2", "vdb"));
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, "    <disk ",
                                              IFX_NVME(IFX_YES, "2", "vdb") "    <disk ");

    ifxAssertUndone(before, after, current,
                    IFX_DOMAIN(IFX_NVME(IFX_YES, "2", "vdb") IFX_NVME(IFX_NO, "1", "vda")));
    /* And both can have one. */
    ifxAssertUndone(before, IFX_DOMAIN(""), other,
                    IFX_BARE_DOMAIN(IFX_NVME(IFX_YES, "2", "vdb") IFX_NVME(IFX_NO, "1", "vda")));
}
END_TEST

#define IFX_BACKED(backing) \
    "    <disk type='file'>\n" backing "      <target dev='vda'/>\n    </disk>\n"
#define IFX_NVME_BACKING \
    "      <backingStore type='nvme'>\n" \
    "        <source type='pci' managed='yes' namespace='1'>\n" \
    "          <address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n" \
    "        </source>\n      </backingStore>\n"

START_TEST(image_behind_a_disk_does_not_come_and_go_by_itself)
{
    const char *with = IFX_DOMAIN(IFX_BACKED(IFX_NVME_BACKING) IFX_PLACEHOLDER("3", "1"));
    const char *without = IFX_DOMAIN(IFX_BACKED("") IFX_PLACEHOLDER("3", "1"));

    ifxAssertUndone(with, without, without, without);
    ifxAssertUndone(without, with, with, with);
}
END_TEST

#define IFX_QEMU_DOMAIN(devices) \
    "<?xml version='1.0' encoding='UTF-8'?>\n" \
    "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n" \
    "  <name>w\xc3\xbcrfel</name>\n" \
    "  <metadata>\n    <hostdev xmlns='http://x'>\n" IFX_SOURCE("1", "1") "    </hostdev>\n" \
    "  </metadata>\n  <devices>\n" devices "  </devices>\n  <qemu:commandline>\n" \
    "    <qemu:arg value='-set'/>\n  </qemu:commandline>\n</domain>\n"

START_TEST(namespaces_and_metadata_are_left_alone)
{
    const char *before = IFX_QEMU_DOMAIN(IFX_GPU IFX_PLACEHOLDER("9", "0"));
    g_autofree char *after = ifxTestTransact(before);

    ifxAssertUndone(before, after, after, before);
}
END_TEST

START_TEST(namespaces_that_are_used_go_back_and_comments_do_not)
{
    const char *before = IFX_QEMU_DOMAIN(
        IFX_GPU "    <!-- gone -->\n"
        IFX_PLACEHOLDER_WITH("9", "0", "      <!-- x --><?p i?>\n"
                             "      <qemu:x qemu:y='1'><!-- x --></qemu:x>\n"));
    const char *expected = IFX_QEMU_DOMAIN(
        IFX_GPU IFX_PLACEHOLDER_WITH("9", "0", "      <qemu:x qemu:y='1'/>\n"));
    g_autofree char *after = ifxTestTransact(before);
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestUndo(before, after, after, &error);

    ifxAssertNoError(error);
    ifxAssertAlike(result, expected);
}
END_TEST

Suite *
ifxSuiteUndo(void)
{
    Suite *suite = suite_create("undo");
    TCase *made = tcase_create("made");

    tcase_add_loop_test(made, what_came_in_is_taken_out_to_the_byte, 0, G_N_ELEMENTS(plain));
    tcase_add_loop_test(made, undo_of_an_undo_does_it_again, 0, G_N_ELEMENTS(plain));
    tcase_add_loop_test(made, what_was_given_is_hidden_again_to_the_byte, 0,
                        G_N_ELEMENTS(given));
    tcase_add_loop_test(made, undo_of_an_undo_gives_it_again, 0, G_N_ELEMENTS(given));
    tcase_add_test(made, what_was_given_is_hidden_again_wherever_it_is);
    tcase_add_loop_test(made, what_was_pruned_comes_back_after_the_last_hostdev, 0,
                        G_N_ELEMENTS(pruned));
    tcase_add_loop_test(made, what_others_changed_since_stays, 0, G_N_ELEMENTS(others));
    tcase_add_test(made, hostdev_that_others_added_behind_keeps_its_number);
    tcase_add_test(made, a_placeholder_comes_back_where_what_was_beside_it_is_gone);
    tcase_add_test(made, entries_are_found_wherever_they_were_moved_to);
    tcase_add_test(made, device_that_a_site_gives_to_the_guest_is_taken_out);
    tcase_add_test(made, interface_and_disk_that_a_site_added_are_taken_out);
    tcase_add_test(made, disks_on_one_controller_are_told_apart_by_namespace);
    tcase_add_test(made, image_behind_a_disk_does_not_come_and_go_by_itself);
    tcase_add_test(made, namespaces_and_metadata_are_left_alone);
    tcase_add_test(made, namespaces_that_are_used_go_back_and_comments_do_not);
    suite_add_tcase(suite, made);
    return suite;
}
