/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "write/undo-internal.h"
#include "plan/rewrite.h"
#include "suite.h"
#include "xml/xml-compare.h"

/* Group 1: a GPU with two more functions; 2: a network card with one; 3: an NVMe controller with
 * one. Bus 9 is empty. */
static const ifxTestIdleDevice idle_host[] = {
    { "0000:01:00.0", 1, 0x030000 },
    { "0000:01:00.1", 1, 0x040300 },
    { "0000:01:00.2", 1, 0x0c0330 },
    { "0000:02:00.0", 2, 0x020000 },
    { "0000:02:00.1", 2, 0x0c0330 },
    { "0000:03:00.0", 3, 0x010802 },
    { "0000:03:00.1", 3, 0x0c0330 },
    { 0 },
};

/* What the tool's own stylesheets make of the domain; it must change. Free with g_free(). */
static char *
ifxTestTransact(const char *xml)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestIdleHost(idle_host);
    g_autoptr(GPtrArray) stylesheets =
        g_ptr_array_new_with_free_func((GDestroyNotify) ifxStylesheetFree);
    const ifxPolicy policy = { .managed = true, .prune = true };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRewrite) rewrite = NULL;

    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_MANAGED, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_PRUNE, NULL));
    rewrite = ifxRewriteNew(plan, stylesheets, &error);
    ifxAssertNoError(error);
    ck_assert_uint_gt(rewrite->edits->len, 0);
    return g_strndup(g_bytes_get_data(rewrite->text, NULL), g_bytes_get_size(rewrite->text));
}

/* @text with @from, which is in it once, as @to. Free with g_free(). */
static char *
ifxTestReplace(const char *text,
               const char *from,
               const char *to)
{
    const char *at = strstr(text, from);

    ck_assert_msg(at != NULL, "'%s' is not in\n%s", from, text);
    ck_assert_msg(strstr(at + 1, from) == NULL, "'%s' is twice in\n%s", from, text);
    return g_strdup_printf("%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
}

/* @current with the change between @before and @after taken back, a copy of it where there is
 * nothing to take back; NULL on failure. Free with g_free(). */
static char *
ifxTestUndo(const char *before_xml,
            const char *after_xml,
            const char *current_xml,
            GError **error)
{
    g_autoptr(ifxDomain) before = ifxTestDomain(before_xml);
    g_autoptr(ifxDomain) after = ifxTestDomain(after_xml);
    g_autoptr(ifxDomain) current = ifxTestDomain(current_xml);
    g_autoptr(GBytes) bytes = g_bytes_new(current_xml, strlen(current_xml));
    g_autoptr(GBytes) result = NULL;
    g_autofree char *patch = NULL;

    if (!ifxUndoPatchMake(before, after, current, &patch, error)) {
        ck_assert_ptr_null(patch);
        return NULL;
    }
    if (!patch)
        return g_strdup(current_xml);
    result = ifxRewriteByPatch(bytes, patch, error);
    return result ? g_strndup(g_bytes_get_data(result, NULL), g_bytes_get_size(result)) : NULL;
}

static void
ifxAssertUndone(const char *before,
                const char *after,
                const char *current,
                const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestUndo(before, after, current, &error);

    ifxAssertNoError(error);
    ck_assert_str_eq(result, expected);
}

/* The same elements, both ways. */
static void
ifxAssertAlike(const char *one_xml,
               const char *other_xml)
{
    g_autoptr(ifxXmlText) one = ifxTestText(one_xml);
    g_autoptr(ifxXmlText) other = ifxTestText(other_xml);
    g_autoptr(GError) error = NULL;

    ifxXmlCompare(one, other, &error);
    ifxAssertNoError(error);
    ifxXmlCompare(other, one, &error);
    ifxAssertNoError(error);
}

#define IFX_DOMAIN(devices) \
    "<domain type='kvm'>\n  <name>vm</name>\n  <title>old</title>\n  <devices>\n" \
    "    <emulator>/bin/true</emulator>\n" devices \
    "    <memballoon model='virtio'/>\n  </devices>\n</domain>\n"
#define IFX_BARE_DOMAIN(devices) \
    "<domain type='kvm'>\n  <name>vm</name>\n  <devices>\n" devices "  </devices>\n</domain>\n"
#define IFX_LINE_DOMAIN(devices) \
    "<domain type='kvm'><name>vm</name><devices>" devices "</devices></domain>"
#define IFX_SOURCE(bus, function) \
    "      <source>\n        <address domain='0x0000' bus='0x0" bus "' slot='0x00' function='0x" \
    function "'/>\n      </source>\n"
#define IFX_HOSTDEV(bus, function, managed) \
    "    <hostdev mode='subsystem' type='pci'" managed ">\n" IFX_SOURCE(bus, function) \
    "      <address type='pci' domain='0x0000' bus='0x07' slot='0x0" bus "' function='0x" \
    function "'/>\n    </hostdev>\n"
#define IFX_PLACEHOLDER_WITH(bus, function, more) \
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE(bus, function) more \
    "      <address type='unassigned'/>\n    </hostdev>\n"
#define IFX_PLACEHOLDER(bus, function) IFX_PLACEHOLDER_WITH(bus, function, "")
#define IFX_INTERFACE(managed) \
    "    <interface type='hostdev'" managed ">\n      <mac address='52:54:00:00:00:01'/>\n" \
    "      <source>\n" \
    "        <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>\n" \
    "      </source>\n    </interface>\n"
#define IFX_NVME(managed, namespace, target) \
    "    <disk type='nvme' device='disk'>\n      <source type='pci'" managed " namespace='" \
    namespace "'>\n        <address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n" \
    "      </source>\n      <target dev='" target "' bus='virtio'/>\n    </disk>\n"
#define IFX_USB \
    "    <hostdev mode='subsystem' type='usb' managed='yes'>\n      <source>\n" \
    "        <vendor id='0x1234'/>\n        <product id='0xbeef'/>\n      </source>\n" \
    "    </hostdev>\n"
#define IFX_YES " managed='yes'"
#define IFX_NO " managed='no'"
#define IFX_GPU IFX_HOSTDEV("1", "0", IFX_YES)

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
    /* Pruned: alone, before, between and behind others, several at one place */
    IFX_DOMAIN(IFX_PLACEHOLDER("9", "0")),
    IFX_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_PLACEHOLDER("9", "1") IFX_GPU),
    IFX_DOMAIN(IFX_USB IFX_PLACEHOLDER("9", "0") IFX_GPU IFX_PLACEHOLDER("9", "1")
               IFX_PLACEHOLDER("9", "2") IFX_USB IFX_PLACEHOLDER("9", "3")),
    IFX_DOMAIN(IFX_GPU "    <hub type='usb'/>\n    <hub type='usb'/>\n" IFX_PLACEHOLDER("9", "0")
               "    <hub type='usb'/>\n"),
    IFX_BARE_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_GPU),
    /* All that may stand in one, as libvirt writes it */
    IFX_DOMAIN(IFX_PLACEHOLDER_WITH("9", "0", "      <alias name='ua-x&amp;y'/>\n"
                                    "      <rom bar='off'/>\n      <x>a &lt; b</x>\n")),
    /* All at once */
    IFX_DOMAIN(IFX_NVME("", "1", "vda") IFX_INTERFACE(IFX_NO) IFX_USB IFX_PLACEHOLDER("9", "0")
               IFX_HOSTDEV("1", "0", IFX_NO) IFX_PLACEHOLDER("9", "1") IFX_PLACEHOLDER("1", "1")),
    /* All on one line */
    IFX_LINE_DOMAIN("<hostdev type='pci'><source><address bus='1'/></source></hostdev>"),
};

START_TEST(what_came_in_is_taken_out_to_the_byte)
{
    g_autofree char *after = ifxTestTransact(plain[_i]);

    ifxAssertUndone(plain[_i], after, after, plain[_i]);
    /* Nothing of it is there: nothing to take back. */
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

/* A before, and its after, to which others do something. */
#define IFX_BEFORE \
    IFX_DOMAIN(IFX_INTERFACE(IFX_NO) IFX_PLACEHOLDER("9", "0") IFX_GPU IFX_PLACEHOLDER("9", "1") \
               IFX_USB)

typedef struct {
    const char *from;       /* is in the texts before and after, once */
    const char *to;
} ifxTestEdit;

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

START_TEST(placeholder_goes_back_where_what_was_beside_it_is_gone)
{
    const char *before = IFX_DOMAIN(IFX_USB IFX_PLACEHOLDER("9", "0") IFX_GPU);
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *without_usb = ifxTestReplace(after, IFX_USB, "");
    g_autofree char *without_gpu = ifxTestReplace(after, IFX_GPU, "");

    ifxAssertUndone(before, after, without_usb, IFX_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_GPU));
    ifxAssertUndone(before, after, without_gpu, IFX_DOMAIN(IFX_USB IFX_PLACEHOLDER("9", "0")));
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

/* As a site's own stylesheet may add it. */
#define IFX_SITES_OWN \
    "    <hostdev mode='subsystem' type='pci' managed='yes'>\n" IFX_SOURCE("1", "1") \
    "      <rom bar='off'/>\n    </hostdev>\n"

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

    ifxAssertUndone(before, after, after, before);
    ifxAssertUndone(after, before, before, after);
}
END_TEST

START_TEST(disks_on_one_controller_are_told_apart_by_namespace)
{
    const char *before = IFX_DOMAIN(IFX_NVME(IFX_NO, "1", "vda"));
    const char *other = IFX_DOMAIN(IFX_NVME(IFX_YES, "2", "vdb"));
    g_autofree char *after = ifxTestTransact(before);
    g_autofree char *current = ifxTestReplace(after, "    <disk ",
                                              IFX_NVME(IFX_YES, "2", "vdb") "    <disk ");

    ifxAssertUndone(before, after, current,
                    IFX_DOMAIN(IFX_NVME(IFX_YES, "2", "vdb") IFX_NVME(IFX_NO, "1", "vda")));
    /* And both can have one. */
    ifxAssertUndone(before, IFX_DOMAIN(""), other,
                    IFX_DOMAIN(IFX_NVME(IFX_NO, "1", "vda") IFX_NVME(IFX_YES, "2", "vdb")));
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
    const char *before = IFX_DOMAIN(IFX_NVME(IFX_YES, "1", "vda") IFX_PLACEHOLDER("9", "0")
                                    IFX_PLACEHOLDER("3", "1"));

    ifxAssertUndone(with, without, without, without);
    ifxAssertUndone(without, with, with, with);
    /* It is no place for what stood behind the disk. */
    ifxAssertUndone(before, with, with,
                    IFX_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_BACKED(IFX_NVME_BACKING)
                               IFX_PLACEHOLDER("3", "1")));
}
END_TEST

#define IFX_NOWHERE "    <hostdev mode='subsystem' type='pci' managed='yes'/>\n"

START_TEST(claim_without_address_is_no_change_and_no_place)
{
    const char *before = IFX_DOMAIN(IFX_NOWHERE IFX_PLACEHOLDER("9", "0"));
    const char *after = IFX_DOMAIN(IFX_NOWHERE IFX_PLACEHOLDER("1", "1"));

    ifxAssertUndone(before, after, after, before);
    ifxAssertUndone(before, after, IFX_DOMAIN(IFX_PLACEHOLDER("1", "1")),
                    IFX_DOMAIN(IFX_PLACEHOLDER("9", "0")));
}
END_TEST

START_TEST(interface_goes_back_to_its_place_whatever_hostdevs_there_are)
{
    ifxAssertUndone(IFX_DOMAIN(IFX_INTERFACE(IFX_YES)), IFX_DOMAIN(""), IFX_DOMAIN(IFX_GPU),
                    IFX_DOMAIN(IFX_INTERFACE(IFX_YES) IFX_GPU));
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

START_TEST(what_was_altered_since_is_refused)
{
    const char *before = IFX_DOMAIN(IFX_NVME("", "1", "vda") IFX_HOSTDEV("1", "0", IFX_NO)
                                    IFX_USB IFX_PLACEHOLDER("9", "0"));
    g_autofree char *after = ifxTestTransact(before);
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

#define IFX_QEMU_DOMAIN(devices) \
    "<?xml version='1.0' encoding='UTF-8'?>\n" \
    "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n" \
    "  <name>w\xc3\xbcrfel</name>\n" \
    "  <metadata>\n    <hostdev xmlns='http://x'>\n" IFX_SOURCE("1", "1") "    </hostdev>\n" \
    "  </metadata>\n  <devices>\n" devices "  </devices>\n  <qemu:commandline>\n" \
    "    <qemu:arg value='-set'/>\n  </qemu:commandline>\n</domain>\n"

START_TEST(namespaces_and_metadata_are_left_alone)
{
    const char *before = IFX_QEMU_DOMAIN(IFX_PLACEHOLDER("9", "0") IFX_GPU);
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
ifxSuiteUndo(void)
{
    Suite *suite = suite_create("undo");
    TCase *made = tcase_create("made");
    TCase *refused = tcase_create("refused");

    tcase_add_loop_test(made, what_came_in_is_taken_out_to_the_byte, 0, G_N_ELEMENTS(plain));
    tcase_add_loop_test(made, undo_of_an_undo_does_it_again, 0, G_N_ELEMENTS(plain));
    tcase_add_loop_test(made, what_others_changed_since_stays, 0, G_N_ELEMENTS(others));
    tcase_add_test(made, hostdev_that_others_added_behind_keeps_its_number);
    tcase_add_test(made, placeholder_goes_back_where_what_was_beside_it_is_gone);
    tcase_add_test(made, entries_are_found_wherever_they_were_moved_to);
    tcase_add_loop_test(made, what_libvirt_adds_is_no_alteration, 0, G_N_ELEMENTS(additions));
    tcase_add_test(made, device_that_a_site_gives_to_the_guest_is_taken_out);
    tcase_add_test(made, interface_and_disk_that_a_site_added_are_taken_out);
    tcase_add_test(made, disks_on_one_controller_are_told_apart_by_namespace);
    tcase_add_test(made, image_behind_a_disk_does_not_come_and_go_by_itself);
    tcase_add_test(made, claim_without_address_is_no_change_and_no_place);
    tcase_add_test(made, interface_goes_back_to_its_place_whatever_hostdevs_there_are);
    tcase_add_loop_test(made, what_is_back_already_is_passed_over, 0, G_N_ELEMENTS(back));
    tcase_add_test(made, claim_that_is_gone_does_not_keep_the_rest);
    tcase_add_test(made, namespaces_and_metadata_are_left_alone);
    tcase_add_test(made, namespaces_that_are_used_go_back_and_comments_do_not);
    tcase_add_test(made, texts_that_differ_in_other_ways_have_nothing_to_take_back);
    suite_add_tcase(suite, made);

    tcase_add_loop_test(refused, what_was_altered_since_is_refused, 0, G_N_ELEMENTS(refusals));
    tcase_add_test(refused, part_of_an_entry_that_is_gone_or_changed_is_refused);
    tcase_add_test(refused, managed_that_a_patch_can_not_write_is_refused);
    tcase_add_test(refused, placeholder_needs_devices_to_go_back_to);
    suite_add_tcase(suite, refused);
    return suite;
}
