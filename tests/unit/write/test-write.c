/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Definitions that are replaced, on libvirt's test driver, and by another at the same time:
 * change, change-write. Connections to test:///default in one process see the same domains. */
#include <libvirt/libvirt.h>

#include "helpers.h"
#include "write/store.h"
#include "write/undo-internal.h"
#include "write/write-internal.h"
#include "suite.h"
#include "tree.h"

#define TEST_URI "test:///default"
#define TEST_UUID "2c5a1f3e-0b7d-4e55-9a63-1d0f7c2b8e41"

#define TEST_DOMAIN(inside) \
    "<domain type='test'><name>guest</name><uuid>" TEST_UUID "</uuid><memory>1024</memory>" inside \
    "<os><type>hvm</type></os><devices>" \
    "<hostdev mode='subsystem' type='pci' managed='yes'><source>" \
    "<address domain='0' bus='1' slot='0' function='0'/></source></hostdev>" \
    "<graphics type='vnc' port='-1' passwd='Secret12'/></devices></domain>"

#define TEST_PATCH(inside) \
    "<diff><add sel='/domain/devices/hostdev' pos='after'>" \
    "<hostdev mode='subsystem' type='pci' managed='yes'><source>" \
    "<address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/></source>" inside \
    "<address type='unassigned'/></hostdev></add></diff>"

static const char *const nothing[] = { NULL };

static char *state_folder;
static virConnectPtr other;     /* somebody else */
static ifxHost *host;
static ifxStore *store;
static ifxTransaction *transaction;

static void
ifxTestDefine(const char *xml)
{
    virDomainPtr domain = virDomainDefineXML(other, xml);

    ck_assert_ptr_nonnull(domain);
    virDomainFree(domain);
}

static void
ifxTestWriteSetup(void)
{
    g_autoptr(GError) error = NULL;

    state_folder = ifxTestTreeNew(nothing);
    g_setenv("HOME", state_folder, TRUE);
    g_setenv("VIRT_IOMMUFIX_STATE", state_folder, TRUE);
    host = ifxHostOpenConnection(TEST_URI, NULL, true, &error);
    ifxAssertNoError(error);
    other = virConnectOpen(TEST_URI);
    ck_assert_ptr_nonnull(other);
    ifxTestDefine(TEST_DOMAIN(""));
    store = ifxStoreOpen(true, &error);
    ck_assert(ifxStoreLock(store, &error));
    transaction = ifxTransactionNew(store);
}

static void
ifxTestWriteTeardown(void)
{
    ifxTransactionFree(transaction);
    ifxStoreFree(store);
    ifxHostFree(host);
    virConnectClose(other);
    ifxTestTreeFree(state_folder);
}

static ifxDefinition *
ifxTestRead(void)
{
    g_autoptr(GError) error = NULL;
    ifxDefinition *definition =
        ifxConnectionReadDefinition(ifxHostGetConnection(host), TEST_UUID, &error);

    ifxAssertNoError(error);
    return definition;
}

static ifxChange *
ifxTestChange(const char *patch)
{
    g_autoptr(ifxDefinition) definition = ifxTestRead();
    g_autoptr(GError) error = NULL;
    g_autoptr(ifxDomain) domain = ifxDomainParse(definition->shown, &error);
    g_autoptr(ifxRewrite) rewrite = ifxRewriteFromPatch(domain->text, patch, &error);

    ifxAssertNoError(error);
    return ifxChangeNew(host, "guest", domain, rewrite);
}

static bool
ifxTestWrite(const ifxChange *change,
             ifxWriteOptions options,
             GError **error)
{
    g_autoptr(ifxChangeWrite) write = ifxChangeWriteNew(transaction, change, options);
    g_autofree char *note = NULL;

    return ifxChangeWriteRun(write, &note, error);
}

static bool
ifxTestHas(GBytes *bytes,
           const char *words)
{
    return g_strstr_len(g_bytes_get_data(bytes, NULL), (gssize) g_bytes_get_size(bytes), words);
}

/* The one record, as text; free with g_free(). */
static char *
ifxTestReadRecord(void)
{
    g_autofree char *path = g_build_filename(state_folder, "transactions",
                                             ifxTransactionGetId(transaction), "0001.json", NULL);
    char *text = NULL;

    ck_assert(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* What the journal says of the one record. */
static ifxState
ifxTestState(void)
{
    g_autoptr(GPtrArray) problems = ifxStoreLogNewProblems();
    g_autoptr(GPtrArray) log = ifxStoreLogRead(store, problems, NULL);

    ck_assert_uint_eq(log->len, 1);
    return ((const ifxLogEntry *) log->pdata[0])->state;
}

START_TEST(the_placeholder_is_there_and_the_password_stays)
{
    g_autoptr(ifxChange) change = ifxTestChange(TEST_PATCH(""));
    g_autoptr(ifxDefinition) definition = NULL;
    g_autofree char *record = NULL;
    GError *error = NULL;

    ck_assert(ifxTestWrite(change, (ifxWriteOptions) { 0 }, &error));
    ifxAssertNoError(error);
    definition = ifxTestRead();
    record = ifxTestReadRecord();
    ck_assert(ifxTestHas(definition->secret, "unassigned"));
    ck_assert(ifxTestHas(definition->secret, "Secret12"));
    ck_assert(!ifxTestHas(definition->shown, "Secret12"));
    ck_assert_int_eq(ifxTestState(), IFX_STATE_WRITTEN);
    ck_assert_ptr_nonnull(strstr(record, "graphics"));
    ck_assert_ptr_null(strstr(record, "Secret12"));
}
END_TEST

START_TEST(what_was_edited_since_is_refused)
{
    g_autoptr(ifxChange) change = ifxTestChange(TEST_PATCH(""));
    g_autoptr(ifxDefinition) definition = NULL;
    GError *error = NULL;

    ifxTestDefine(TEST_DOMAIN("<title>edited</title>"));
    ck_assert(!ifxTestWrite(change, (ifxWriteOptions) { 0 }, &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, "guest: refused: its definition changed");
    definition = ifxTestRead();
    ck_assert(ifxTestHas(definition->secret, "edited"));
    ck_assert(!ifxTestHas(definition->secret, "unassigned"));
    ck_assert_uint_eq(ifxTransactionCount(transaction), 0);
}
END_TEST

START_TEST(an_edit_of_the_password_alone_is_not_lost)
{
    g_autoptr(ifxChange) change = ifxTestChange(TEST_PATCH(""));
    g_autoptr(ifxDefinition) definition = ifxTestRead();
    g_autofree char *text = g_strndup(g_bytes_get_data(definition->secret, NULL),
                                      g_bytes_get_size(definition->secret));
    g_auto(GStrv) parts = g_strsplit(text, "Secret12", -1);
    g_autofree char *edited = g_strjoinv("Another1", parts);
    g_autoptr(ifxDefinition) after = NULL;
    GError *error = NULL;

    ifxTestDefine(edited);
    ck_assert(ifxTestWrite(change, (ifxWriteOptions) { 0 }, &error));
    after = ifxTestRead();
    ck_assert(ifxTestHas(after->secret, "Another1"));
    ck_assert(ifxTestHas(after->secret, "unassigned"));
}
END_TEST

START_TEST(what_libvirt_drops_is_a_note_if_the_claims_are_there)
{
    g_autoptr(ifxChange) change = ifxTestChange(TEST_PATCH("<bogus/>"));
    g_autoptr(ifxChangeWrite) write =
        ifxChangeWriteNew(transaction, change, (ifxWriteOptions) { .skip_validate = true });
    g_autoptr(ifxDefinition) after = NULL;
    g_autofree char *note = NULL;
    GError *error = NULL;

    ck_assert(ifxChangeWriteRun(write, &note, &error));
    ifxAssertNoError(error);
    ck_assert_int_eq(ifxChangeWriteGetChanged(write), IFX_CHANGED_YES);
    ck_assert_ptr_nonnull(strstr(note, "bogus is gone or has changed"));
    after = ifxTestRead();
    ck_assert(ifxTestHas(after->secret, "unassigned"));
    ck_assert_int_eq(ifxTestState(), IFX_STATE_WRITTEN);
}
END_TEST

#define TEST_BY_HAND \
    "<add sel='/domain'><q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>" \
    "<q:arg value='-device'/><q:arg value='vfio-pci,host=02:00.0'/></q:commandline></add></diff>"

/* The test driver drops the arguments of QEMU, and with them a claim. */
START_TEST(a_claim_that_libvirt_drops_is_a_failure_and_its_text_stays)
{
    const bool alone = _i == 0;
    g_auto(GStrv) parts = g_strsplit(TEST_PATCH(""), "</diff>", 2);
    g_autofree char *patch = g_strconcat(alone ? "<diff>" : parts[0], TEST_BY_HAND, NULL);
    g_autoptr(ifxChange) change = ifxTestChange(patch);
    g_autoptr(ifxChangeWrite) write =
        ifxChangeWriteNew(transaction, change, (ifxWriteOptions) { .skip_validate = true });
    g_autoptr(ifxDefinition) after = NULL;
    g_autofree char *note = NULL;
    GError *error = NULL;

    ck_assert(!ifxChangeWriteRun(write, &note, &error));
    ifxAssertError(error, IFX_ERROR_MISMATCH, "the claim of 0000:02:00.0 is missing");
    ck_assert_int_eq(ifxChangeWriteGetChanged(write), alone ? IFX_CHANGED_NO : IFX_CHANGED_YES);
    after = ifxTestRead();
    ck_assert(ifxTestHas(after->secret, "unassigned") == !alone);
    ck_assert_int_eq(ifxTestState(), alone ? IFX_STATE_NOT_WRITTEN : IFX_STATE_BROKEN);
}
END_TEST

START_TEST(what_the_schema_does_not_know_is_not_written)
{
    g_autoptr(ifxChange) change = ifxTestChange(TEST_PATCH("<bogus/>"));
    g_autoptr(ifxDefinition) before = ifxTestRead();
    g_autoptr(ifxDefinition) after = NULL;
    GError *error = NULL;

    change->own_stylesheet = true;
    ck_assert(!ifxTestWrite(change, (ifxWriteOptions) { 0 }, &error));
    ifxAssertError(error, IFX_ERROR_XML, "guest: test:///default does not accept");
    after = ifxTestRead();
    ck_assert(g_bytes_equal(before->secret, after->secret));
    ck_assert_int_eq(ifxTestState(), IFX_STATE_NOT_WRITTEN);
}
END_TEST

START_TEST(a_domain_without_a_definition_is_refused)
{
    g_autoptr(ifxChange) change = NULL;
    ifxDomainState state;
    virDomainPtr domain = virDomainLookupByName(other, "guest");
    GError *error = NULL;

    virDomainUndefine(domain);
    virDomainFree(domain);
    domain = virDomainCreateXML(other, TEST_DOMAIN(""), 0);
    ck_assert_ptr_nonnull(domain);
    virDomainFree(domain);

    ck_assert(!ifxChangeReadState(host, "guest", TEST_UUID, &state, &error));
    ifxAssertError(error, IFX_ERROR_REFUSED, "guest: refused: it is transient");
    change = ifxTestChange(TEST_PATCH(""));
    ck_assert(!ifxTestWrite(change, (ifxWriteOptions) { 0 }, &error));
    ck_assert(g_error_matches(error, IFX_ERROR, IFX_ERROR_REFUSED));
    g_clear_error(&error);
}
END_TEST

START_TEST(what_was_written_is_undone)
{
    g_autoptr(ifxChange) change = ifxTestChange(TEST_PATCH(""));
    g_autoptr(ifxDefinition) before = ifxTestRead();
    g_autoptr(ifxDomain) one = ifxDomainParse(change->before, NULL);
    g_autoptr(ifxDomain) two = ifxDomainParse(change->after, NULL);
    g_autoptr(ifxDefinition) written = NULL;
    g_autoptr(ifxDomain) current = NULL;
    g_autofree char *patch = NULL;
    g_autoptr(ifxChange) undo = NULL;
    g_autoptr(ifxDefinition) after = NULL;
    GError *error = NULL;

    ck_assert(ifxTestWrite(change, (ifxWriteOptions) { 0 }, &error));
    written = ifxTestRead();
    current = ifxDomainParse(written->shown, NULL);
    ck_assert(ifxUndoPatchMake(one, two, current, &patch, &error));
    undo = ifxTestChange(patch);
    ck_assert(ifxTestWrite(undo, (ifxWriteOptions) { 0 }, &error));
    ifxAssertNoError(error);
    after = ifxTestRead();
    ck_assert(g_bytes_equal(before->secret, after->secret));
}
END_TEST

Suite *
ifxSuiteWrite(void)
{
    Suite *suite = suite_create("write");
    TCase *tcase = tcase_create("test driver");

    tcase_add_checked_fixture(tcase, ifxTestWriteSetup, ifxTestWriteTeardown);
    tcase_add_test(tcase, the_placeholder_is_there_and_the_password_stays);
    tcase_add_test(tcase, what_was_edited_since_is_refused);
    tcase_add_test(tcase, an_edit_of_the_password_alone_is_not_lost);
    tcase_add_test(tcase, what_libvirt_drops_is_a_note_if_the_claims_are_there);
    tcase_add_loop_test(tcase, a_claim_that_libvirt_drops_is_a_failure_and_its_text_stays, 0, 2);
    tcase_add_test(tcase, what_the_schema_does_not_know_is_not_written);
    tcase_add_test(tcase, a_domain_without_a_definition_is_refused);
    tcase_add_test(tcase, what_was_written_is_undone);
    suite_add_tcase(suite, tcase);
    return suite;
}
