/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "plan/plan-file.h"

#include <string.h>

#include "base/error.h"
#include "plan/plan-approval.h"
#include "plan/plan-describe.h"
#include "plan/plan-named.h"
#include "plan/plan-text.h"
#include "plan/plan-xml.h"
#include "base/term.h"
#include "xml/xml-doc.h"

/* In it the root element begins, unless a long comment comes first. */
#define IFX_PLAN_FILE_HEAD 1024

struct _ifxPlanFile {
    xmlDoc *doc;
    char *id;
    char *time;
    GPtrArray *entries;
};

void
ifxPlanFileMark(xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *id = g_uuid_string_random();

    xmlSetProp(root, BAD_CAST "id", BAD_CAST id);
    xmlSetProp(root, BAD_CAST "time", BAD_CAST time);
    xmlSetProp(root, BAD_CAST "tool", BAD_CAST PACKAGE_VERSION);
}

static void
ifxPlanFileFreeEntry(gpointer pointer)
{
    ifxPlanFileEntry *entry = pointer;

    g_hash_table_unref(entry->policy.allowed);
    g_hash_table_unref(entry->policy.given);
    g_free(entry->name);
    g_free(entry->uuid);
    g_free(entry->uri);
    g_free(entry->host_uuid);
    g_free(entry->moved_sum);
    g_free(entry);
}

static bool
ifxPlanFileIs(const xmlNode *node,
              const char *name,
              const char *wanted)
{
    g_autofree char *value = ifxXmlDocAttribute(node, name);

    return g_strcmp0(value, wanted) == 0;
}

static bool
ifxPlanFileIsYes(const xmlNode *node,
                 const char *name)
{
    return ifxPlanFileIs(node, name, "yes");
}

static void
ifxPlanFileReadPolicy(ifxPolicy *policy,
                      const xmlNode *approval)
{
    const xmlNode *node;

    policy->managed = ifxPlanFileIsYes(approval, "managed");
    policy->prune_orphans = ifxPlanFileIs(approval, "prune", "orphans");
    policy->prune = policy->prune_orphans || ifxPlanFileIsYes(approval, "prune");
    policy->only_needed = ifxPlanFileIsYes(approval, "only-needed");
    policy->give_card = ifxPlanFileIsYes(approval, "give-card");
    policy->allowed =
        g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    policy->given = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    for (node = approval->children; node; node = node->next) {
        GHashTable *set = ifxXmlDocIs(node, "allow") ? policy->allowed :
            ifxXmlDocIs(node, "give") ? policy->given : NULL;
        g_autofree char *text = set ? ifxXmlDocContent(node) : NULL;
        ifxPciAddress address;

        if (text && ifxPciAddressParse(text, &address))
            g_hash_table_add(set, g_memdup2(&address, sizeof(address)));
    }
}

static bool
ifxPlanFileParseResult(const char *word,
                       ifxResult *result)
{
    guint i;

    for (i = IFX_RESULT_COMPLETE; word && i <= IFX_RESULT_SKIPPED; i++) {
        *result = (ifxResult) i;
        if (strcmp(ifxResultToString(*result), word) == 0)
            return true;
    }
    return false;
}

/* What tells the domain of @entry from those of other entries. XML holds no \1. Free with
 * g_free(). */
static char *
ifxPlanFileFormatKey(const ifxPlanFileEntry *entry)
{
    return g_strdup_printf("%s\1%s\1%s", entry->uri ? entry->uri : "",
                           entry->uuid ? entry->uuid : "", entry->name);
}

static bool
ifxPlanFileAddEntry(ifxPlanFile *file,
                    const xmlNode *node,
                    GHashTable *keys,
                    GError **error)
{
    const xmlNode *domain = ifxXmlDocChild(node, "domain");
    const xmlNode *approval = ifxXmlDocChild(node, "approval");
    g_autofree char *result = ifxXmlDocAttribute(node, "result");
    g_autofree char *name = domain ? ifxXmlDocAttribute(domain, "name") : NULL;
    ifxPlanFileEntry *entry;
    ifxResult found;

    if (!name || !approval) {
        ifxErrorSet(error, IFX_ERROR_XML, "%s%sit has a plan without %s; plan -o makes "
                    "files that can be applied", name ? name : "", name ? ": " : "",
                    name ? "approval" : "the name of its domain");
        return false;
    }
    if (!ifxPlanFileParseResult(result, &found))
        return ifxErrorSet(error, IFX_ERROR_XML, "%s: its plan has no result", name);
    entry = g_new0(ifxPlanFileEntry, 1);
    entry->node = node;
    entry->name = g_steal_pointer(&name);
    entry->uuid = ifxXmlDocAttribute(domain, "uuid");
    entry->uri = ifxXmlDocAttribute(approval, "uri");
    entry->host_uuid = ifxXmlDocAttribute(approval, "host-uuid");
    entry->result = found;
    ifxPlanFileReadPolicy(&entry->policy, approval);
    entry->moved_sum = ifxXmlDocAttribute(approval, "moved-from");
    entry->policy.moved_sum = entry->moved_sum;
    g_ptr_array_add(file->entries, entry);
    if (!g_hash_table_add(keys, ifxPlanFileFormatKey(entry)))
        return ifxErrorSet(error, IFX_ERROR_XML, "%s: it has two plans for this domain",
                           entry->name);
    return true;
}

/* Marks the entries of a file that is for several connections. */
static void
ifxPlanFileMarkSeveral(ifxPlanFile *file)
{
    const ifxPlanFileEntry *first = file->entries->len > 0 ? file->entries->pdata[0] : NULL;
    bool several = false;
    guint i;

    for (i = 0; i < file->entries->len; i++)
        several |= g_strcmp0(((ifxPlanFileEntry *) file->entries->pdata[i])->uri, first->uri) != 0;
    for (i = 0; i < file->entries->len; i++) {
        ifxPlanFileEntry *entry = file->entries->pdata[i];

        entry->several = several && entry->uri;
    }
}

ifxPlanFile *
ifxPlanFileParse(GBytes *bytes,
                 GError **error)
{
    g_autoptr(ifxPlanFile) file = g_new0(ifxPlanFile, 1);
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *version = NULL;
    const xmlNode *root;
    const xmlNode *node;

    file->entries = g_ptr_array_new_with_free_func(ifxPlanFileFreeEntry);
    file->doc = ifxXmlDocRead(text, length, "plans", error);
    if (!file->doc)
        return NULL;
    root = xmlDocGetRootElement(file->doc);
    version = ifxXmlDocAttribute(root, "version");
    file->id = ifxXmlDocAttribute(root, "id");
    file->time = ifxXmlDocAttribute(root, "time");
    if (g_strcmp0(version, "1") != 0) {
        ifxErrorSet(error, IFX_ERROR_XML,
                    "it is a plan document of version %s, which this version of the tool does not "
                    "know", version ? version : "none");
        return NULL;
    }
    if (!file->id || !*file->id) {
        ifxErrorSet(error, IFX_ERROR_XML,
                    "it has no id: it was printed, not made by plan -o");
        return NULL;
    }
    for (node = root->children; node; node = node->next) {
        if (ifxXmlDocIs(node, "plan") && !ifxPlanFileAddEntry(file, node, keys, error))
            return NULL;
    }
    ifxPlanFileMarkSeveral(file);
    return g_steal_pointer(&file);
}

bool
ifxPlanFileIsPlan(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return length > 0 && g_strstr_len(text, (gssize) MIN(length, IFX_PLAN_FILE_HEAD), "<plans");
}

void
ifxPlanFileFree(ifxPlanFile *file)
{
    if (!file)
        return;
    g_ptr_array_unref(file->entries);
    xmlFreeDoc(file->doc);
    g_free(file->id);
    g_free(file->time);
    g_free(file);
}

bool
ifxPlanFileIsIntact(const ifxPlanFile *file,
                    GError **error)
{
    guint i;

    for (i = 0; i < file->entries->len; i++) {
        const ifxPlanFileEntry *entry = file->entries->pdata[i];

        if (!ifxPlanApprovalIsIntact(entry->node))
            return ifxErrorSet(error, IFX_ERROR_XML, "%s: its plan was changed after it was saved; "
                               "make a new plan", entry->name);
    }
    return true;
}

const char *
ifxPlanFileGetId(const ifxPlanFile *file)
{
    return file->id;
}

const char *
ifxPlanFileGetTime(const ifxPlanFile *file)
{
    return file->time;
}

const GPtrArray *
ifxPlanFileGetEntries(const ifxPlanFile *file)
{
    return file->entries;
}

bool
ifxPlanFileCheck(const ifxPlanFileEntry *entry,
                 const ifxPlan *plan,
                 const char *diff,
                 GString *difference,
                 GError **error)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    g_autofree char *safe = NULL;
    bool same;
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    xmlNode *fresh = ifxPlanXmlAdd(doc, plan, false);

    ifxPlanApprovalAdd(fresh, plan, &entry->policy, NULL, diff);
    same = ifxPlanApprovalCheck(entry->node, fresh, lines, error);
    safe = ifxTermEscape(lines->str, lines->len, true);
    g_string_append(difference, safe);
    return same;
}

/* Will the guest not start as it is? */
static bool
ifxPlanFileIsStopped(const ifxPlanFileEntry *entry)
{
    g_autofree char *starts = ifxXmlDocAttribute(entry->node, "starts");

    return g_strcmp0(starts, ifxStartsToString(IFX_STARTS_NO)) == 0;
}

bool
ifxPlanFileIsProblem(const ifxPlanFileEntry *entry)
{
    return entry->result != IFX_RESULT_SKIPPED &&
        (entry->result != IFX_RESULT_COMPLETE || ifxPlanFileIsStopped(entry));
}

/* What becomes of the domain. A constant. */
static const char *
ifxPlanFileDescribeResult(const ifxPlanFileEntry *entry)
{
    const bool stopped = ifxPlanFileIsStopped(entry);

    switch (entry->result) {
    case IFX_RESULT_COMPLETE:
        return stopped ? "complete, but will not start" : "complete";
    case IFX_RESULT_CHANGE:
        return stopped ? "to change; as it is, it will not start" : "to change";
    case IFX_RESULT_REFUSED:
        return "refused, nothing is changed";
    case IFX_RESULT_NO_IOMMU:
        return "no IOMMU, nothing is changed";
    default:
        return "skipped";
    }
}

void
ifxPlanFileDescribe(const ifxPlanFileEntry *entry,
                    guint width,
                    GString *out)
{
    g_autofree char *label = g_strdup_printf("%s%s%s", entry->name, entry->several ? " of " : "",
                                             entry->several ? entry->uri : "");
    g_autofree char *safe = ifxTermEscape(label, strlen(label), false);

    g_string_append_printf(out, "%s: %s\n", safe, ifxPlanFileDescribeResult(entry));
    ifxPlanDescribe(entry->node, width, out);
}

/* The options that make @policy, and where a plan with it was made. */
static char *
ifxPlanFileFormatOrigin(const ifxPlanFileEntry *entry)
{
    const xmlNode *approval = ifxXmlDocChild(entry->node, "approval");
    g_autofree char *libvirt = ifxXmlDocAttribute(approval, "libvirt");
    g_autofree char *choices = ifxNamedFormatChoices(&entry->policy);

    return g_strdup_printf("host %s%s%s%s, options%s\n",
                           entry->uri ? entry->uri : "unknown: the plan was made from a file",
                           libvirt ? " (libvirt " : "", libvirt ? libvirt : "", libvirt ? ")" : "",
                           *choices ? choices : ": none");
}

void
ifxPlanFileDescribeHead(const ifxPlanFile *file,
                        guint width,
                        GString *out)
{
    const xmlNode *root = xmlDocGetRootElement(file->doc);
    g_autofree char *tool = ifxXmlDocAttribute(root, "tool");
    g_autofree char *id = ifxTermEscape(file->id, strlen(file->id), false);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *safe = NULL;
    guint i;

    g_string_append_printf(out, "plan %s\n", id);
    g_string_append_printf(text, "made %s by virt-iommufix %s\n", file->time ? file->time :
                           "at an unknown time", tool ? tool : "of unknown version");
    for (i = 0; i < file->entries->len; i++) {
        char *origin = ifxPlanFileFormatOrigin(file->entries->pdata[i]);

        if (!g_hash_table_contains(seen, origin))
            g_string_append(text, origin);
        g_hash_table_add(seen, origin);
    }
    safe = ifxTermEscape(text->str, text->len, true);
    ifxTermWrap(out, safe, 2, width);
}

GString *
ifxPlanFileGetDiff(const ifxPlanFileEntry *entry)
{
    return ifxPlanApprovalGetDiff(entry->node);
}
