/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What domains, networks and storage pools claim and need: guests, elsewhere, network,
 * storage-pool. */
#include "host/guests.h"
#include "domain/domain.h"

#include "helpers.h"
#include "suite.h"

#define MDEV "c2177883-f1bb-47f0-914d-32a22e3a8804"

static ifxNetwork *
ifxTestNetwork(const char *xml)
{
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));
    g_autoptr(GError) error = NULL;
    ifxNetwork *network = ifxNetworkParse(bytes, &error);

    ifxAssertNoError(error);
    return network;
}

/* The words of an array of char *, by blanks. */
static char *
ifxTestJoin(GPtrArray *words)
{
    g_autofree char *joined = NULL;

    g_ptr_array_add(words, NULL);
    joined = g_strjoinv(" ", (char **) words->pdata);
    g_ptr_array_set_size(words, (int) words->len - 1);
    return g_steal_pointer(&joined);
}

static const struct {
    const char *inside;
    const char *needs;
    const char *functions;
} networks[] = {
    { "<forward mode='nat'/><bridge name='virbr0' stp='on'/>", "", "" },
    { "<bridge name='virbr1'/>", "", "" },
    { "<forward dev='eno1'/><bridge name='virbr0'/>", "net/eno1", "" },
    { "<forward mode='route' dev='eno1'><interface dev='eno1'/></forward>",
      "net/eno1 net/eno1", "" },
    { "<forward mode='bridge'/><bridge name='br0'/>", "net/br0", "" },
    { "<forward mode='bridge'><interface dev='eno1'/><interface dev='eno2'/></forward>",
      "net/eno1 net/eno2", "" },
    { "<forward mode='passthrough'><pf dev='eno3'/></forward>", "net/eno3", "" },
    { "<forward mode='vepa'><interface dev='eno1'/></forward>", "net/eno1", "" },
    { "<forward mode='hostdev' managed='yes'><driver name='vfio'/><pf dev='eno3'/></forward>",
      "net/eno3", "eno3" },
    { "<forward mode='bridge'/><bridge macTableManager='libvirt'/>", "", "" },
};

static const struct {
    const char *type;
    const char *source;
    const char *needs;
} pools[] = {
    { "dir", "", "" },
    { "fs", "<device path='/dev/sdb1'/><format type='ext4'/>", "/dev/sdb1" },
    { "netfs", "<host name='nas'/><dir path='/srv'/>", "" },
    { "disk", "<device path='/dev/disk/by-id/a'><freeExtent start='1' end='2'/></device>",
      "/dev/disk/by-id/a" },
    { "logical", "<device path='/dev/sdb'/><device path='/dev/sdc'/><name>vg0</name>",
      "/dev/sdb /dev/sdc" },
    { "iscsi", "<host name='san'/><device path='iqn.2001:a'/>", "" },
    { "scsi", "<adapter name='host5'/>", "scsi_host/host5" },
    { "scsi", "<adapter type='scsi_host' name='scsi_host6'/>", "scsi_host/host6" },
    { "scsi", "<adapter type='fc_host' parent='scsi_host3' wwnn='2' wwpn='1'/>",
      "scsi_host/host3" },
    { "scsi", "<adapter type='fc_host' wwnn='2' wwpn='1'/>", "" },
    { "zfs", "<name>tank/guests</name><device path='/dev/sdd'/>", "zfs/tank /dev/sdd" },
};

START_TEST(a_network_needs_its_interfaces_and_the_bridge_that_is_not_its_own)
{
    g_autofree char *xml =
        g_strdup_printf("<network><name>n</name>%s</network>", networks[_i].inside);
    g_autoptr(ifxNetwork) network = ifxTestNetwork(xml);
    g_autofree char *needs = ifxTestJoin(network->needs);
    g_autofree char *functions = ifxTestJoin(network->functions);

    ck_assert_str_eq(network->name, "n");
    ck_assert_str_eq(needs, networks[_i].needs);
    ck_assert_str_eq(functions, networks[_i].functions);
    ck_assert_int_eq(network->hostdev, strstr(xml, "hostdev") != NULL);
    ck_assert_uint_eq(network->addresses->len, 0);
}
END_TEST

START_TEST(a_hostdev_network_has_the_devices_that_it_lists)
{
    g_autoptr(ifxNetwork) network = ifxTestNetwork(
        "<network><name>n</name><forward mode='hostdev' managed='yes'>"
        "<address type='pci' domain='0x0000' bus='0x03' slot='0x10' function='0x0'/>"
        "<address type='usb' bus='1'/><address type='pci' bus='3' slot='16' function='2'/>"
        "</forward></network>");

    ck_assert_uint_eq(network->addresses->len, 2);
    ifxAssertAddress(&g_array_index(network->addresses, ifxPciAddress, 0), "0000:03:10.0");
    ifxAssertAddress(&g_array_index(network->addresses, ifxPciAddress, 1), "0000:03:10.2");
}
END_TEST

START_TEST(what_is_no_network_is_an_error)
{
    static const char *const cases[][2] = {
        { "<domain><name>n</name></domain>", "it holds no <network>" },
        { "<network/>", "has no <name>" },
        { "<network><name>n</name><forward mode='hostdev'><address type='pci' slot='99'/></forward>"
          "</network>", "slot" },
        { "<network>", "" },
    };
    g_autoptr(GBytes) bytes = g_bytes_new(cases[_i][0], strlen(cases[_i][0]));
    GError *error = NULL;

    ck_assert_ptr_null(ifxNetworkParse(bytes, &error));
    ifxAssertError(error, IFX_ERROR_XML, cases[_i][1]);
}
END_TEST

START_TEST(a_pool_needs_its_source)
{
    g_autofree char *xml =
        g_strdup_printf("<pool type='%s'><name>p</name><source>%s</source><target><path>/a</path>"
                        "</target></pool>", pools[_i].type, pools[_i].source);
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) needs = ifxStoragePoolFindNeeds(bytes, &error);
    g_autofree char *words = NULL;

    ifxAssertNoError(error);
    words = ifxTestJoin(needs);
    ck_assert_str_eq(words, pools[_i].needs);
}
END_TEST

START_TEST(what_is_no_pool_is_an_error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("<pond/>", 7);
    GError *error = NULL;

    ck_assert_ptr_null(ifxStoragePoolFindNeeds(bytes, &error));
    ifxAssertError(error, IFX_ERROR_XML, "it holds no <pool>");
}
END_TEST

/* A host with one of each thing, each on a PCI device of its own, and its guests. */
typedef struct {
    ifxUseGraph *use;
    ifxElsewhere *elsewhere;
    ifxGuests *guests;
} ifxTestGuests;

static const struct {
    const char *id;
    const char *alias;
    const char *address;
} things[] = {
    { "block/sdb", "/dev/sdb", "0000:01:00.0" },
    { "block/dm-0", "/dev/mapper/vg--0-guest--a", "0000:02:00.0" },
    { "net/br0", NULL, "0000:03:00.0" },
    { "mdev/" MDEV, NULL, "0000:04:00.0" },
    { "vdpa/vdpa0", "/dev/vhost-vdpa-0", "0000:05:00.0" },
    { "zfs/tank", NULL, "0000:06:00.0" },
    { "net/eno3", NULL, "0000:07:00.0" },
};

static ifxTestGuests
ifxTestGuestsNew(void)
{
    ifxTestGuests test = { .use = ifxUseGraphNew(), .elsewhere = ifxElsewhereNew() };
    guint i;

    test.guests = ifxGuestsNew(test.elsewhere);
    for (i = 0; i < G_N_ELEMENTS(things); i++) {
        const ifxPciAddress address = ifxTestAddress(things[i].address);

        ifxUseGraphAddThing(test.use, things[i].id, things[i].id);
        ifxUseGraphAddDevice(test.use, things[i].id, &address);
        if (things[i].alias)
            ifxUseGraphAddAlias(test.use, things[i].alias, things[i].id);
    }
    return test;
}

static void
ifxTestGuestsFree(ifxTestGuests *test)
{
    ifxGuestsFree(test->guests);
    ifxElsewhereFree(test->elsewhere);
    ifxUseGraphUnref(test->use);
}

static void
ifxTestAdd(const ifxTestGuests *test,
           ifxGuestKind kind,
           const char *name,
           const char *inside,
           bool running)
{
    const char *element = ifxGuestKindToString(kind);
    g_autofree char *xml = g_strdup_printf("<%s type='kvm'><name>%s</name>%s</%s>", element, name,
                                           inside, element);
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));

    ifxGuestsAdd(test->guests, kind, name, bytes, running);
}

/* The evidence against a device: kinds by number, with ! if vital, and chains; "; " between. */
static char *
ifxTestEvidence(const ifxTestGuests *test,
                const char *spelled)
{
    const ifxPciAddress address = ifxTestAddress(spelled);
    const GPtrArray *uses = ifxUseEvidenceGet(test->use, &address);
    GString *text = g_string_new(NULL);
    guint i;

    for (i = 0; uses && i < uses->len; i++) {
        const ifxUse *use = uses->pdata[i];
        g_autofree char *chain = ifxUseEvidenceFormatChain(use->chain);

        g_string_append_printf(text, "%s%s%s %s", i > 0 ? "; " : "",
                               use->kind == IFX_USE_DOMAIN ? "domain" :
                               use->kind == IFX_USE_MDEV_PARENT ? "mdev" :
                               use->kind == IFX_USE_VDPA_PARENT ? "vdpa" : "?",
                               use->vital ? "!" : "", chain);
    }
    return g_string_free(text, FALSE);
}

#define ifxAssertEvidence(test, address, expected) \
    do { \
        g_autofree char *evidence = ifxTestEvidence(test, address); \
        ck_assert_str_eq(evidence, expected); \
    } while (0)

START_TEST(a_need_that_the_host_knows_is_a_use_of_it)
{
    ifxTestGuests test = ifxTestGuestsNew();

    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web",
               "<devices><disk type='block'><source dev='/dev//sdb'/></disk>"
               "<disk type='block'><source dev='/dev/vg-0/guest-a'/></disk>"
               "<disk type='block'><source dev='/dev/zvol/tank/web/disk'/></disk>"
               "<disk type='block'><source dev='/dev/absent'/></disk>"
               "<disk type='block'><source dev='/dev/zvol'/></disk>"
               "<interface type='bridge'><source bridge='br0'/></interface>"
               "<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>"
               "<hostdev type='mdev'><source><address uuid='" MDEV "'/></source></hostdev>"
               "</devices>", false);
    ifxTestAdd(&test, IFX_GUEST_NETWORK, "lan", "<forward mode='bridge'/><bridge name='br0'/>",
               false);
    ifxTestAdd(&test, IFX_GUEST_POOL, "fast", "<source><device path='/dev/sdb'/></source>", false);
    ifxGuestsEnd(test.guests, test.use, NULL);

    ifxAssertEvidence(&test, "0000:01:00.0",
                      "domain block/sdb -> domain web; domain block/sdb -> pool fast");
    ifxAssertEvidence(&test, "0000:02:00.0", "domain block/dm-0 -> domain web");
    ifxAssertEvidence(&test, "0000:03:00.0",
                      "domain net/br0 -> domain web; domain net/br0 -> network lan");
    ifxAssertEvidence(&test, "0000:04:00.0", "mdev! mdev/" MDEV " -> domain web");
    ifxAssertEvidence(&test, "0000:05:00.0", "vdpa! vdpa/vdpa0 -> domain web");
    ifxAssertEvidence(&test, "0000:06:00.0", "domain zfs/tank -> domain web");
    ifxAssertEvidence(&test, "0000:07:00.0", "");
    ifxTestGuestsFree(&test);
}
END_TEST

START_TEST(both_definitions_of_a_domain_are_one_use_and_many_domains_are_counted)
{
    const char *bridged =
        "<devices><interface type='bridge'><source bridge='br0'/></interface></devices>";
    ifxTestGuests test = ifxTestGuestsNew();
    guint i;

    for (i = 0; i < 7; i++) {
        const char name[] = { (char) ('a' + i), '\0' };

        ifxTestAdd(&test, IFX_GUEST_DOMAIN, name, bridged, true);
        ifxTestAdd(&test, IFX_GUEST_DOMAIN, name, bridged, true);
    }
    ifxGuestsEnd(test.guests, test.use, NULL);
    ifxAssertEvidence(&test, "0000:03:00.0",
                      "domain net/br0 -> domain a; domain net/br0 -> domain b; "
                      "domain net/br0 -> domain c; domain net/br0 -> domain d; "
                      "domain net/br0 -> 3 others");
    ifxTestGuestsFree(&test);
}
END_TEST

#define HOSTDEV(bus) \
    "<hostdev type='pci'><source><address bus='" bus "'/></source></hostdev>"

START_TEST(claims_are_those_of_both_definitions_of_a_domain)
{
    const ifxPciAddress first = ifxTestAddress("0000:01:00.0");
    const ifxPciAddress second = ifxTestAddress("0000:02:00.0");
    const ifxPciAddress absent = ifxTestAddress("0000:03:00.0");
    ifxTestGuests test = ifxTestGuestsNew();
    const GPtrArray *claims;
    const ifxOtherClaim *claim;

    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web",
               "<uuid>u</uuid><devices>" HOSTDEV("9") HOSTDEV("1") "</devices>", true);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web",
               "<uuid>u</uuid><devices>" HOSTDEV("1") HOSTDEV("2") "</devices>", true);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "db", "<devices>" HOSTDEV("1") "</devices>", false);
    ifxGuestsEnd(test.guests, test.use, NULL);

    claims = ifxElsewhereGet(test.elsewhere, &first);
    ck_assert_uint_eq(claims->len, 2);
    claim = claims->pdata[0];
    ck_assert_str_eq(claim->owner, "web");
    ck_assert_str_eq(claim->uuid_key, "u");
    ck_assert_str_eq(claim->path, "/domain/devices/hostdev[2]");
    ck_assert(claim->running && !claim->network);
    claim = claims->pdata[1];
    ck_assert_str_eq(claim->owner, "db");
    ck_assert_ptr_null(claim->uuid_key);
    ck_assert_str_eq(claim->path, "/domain/devices/hostdev");
    ck_assert(!claim->running);
    ck_assert_uint_eq(ifxElsewhereGet(test.elsewhere, &second)->len, 1);
    ck_assert_ptr_null(ifxElsewhereGet(test.elsewhere, &absent));
    ifxTestGuestsFree(&test);
}
END_TEST

START_TEST(claims_of_running_domains_come_first_and_those_of_networks_last)
{
    static const char *const owners[] = { "up", "on", "db", "web", "vfs" };
    const ifxPciAddress address = ifxTestAddress("0000:01:00.0");
    g_autoptr(ifxDomain) own = ifxTestDomain("<domain><name>web</name></domain>");
    g_autoptr(ifxDomain) renamed = ifxTestDomain("<domain><name>x</name><uuid>-1</uuid></domain>");
    g_autoptr(ifxDomain) namesake = ifxTestDomain("<domain><name>up</name><uuid>2</uuid></domain>");
    ifxTestGuests test = ifxTestGuestsNew();
    const GPtrArray *claims;
    guint i;

    ifxTestAdd(&test, IFX_GUEST_NETWORK, "vfs",
               "<forward mode='hostdev'><address type='pci' bus='1'/></forward>", false);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "db", "<devices>" HOSTDEV("1") "</devices>", false);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "up",
               "<uuid>1</uuid><devices>" HOSTDEV("1") "</devices>", true);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "up",
               "<uuid>1</uuid><devices>" HOSTDEV("1") "</devices>", true);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web", "<devices>" HOSTDEV("1") "</devices>", false);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "on", "<devices>" HOSTDEV("1") "</devices>", true);
    ifxGuestsEnd(test.guests, test.use, NULL);

    claims = ifxElsewhereGet(test.elsewhere, &address);
    ck_assert_uint_eq(claims->len, G_N_ELEMENTS(owners));
    for (i = 0; i < claims->len; i++)
        ck_assert_str_eq(((const ifxOtherClaim *) claims->pdata[i])->owner, owners[i]);
    ck_assert_uint_eq(ifxElsewhereCountDomains(test.elsewhere, &address), 4);
    ck_assert_ptr_eq(ifxElsewhereLookupOwn(test.elsewhere, &address, own), claims->pdata[3]);
    ck_assert_ptr_eq(ifxElsewhereLookupOwn(test.elsewhere, &address, renamed), claims->pdata[0]);
    ck_assert_ptr_null(ifxElsewhereLookupOwn(test.elsewhere, &address, namesake));
    ifxTestGuestsFree(&test);
}
END_TEST

START_TEST(a_device_that_is_passed_by_hand_is_claimed)
{
    const ifxPciAddress address = ifxTestAddress("0000:01:00.0");
    ifxTestGuests test = ifxTestGuestsNew();
    const ifxOtherClaim *claim;

    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web",
               "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
               "<q:arg value='-device'/><q:arg value='vfio-pci,host=01:00.0'/></q:commandline>",
               false);
    ck_assert_ptr_nonnull(ifxElsewhereGet(test.elsewhere, &address));
    claim = ifxElsewhereGet(test.elsewhere, &address)->pdata[0];
    ck_assert_str_eq(claim->owner, "web");
    ck_assert_str_eq(claim->path, "/domain/q:commandline/q:arg[2]");
    ifxTestGuestsFree(&test);
}
END_TEST

START_TEST(a_pool_of_devices_is_claimed_by_its_network)
{
    const ifxPciAddress address = ifxTestAddress("0000:08:00.0");
    ifxTestGuests test = ifxTestGuestsNew();
    const ifxOtherClaim *claim;
    const GArray *pool;

    ifxTestAdd(&test, IFX_GUEST_NETWORK, "vfs",
               "<forward mode='hostdev'><pf dev='eno3'/><address type='pci' bus='8'/>"
               "<address type='pci' bus='8'/><address type='pci' bus='9'/></forward>", false);
    ifxTestAdd(&test, IFX_GUEST_NETWORK, "nat", "<forward mode='nat'/>", false);
    ck_assert(!ifxGuestsNeedTopology(test.guests));
    ifxGuestsEnd(test.guests, test.use, NULL);

    pool = ifxElsewhereGetNetworkDevices(test.elsewhere, "vfs");
    ck_assert_uint_eq(pool->len, 2);
    ifxAssertAddress(&g_array_index(pool, ifxPciAddress, 1), "0000:09:00.0");
    ck_assert_ptr_null(ifxElsewhereGetNetworkDevices(test.elsewhere, "nat"));
    claim = ifxElsewhereGet(test.elsewhere, &address)->pdata[0];
    ck_assert(claim->network);
    ck_assert_str_eq(claim->owner, "vfs");
    ifxAssertEvidence(&test, "0000:07:00.0", "domain net/eno3 -> network vfs");
    ifxTestGuestsFree(&test);
}
END_TEST

/* eno3's device has two virtual functions. */
static ifxTopology *
ifxTestTopology(void)
{
    g_autoptr(ifxTopologyBuilder) builder = ifxTopologyBuilderNew();
    const ifxPciAddress physical = ifxTestAddress("0000:07:00.0");
    g_autoptr(ifxDevice) device = ifxDeviceNew(&physical);
    guint i;

    device->virtual_functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    for (i = 0; i < 2; i++) {
        const ifxPciAddress function = { .bus = 7, .slot = 0x10, .function = (guint8) i };

        g_array_append_val(device->virtual_functions, function);
    }
    ifxTopologyBuilderAddDevice(builder, device);
    return ifxTopologyBuilderEnd(g_steal_pointer(&builder));
}

START_TEST(a_pool_by_its_physical_function_is_found_in_the_topology)
{
    g_autoptr(ifxTopology) topology = ifxTestTopology();
    ifxTestGuests test = ifxTestGuestsNew();
    const GArray *pool;

    ifxTestAdd(&test, IFX_GUEST_NETWORK, "vfs",
               "<forward mode='hostdev'><pf dev='eno3'/></forward>", false);
    ifxTestAdd(&test, IFX_GUEST_NETWORK, "far",
               "<forward mode='hostdev'><pf dev='eno9'/></forward>", false);
    ck_assert(ifxGuestsNeedTopology(test.guests));
    ifxGuestsEnd(test.guests, test.use, topology);

    pool = ifxElsewhereGetNetworkDevices(test.elsewhere, "vfs");
    ck_assert_uint_eq(pool->len, 2);
    ifxAssertAddress(&g_array_index(pool, ifxPciAddress, 0), "0000:07:10.0");
    ifxAssertAddress(&g_array_index(pool, ifxPciAddress, 1), "0000:07:10.1");
    pool = ifxElsewhereGetNetworkDevices(test.elsewhere, "far");
    ck_assert_ptr_nonnull(pool);
    ck_assert_uint_eq(pool->len, 0);
    ifxTestGuestsFree(&test);
}
END_TEST

START_TEST(what_cannot_be_read_is_said_once_with_the_reason)
{
    ifxTestGuests test = ifxTestGuestsNew();
    const GPtrArray *unread;

    ck_assert_uint_eq(ifxElsewhereGetUnread(test.elsewhere)->len, 0);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web", "<name/><devices>" HOSTDEV("x") "</devices>", true);
    ifxTestAdd(&test, IFX_GUEST_DOMAIN, "web", "<devices>" HOSTDEV("y") "</devices>", true);
    ifxTestAdd(&test, IFX_GUEST_POOL, "fast", "<", false);
    ifxGuestsAddUnread(test.guests, IFX_GUEST_NETWORK, "lan", "no");
    ifxGuestsAddUnread(test.guests, IFX_GUEST_NETWORK, NULL, "never");
    ifxGuestsEnd(test.guests, test.use, NULL);

    unread = ifxElsewhereGetUnread(test.elsewhere);
    ck_assert_uint_eq(unread->len, 4);
    ck_assert_str_eq(unread->pdata[0], "domain web");
    ck_assert_ptr_nonnull(strstr(ifxElsewhereGetUnreadError(test.elsewhere, 0), "bus"));
    ck_assert_str_eq(unread->pdata[1], "pool fast");
    ck_assert_str_eq(unread->pdata[2], "network lan");
    ck_assert_str_eq(ifxElsewhereGetUnreadError(test.elsewhere, 2), "no");
    ck_assert_str_eq(unread->pdata[3], "the networks");
    ifxTestGuestsFree(&test);
}
END_TEST

Suite *
ifxSuiteGuests(void)
{
    Suite *suite = suite_create("guests");
    TCase *xml = tcase_create("xml");
    TCase *guests = tcase_create("guests");

    tcase_add_loop_test(xml, a_network_needs_its_interfaces_and_the_bridge_that_is_not_its_own,
                        0, G_N_ELEMENTS(networks));
    tcase_add_test(xml, a_hostdev_network_has_the_devices_that_it_lists);
    tcase_add_loop_test(xml, what_is_no_network_is_an_error, 0, 4);
    tcase_add_loop_test(xml, a_pool_needs_its_source, 0, G_N_ELEMENTS(pools));
    tcase_add_test(xml, what_is_no_pool_is_an_error);
    suite_add_tcase(suite, xml);

    tcase_add_test(guests, a_need_that_the_host_knows_is_a_use_of_it);
    tcase_add_test(guests, both_definitions_of_a_domain_are_one_use_and_many_domains_are_counted);
    tcase_add_test(guests, claims_are_those_of_both_definitions_of_a_domain);
    tcase_add_test(guests, claims_of_running_domains_come_first_and_those_of_networks_last);
    tcase_add_test(guests, a_device_that_is_passed_by_hand_is_claimed);
    tcase_add_test(guests, a_pool_of_devices_is_claimed_by_its_network);
    tcase_add_test(guests, a_pool_by_its_physical_function_is_found_in_the_topology);
    tcase_add_test(guests, what_cannot_be_read_is_said_once_with_the_reason);
    suite_add_tcase(suite, guests);
    return suite;
}
