/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "host/moves-claims.h"
#include "plan/rewrite.h"
#include "suite.h"
#include "test-plan.h"
#include "write/record.h"
#include "write/undo-internal.h"

#define IFX_NIC 0x020000
#define IFX_NVME_DISK 0x010802

/* A disk came: buses 1 and 2 are 2 and 3 now, and what was on bus 3 is on bus a. */
static const ifxTestPart old_parts[] = {
    { "0000:01:00.0", 1, IFX_GPU, "", IFX_HEADER_ENDPOINT, false },
    { "0000:01:00.1", 1, IFX_AUDIO, "", IFX_HEADER_ENDPOINT, false },
    { "0000:02:00.0", 2, IFX_NIC, "", IFX_HEADER_ENDPOINT, false },
    { "0000:03:00.0", 3, IFX_USB, "", IFX_HEADER_ENDPOINT, false },
    { "0000:04:00.0", 4, 0x118000, "", IFX_HEADER_ENDPOINT, false },
    { "0000:05:00.0", 5, 0x048000, "", IFX_HEADER_ENDPOINT, false },
    { 0 },
};
static const ifxTestPart new_parts[] = {
    { "0000:01:00.0", 9, IFX_NVME_DISK, "", IFX_HEADER_ENDPOINT, false },
    { "0000:02:00.0", 1, IFX_GPU, "", IFX_HEADER_ENDPOINT, false },
    { "0000:02:00.1", 1, IFX_AUDIO, "", IFX_HEADER_ENDPOINT, false },
    { "0000:03:00.0", 2, IFX_NIC, "", IFX_HEADER_ENDPOINT, false },
    { "0000:04:00.0", 4, 0x118000, "", IFX_HEADER_ENDPOINT, false },
    { "0000:0a:00.0", 3, IFX_USB, "", IFX_HEADER_ENDPOINT, false },
    { 0 },
};

typedef struct {
    const char *xml;
    bool recorded;          /* the state folder shows that it was not rewritten */
    const char *allowed;
    bool prune;
    const char *plan;
    const char *text;       /* what becomes of it; NULL: it is refused */
} ifxTestMoved;

#define IFX_GPUS(bus) IFX_HOSTDEV(bus, "0") IFX_PLACEHOLDER(bus, "1")
#define IFX_ADDRESS(attributes) \
    "<hostdev type='pci' managed='yes'><source><address " attributes "/></source></hostdev>"
#define IFX_WHOLE " | 1 complete starts=yes: 02:00.0 declared/declared 02:00.1 declared/placeholder"
#define IFX_ALONE " | 2 complete starts=yes: 03:00.0 declared/declared"

static const ifxTestMoved moved[] = {
    /* Nothing is at 01:00.1 now, so this is of before, with or without a record. */
    { IFX_DOMAIN(IFX_GPUS("1")), false, NULL, false,
      "change starts=no | declared/moved@1 declared/moved@1" IFX_WHOLE, IFX_DOMAIN(IFX_GPUS("2")) },
    /* One of which that can't be told */
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0")), false, NULL, false,
      "refused starts=no | refuse/moved-unclear", NULL },
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0")), true, NULL, false,
      "change starts=no | declared/moved@2" IFX_ALONE, IFX_DOMAIN(IFX_HOSTDEV("3", "0")) },
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0")), false, "0000:03:00.0", false,
      "change starts=no | declared/moved@2" IFX_ALONE, IFX_DOMAIN(IFX_HOSTDEV("3", "0")) },
    /* The new address of one device is enough, because a domain is rewritten as a whole. */
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0") IFX_HOSTDEV("3", "0")), false, "0000:0a:00.0", false,
      "change starts=no | declared/moved@2 declared/moved@3" IFX_ALONE
      " | 3 complete starts=yes: 0a:00.0 declared/declared",
      IFX_DOMAIN(IFX_HOSTDEV("3", "0") IFX_HOSTDEV("10", "0")) },
    /* The old address does not stand for the new one. */
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0")), false, "0000:02:00.0", false,
      "refused starts=no | refuse/moved-unclear", NULL },
    /* A network device can't be the graphics card that is there now. */
    { IFX_DOMAIN("<interface type='hostdev' managed='yes'><source><address type='pci' bus='2'/>"
                 "</source></interface>"), false, NULL, false,
      "change starts=no | declared/moved@2" IFX_ALONE,
      IFX_DOMAIN("<interface type='hostdev' managed='yes'><source><address type='pci' bus='3'/>"
                 "</source></interface>") },
    /* Two that change places, so to speak */
    { IFX_DOMAIN(IFX_GPUS("1") IFX_HOSTDEV("2", "0")), false, NULL, false,
      "change starts=no | declared/moved@1 declared/moved@1 declared/moved@2" IFX_WHOLE IFX_ALONE,
      IFX_DOMAIN(IFX_GPUS("2") IFX_HOSTDEV("3", "0")) },
    /* It declares a device at an address that was empty: its other claims can be of now, too. */
    { IFX_DOMAIN(IFX_HOSTDEV("2", "0") IFX_PLACEHOLDER("2", "1")), true, NULL, false,
      "refused starts=no | refuse/moved-unclear declared/placeholder-orphan@1", NULL },
    /* A network device can't be the USB controller that was there before. */
    { IFX_DOMAIN("<interface type='hostdev' managed='yes'><source><address type='pci' bus='3'/>"
                 "</source></interface>"), true, NULL, false,
      "refused starts=no | refuse/moved-unclear", NULL },
    /* One that stayed, and one that is gone */
    { IFX_DOMAIN(IFX_HOSTDEV("4", "0")), false, NULL, false,
      "complete starts=yes | declared/declared@4 | 4 complete starts=yes: 04:00.0 "
      "declared/declared", IFX_DOMAIN(IFX_HOSTDEV("4", "0")) },
    { IFX_DOMAIN(IFX_HOSTDEV("5", "0")), true, NULL, false,
      "refused starts=no | refuse/moved-gone", NULL },
    { IFX_DOMAIN(IFX_HOSTDEV("4", "0") IFX_PLACEHOLDER("5", "0")), true, NULL, false,
      "refused starts=no | declared/declared@4 refuse/placeholder-gone | 4 complete starts=yes: "
      "04:00.0 declared/declared", NULL },
    { IFX_DOMAIN(IFX_HOSTDEV("4", "0") IFX_PLACEHOLDER("5", "0")), true, NULL, true,
      "change starts=no | declared/declared@4 remove/placeholder-gone | 4 complete starts=yes: "
      "04:00.0 declared/declared", IFX_DOMAIN(IFX_HOSTDEV("4", "0")) },
    /* Attributes are written as they were; one that was left out is added only if it must be. */
    { IFX_DOMAIN(IFX_ADDRESS("bus='0X03'")), true, NULL, false,
      "change starts=no | declared/moved@3 | 3 complete starts=yes: 0a:00.0 declared/declared",
      IFX_DOMAIN(IFX_ADDRESS("bus='0X0a'")) },
    { IFX_DOMAIN(IFX_ADDRESS("bus='3' slot='0x0'")), true, NULL, false,
      "change starts=no | declared/moved@3 | 3 complete starts=yes: 0a:00.0 declared/declared",
      IFX_DOMAIN(IFX_ADDRESS("bus='10' slot='0x0'")) },
    { IFX_DOMAIN(IFX_ADDRESS("bus='003'")), true, NULL, false,
      "change starts=no | declared/moved@3 | 3 complete starts=yes: 0a:00.0 declared/declared",
      IFX_DOMAIN(IFX_ADDRESS("bus='012'")) },
};

static ifxMoves *
ifxTestMoves(ifxTopology *now)
{
    g_autoptr(ifxTopology) before = ifxTestHost(old_parts);

    return ifxMovesNew(before, now);
}

static ifxRewrite *
ifxTestMovedRewrite(const ifxPlan *plan)
{
    g_autoptr(GPtrArray) stylesheets =
        g_ptr_array_new_with_free_func((GDestroyNotify) ifxStylesheetFree);
    g_autoptr(GError) error = NULL;
    ifxRewrite *rewrite;

    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_MOVED, NULL));
    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_PRUNE, NULL));
    rewrite = ifxRewriteNew(plan, stylesheets, &error);
    ifxAssertNoError(error);
    return rewrite;
}

START_TEST(devices_are_followed_where_it_is_known_which_they_are)
{
    const ifxTestMoved *test = &moved[_i];
    g_autoptr(ifxDomain) domain = ifxTestDomain(test->xml);
    g_autoptr(ifxTopology) now = ifxTestHost(new_parts);
    g_autoptr(ifxMoves) moves = ifxTestMoves(now);
    g_autoptr(GHashTable) allowed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    ifxPciAddress address = { 0 };
    const ifxPolicy policy = { .allowed = allowed, .prune = test->prune };
    const ifxPlanHost host = {
        .topology = now, .use = ifxTestIdleUse(now), .moves = moves, .of_before = test->recorded,
    };
    g_autoptr(ifxPlan) plan = NULL;
    g_autoptr(ifxRewrite) rewrite = NULL;
    g_autofree char *described = NULL;
    g_autofree char *text = NULL;

    if (test->allowed && ifxPciAddressParse(test->allowed, &address))
        g_hash_table_add(allowed, &address);
    ifxMovesClaimsFollow(moves, domain);
    plan = ifxPlanJudge(domain, &host, &policy);
    described = ifxTestDescribe(plan);
    ck_assert_str_eq(described, test->plan);
    rewrite = ifxTestMovedRewrite(plan);
    text = g_strndup(g_bytes_get_data(rewrite->text, NULL), g_bytes_get_size(rewrite->text));
    ck_assert_str_eq(text, test->text ? test->text : test->xml);
}
END_TEST

static GArray *
ifxTestMovedList(const char *const *addresses)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(ifxRecordMove));

    for (; *addresses; addresses += 2) {
        const ifxRecordMove move = {
            .from = ifxTestAddress(addresses[0]), .to = ifxTestAddress(addresses[1]),
        };

        g_array_append_val(list, move);
    }
    return list;
}

typedef struct {
    const char *before;
    const char *after;
    const char *current;
    const char *undone;     /* NULL: nothing is left to undo; "": it is refused */
} ifxTestMovedUndo;

#define IFX_BEFORE IFX_DOMAIN(IFX_GPUS("1") IFX_ADDRESS("bus='2'"))
#define IFX_AFTER IFX_DOMAIN(IFX_GPUS("2") IFX_ADDRESS("bus='3'") IFX_PLACEHOLDER("4", "0"))

static const ifxTestMovedUndo undos[] = {
    { IFX_BEFORE, IFX_AFTER, IFX_AFTER, IFX_BEFORE },
    { IFX_BEFORE, IFX_AFTER, IFX_BEFORE, NULL },
    /* What somebody added since stays, and libvirt adds what was left out. */
    { IFX_BEFORE, IFX_AFTER,
      IFX_DOMAIN(IFX_GPUS("2") IFX_ADDRESS("domain='0x0000' bus='0x03' slot='0x00'")
                 IFX_PLACEHOLDER("4", "0") "<vsock/>"),
      IFX_DOMAIN(IFX_GPUS("1") IFX_ADDRESS("bus='2'") "<vsock/>") },
    /* What was removed had the address that another one has now. */
    { IFX_DOMAIN(IFX_PLACEHOLDER("3", "0") IFX_GPUS("1") IFX_ADDRESS("bus='2'")),
      IFX_DOMAIN(IFX_GPUS("2") IFX_ADDRESS("bus='3'")),
      IFX_DOMAIN(IFX_GPUS("2") IFX_ADDRESS("bus='3'")),
      IFX_DOMAIN(IFX_GPUS("1") IFX_ADDRESS("bus='2'") IFX_PLACEHOLDER("3", "0")) },
    /* Two that change places */
    { IFX_DOMAIN(IFX_ADDRESS("bus='6'") IFX_ADDRESS("bus='7'")),
      IFX_DOMAIN(IFX_ADDRESS("bus='7'") IFX_ADDRESS("bus='6'")),
      IFX_DOMAIN(IFX_ADDRESS("bus='7'") IFX_ADDRESS("bus='6'")),
      IFX_DOMAIN(IFX_ADDRESS("bus='6'") IFX_ADDRESS("bus='7'")) },
    { IFX_DOMAIN(IFX_ADDRESS("bus='6'") IFX_ADDRESS("bus='7'")),
      IFX_DOMAIN(IFX_ADDRESS("bus='7'") IFX_ADDRESS("bus='6'")),
      IFX_DOMAIN(IFX_ADDRESS("bus='6'") IFX_ADDRESS("bus='7'")), NULL },
    /* Half of it */
    { IFX_BEFORE, IFX_AFTER, IFX_DOMAIN(IFX_GPUS("2") IFX_PLACEHOLDER("4", "0")), "" },
    { IFX_BEFORE, IFX_AFTER, IFX_DOMAIN(IFX_GPUS("9") IFX_ADDRESS("bus='3'")), "" },
};

START_TEST(undo_gives_back_the_addresses)
{
    static const char *const addresses[] = {
        "0000:01:00.0", "0000:02:00.0", "0000:01:00.1", "0000:02:00.1",
        "0000:02:00.0", "0000:03:00.0", "0000:06:00.0", "0000:07:00.0",
        "0000:07:00.0", "0000:06:00.0", NULL,
    };
    const ifxTestMovedUndo *test = &undos[_i];
    g_autoptr(ifxDomain) before = ifxTestDomain(test->before);
    g_autoptr(ifxDomain) after = ifxTestDomain(test->after);
    g_autoptr(ifxDomain) current = ifxTestDomain(test->current);
    g_autoptr(GArray) list = ifxTestMovedList(addresses);
    g_autoptr(GBytes) bytes = g_bytes_new(test->current, strlen(test->current));
    g_autoptr(GBytes) result = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *patch = NULL;
    g_autofree char *text = NULL;

    ifxUndoClaimFollow(before, list);
    if (test->undone && !*test->undone) {
        ck_assert(!ifxUndoPatchMake(before, after, current, &patch, &error));
        ifxAssertError(error, IFX_ERROR_REFUSED, "undo the change by hand");
        return;
    }
    ck_assert(ifxUndoPatchMake(before, after, current, &patch, &error));
    ifxAssertNoError(error);
    if (!test->undone) {
        ck_assert_ptr_null(patch);
        return;
    }
    result = ifxRewriteByPatch(bytes, patch, &error);
    ifxAssertNoError(error);
    text = g_strndup(g_bytes_get_data(result, NULL), g_bytes_get_size(result));
    ck_assert_str_eq(text, test->undone);
}
END_TEST

Suite *
ifxSuitePlanMoved(void)
{
    Suite *suite = suite_create("plan-moved");
    TCase *plan = tcase_create("plan");
    TCase *undo = tcase_create("undo");

    tcase_add_loop_test(plan, devices_are_followed_where_it_is_known_which_they_are, 0,
                        G_N_ELEMENTS(moved));
    suite_add_tcase(suite, plan);
    tcase_add_loop_test(undo, undo_gives_back_the_addresses, 0, G_N_ELEMENTS(undos));
    suite_add_tcase(suite, undo);
    return suite;
}
