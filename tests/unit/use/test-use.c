/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"
#include "test-use.h"
#include "use/use-internal.h"

static void
ifxTestAddDevice(const char *id,
                 const char *address)
{
    const ifxPciAddress parsed = ifxTestAddress(address);

    ifxUseGraphAddDevice(graph, id, &parsed);
}

START_TEST(a_chain_leads_from_the_device_to_its_use)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");
    const ifxUse *found;

    /* From the top down: things can be named before they are added. */
    ifxUseGraphAddUse(graph, "block/dm-1", IFX_USE_MOUNTED, true, "/");
    ifxUseGraphAddBelow(graph, "block/dm-1", "block/dm-0");
    ifxUseGraphAddBelow(graph, "block/dm-0", "block/nvme1n1p2");
    ifxUseGraphAddBelow(graph, "block/nvme1n1p2", "block/nvme1n1");
    ifxUseGraphAddThing(graph, "block/dm-1", "dm-1 (lvm)");
    ifxUseGraphAddThing(graph, "block/dm-0", "dm-0 (luks)");
    ifxUseGraphAddThing(graph, "block/nvme1n1p2", "nvme1n1p2");
    ifxUseGraphAddThing(graph, "block/nvme1n1", "nvme1n1");
    ifxUseGraphAddThing(graph, "block/nvme1n1", "another label");
    ifxTestAddDevice("block/nvme1n1", "0000:04:00.0");

    ifxAssertChains("0000:04:00.0",
                    "nvme1n1 -> nvme1n1p2 -> dm-0 (luks) -> dm-1 (lvm) -> /\n");
    found = ifxUseEvidenceGet(graph, &address)->pdata[0];
    ck_assert_int_eq(found->kind, IFX_USE_MOUNTED);
    ck_assert(found->vital);
    ck_assert_ptr_null(found->domain);
    ck_assert_uint_eq(found->chain->len, 5);
}
END_TEST

START_TEST(nothing_is_known_of_a_host_that_was_not_looked_at)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");

    ck_assert_int_eq(ifxUseGraphGetSight(graph), 0);
    ck_assert_ptr_null(ifxUseEvidenceGet(graph, &address));
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "block/sda"));
    ck_assert(!ifxUseGraphIsCarrier(graph, "block/sda"));
    ifxAssertDevices("block/sda", "");

    ifxUseGraphAddSight(graph, IFX_SIGHT_STORAGE);
    ifxUseGraphAddSight(graph, IFX_SIGHT_PROCESSES);
    ck_assert_int_eq(ifxUseGraphGetSight(graph), IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES);
}
END_TEST

START_TEST(a_device_whose_things_are_idle_has_no_evidence)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");

    ifxTestAddDevice("block/sda", "0000:04:00.0");
    ck_assert_ptr_null(ifxUseEvidenceGet(graph, &address));
    ck_assert_ptr_null(ifxUseEvidenceGet(graph, &address));
    ck_assert(!ifxUseGraphIsCarrier(graph, "block/sda"));
}
END_TEST

START_TEST(evidence_that_was_asked_for_follows_what_is_added)
{
    ifxTestAddDevice("block/sda", "0000:04:00.0");
    ifxAssertChains("0000:04:00.0", "");
    ifxUseGraphAddUse(graph, "block/sda1", IFX_USE_SWAP, true, "swap");
    ifxAssertChains("0000:04:00.0", "");
    ifxUseGraphAddBelow(graph, "block/sda1", "block/sda");
    ifxAssertChains("0000:04:00.0", "block/sda -> block/sda1 -> swap\n");
    ifxUseGraphAddThing(graph, "block/sda", "sda");
    ifxAssertChains("0000:04:00.0", "sda -> block/sda1 -> swap\n");
    ifxTestAddDevice("block/sda1", "0000:04:00.1");
    ifxAssertChains("0000:04:00.1", "block/sda1 -> swap\n");
}
END_TEST

START_TEST(uses_come_in_the_order_in_which_they_were_added)
{
    ifxTestAddDevice("block/sda", "0000:04:00.0");
    ifxUseGraphAddBelow(graph, "block/sda1", "block/sda");
    ifxUseGraphAddBelow(graph, "block/sda2", "block/sda");
    ifxUseGraphAddUse(graph, "block/sda2", IFX_USE_MOUNTED, false, "/srv");
    ifxUseGraphAddUse(graph, "block/sda", IFX_USE_PROCESS, false, "dd (7)");
    ifxUseGraphAddUse(graph, "block/sda1", IFX_USE_MOUNTED, true, "/");
    ifxUseGraphAddUse(graph, "block/sda2", IFX_USE_MOUNTED, false, "/srv/too");
    ifxUseGraphAddUse(graph, "block/sda", IFX_USE_UNCLEAR, false, NULL);

    ifxAssertChains("0000:04:00.0",
                    "block/sda -> block/sda2 -> /srv\n"
                    "block/sda -> dd (7)\n"
                    "block/sda -> block/sda1 -> /\n"
                    "block/sda -> block/sda2 -> /srv/too\n"
                    "block/sda\n");
}
END_TEST

START_TEST(a_use_that_several_ways_lead_to_is_listed_once)
{
    guint i;

    /* A mirror of two partitions of one disk and one of another; each added twice. */
    for (i = 0; i < 2; i++) {
        ifxTestAddDevice("block/sda", "0000:04:00.0");
        ifxTestAddDevice("block/sdb", "0000:05:00.0");
        ifxUseGraphAddBelow(graph, "block/sda1", "block/sda");
        ifxUseGraphAddBelow(graph, "block/sda2", "block/sda");
        ifxUseGraphAddBelow(graph, "block/md0", "block/sda1");
        ifxUseGraphAddBelow(graph, "block/md0", "block/sda2");
        ifxUseGraphAddBelow(graph, "block/md0", "block/sdb");
    }
    ifxUseGraphAddUse(graph, "block/md0", IFX_USE_MOUNTED, true, "/");

    ifxAssertChains("0000:04:00.0", "block/sda -> block/sda1 -> block/md0 -> /\n");
    ifxAssertChains("0000:05:00.0", "block/sdb -> block/md0 -> /\n");
    ifxAssertDevices("block/md0", "0000:05:00.0 0000:04:00.0 ");
}
END_TEST

START_TEST(the_chain_is_the_shortest_way)
{
    ifxTestAddDevice("a", "0000:04:00.0");
    ifxUseGraphAddBelow(graph, "b", "a");
    ifxUseGraphAddBelow(graph, "c", "b");
    ifxUseGraphAddBelow(graph, "c", "a");
    ifxUseGraphAddUse(graph, "c", IFX_USE_NETWORK, false, "up");
    ifxAssertChains("0000:04:00.0", "a -> c -> up\n");

    ifxTestAddDevice("c", "0000:04:00.0");
    ifxAssertChains("0000:04:00.0", "c -> up\n");
}
END_TEST

START_TEST(things_in_a_circle_end)
{
    ifxTestAddDevice("a", "0000:04:00.0");
    ifxUseGraphAddBelow(graph, "b", "a");
    ifxUseGraphAddBelow(graph, "c", "b");
    ifxUseGraphAddBelow(graph, "a", "c");
    ifxUseGraphAddUse(graph, "a", IFX_USE_MOUNTED, false, "/a");
    ifxUseGraphAddUse(graph, "c", IFX_USE_MOUNTED, false, "/c");

    ifxAssertChains("0000:04:00.0", "a -> /a\na -> b -> c -> /c\n");
    ifxAssertDevices("a", "0000:04:00.0 ");
    ifxAssertDevices("c", "0000:04:00.0 ");
}
END_TEST

START_TEST(a_thing_does_not_sit_on_itself)
{
    ifxUseGraphAddBelow(graph, "block/md0", "block/md0");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "block/md0"), "block/md0");
    ck_assert(!ifxUseGraphIsCarrier(graph, "block/md0"));
}
END_TEST

START_TEST(a_carrier_is_what_something_sits_on_or_uses)
{
    ifxUseGraphAddBelow(graph, "block/sda1", "block/sda");
    ck_assert(ifxUseGraphIsCarrier(graph, "block/sda"));
    ck_assert(!ifxUseGraphIsCarrier(graph, "block/sda1"));
    ifxUseGraphAddUse(graph, "block/sda1", IFX_USE_SWAP, true, NULL);
    ck_assert(ifxUseGraphIsCarrier(graph, "block/sda1"));
    ifxTestAddDevice("net/eno1", "0000:04:00.0");
    ck_assert(!ifxUseGraphIsCarrier(graph, "net/eno1"));
}
END_TEST

START_TEST(an_alias_stands_for_one_thing)
{
    ifxUseGraphAddAlias(graph, "/dev/sda", "block/sda");
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/sda"));
    ifxUseGraphAddThing(graph, "block/sda", "sda");
    ifxUseGraphAddThing(graph, "block/sdb", "sdb");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/sda"), "block/sda");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "block/sda"), "block/sda");

    ifxUseGraphAddAlias(graph, "/dev/sda", "block/sdb");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "/dev/sda"), "block/sda");

    /* An alias does not hide a thing. */
    ifxUseGraphAddAlias(graph, "block/sdb", "block/sda");
    ck_assert_str_eq(ifxUseGraphLookup(graph, "block/sdb"), "block/sdb");
}
END_TEST

START_TEST(aliases_of_aliases_are_not_followed)
{
    ifxUseGraphAddThing(graph, "block/sda", "sda");
    ifxUseGraphAddAlias(graph, "/dev/a", "/dev/b");
    ifxUseGraphAddAlias(graph, "/dev/b", "/dev/a");
    ifxUseGraphAddAlias(graph, "/dev/self", "/dev/self");
    ifxUseGraphAddAlias(graph, "/dev/sda", "block/sda");
    ifxUseGraphAddAlias(graph, "/dev/disk/by-id/x", "/dev/sda");

    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/a"));
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/b"));
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/self"));
    ck_assert_ptr_null(ifxUseGraphLookup(graph, "/dev/disk/by-id/x"));
}
END_TEST

START_TEST(an_id_that_was_looked_up_lasts)
{
    const char *id;
    guint i;

    ifxUseGraphAddThing(graph, "block/sda", "sda");
    id = ifxUseGraphLookup(graph, "block/sda");
    for (i = 0; i < 1000; i++) {
        g_autofree char *other = g_strdup_printf("block/sd%u", i);

        ifxUseGraphAddUse(graph, other, IFX_USE_MOUNTED, false, id);
    }
    ck_assert_ptr_eq(ifxUseGraphLookup(graph, "block/sda"), id);
    ck_assert_str_eq(id, "block/sda");
}
END_TEST

START_TEST(the_domain_of_a_process_is_kept)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");
    const ifxUse *found;

    ifxTestAddDevice("vfio/11", "0000:04:00.0");
    ifxUseGraphAddDomainProcess(graph, "vfio/11", "domain a (812)",
                                "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    found = ifxUseEvidenceGet(graph, &address)->pdata[0];
    ck_assert_int_eq(found->kind, IFX_USE_PROCESS);
    ck_assert(!found->vital);
    ck_assert_str_eq(found->domain, "4dea22b31d52d8f32516782e98ab3fa0");
    ifxAssertChains("0000:04:00.0", "vfio/11 -> domain a (812)\n");
}
END_TEST

#define IFX_TEST_ROW 10000u

START_TEST(a_long_row_shows_both_its_ends)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");
    const GPtrArray *uses;
    const ifxUse *last;
    guint i;

    ifxTestAddDevice("t0", "0000:04:00.0");
    for (i = 1; i < IFX_TEST_ROW; i++) {
        g_autofree char *below = g_strdup_printf("t%u", i - 1);
        g_autofree char *id = g_strdup_printf("t%u", i);

        ifxUseGraphAddBelow(graph, id, below);
        ifxUseGraphAddUse(graph, id, IFX_USE_MOUNTED, false, "/");
    }

    uses = ifxUseEvidenceGet(graph, &address);
    ck_assert_uint_eq(uses->len, IFX_TEST_ROW - 1);
    for (i = 1; i < IFX_TEST_ROW; i++) {
        const ifxUse *found = uses->pdata[i - 1];

        ck_assert_uint_eq(found->chain->len, MIN(i + 1, IFX_CHAIN_MAX + 1) + 1);
        ck_assert_str_eq(found->chain->pdata[0], "t0");
    }

    /* Nothing is left out where "..." would not be shorter. */
    last = uses->pdata[IFX_CHAIN_MAX - 2];
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX / 2], "t16");
    last = uses->pdata[IFX_CHAIN_MAX - 1];
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX / 2 - 1], "t15");
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX / 2], "...");
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX / 2 + 1], "t17");
    last = uses->pdata[IFX_TEST_ROW - 2];
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX / 2 + 1], "t9984");
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX], "t9999");
    ck_assert_str_eq(last->chain->pdata[IFX_CHAIN_MAX + 1], "/");
}
END_TEST

START_TEST(many_uses_of_one_thing_at_the_end_of_a_long_row_are_found)
{
    const ifxPciAddress address = ifxTestAddress("0000:04:00.0");
    g_autofree char *top = g_strdup_printf("t%u", IFX_TEST_ROW - 1);
    guint i;

    ifxTestAddDevice("t0", "0000:04:00.0");
    for (i = 1; i < IFX_TEST_ROW; i++) {
        g_autofree char *below = g_strdup_printf("t%u", i - 1);
        g_autofree char *id = g_strdup_printf("t%u", i);

        ifxUseGraphAddBelow(graph, id, below);
    }
    for (i = 0; i < 100000; i++)
        ifxUseGraphAddUse(graph, top, IFX_USE_PROCESS, false, "p");
    ck_assert_uint_eq(ifxUseEvidenceGet(graph, &address)->len, 100000);
}
END_TEST

START_TEST(a_thing_on_very_many_others_is_found_from_each)
{
    guint32 i;

    for (i = 0; i < IFX_TEST_ROW; i++) {
        const ifxPciAddress address = { .domain = i };
        g_autofree char *id = g_strdup_printf("t%u", i);

        ifxUseGraphAddBelow(graph, "zfs/tank", id);
        ifxUseGraphAddDevice(graph, id, &address);
        ifxUseGraphAddDevice(graph, "zfs/tank", &address);
    }
    ifxUseGraphAddUse(graph, "zfs/tank", IFX_USE_UNCLEAR, false, "zfs");
    for (i = 0; i < IFX_TEST_ROW; i++) {
        const ifxPciAddress address = { .domain = i };

        ck_assert_uint_eq(ifxUseEvidenceGet(graph, &address)->len, 1);
    }
}
END_TEST

START_TEST(each_sight_has_one_loader)
{
    guint seen = 0;
    guint i;

    for (i = 0; ifxUseLoaders[i]; i++) {
        ck_assert_uint_eq(seen & ifxUseLoaders[i]->sight, 0);
        seen |= ifxUseLoaders[i]->sight;
    }
    ck_assert_uint_eq(seen, IFX_SIGHT_ALL);
}
END_TEST

START_TEST(a_reference_keeps_it)
{
    ifxUseGraph *other = ifxUseGraphRef(graph);

    ifxUseGraphAddThing(graph, "block/sda", "sda");
    ifxUseGraphUnref(other);
    ck_assert_str_eq(ifxUseGraphLookup(graph, "block/sda"), "block/sda");
    ifxUseGraphUnref(NULL);
}
END_TEST

Suite *
ifxSuiteUse(void)
{
    Suite *suite = suite_create("use");
    TCase *model = tcase_create("model");
    TCase *size = tcase_create("size");

    tcase_add_checked_fixture(model, ifxTestStart, ifxTestEnd);
    tcase_add_test(model, a_chain_leads_from_the_device_to_its_use);
    tcase_add_test(model, nothing_is_known_of_a_host_that_was_not_looked_at);
    tcase_add_test(model, a_device_whose_things_are_idle_has_no_evidence);
    tcase_add_test(model, evidence_that_was_asked_for_follows_what_is_added);
    tcase_add_test(model, uses_come_in_the_order_in_which_they_were_added);
    tcase_add_test(model, a_use_that_several_ways_lead_to_is_listed_once);
    tcase_add_test(model, the_chain_is_the_shortest_way);
    tcase_add_test(model, things_in_a_circle_end);
    tcase_add_test(model, a_thing_does_not_sit_on_itself);
    tcase_add_test(model, a_carrier_is_what_something_sits_on_or_uses);
    tcase_add_test(model, an_alias_stands_for_one_thing);
    tcase_add_test(model, aliases_of_aliases_are_not_followed);
    tcase_add_test(model, an_id_that_was_looked_up_lasts);
    tcase_add_test(model, the_domain_of_a_process_is_kept);
    tcase_add_test(model, a_reference_keeps_it);
    tcase_add_test(model, each_sight_has_one_loader);
    suite_add_tcase(suite, model);

    tcase_add_checked_fixture(size, ifxTestStart, ifxTestEnd);
    tcase_set_timeout(size, 60);
    tcase_add_test(size, a_long_row_shows_both_its_ends);
    tcase_add_test(size, many_uses_of_one_thing_at_the_end_of_a_long_row_are_found);
    tcase_add_test(size, a_thing_on_very_many_others_is_found_from_each);
    suite_add_tcase(suite, size);
    return suite;
}
