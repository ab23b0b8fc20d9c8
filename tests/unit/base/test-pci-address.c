/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"

typedef struct {
    const char *text;
    ifxPciAddress address;
    const char *printed;
} ifxTestSpelling;

static const ifxTestSpelling spellings[] = {
    { "0000:00:00.0", { 0, 0, 0, 0 }, "0000:00:00.0" },
    { "0000:01:00.1", { 0, 1, 0, 1 }, "0000:01:00.1" },
    { "0005:90:01.3", { 5, 0x90, 1, 3 }, "0005:90:01.3" },
    { "ffff:ff:1f.7", { 0xffff, 0xff, 0x1f, 7 }, "ffff:ff:1f.7" },
    { "10000:e1:00.0", { 0x10000, 0xe1, 0, 0 }, "10000:e1:00.0" },
    { "ffffffff:ff:1f.7", { 0xffffffff, 0xff, 0x1f, 7 }, "ffffffff:ff:1f.7" },
    { "00010000:e1:00.0", { 0x10000, 0xe1, 0, 0 }, "10000:e1:00.0" },
    { "01:00.0", { 0, 1, 0, 0 }, "0000:01:00.0" },
    { "ff:1f.7", { 0, 0xff, 0x1f, 7 }, "0000:ff:1f.7" },
    { "00AB:CD:1E.7", { 0xab, 0xcd, 0x1e, 7 }, "00ab:cd:1e.7" },
};

START_TEST(kernel_spelling_is_read_and_printed)
{
    const ifxTestSpelling *spelling = &spellings[_i];
    char buffer[IFX_PCI_ADDRESS_LENGTH];
    ifxPciAddress address;

    ck_assert(ifxPciAddressParse(spelling->text, &address));
    ck_assert_uint_eq(address.domain, spelling->address.domain);
    ck_assert_uint_eq(address.bus, spelling->address.bus);
    ck_assert_uint_eq(address.slot, spelling->address.slot);
    ck_assert_uint_eq(address.function, spelling->address.function);
    ck_assert_ptr_eq(ifxPciAddressFormat(&address, buffer), buffer);
    ck_assert_str_eq(buffer, spelling->printed);
}
END_TEST

static const char *const no_spellings[] = {
    "", ":", ".", "::", "::.", "AMDI0095:00", "dwc3.1.auto", "fd4d0000.usb",
    "arm-smmu-v3-pmcg.8.auto", "pci_0000_01_00_0",
    "0000:01:00", "0000:01:00.", "0000:01:00:0", "0000.01:00.0",
    "0000:01:00.0 ", " 0000:01:00.0", "0000:01:00.0\n", "0000:01:00.0x", "0000:01:00.00",
    "0000:01:20.0", "0000:01:ff.0", "0000:01:00.8", "0000:01:00.a", "0000:01:00.g",
    "000:01:00.0", "000000000:01:00.0", "0000:1:00.0", "0000:001:00.0", "0000:01:0.0",
    "0x0000:01:00.0", "-0001:01:00.0", "+0001:01:00.0", "1:00.0", ":01:00.0", "0000::00.0",
    "0000:01:00.0:", "0000:0000:01:00.0",
};

START_TEST(anything_else_is_no_address)
{
    ifxPciAddress address;

    ck_assert_msg(!ifxPciAddressParse(no_spellings[_i], &address),
                  "'%s' was taken for an address", no_spellings[_i]);
}
END_TEST

typedef struct {
    const char *domain;
    const char *bus;
    const char *slot;
    const char *function;
    const char *printed;
} ifxTestAttributes;

static const ifxTestAttributes attributes[] = {
    { "0x0000", "0x01", "0x00", "0x1", "0000:01:00.1" },
    { "0", "31", "31", "7", "0000:1f:1f.7" },
    { "010", "010", "010", "07", "0008:08:08.7" },
    { "0X10000", "0XE1", "0x1F", "0", "10000:e1:1f.0" },
    { "65536", "255", "0", "0", "10000:ff:00.0" },
    { "0xffffffff", "0xff", "0x1f", "0x7", "ffffffff:ff:1f.7" },
    { NULL, NULL, NULL, NULL, "0000:00:00.0" },
    { NULL, "4", NULL, NULL, "0000:04:00.0" },
    { "1", NULL, NULL, NULL, "0001:00:00.0" },
    { NULL, NULL, "2", NULL, "0000:00:02.0" },
    { NULL, NULL, NULL, "3", "0000:00:00.3" },
};

START_TEST(attributes_are_c_numbers_and_absent_ones_are_zero)
{
    const ifxTestAttributes *a = &attributes[_i];
    g_autoptr(GError) error = NULL;
    ifxPciAddress address;

    ck_assert(ifxPciAddressFromAttributes(a->domain, a->bus, a->slot, a->function,
                                          &address, &error));
    ifxAssertNoError(error);
    ifxAssertAddress(&address, a->printed);
}
END_TEST

/* Attributes by name, so that each bad value meets each of them. */
static bool
ifxTestReadOne(const char *name,
               const char *value,
               GError **error)
{
    ifxPciAddress address;

    return ifxPciAddressFromAttributes(strcmp(name, "domain") == 0 ? value : "0",
                                       strcmp(name, "bus") == 0 ? value : "0",
                                       strcmp(name, "slot") == 0 ? value : "0",
                                       strcmp(name, "function") == 0 ? value : "0",
                                       &address, error);
}

static const char *const attribute_names[] = { "domain", "bus", "slot", "function" };

static const char *const no_numbers[] = {
    "", " ", "-1", "-0", " -1", "x", "0x", "0a", "08", "1 ", "1.0", "1x", "0x1g", "one",
};

START_TEST(attribute_that_is_no_number_is_named)
{
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(attribute_names); i++) {
        g_autofree char *expected = g_strdup_printf("%s='%s' of a PCI address is not a number",
                                                    attribute_names[i], no_numbers[_i]);
        g_autoptr(GError) error = NULL;

        ck_assert(!ifxTestReadOne(attribute_names[i], no_numbers[_i], &error));
        ifxAssertError(error, IFX_ERROR_XML, expected);
    }
}
END_TEST

typedef struct {
    const char *name;
    const char *value;
    const char *limit;
} ifxTestRange;

static const ifxTestRange ranges[] = {
    { "domain", "0x100000000", "0xffffffff" },
    { "domain", "4294967296", "0xffffffff" },
    { "bus", "0x100", "0xff" },
    { "bus", "256", "0xff" },
    { "bus", "0xffffffffffff", "0xff" },
    { "slot", "0x20", "0x1f" },
    { "slot", "32", "0x1f" },
    { "function", "8", "0x7" },
    { "function", "0x10", "0x7" },
};

START_TEST(attribute_out_of_range_is_named_with_its_limit)
{
    const ifxTestRange *range = &ranges[_i];
    g_autofree char *value = g_strdup_printf("%s='%s'", range->name, range->value);
    g_autofree char *limit = g_strdup_printf("out of range: it must be %s or less",
                                             range->limit);
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxTestReadOne(range->name, range->value, &error));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_nonnull(strstr(error->message, limit));
    ifxAssertError(error, IFX_ERROR_XML, value);
}
END_TEST

START_TEST(bus_over_0xff_is_out_of_range)
{
    g_autoptr(GError) error = NULL;
    ifxPciAddress address;

    ck_assert(ifxPciAddressFromAttributes("0", "0xff", "0", "0", &address, &error));
    ck_assert(!ifxPciAddressFromAttributes("0", "0x100", "0", "0", &address, &error));
    ifxAssertError(error, IFX_ERROR_XML, "bus='0x100'");
}
END_TEST

START_TEST(number_that_no_c_type_holds_is_an_error)
{
    g_autoptr(GError) error = NULL;

    ck_assert(!ifxTestReadOne("slot", "99999999999999999999999", &error));
    ifxAssertError(error, IFX_ERROR_XML, "slot='99999999999999999999999'");
}
END_TEST

START_TEST(errors_may_be_ignored)
{
    ck_assert(!ifxTestReadOne("bus", "0x100", NULL));
    ck_assert(!ifxTestReadOne("bus", "x", NULL));
}
END_TEST

/* Ascending; each field outweighs those behind it. */
static const char *const ascending[] = {
    "0000:00:00.0", "0000:00:00.7", "0000:00:01.0", "0000:00:1f.7", "0000:01:00.0",
    "0000:01:00.1", "0000:ff:1f.7", "0001:00:00.0", "ffff:00:00.0", "10000:00:00.0",
    "7fffffff:00:00.0", "80000000:00:00.0", "ffffffff:00:00.0",
};

START_TEST(order_is_by_domain_bus_slot_function)
{
    const ifxPciAddress left = ifxTestAddress(ascending[_i]);
    int i;

    for (i = 0; i < (int) G_N_ELEMENTS(ascending); i++) {
        const ifxPciAddress right = ifxTestAddress(ascending[i]);
        const int order = ifxPciAddressCompare(&left, &right);

        ck_assert_msg((order > 0) - (order < 0) == (_i > i) - (_i < i),
                      "%s against %s: %d", ascending[_i], ascending[i], order);
        ck_assert_int_eq(ifxPciAddressEqual(&left, &right), _i == i);
    }
}
END_TEST

START_TEST(equal_addresses_are_one_key)
{
    g_autoptr(GHashTable) set = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                      g_free, NULL);
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(ascending); i++) {
        const ifxPciAddress address = ifxTestAddress(ascending[i]);

        ck_assert(g_hash_table_add(set, g_memdup2(&address, sizeof(address))));
        ck_assert(!g_hash_table_add(set, g_memdup2(&address, sizeof(address))));
    }
    ck_assert_uint_eq(g_hash_table_size(set), G_N_ELEMENTS(ascending));

    for (i = 0; i < G_N_ELEMENTS(ascending); i++) {
        const ifxPciAddress address = ifxTestAddress(ascending[i]);

        ck_assert(g_hash_table_contains(set, &address));
    }
    ck_assert(!g_hash_table_contains(set, &(ifxPciAddress) { .bus = 0x77 }));
}
END_TEST

Suite *
ifxSuitePciAddress(void)
{
    Suite *suite = suite_create("pci-address");
    TCase *spelled = tcase_create("kernel spelling");
    TCase *xml = tcase_create("attributes");
    TCase *order = tcase_create("order");

    tcase_add_loop_test(spelled, kernel_spelling_is_read_and_printed,
                        0, G_N_ELEMENTS(spellings));
    tcase_add_loop_test(spelled, anything_else_is_no_address, 0, G_N_ELEMENTS(no_spellings));
    suite_add_tcase(suite, spelled);

    tcase_add_loop_test(xml, attributes_are_c_numbers_and_absent_ones_are_zero,
                        0, G_N_ELEMENTS(attributes));
    tcase_add_loop_test(xml, attribute_that_is_no_number_is_named,
                        0, G_N_ELEMENTS(no_numbers));
    tcase_add_loop_test(xml, attribute_out_of_range_is_named_with_its_limit,
                        0, G_N_ELEMENTS(ranges));
    tcase_add_test(xml, bus_over_0xff_is_out_of_range);
    tcase_add_test(xml, number_that_no_c_type_holds_is_an_error);
    tcase_add_test(xml, errors_may_be_ignored);
    suite_add_tcase(suite, xml);

    tcase_add_loop_test(order, order_is_by_domain_bus_slot_function,
                        0, G_N_ELEMENTS(ascending));
    tcase_add_test(order, equal_addresses_are_one_key);
    suite_add_tcase(suite, order);
    return suite;
}
