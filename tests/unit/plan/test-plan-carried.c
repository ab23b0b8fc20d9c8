/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-plan.h"

/* No class is one that the host needs, except where the class is the point. */
#define IFX_PLAIN 0x118000

typedef struct {
    const char *address;
    int group;
    guint32 class_code;
    const char *driver;     /* "": none */
    ifxHeaderType header;
    bool dead;
    const char *physical;   /* the physical function of a virtual one; NULL: none */
    const char *carrier;    /* NULL: none */
} ifxTestKind;

/* Each device of a kind is a card of its own, whose function 1 the guest gets. */
static const ifxTestKind kinds[] = {
    { "0000:01:00.0", 1, 0x060400, "pcieport", IFX_HEADER_PCI_BRIDGE, false, NULL, NULL },
    { "0000:02:00.0", 2, 0x0c0500, "", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:03:00.0", 3, IFX_PLAIN, "vfio-pci", IFX_HEADER_UNKNOWN, true, NULL, NULL },
    { "0000:05:00.0", IFX_GROUP_NONE, IFX_PLAIN, "", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:06:00.0", 6, IFX_PLAIN, "pci-stub", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:07:00.0", 7, IFX_PLAIN, "pci-pf-stub", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:08:00.0", 8, IFX_PLAIN, "igb", IFX_HEADER_ENDPOINT, true, NULL, NULL },
    { "0000:01:00.1", 1, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:02:00.1", 2, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:03:00.1", 3, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:04:00.1", 4, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:05:00.1", 5, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:06:00.1", 6, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:07:00.1", 7, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:08:00.1", 8, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { NULL, 0, 0, NULL, 0, false, NULL, NULL },
};

static ifxTopology *
ifxTestKindsHost(const ifxTestKind *parts)
{
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();

    for (; parts->address; parts++) {
        const ifxPciAddress address = ifxTestAddress(parts->address);
        g_autoptr(ifxDevice) device = ifxDeviceNew(&address);

        if (parts->group != IFX_GROUP_NONE)
            ifxTopologyBuilderAddMember(builder, (guint) parts->group, &address);
        device->group = parts->group;
        device->has_class = true;
        device->class_code = parts->class_code;
        device->header = parts->header;
        device->is_dead = parts->dead;
        device->driver_state = *parts->driver ? IFX_DRIVER_BOUND : IFX_DRIVER_NONE;
        device->driver = *parts->driver ? g_strdup(parts->driver) : NULL;
        device->is_virtual = parts->physical != NULL;
        if (parts->physical)
            device->physical_function = ifxTestAddress(parts->physical);
        device->is_carried = parts->carrier != NULL;
        if (parts->carrier)
            device->carrier = ifxTestAddress(parts->carrier);
        ifxTopologyBuilderAddDevice(builder, device);
    }
    return ifxTopologyBuilderEnd(builder);
}

static void
ifxAssertKinds(const ifxTestKind *parts,
               const char *xml,
               const char *allowed,
               const char *expected)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);
    g_autoptr(ifxTopology) topology = ifxTestKindsHost(parts);
    g_autoptr(GHashTable) named = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    const ifxPciAddress address = ifxTestAddress(allowed ? allowed : "0000:ff:1f.7");
    const ifxPolicy policy = { .allowed = named };
    g_autoptr(ifxPlan) plan = NULL;
    g_autofree char *described = NULL;

    g_hash_table_add(named, (gpointer) &address);
    plan = ifxPlanJudge(domain, &IFX_TEST_HOST(topology), &policy);
    described = ifxTestDescribe(plan);
    ck_assert_str_eq(described, expected);
}

typedef struct {
    const char *xml;
    const char *allowed;    /* NULL: nothing */
    const char *plan;
} ifxTestRow;

#define IFX_CLAIMED(bus) IFX_DOMAIN(IFX_HOSTDEV(bus, "0") IFX_HOSTDEV(bus, "1"))
#define IFX_HELD_OFF(bus) IFX_DOMAIN(IFX_PLACEHOLDER(bus, "0") IFX_HOSTDEV(bus, "1"))
#define IFX_LEFT(bus) IFX_DOMAIN(IFX_HOSTDEV(bus, "1"))

static const ifxTestRow rows[] = {
    /* a bridge */
    { IFX_CLAIMED("1"), NULL,
      "refused starts=no | refuse/bridge declared/declared@1"
      " | 1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/declared" },
    { IFX_HELD_OFF("1"), NULL,
      "refused starts=no | refuse/bridge declared/declared@1"
      " | 1 complete starts=yes: 01:00.0 declared/placeholder 01:00.1 declared/declared" },
    { IFX_LEFT("1"), NULL,
      "complete starts=yes | declared/declared@1"
      " | 1 complete starts=yes: 01:00.0 skip/bridge 01:00.1 declared/declared" },
    /* of the chipset */
    { IFX_CLAIMED("2"), NULL,
      "refused starts=yes | refuse/platform-function@2 declared/declared@2"
      " | 2 complete starts=yes: 02:00.0 declared/declared 02:00.1 declared/declared" },
    { IFX_HELD_OFF("2"), NULL,
      "refused starts=yes | refuse/platform-function@2 declared/declared@2"
      " | 2 complete starts=yes: 02:00.0 declared/placeholder 02:00.1 declared/declared" },
    { IFX_LEFT("2"), NULL,
      "complete starts=yes | declared/declared@2"
      " | 2 complete starts=yes: 02:00.0 skip/chipset-idle 02:00.1 declared/declared" },
    /* one that does not answer, and does not block the group */
    { IFX_CLAIMED("3"), NULL,
      "refused starts=no | refuse/no-answer@3 declared/declared@3"
      " | 3 complete starts=yes: 03:00.0 declared/declared 03:00.1 declared/declared" },
    { IFX_HELD_OFF("3"), "0000:03:00.0",
      "refused starts=no | refuse/no-answer@3 declared/declared@3"
      " | 3 complete starts=yes: 03:00.0 declared/placeholder 03:00.1 declared/declared" },
    { IFX_LEFT("3"), NULL,
      "complete starts=yes | declared/declared@3"
      " | 3 complete starts=yes: 03:00.0 skip/no-answer 03:00.1 declared/declared" },
    /* gone */
    { IFX_CLAIMED("4"), NULL,
      "refused starts=no | refuse/claim-gone declared/declared@4"
      " | 4 complete starts=yes: 04:00.1 declared/declared" },
    { IFX_HELD_OFF("4"), NULL,
      "refused starts=no | refuse/placeholder-gone declared/declared@4"
      " | 4 complete starts=yes: 04:00.1 declared/declared" },
    /* in no group */
    { IFX_CLAIMED("5"), NULL,
      "no-iommu starts=no | skip/no-iommu declared/declared@5"
      " | 5 complete starts=yes: 05:00.1 declared/declared" },
    { IFX_HELD_OFF("5"), NULL,
      "no-iommu starts=no | skip/no-iommu declared/declared@5"
      " | 5 complete starts=yes: 05:00.1 declared/declared" },
    /* on pci-stub, which gives up the group */
    { IFX_CLAIMED("6"), NULL,
      "complete starts=yes | declared/declared@6 declared/declared@6"
      " | 6 complete starts=yes: 06:00.0 declared/declared 06:00.1 declared/declared" },
    { IFX_HELD_OFF("6"), NULL,
      "complete starts=yes | declared/placeholder@6 declared/declared@6"
      " | 6 complete starts=yes: 06:00.0 declared/placeholder 06:00.1 declared/declared" },
    { IFX_LEFT("6"), NULL,
      "complete starts=yes | declared/declared@6"
      " | 6 complete starts=yes: 06:00.0 skip/stub 06:00.1 declared/declared" },
    /* on pci-pf-stub, which does not */
    { IFX_CLAIMED("7"), NULL,
      "complete starts=yes | declared/declared@7 declared/declared@7"
      " | 7 complete starts=yes: 07:00.0 declared/declared 07:00.1 declared/declared" },
    { IFX_LEFT("7"), NULL,
      "change starts=no | declared/declared@7"
      " | 7 starts=no: 07:00.0 add/missing 07:00.1 declared/declared" },
    /* one that does not answer, on a driver that keeps the group */
    { IFX_CLAIMED("8"), NULL,
      "refused starts=no | refuse/no-answer@8 declared/declared@8"
      " | 8 complete starts=yes: 08:00.0 declared/declared 08:00.1 declared/declared" },
    { IFX_LEFT("8"), "0000:08:00.0",
      "refused starts=no | declared/declared@8"
      " | 8 starts=no: 08:00.0 refuse/no-answer 08:00.1 declared/declared" },
};

START_TEST(each_kind_of_device_as_claim_placeholder_and_member)
{
    ifxAssertKinds(kinds, rows[_i].xml, rows[_i].allowed, rows[_i].plan);
}
END_TEST

/* A physical function and its virtual ones in one group; a controller and the drive below it, and
 * another device of their group. */
static const ifxTestKind together[] = {
    { "0000:01:00.0", 1, IFX_PLAIN, "igb", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:01:00.1", 1, IFX_PLAIN, "igbvf", IFX_HEADER_ENDPOINT, false, "0000:01:00.0", NULL },
    { "0000:01:00.2", 1, IFX_PLAIN, "igbvf", IFX_HEADER_ENDPOINT, false, "0000:01:00.0", NULL },
    { "0000:02:00.0", 2, IFX_PLAIN, "vmd", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:02:00.1", 2, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "10000:02:00.0", 2, IFX_PLAIN, "nvme", IFX_HEADER_ENDPOINT, false, NULL, "0000:02:00.0" },
    /* the source does not show what the drive is below */
    { "0000:03:00.0", 3, IFX_PLAIN, "vmd", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "10001:03:00.0", 3, IFX_PLAIN, "nvme", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    /* a physical function that vfio-pci has stays when the guest gets it */
    { "0000:04:00.0", 4, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, NULL, NULL },
    { "0000:04:00.1", 4, IFX_PLAIN, "vfio-pci", IFX_HEADER_ENDPOINT, false, "0000:04:00.0", NULL },
    { NULL, 0, 0, NULL, 0, false, NULL, NULL },
};

#define IFX_DRIVE(domain, bus) \
    "<hostdev type='pci' managed='yes'><source><address domain='" domain "' bus='" bus "'/>" \
    "</source></hostdev>"

static const ifxTestRow pairs[] = {
    /* The upper one is claimed, or a placeholder: the lower one needs nothing. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0")), NULL,
      "complete starts=yes | declared/declared@1"
      " | 1 complete starts=yes: 01:00.0 declared/declared 01:00.1 skip/goes-with 01:00.2"
      " skip/goes-with" },
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0") IFX_HOSTDEV("2", "1")), NULL,
      "complete starts=yes | declared/declared@2 declared/declared@2"
      " | 2 complete starts=yes: 02:00.0 declared/declared 02:00.1 declared/declared :02:00.0"
      " skip/goes-with" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("2", "0") IFX_HOSTDEV("2", "1")), NULL,
      "complete starts=yes | declared/placeholder@2 declared/declared@2"
      " | 2 complete starts=yes: 02:00.0 declared/placeholder 02:00.1 declared/declared"
      " :02:00.0 skip/goes-with" },
    /* The lower one is claimed: the upper one is refused whatever the user allows. */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "1")), "0000:01:00.0",
      "refused starts=no | declared/declared@1"
      " | 1 starts=no: 01:00.0 refuse/pf-with-vfs 01:00.1 declared/declared 01:00.2 add/missing" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("2", "1") IFX_DRIVE("0x10000", "2")), "0000:02:00.0",
      "refused starts=no | declared/placeholder@2 declared/declared@2"
      " | 2 starts=no: 02:00.0 refuse/carrier 02:00.1 declared/placeholder :02:00.0"
      " declared/declared" },
    /* the same where the group alone shows it */
    { IFX_DOMAIN(IFX_DRIVE("0x10001", "3")), "0000:03:00.0",
      "refused starts=no | declared/declared@3"
      " | 3 starts=no: 03:00.0 refuse/carrier :03:00.0 declared/declared" },
    { IFX_DOMAIN(IFX_HOSTDEV("3", "0")), NULL,
      "complete starts=yes | declared/declared@3"
      " | 3 complete starts=yes: 03:00.0 declared/declared :03:00.0 skip/goes-with" },
    /* both */
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_HOSTDEV("1", "1")), "0000:01:00.0",
      "refused starts=no | refuse/claim-in-use@1 refuse/goes-with@1"
      " | 1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/declared 01:00.2"
      " skip/goes-with" },
    { IFX_DOMAIN(IFX_HOSTDEV("1", "0") IFX_PLACEHOLDER("1", "1")), NULL,
      "refused starts=no | refuse/claim-in-use@1 refuse/goes-with@1"
      " | 1 complete starts=yes: 01:00.0 declared/declared 01:00.1 declared/placeholder"
      " 01:00.2 skip/goes-with" },
    { IFX_DOMAIN(IFX_PLACEHOLDER("2", "0") IFX_DRIVE("0x10000", "2")), NULL,
      "refused starts=no | refuse/claim-in-use@2 refuse/goes-with@2"
      " | 2 starts=yes: 02:00.0 declared/placeholder 02:00.1 add/missing :02:00.0"
      " declared/declared" },
    /* neither: only the upper one is added */
    { IFX_DOMAIN(IFX_HOSTDEV("2", "1")), NULL,
      "change starts=no | declared/declared@2"
      " | 2 starts=no: 02:00.0 add/missing 02:00.1 declared/declared :02:00.0 skip/goes-with" },
    { IFX_DOMAIN(IFX_HOSTDEV("4", "0")), NULL,
      "change starts=yes | declared/declared@4"
      " | 4 starts=yes: 04:00.0 declared/declared 04:00.1 add/missing" },
};

START_TEST(what_goes_with_another_is_not_declared_beside_it)
{
    ifxAssertKinds(together, pairs[_i].xml, pairs[_i].allowed, pairs[_i].plan);
}
END_TEST

Suite *
ifxSuitePlanCarried(void)
{
    Suite *suite = suite_create("plan-carried");
    TCase *kind = tcase_create("kinds");
    TCase *pair = tcase_create("pairs");

    tcase_add_loop_test(kind, each_kind_of_device_as_claim_placeholder_and_member, 0,
                        G_N_ELEMENTS(rows));
    suite_add_tcase(suite, kind);
    tcase_add_loop_test(pair, what_goes_with_another_is_not_declared_beside_it, 0,
                        G_N_ELEMENTS(pairs));
    suite_add_tcase(suite, pair);
    return suite;
}
