/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What holds for every plan, over hosts and domains made up by chance. IFX_SEED repeats a run. */
#include <stdlib.h>

#include "helpers.h"
#include "write/undo-internal.h"
#include "random-host.h"
#include "plan/plan-xml.h"
#include "plan/rewrite.h"
#include "suite.h"
#include "xml/xml-compare.h"

#define IFX_PROPERTY_HOSTS 3000

typedef struct {
    guint32 seed;
    const ifxRandomHost *host;
    const ifxPlan *plan;
} ifxTestCase;

#define ifxHolds(test, condition) \
    ck_assert_msg((condition), "IFX_SEED=%u: %s\n%s", (test)->seed, #condition, (test)->host->xml)

#define ifxHoldsNoError(test, error) \
    ck_assert_msg(!(error), "IFX_SEED=%u: %s\n%s", (test)->seed, (error) ? (error)->message : "", \
                  (test)->host->xml)

static bool
ifxTestHandsOver(const ifxRandomDevice *device)
{
    return device->driver && (!*device->driver || strcmp(device->driver, "vfio-pci") == 0 ||
                              strcmp(device->driver, "pci-stub") == 0 ||
                              strcmp(device->driver, "pcieport") == 0);
}

static bool
ifxTestIsChipset(const ifxRandomDevice *device)
{
    return device->class_code == 0x0c0500 || device->class_code == 0x060100 ||
        device->class_code == 0x060000 || device->class_code == 0x058000;
}

/* The domain gets a device of the group, so that it has to be whole. */
static bool
ifxTestIsClaimed(const ifxPlan *plan,
                 int group)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(plan->claims, ifxPlanClaim, i);

        if (claim->group == group && ifxPlanClaimIsGuests(claim))
            return true;
    }
    return false;
}

static void
ifxTestAdded(const ifxTestCase *test,
             const ifxPlanMember *member)
{
    const ifxPciAddress *address = &member->member->address;
    const ifxRandomDevice *device = ifxRandomHostFind(test->host, address);
    const bool given = member->reason == IFX_REASON_GIVEN;
    const bool named = ifxPolicyGives(&test->host->policy, address);

    ifxHolds(test, device);
    ifxHolds(test, !device->bridge);
    ifxHolds(test, !device->hidden);
    ifxHolds(test, !device->declared);
    ifxHolds(test, ifxTestIsClaimed(test->plan, device->group));
    ifxHolds(test, named || !device->driver || strcmp(device->driver, "pci-stub") != 0);
    ifxHolds(test, given || !named);
    ifxHolds(test, given || !member->guest);
    ifxHolds(test, device->allowed || !ifxTestIsChipset(device));
    ifxHolds(test, device->allowed || !device->parent);
    ifxHolds(test, given || !test->host->policy.only_needed || !ifxTestHandsOver(device));
    if (!test->host->use)
        return;
    ifxHolds(test, !device->vital);
    ifxHolds(test, device->allowed || (!device->used && !device->unclear));
}

/* A member that is not declared when all is done. */
static void
ifxTestLeft(const ifxTestCase *test,
            const ifxPlanMember *member)
{
    const ifxRandomDevice *device;

    ifxHolds(test, member->verdict == IFX_VERDICT_SKIP);
    if (!member->member->is_pci)
        return;
    device = ifxRandomHostFind(test->host, &member->member->address);
    ifxHolds(test, device && !device->hidden);
    /* By the kernel's rule it does no harm, */
    ifxHolds(test, device->bridge || ifxTestHandsOver(device));
    /* and by the strict one it need not or may not be declared. */
    ifxHolds(test, test->host->policy.only_needed || device->bridge || ifxTestIsChipset(device) ||
             strcmp(device->driver, "pci-stub") == 0 || member->evidence ||
             member->reason == IFX_REASON_UNKNOWN_USE);
}

static void
ifxTestClaims(const ifxTestCase *test)
{
    guint i;

    for (i = 0; i < test->plan->claims->len; i++) {
        const ifxPlanClaim *claim = &g_array_index(test->plan->claims, ifxPlanClaim, i);
        const ifxRandomDevice *device =
            ifxRandomHostFind(test->host, &claim->claim->address);

        if (!device) {
            ifxHolds(test, claim->verdict == IFX_VERDICT_REFUSE ||
                     claim->verdict == IFX_VERDICT_REMOVE);
            continue;
        }
        if (claim->verdict == IFX_VERDICT_REMOVE) {
            ifxHolds(test, claim->claim->placeholder && test->host->policy.prune_orphans &&
                     !ifxTestIsClaimed(test->plan, device->group));
            continue;
        }
        if (test->host->use && (device->vital || (device->used && !device->allowed)))
            ifxHolds(test, claim->verdict == IFX_VERDICT_REFUSE && !claim->manage);
        if (device->parent && !device->allowed)
            ifxHolds(test, claim->verdict == IFX_VERDICT_REFUSE && !claim->manage);
    }
}

static void
ifxTestMembers(const ifxTestCase *test)
{
    const bool done = test->plan->result == IFX_RESULT_COMPLETE ||
        test->plan->result == IFX_RESULT_CHANGE;
    g_autoptr(GHashTable) added = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    guint i;
    guint j;

    for (i = 0; i < test->plan->groups->len; i++) {
        const GArray *members = g_array_index(test->plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            const ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);

            if (member->verdict == IFX_VERDICT_ADD) {
                ifxTestAdded(test, member);
                ifxHolds(test, g_hash_table_add(added, (gpointer) &member->member->address));
            } else if (done && member->verdict != IFX_VERDICT_DECLARED) {
                ifxTestLeft(test, member);
            }
        }
    }
}

/* Does the plan remove a placeholder? */
static bool
ifxTestPrunes(const ifxPlan *plan)
{
    guint i;

    for (i = 0; i < plan->claims->len; i++) {
        if (g_array_index(plan->claims, ifxPlanClaim, i).verdict == IFX_VERDICT_REMOVE)
            return true;
    }
    return false;
}

/* A change can be undone to the byte, except that a placeholder comes back after the last hostdev.
 * Then there is nothing left to undo. */
static void
ifxTestInverse(const ifxTestCase *test,
               const ifxDomain *after)
{
    const ifxDomain *before = test->plan->domain;
    g_autoptr(GError) error = NULL;
    g_autofree char *patch = NULL;
    g_autofree char *nothing = NULL;
    g_autoptr(GBytes) result = NULL;
    g_autoptr(ifxXmlText) undone = NULL;

    ifxHolds(test, ifxUndoPatchMake(before, after, after, &patch, &error));
    ifxHolds(test, (patch != NULL) == (test->plan->result == IFX_RESULT_CHANGE));
    if (!patch)
        return;
    result = ifxRewriteByPatch(ifxXmlTextGetData(after->text), patch, &error);
    ifxHoldsNoError(test, error);
    ifxHolds(test, ifxTestPrunes(test->plan) ||
             g_bytes_equal(result, ifxXmlTextGetData(before->text)));
    undone = ifxXmlTextParse(result, &error);
    ifxHoldsNoError(test, error);
    ifxHolds(test, ifxXmlCompare(before->text, undone, NULL));
    ifxHolds(test, ifxXmlCompare(undone, before->text, NULL));
    ifxHolds(test, ifxUndoPatchMake(before, after, before, &nothing, &error));
    ifxHolds(test, !nothing);
}

/* What the plan's own text gives rise to: nothing. */
static void
ifxTestAgain(const ifxTestCase *test,
             const ifxPlanHost *known,
             const GPtrArray *stylesheets)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxRewrite) rewrite = ifxRewriteNew(test->plan, stylesheets, &error);
    g_autoptr(ifxRewrite) nothing = NULL;
    g_autoptr(ifxDomain) domain = NULL;
    g_autoptr(ifxPlan) plan = NULL;

    ifxHoldsNoError(test, error);
    ifxHolds(test, (rewrite->edits->len > 0) == (test->plan->result == IFX_RESULT_CHANGE));
    domain = ifxDomainParse(rewrite->text, &error);
    ifxHoldsNoError(test, error);
    plan = ifxPlanJudge(domain, known, &test->host->policy);
    ifxHolds(test, plan->result == (test->plan->result == IFX_RESULT_CHANGE ?
                                    IFX_RESULT_COMPLETE : test->plan->result));
    nothing = ifxRewriteNew(plan, stylesheets, &error);
    ifxHoldsNoError(test, error);
    ifxHolds(test, nothing->edits->len == 0);
    ifxTestInverse(test, domain);
}

/* The patch that @stylesheet makes of the plan: of all of it, or of what is to change. */
static char *
ifxTestPatchFrom(const ifxTestCase *test,
                 const ifxStylesheet *stylesheet,
                 bool changes)
{
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    g_autoptr(xmlDoc) patch = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (changes)
        ifxPlanXmlAddChanges(doc, test->plan);
    else
        ifxPlanXmlAdd(doc, test->plan, false);
    patch = ifxStylesheetApply(stylesheet, doc, &error);
    ifxHoldsNoError(test, error);
    ifxPlanXmlFormat(patch, text);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* The built-in stylesheets read nothing that they are not given. */
static void
ifxTestChanges(const ifxTestCase *test,
               const GPtrArray *stylesheets)
{
    guint i;

    for (i = 0; i < stylesheets->len; i++) {
        g_autofree char *whole = ifxTestPatchFrom(test, stylesheets->pdata[i], false);
        g_autofree char *changes = ifxTestPatchFrom(test, stylesheets->pdata[i], true);

        ifxHolds(test, strcmp(whole, changes) == 0);
    }
}

static GPtrArray *
ifxTestStylesheets(const ifxPolicy *policy)
{
    GPtrArray *stylesheets = g_ptr_array_new_with_free_func((GDestroyNotify) ifxStylesheetFree);

    g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_COMPLETE_GROUPS, NULL));
    if (policy->managed)
        g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_MANAGED, NULL));
    if (policy->give_card || g_hash_table_size(policy->given) > 0)
        g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_GIVE, NULL));
    if (policy->prune)
        g_ptr_array_add(stylesheets, ifxStylesheetNew(IFX_STYLESHEET_PRUNE, NULL));
    return stylesheets;
}

START_TEST(plans_take_nothing_that_is_needed_and_leave_nothing_to_do)
{
    const char *wanted = g_getenv("IFX_SEED");
    const guint32 first = wanted ? (guint32) strtoul(wanted, NULL, 10) : g_random_int();
    guint results[IFX_RESULT_SKIPPED + 1] = { 0 };
    guint32 i;

    for (i = 0; i < (wanted ? 1 : IFX_PROPERTY_HOSTS); i++) {
        GRand *chance = g_rand_new_with_seed(first + i);
        g_autoptr(ifxRandomHost) host = ifxRandomHostNew(chance);
        g_autoptr(GPtrArray) stylesheets = ifxTestStylesheets(&host->policy);
        g_autoptr(ifxDomain) domain = ifxTestDomain(host->xml);
        const ifxPlanHost known = {
            .topology = host->topology, .use = host->use, .elsewhere = host->elsewhere,
        };
        g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &known, &host->policy);
        const ifxTestCase test = { .seed = first + i, .host = host, .plan = plan };

        g_rand_free(chance);
        results[plan->result]++;
        ifxTestClaims(&test);
        ifxTestMembers(&test);
        ifxTestAgain(&test, &known, stylesheets);
        if (plan->result == IFX_RESULT_CHANGE)
            ifxTestChanges(&test, stylesheets);
    }
    printf("# hosts made from seed %u on: %u complete, %u to change, %u refused\n", first,
           results[IFX_RESULT_COMPLETE], results[IFX_RESULT_CHANGE],
           results[IFX_RESULT_REFUSED]);
    if (!wanted)
        ck_assert(results[IFX_RESULT_COMPLETE] > 0 && results[IFX_RESULT_CHANGE] > 0 &&
                  results[IFX_RESULT_REFUSED] > 0);
}
END_TEST

Suite *
ifxSuiteProperties(void)
{
    Suite *suite = suite_create("properties");
    TCase *all = tcase_create("all");

    tcase_set_timeout(all, 600);
    tcase_add_test(all, plans_take_nothing_that_is_needed_and_leave_nothing_to_do);
    suite_add_tcase(suite, all);
    return suite;
}
