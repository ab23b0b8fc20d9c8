/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"

#include "plan/plan-named.h"

typedef struct {
    ifxNamedKind kind;
    const char *word;
    const char *name;
    const char *write;
    const char *edit;
    const char *as_root;
} ifxTestNamed;

#define UUID "7e1a4b52-c8d3-4f6e-9a10-2b3c4d5e6f70"

static const ifxTestNamed names[] = {
    { IFX_NAMED_DOMAIN, "web", "web", "virt-iommufix -c 'u?v' apply --prune --managed web",
      "virsh -c 'u?v' edit web", "virt-iommufix check web" },
    { IFX_NAMED_DOMAIN, "a b", "a b", "virt-iommufix -c 'u?v' apply --prune --managed 'a b'",
      "virsh -c 'u?v' edit 'a b'", "virt-iommufix check 'a b'" },
    /* The tool would take these for an ID, a file and an option. */
    { IFX_NAMED_DOMAIN, "12", "12", "virt-iommufix -c 'u?v' apply --prune --managed " UUID,
      "virsh -c 'u?v' edit 12", "virt-iommufix check " UUID },
    { IFX_NAMED_DOMAIN, "a.xml", "a.xml", "virt-iommufix -c 'u?v' apply --prune --managed " UUID,
      "virsh -c 'u?v' edit a.xml", "virt-iommufix check " UUID },
    { IFX_NAMED_DOMAIN, "-a", "-a", "virt-iommufix -c 'u?v' apply --prune --managed -- '-a'",
      "virsh -c 'u?v' edit '-a'", "virt-iommufix check -- '-a'" },
    { IFX_NAMED_FILE, "-a.xml", "a",
      "virt-iommufix -c 'u?v' rewrite --in-place --prune --managed ./-a.xml", "vi ./-a.xml",
      "virt-iommufix --sysroot / check ./-a.xml" },
    { IFX_NAMED_CAPTURED, "web", "web", "virt-iommufix -c 'u?v' diff --prune --managed web",
      "virsh edit web", "virt-iommufix check web" },
    { IFX_NAMED_INPUT, "-", "web", "virt-iommufix -c 'u?v' diff --prune --managed -",
      "virsh edit web", "virt-iommufix --sysroot / check -" },
};

START_TEST(commands_name_what_the_user_named)
{
    const ifxTestNamed *test = &names[_i];
    const ifxPolicy policy = { .prune = true };
    g_autoptr(ifxNamed) named = ifxNamedNew(test->kind, "label", test->word, test->name, UUID,
                                            " -c 'u?v'", "u?v", &policy);
    g_autofree char *write = ifxNamedFormatWrite(named, " --managed");
    g_autofree char *edit = ifxNamedFormatEdit(named);
    g_autofree char *as_root = ifxNamedFormatAsRoot(named);

    ck_assert_str_eq(write, test->write);
    ck_assert_str_eq(edit, test->edit);
    ck_assert_str_eq(as_root, test->as_root);
}
END_TEST

START_TEST(options_that_were_given_are_given_again_once)
{
    g_autoptr(GHashTable) allowed = g_hash_table_new(ifxPciAddressHash, ifxPciAddressEqual);
    const ifxPciAddress one = { .bus = 2 };
    const ifxPciAddress other = { .bus = 1 };
    const ifxPolicy policy = { .managed = true, .only_needed = true, .allowed = allowed };
    g_autoptr(ifxNamed) named = NULL;
    g_autofree char *again = NULL;
    g_autofree char *more = NULL;

    g_hash_table_add(allowed, (gpointer) &one);
    g_hash_table_add(allowed, (gpointer) &other);
    named = ifxNamedNew(IFX_NAMED_DOMAIN, "web", "web", "web", NULL, "", NULL, &policy);
    again = ifxNamedFormat(named, "diff", " --managed");
    more = ifxNamedFormat(named, "diff", " --allow-member 0000:03:00.0");
    ck_assert_str_eq(again, "virt-iommufix diff --only-needed --managed --allow-member "
                     "0000:01:00.0 --allow-member 0000:02:00.0 web");
    ck_assert_str_eq(more, "virt-iommufix diff --only-needed --managed --allow-member "
                     "0000:01:00.0 --allow-member 0000:02:00.0 --allow-member 0000:03:00.0 web");
}
END_TEST

Suite *
ifxSuitePlanNamed(void)
{
    Suite *suite = suite_create("plan-named");
    TCase *commands = tcase_create("commands");

    tcase_add_loop_test(commands, commands_name_what_the_user_named, 0, G_N_ELEMENTS(names));
    tcase_add_test(commands, options_that_were_given_are_given_again_once);
    suite_add_tcase(suite, commands);
    return suite;
}
