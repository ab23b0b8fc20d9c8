/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-plan.h"

typedef struct {
    const char *xml;
    const char *given;      /* one address; NULL: the card */
    const char *allowed;    /* one address; NULL: none */
    const char *left_out;   /* "1": group 1 is; NULL: none */
    const char *plan;
} ifxTestGiven;

/* Group 1: a card, a bridge, a chipset device, one on pci-stub, and another card. Group 2: a card. */
static const ifxTestPart host[] = {
    { "0000:00:01.0", 1, 0x060400, "pcieport", IFX_HEADER_PCI_BRIDGE, false },
    { "0000:01:00.0", 1, IFX_GPU, "", 0, false },
    { "0000:01:00.1", 1, IFX_AUDIO, "snd_hda_intel", 0, false },
    { "0000:01:00.2", 1, IFX_USB, "pci-stub", 0, false },
    { "0000:01:00.3", 1, 0x0c0500, "", 0, false },
    { "0000:03:00.0", 1, IFX_USB, "", 0, false },
    { "0000:02:00.0", 2, 0x010802, "vfio-pci", 0, false },
    { "0000:02:00.1", 2, IFX_USB, "", 0, false },
    { 0 },
};

#define IFX_BRIDGE "00:01.0 skip/bridge "
#define IFX_CARD "01:00.0 declared/declared "
#define IFX_STARTS " | declared/declared@1 | 1 starts=no: "

static const ifxTestGiven rows[] = {
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), "0000:01:00.1", NULL, NULL,
      "change starts=no" IFX_STARTS IFX_BRIDGE IFX_CARD "01:00.1 add/given 01:00.2 skip/stub "
      "01:00.3 skip/chipset-idle 03:00.0 add/missing" },
    /* Of a card, what is nobody's stays so. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), NULL, NULL, NULL,
      "change starts=no" IFX_STARTS IFX_BRIDGE IFX_CARD "01:00.1 add/given 01:00.2 skip/stub "
      "01:00.3 skip/chipset-idle 03:00.0 add/missing" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), "0000:01:00.2", NULL, NULL,
      "change starts=no" IFX_STARTS IFX_BRIDGE IFX_CARD "01:00.1 add/missing 01:00.2 add/given "
      "01:00.3 skip/chipset-idle 03:00.0 add/missing" },
    /* What is left out elsewhere is refused by name. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), "0000:01:00.3", NULL, NULL,
      "refused starts=no" IFX_STARTS IFX_BRIDGE IFX_CARD "01:00.1 add/missing 01:00.2 skip/stub "
      "01:00.3 refuse/platform-function 03:00.0 add/missing" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), "0000:01:00.3", "0000:01:00.3", NULL,
      "change starts=no" IFX_STARTS IFX_BRIDGE IFX_CARD "01:00.1 add/missing 01:00.2 skip/stub "
      "01:00.3 add/given 03:00.0 add/missing" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), "0000:00:01.0", "0000:00:01.0", NULL,
      "refused starts=no" IFX_STARTS "00:01.0 refuse/bridge " IFX_CARD "01:00.1 add/missing "
      "01:00.2 skip/stub 01:00.3 skip/chipset-idle 03:00.0 add/missing" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), "0000:01:00.1", NULL, "1",
      "complete starts=no" IFX_STARTS IFX_BRIDGE IFX_CARD "01:00.1 skip/declined "
      "01:00.2 skip/stub 01:00.3 skip/chipset-idle 03:00.0 skip/declined" },
    /* A placeholder, and one whose group the guest does not have so far */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1")), NULL, NULL, "1",
      "complete starts=yes | declared/declared@1 declared/placeholder@1 | 1 starts=yes: "
      IFX_BRIDGE IFX_CARD "01:00.1 declared/placeholder 01:00.2 skip/stub "
      "01:00.3 skip/chipset-idle 03:00.0 skip/declined" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1")), NULL, NULL, NULL,
      "complete starts=yes | declared/placeholder-orphan@1" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("1", "1")), "0000:01:00.1", NULL, NULL,
      "change starts=yes | declared/given@1 | 1 starts=yes: " IFX_BRIDGE "01:00.0 add/missing "
      "01:00.1 declared/placeholder 01:00.2 skip/stub 01:00.3 skip/chipset-idle "
      "03:00.0 add/missing" },
    /* An NVMe disk has the group for itself. */
    { IFX_DOMAIN(IFX_NVME("2", "0")), NULL, NULL, NULL,
      "refused starts=yes | declared/declared@2 | 2 starts=yes: 02:00.0 declared/declared "
      "02:00.1 refuse/nvme-with-hostdev" },
    { IFX_DOMAIN(IFX_NVME("2", "0") IFX_PLACEHOLDER("2", "1")), NULL, NULL, NULL,
      "refused starts=no | declared/declared@2 refuse/nvme-with-hostdev@2 | 2 complete starts=yes: "
      "02:00.0 declared/declared 02:00.1 declared/placeholder" },
    /* Twice, once by hand: QEMU opens a device once. */
    { "<domain type='kvm' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><name>vm</name>"
      "<devices>" IFX_PLACEHOLDER("2", "1") "</devices><q:commandline><q:arg value='-device'/>"
      "<q:arg value='vfio-pci,host=02:00.1'/></q:commandline></domain>", "0000:02:00.1", NULL, NULL,
      "refused starts=no | declared/given@2 refuse/claimed-twice@2 | 2 starts=yes: "
      "02:00.0 add/missing 02:00.1 declared/placeholder" },
};

START_TEST(what_is_given_is_judged_as_any_member)
{
    const ifxTestGiven *test = &rows[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(host);
    g_autoptr(ifxUseGraph) use = ifxUseGraphNew();
    g_autoptr(GHashTable) given = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    g_autoptr(GHashTable) allowed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    g_autoptr(GHashTable) left_out = g_hash_table_new(NULL, NULL);
    ifxPciAddress address = { 0 };
    ifxPciAddress other = { 0 };
    const ifxPolicy policy = {
        .allowed = allowed, .given = given, .give_card = !test->given, .left_out = left_out,
    };
    const ifxPlanHost known = { .topology = topology, .use = use };
    g_autoptr(ifxPlan) plan = NULL;
    g_autofree char *described = NULL;

    ifxUseGraphAddSight(use, IFX_SIGHT_ALL);
    if (test->given) {
        address = ifxTestAddress(test->given);
        g_hash_table_add(given, &address);
    }
    if (test->allowed) {
        other = ifxTestAddress(test->allowed);
        g_hash_table_add(allowed, &other);
    }
    if (test->left_out)
        g_hash_table_add(left_out, GINT_TO_POINTER(atoi(test->left_out)));
    plan = ifxPlanJudge(domain, &known, &policy);
    described = ifxTestDescribe(plan);
    ck_assert_str_eq(described, test->plan);
}
END_TEST

typedef struct {
    const char *xml;
    bool free;
} ifxTestPlace;

/* What else is at bus 5, slot 0 of the guest, beside function 0 of the host's card. */
static const ifxTestPlace places[] = {
    { "", true },
    { "<disk><address type='pci' bus='5' slot='1' function='1'/></disk>", true },
    { "<disk><address type='pci' bus='5' slot='0' function='1'/></disk>", false },
    { "<disk><address type='pci' bus='5' slot='0' function='2'/></disk>", false },
    { "<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='0' function='2'/></source>"
      "<address type='pci' bus='5' slot='0' function='2'/></hostdev>", true },
    { "<hostdev mode='subsystem' type='pci'><source><address bus='3' slot='0' function='0'/></source>"
      "<address type='pci' bus='5' slot='0' function='2'/></hostdev>", false },
};

START_TEST(given_function_comes_beside_its_card_where_nothing_else_is)
{
    const ifxTestPlace *place = &places[_i];
    g_autofree char *xml = g_strdup_printf(
        "<domain type='kvm'><name>vm</name><devices>"
        "<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='0' function='0'/>"
        "</source><address type='pci' bus='5' slot='0' function='0'/></hostdev>"
        "%s</devices></domain>", place->xml);
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestHost(host);
    const ifxPolicy policy = { .give_card = true };
    const ifxPlanHost known = { .topology = topology };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &known, &policy);
    const ifxPlanMember *member =
        &g_array_index(g_array_index(plan->groups, ifxPlanGroup, 0).members, ifxPlanMember, 2);
    char address[IFX_PCI_ADDRESS_LENGTH];

    ck_assert_str_eq(ifxReasonToString(member->reason), "given");
    ck_assert(place->free == (member->guest != NULL));
    if (member->guest)
        ck_assert_str_eq(ifxPciAddressFormat(member->guest, address), "0000:05:00.1");
}
END_TEST

Suite *
ifxSuitePlanGive(void)
{
    Suite *suite = suite_create("plan-give");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, what_is_given_is_judged_as_any_member, 0, G_N_ELEMENTS(rows));
    tcase_add_loop_test(all, given_function_comes_beside_its_card_where_nothing_else_is, 0,
                        G_N_ELEMENTS(places));
    suite_add_tcase(suite, all);
    return suite;
}
