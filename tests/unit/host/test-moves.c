/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "host/host-internal.h"
#include "host/moves.h"
#include "suite.h"
#include "tree.h"

#define IFX_TEST_CARDS 4096

/* "8086:1521" */
static void
ifxTestMovesIds(const char *text,
                guint16 *vendor,
                guint16 *product)
{
    char *end = NULL;

    *vendor = (guint16) g_ascii_strtoull(text, &end, 16);
    ck_assert_int_eq(*end, ':');
    *product = (guint16) g_ascii_strtoull(end + 1, NULL, 16);
}

/* A host, a device a line: "ADDRESS VENDOR:DEVICE [KEY=VALUE...]". Keys: class, sub, path, pf, and
 * any other one is the kind of a serial. */
static void
ifxTestMovesSet(ifxDevice *device,
                const char *key,
                const char *value)
{
    if (strcmp(key, "class") == 0) {
        device->has_class = true;
        device->class_code = (guint32) g_ascii_strtoull(value, NULL, 16);
    } else if (strcmp(key, "sub") == 0) {
        device->has_subsystem = true;
        ifxTestMovesIds(value, &device->subsystem_vendor_id, &device->subsystem_product_id);
    } else if (strcmp(key, "path") == 0) {
        device->path = g_strdup(value);
    } else if (strcmp(key, "pf") == 0) {
        device->is_virtual = true;
        device->physical_function = ifxTestAddress(value);
    } else {
        ck_assert(ifxDeviceAddSerial(device, key, value));
    }
}

static ifxDevice *
ifxTestMovesDevice(const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const ifxPciAddress address = ifxTestAddress(words[0]);
    ifxDevice *device = ifxDeviceNew(&address);
    guint i;

    ifxTestMovesIds(words[1], &device->vendor_id, &device->product_id);
    for (i = 2; words[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(words[i], "=", 2);

        ifxTestMovesSet(device, pair[0], pair[1]);
    }
    return device;
}

static void
ifxTestMovesAddFunction(GHashTable *devices,
                        const ifxDevice *device)
{
    ifxDevice *physical = device->is_virtual ?
        g_hash_table_lookup(devices, &device->physical_function) : NULL;

    if (!physical)
        return;
    if (!physical->virtual_functions)
        physical->virtual_functions = g_array_new(FALSE, FALSE, sizeof(ifxPciAddress));
    g_array_append_val(physical->virtual_functions, device->address);
}

static ifxTopology *
ifxTestMovesHost(const char *text)
{
    g_autoptr(GHashTable) devices = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    ifxTopologyBuilder *builder = ifxTopologyBuilderNew();
    guint i;

    for (i = 0; lines[i] && *lines[i]; i++) {
        g_autoptr(ifxDevice) device = ifxTestMovesDevice(lines[i]);

        g_hash_table_insert(devices, &device->address, device);
        ifxTestMovesAddFunction(devices, device);
        ifxTopologyBuilderAddDevice(builder, device);
    }
    return ifxTopologyBuilderEnd(builder);
}

/* "01:00.0=, 02:00.0>03:00.0, 04:00.0-, 05:00.0?05:00.0?06:00.0, +07:00.0": the same, moved, gone,
 * unclear with its candidates, came. */
static char *
ifxTestMovesFormat(const ifxMoves *moves)
{
    static const char signs[] = {
        [IFX_MOVE_SAME] = '=', [IFX_MOVE_MOVED] = '>', [IFX_MOVE_GONE] = '-',
        [IFX_MOVE_UNCLEAR] = '?',
    };
    const GPtrArray *came = ifxMovesGetCame(moves);
    GString *out = g_string_new(NULL);
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    guint i;
    guint j;

    for (i = 0; i < ifxMovesCount(moves); i++) {
        const ifxMove *move = ifxMovesGetNth(moves, i);

        ck_assert_ptr_eq(ifxMovesFind(moves, &move->before->address), move);
        ck_assert(!move->now || ifxMovesFindNow(moves, &move->now->address) == move);
        ck_assert_int_eq(move->candidates != NULL, move->state == IFX_MOVE_UNCLEAR);
        g_string_append_printf(out, "%s%s%c", out->len > 0 ? ", " : "",
                               ifxPciAddressFormat(&move->before->address, spelled) + 5,
                               signs[move->state]);
        if (move->state == IFX_MOVE_MOVED)
            g_string_append(out, ifxPciAddressFormat(&move->now->address, spelled) + 5);
        for (j = 0; move->candidates && j < move->candidates->len; j++)
            g_string_append_printf(out, "%s%s", j > 0 ? "?" : "", ifxPciAddressFormat(
                &((const ifxDevice *) move->candidates->pdata[j])->address, spelled) + 5);
    }
    for (i = 0; i < came->len; i++) {
        const ifxDevice *device = came->pdata[i];

        ck_assert_ptr_null(ifxMovesFindNow(moves, &device->address));
        g_string_append_printf(out, "%s+%s", out->len > 0 ? ", " : "",
                               ifxPciAddressFormat(&device->address, spelled) + 5);
    }
    return g_string_free(out, FALSE);
}

#define IFX_NIC "8086:1521"

static const struct {
    const char *shows;
    const char *before;
    const char *now;
    const char *expected;
} ifxTestMovesTable[] = {
    { "nothing changed", "01:00.0 8086:1\n02:00.0 8086:2", "01:00.0 8086:1\n02:00.0 8086:2",
      "01:00.0=, 02:00.0=" },
    { "the only one of its kind is it, wherever it is",
      "01:00.0 8086:1 path=0000:00:01.0/00.0", "05:00.0 8086:1 path=0000:00:1c.0/00.0",
      "01:00.0>05:00.0" },
    { "an address is no identity", "01:00.0 8086:1", "01:00.0 10de:1", "01:00.0-, +01:00.0" },
    { "another class is another device", "01:00.0 8086:1 class=020000",
      "01:00.0 8086:1 class=010400", "01:00.0-, +01:00.0" },
    { "another subsystem is another device", "01:00.0 8086:1 sub=8086:1",
      "01:00.0 8086:1 sub=8086:2", "01:00.0-, +01:00.0" },
    { "what is unknown contradicts nothing", "01:00.0 8086:1 class=020000 sub=8086:1 nvme=A",
      "02:00.0 8086:1", "01:00.0>02:00.0" },
    { "another serial is another device", "01:00.0 8086:1 nvme=A", "01:00.0 8086:1 nvme=B",
      "01:00.0-, +01:00.0" },
    { "serials of two kinds are not compared", "01:00.0 8086:1 dsn=A", "01:00.0 8086:1 mac=B",
      "01:00.0=" },
    { "one serial of a kind that differs is enough", "01:00.0 8086:1 dsn=A mac=B",
      "01:00.0 8086:1 dsn=A mac=C", "01:00.0-, +01:00.0" },
    { "one address of several interfaces is enough", "01:00.0 15b3:1003 mac=A mac=B",
      "02:00.0 15b3:1003 mac=B mac=C", "01:00.0>02:00.0" },
    { "serials tell two alike that changed places",
      "01:00.0 8086:1 nvme=A path=1\n02:00.0 8086:1 nvme=B path=2",
      "01:00.0 8086:1 nvme=B path=1\n02:00.0 8086:1 nvme=A path=2",
      "01:00.0>02:00.0, 02:00.0>01:00.0" },
    { "one with a serial leaves the other one alone",
      "01:00.0 8086:1 nvme=A\n02:00.0 8086:1", "03:00.0 8086:1 nvme=A\n04:00.0 8086:1",
      "01:00.0>03:00.0, 02:00.0>04:00.0" },
    { "the functions of a card share its serial",
      "01:00.0 " IFX_NIC " dsn=A\n01:00.1 " IFX_NIC " dsn=A",
      "02:00.0 " IFX_NIC " dsn=A\n02:00.1 " IFX_NIC " dsn=A",
      "01:00.0>02:00.0, 01:00.1>02:00.1" },
    { "beside a card without one, too",
      "01:00.0 " IFX_NIC " dsn=A path=a\n01:00.1 " IFX_NIC " dsn=A path=b\n"
      "03:00.0 " IFX_NIC " path=c",
      "02:00.0 " IFX_NIC " dsn=A path=d\n02:00.1 " IFX_NIC " dsn=A path=e\n"
      "04:00.0 " IFX_NIC " path=f",
      "01:00.0>02:00.0, 01:00.1>02:00.1, 03:00.0>04:00.0" },
    { "a serial that many have tells nothing",
      "01:00.0 8086:1 dsn=A\n02:00.0 8086:1 dsn=A", "03:00.0 8086:1 dsn=A\n04:00.0 8086:1 dsn=A",
      "01:00.0?03:00.0?04:00.0, 02:00.0?03:00.0?04:00.0" },
    { "several alike are known by place",
      "01:00.0 8086:1 path=0000:00:01.0/00.0\n02:00.0 8086:1 path=0000:00:1c.0/00.0",
      "02:00.0 8086:1 path=0000:00:01.0/00.0\n03:00.0 8086:1 path=0000:00:1c.0/00.0",
      "01:00.0>02:00.0, 02:00.0>03:00.0" },
    { "a bridge on the root bus is a part of the board",
      "00:01.1 1022:1483 class=060400 path=0000:00:01.1",
      "00:01.1 1022:1483 class=060400 path=0000:00:01.1\n"
      "00:01.2 1022:1483 class=060400 path=0000:00:01.2", "00:01.1=, +00:01.2" },
    { "a bridge below another one is not",
      "01:00.0 1022:1483 class=060400 path=0000:00:01.1/00.0",
      "01:00.0 1022:1483 class=060400 path=0000:00:01.1/00.0\n"
      "02:00.0 1022:1483 class=060400 path=0000:00:01.2/00.0", "01:00.0?01:00.0?02:00.0" },
    { "several alike at other places are not known",
      "01:00.0 8086:1 path=a\n02:00.0 8086:1 path=b", "01:00.0 8086:1 path=a\n02:00.0 8086:1 path=c",
      "01:00.0?01:00.0?02:00.0, 02:00.0?01:00.0?02:00.0" },
    { "one more of a kind makes all unclear",
      "01:00.0 8086:1 path=a", "01:00.0 8086:1 path=a\n02:00.0 8086:1 path=b",
      "01:00.0?01:00.0?02:00.0" },
    { "one less, too", "01:00.0 8086:1 path=a\n02:00.0 8086:1 path=b", "01:00.0 8086:1 path=a",
      "01:00.0?01:00.0, 02:00.0?01:00.0" },
    { "several alike without places are not known",
      "01:00.0 8086:1\n02:00.0 8086:1", "01:00.0 8086:1\n02:00.0 8086:1",
      "01:00.0?01:00.0?02:00.0, 02:00.0?01:00.0?02:00.0" },
    { "a place does not prove what an id contradicts",
      "01:00.0 8086:1 path=a sub=1:1\n02:00.0 8086:1 path=b",
      "01:00.0 8086:1 path=a sub=2:2\n02:00.0 8086:1 path=b sub=1:1\n03:00.0 8086:1 path=c",
      "01:00.0?02:00.0?03:00.0, 02:00.0?01:00.0?02:00.0?03:00.0" },
    { "the functions of the only card are known by number",
      "01:00.0 " IFX_NIC " path=a/00.0\n01:00.1 " IFX_NIC " path=a/00.1",
      "05:00.0 " IFX_NIC " path=b/00.0\n05:00.1 " IFX_NIC " path=b/00.1",
      "01:00.0>05:00.0, 01:00.1>05:00.1" },
    { "but not if the card has other functions now",
      "01:00.0 " IFX_NIC " path=a/00.0\n01:00.1 " IFX_NIC " path=a/00.1",
      "05:00.0 " IFX_NIC " path=b/00.0\n05:00.2 " IFX_NIC " path=b/00.2",
      "01:00.0?05:00.0?05:00.2, 01:00.1?05:00.0?05:00.2" },
    { "a virtual function goes with its physical one, by index",
      "01:00.0 8086:1 nvme=A\n01:10.0 8086:9 pf=01:00.0\n01:10.4 8086:9 pf=01:00.0\n"
      "02:00.0 8086:1 nvme=B\n02:10.0 8086:9 pf=02:00.0",
      "01:00.0 8086:1 nvme=B\n01:10.0 8086:9 pf=01:00.0\n"
      "02:00.0 8086:1 nvme=A\n02:10.0 8086:9 pf=02:00.0\n02:10.4 8086:9 pf=02:00.0",
      "01:00.0>02:00.0, 01:10.0>02:10.0, 01:10.4>02:10.4, 02:00.0>01:00.0, 02:10.0>01:10.0" },
    { "a virtual function that is switched off is gone",
      "01:00.0 8086:1\n01:10.0 8086:9 pf=01:00.0\n01:10.4 8086:9 pf=01:00.0",
      "01:00.0 8086:1\n01:10.0 8086:9 pf=01:00.0", "01:00.0=, 01:10.0=, 01:10.4-" },
    { "one that is switched on came",
      "01:00.0 8086:1", "01:00.0 8086:1\n01:10.0 8086:9 pf=01:00.0", "01:00.0=, +01:10.0" },
    { "virtual functions of an unclear physical one are unclear",
      "01:00.0 8086:1\n01:10.0 8086:9 pf=01:00.0\n02:00.0 8086:1",
      "03:00.0 8086:1\n03:10.0 8086:9 pf=03:00.0\n04:00.0 8086:1",
      "01:00.0?03:00.0?04:00.0, 01:10.0?03:10.0, 02:00.0?03:00.0?04:00.0" },
    { "a new card renumbers the buses after it",
      "01:00.0 10de:1e84 path=0000:00:01.0/00.0\n02:00.0 " IFX_NIC " path=0000:00:1c.0/00.0\n"
      "02:00.1 " IFX_NIC " path=0000:00:1c.0/00.1",
      "01:00.0 144d:a808 path=0000:00:01.0/00.0\n02:00.0 10de:1e84 path=0000:00:01.1/00.0\n"
      "03:00.0 " IFX_NIC " path=0000:00:1c.0/00.0\n03:00.1 " IFX_NIC " path=0000:00:1c.0/00.1",
      "01:00.0>02:00.0, 02:00.0>03:00.0, 02:00.1>03:00.1, +01:00.0" },
};

START_TEST(a_device_is_known_by_the_rules)
{
    g_autoptr(ifxTopology) before = ifxTestMovesHost(ifxTestMovesTable[_i].before);
    g_autoptr(ifxTopology) now = ifxTestMovesHost(ifxTestMovesTable[_i].now);
    g_autoptr(ifxMoves) moves = ifxMovesNew(before, now);
    g_autofree char *got = ifxTestMovesFormat(moves);

    ck_assert_msg(strcmp(got, ifxTestMovesTable[_i].expected) == 0, "%s: got %s, expected %s",
                  ifxTestMovesTable[_i].shows, got, ifxTestMovesTable[_i].expected);
}
END_TEST

START_TEST(hosts_without_a_common_device_are_two_hosts)
{
    g_autoptr(ifxTopology) one = ifxTestMovesHost("01:00.0 8086:1 nvme=A");
    g_autoptr(ifxTopology) two = ifxTestMovesHost("01:00.0 8086:1 nvme=B");
    g_autoptr(ifxMoves) same = ifxMovesNew(one, one);
    g_autoptr(ifxMoves) other = ifxMovesNew(one, two);
    const ifxPciAddress absent = ifxTestAddress("07:00.0");

    ck_assert(ifxMovesIsSameHost(same));
    ck_assert(!ifxMovesIsSameHost(other));
    ck_assert_ptr_null(ifxMovesFind(same, &absent));
    ck_assert_ptr_null(ifxMovesFindNow(same, &absent));
}
END_TEST

START_TEST(no_serial_in_common_makes_two_hosts_of_one_model)
{
    static const struct {
        const char *before;
        const char *now;
        bool twins;
    } table[] = {
        /* A bridge is alike, and no serial is. */
        { "00:01.0 8086:9\n01:00.0 8086:1 nvme=A", "00:01.0 8086:9\n02:00.0 8086:1 nvme=B", true },
        /* A disk was replaced, and another one is there. */
        { "01:00.0 8086:1 nvme=A\n02:00.0 8086:1 nvme=C",
          "01:00.0 8086:1 nvme=B\n02:00.0 8086:1 nvme=C", false },
        /* The only disk was replaced by one of another kind. */
        { "00:01.0 8086:9\n01:00.0 8086:1 nvme=A", "00:01.0 8086:9\n01:00.0 8086:2 nvme=B", false },
        /* One side does not show the serial. */
        { "00:01.0 8086:9\n01:00.0 8086:1 nvme=A", "00:01.0 8086:9\n01:00.0 8086:1", false },
    };
    g_autoptr(ifxTopology) before = ifxTestMovesHost(table[_i].before);
    g_autoptr(ifxTopology) now = ifxTestMovesHost(table[_i].now);
    g_autoptr(ifxMoves) moves = ifxMovesNew(before, now);

    ck_assert(ifxMovesMayBeTwins(moves) == table[_i].twins);
}
END_TEST

static ifxTopology *
ifxTestMovesMany(guint shift)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint i;

    for (i = 0; i < IFX_TEST_CARDS; i++)
        g_string_append_printf(text, "%s%04x:%02x:%02x.%x 8086:1 path=%u", i > 0 ? "\n" : "",
                               i / 2048 + shift, i / 8 % 256, 0U, i % 8, i);
    return ifxTestMovesHost(text->str);
}

START_TEST(thousands_of_devices_that_are_alike_are_fast)
{
    g_autoptr(ifxTopology) before = ifxTestMovesMany(0);
    g_autoptr(ifxTopology) now = ifxTestMovesMany(1);
    const gint64 start = g_get_monotonic_time();
    g_autoptr(ifxMoves) moves = ifxMovesNew(before, now);
    guint i;

    for (i = 0; i < IFX_TEST_CARDS; i++)
        ck_assert_int_eq(ifxMovesGetNth(moves, i)->state, IFX_MOVE_MOVED);
    ck_assert_int_lt(g_get_monotonic_time() - start, 20 * G_USEC_PER_SEC);
}
END_TEST

static const guint8 ifxTestNotDsn[] = { 0x0d, 0, 1, 0x14 };
static const guint8 ifxTestDsn[] = { 3, 0, 1, 0, 0x78, 0x56, 0x34, 0x12, 0xff, 0xff, 0x1b, 0 };

/* The capability at 0x100 is no serial number and names the one at 0x140. */
static void
ifxTestMovesWriteConfig(const char *root,
                        const char *path)
{
    g_autofree char *file = g_build_filename(root, path, NULL);
    char config[4096] = { 0 };

    memcpy(config + 0x100, ifxTestNotDsn, sizeof(ifxTestNotDsn));
    memcpy(config + 0x140, ifxTestDsn, sizeof(ifxTestDsn));
    ck_assert(g_file_set_contents(file, config, sizeof(config), NULL));
}

#define IFX_CARD "sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/"

START_TEST(sysfs_shows_what_a_device_is_known_by)
{
    static const char *const entries[] = {
        "sys/bus/pci/devices/0000:01:00.0",
        "->../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0",
        IFX_CARD "vendor", "0x8086\n", IFX_CARD "device", "0x0001\n",
        IFX_CARD "subsystem_vendor", "0x1458\n", IFX_CARD "subsystem_device", "0x3fc3\n",
        IFX_CARD "nvme/nvme0/serial", "S4EWNX0R            \n",
        IFX_CARD "net/eno1/address", "00:1b:21:12:34:56\n",
        IFX_CARD "net/eno1/addr_assign_type", "0\n",
        NULL,
    };
    static const char *const bonded[] = {
        IFX_CARD "net/eno2/address", "00:1b:21:12:34:57\n",
        IFX_CARD "net/eno2/addr_assign_type", "3\n",
        NULL,
    };
    char *root = ifxTestTreeNew(entries);
    guint turn;

    ifxTestMovesWriteConfig(root, IFX_CARD "config");
    for (turn = 0; turn < 2; turn++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ifxTopology) topology = ifxTopologySysfsLoad(root, &error);
        const ifxPciAddress address = ifxTestAddress("01:00.0");
        const ifxDevice *device;

        ifxAssertNoError(error);
        device = ifxTopologyGetDevice(topology, &address);
        ck_assert_ptr_null(device->serials);
        ck_assert(!device->has_subsystem);
        ck_assert_str_eq(device->path, "0000:00:01.0/00.0");

        ifxIdentityReadAll(root, topology);
        ck_assert(device->has_subsystem);
        ck_assert_uint_eq(device->subsystem_vendor_id, 0x1458);
        ck_assert_uint_eq(device->subsystem_product_id, 0x3fc3);
        ck_assert_uint_eq(device->serials->len, 3 - turn);
        ck_assert_str_eq(device->serials->pdata[0], "dsn:001bffff12345678");
        ck_assert_str_eq(device->serials->pdata[2 - turn], "nvme:S4EWNX0R");
        if (turn == 0)
            ck_assert_str_eq(device->serials->pdata[1], "mac:00:1b:21:12:34:56");
        ifxTestTreeAdd(root, bonded);
    }
    ifxTestTreeFree(root);
}
END_TEST

START_TEST(a_serial_must_be_plain_and_tell_something)
{
    static const struct {
        const char *kind;
        const char *value;
        const char *serial;
    } table[] = {
        { "nvme", " S4 EW ", "nvme:S4 EW" }, { "nvme", "", NULL }, { "nvme", "  ", NULL },
        { "dsn", "0000000000000000", NULL }, { "mac", "00:00:00:00:00:00", NULL },
        { "nvme", "a\x01", NULL }, { "nvme", "\xc3\xa9", NULL }, { "nvme", "a  b", NULL },
        { "NVMe", "a", NULL }, { "", "a", NULL },
    };
    const ifxPciAddress address = ifxTestAddress("01:00.0");
    guint i;

    for (i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autoptr(ifxDevice) device = ifxDeviceNew(&address);

        ck_assert_int_eq(ifxDeviceAddSerial(device, table[i].kind, table[i].value),
                         table[i].serial != NULL);
        if (table[i].serial)
            ck_assert_str_eq(device->serials->pdata[0], table[i].serial);
        else
            ck_assert_ptr_null(device->serials);
    }
}
END_TEST

START_TEST(below_vmd_no_number_is_in_a_path)
{
    const ifxPciAddress address = ifxTestAddress("10000:e1:00.0");
    g_autoptr(ifxDevice) device = ifxDeviceNew(&address);

    ifxDeviceSetPath(device, "../../devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/"
                     "10000:e1:00.0/nvme");
    ck_assert_str_eq(device->path, "0000:00:0e.0/06.0/00.0");
}
END_TEST

Suite *
ifxSuiteMoves(void)
{
    Suite *suite = suite_create("moves");
    TCase *tests = tcase_create("moves");

    tcase_add_loop_test(tests, a_device_is_known_by_the_rules, 0,
                        G_N_ELEMENTS(ifxTestMovesTable));
    tcase_add_test(tests, hosts_without_a_common_device_are_two_hosts);
    tcase_add_loop_test(tests, no_serial_in_common_makes_two_hosts_of_one_model, 0, 4);
    tcase_add_test(tests, thousands_of_devices_that_are_alike_are_fast);
    tcase_add_test(tests, sysfs_shows_what_a_device_is_known_by);
    tcase_add_test(tests, a_serial_must_be_plain_and_tell_something);
    tcase_add_test(tests, below_vmd_no_number_is_in_a_path);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return suite;
}
