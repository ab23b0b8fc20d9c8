/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-approval.h"

#include <string.h>

#include "base/error.h"
#include "plan/plan-text.h"
#include "xml/diff-lines.h"
#include "xml/xml-doc.h"

static void
ifxPlanApprovalSet(xmlNode *node,
                   const char *name,
                   const char *value)
{
    if (value)
        xmlSetProp(node, BAD_CAST name, BAD_CAST value);
}

/* A sum that changes with each member. */
static char *
ifxPlanApprovalFingerprint(const ifxGroup *group)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint i;

    for (i = 0; i < group->members->len; i++) {
        const ifxMember *member = &g_array_index(group->members, ifxMember, i);
        char address[IFX_PCI_ADDRESS_LENGTH];

        g_string_append(text, member->is_pci ?
                        ifxPciAddressFormat(&member->address, address) : member->name);
        if (member->device)
            g_string_append_printf(text, " %04x:%04x %06x", member->device->vendor_id,
                                   member->device->product_id, member->device->class_code);
        g_string_append_c(text, '\n');
    }
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

static void
ifxPlanApprovalAddGroup(xmlNode *approval,
                        const ifxGroup *group)
{
    xmlNode *node = xmlNewChild(approval, NULL, BAD_CAST "group", NULL);
    g_autofree char *number = g_strdup_printf("%u", group->number);
    g_autofree char *fingerprint = ifxPlanApprovalFingerprint(group);

    ifxPlanApprovalSet(node, "number", number);
    ifxPlanApprovalSet(node, "fingerprint", fingerprint);
}

static int
ifxPlanApprovalCompareAddresses(const void *a,
                                const void *b)
{
    return ifxPciAddressCompare(*(ifxPciAddress *const *) a, *(ifxPciAddress *const *) b);
}

/* An element @name for each of @set (NULL: none), in order of address, so that equal policies give
 * equal documents. */
static void
ifxPlanApprovalAddAddresses(xmlNode *approval,
                            const char *name,
                            GHashTable *set)
{
    guint count = 0;
    g_autofree gpointer *addresses = set ? g_hash_table_get_keys_as_array(set, &count) : NULL;
    guint i;

    if (count > 1)
        qsort(addresses, count, sizeof(*addresses), ifxPlanApprovalCompareAddresses);
    for (i = 0; i < count; i++) {
        char text[IFX_PCI_ADDRESS_LENGTH];

        xmlNewTextChild(approval, NULL, BAD_CAST name,
                        BAD_CAST ifxPciAddressFormat(addresses[i], text));
    }
}

/* Appends "NAME VALUE" for the attribute @name of @node. */
static void
ifxPlanApprovalAppend(GString *text,
                      const xmlNode *node,
                      const char *name)
{
    g_autofree char *value = ifxXmlDocAttribute(node, name);

    g_string_append_printf(text, "%s %s\n", name, value ? value : "-");
}

#define IFX_APPROVAL_BASE64 "base64"

/* Can XML hold @diff so that a parser gives it back? It makes a line feed of a carriage return. */
static bool
ifxPlanApprovalIsPlain(const char *diff)
{
    const char *at;

    if (!g_utf8_validate(diff, -1, NULL))
        return false;
    for (at = diff; *at; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);

        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0xfffe || c == 0xffff)
            return false;
    }
    return true;
}

static void
ifxPlanApprovalAddDiff(xmlNode *approval,
                       const char *diff)
{
    g_autofree char *encoded = ifxPlanApprovalIsPlain(diff) ? NULL :
        g_base64_encode((const guchar *) diff, strlen(diff));
    xmlNode *node;

    if (encoded) {
        node = xmlNewTextChild(approval, NULL, BAD_CAST "diff", BAD_CAST encoded);
        ifxPlanApprovalSet(node, "encoding", IFX_APPROVAL_BASE64);
        return;
    }
    node = xmlNewChild(approval, NULL, BAD_CAST "diff", NULL);
    /* So that the elements in it can be read. libxml2 splits a "]]>". */
    if (*diff)
        xmlAddChild(node, xmlNewCDataBlock(node->doc, BAD_CAST diff, (int) strlen(diff)));
}

GString *
ifxPlanApprovalGetDiff(const xmlNode *plan)
{
    const xmlNode *node = ifxXmlDocChild(ifxXmlDocChild(plan, "approval"), "diff");
    g_autofree char *encoding = node ? ifxXmlDocAttribute(node, "encoding") : NULL;
    xmlChar *content = node ? xmlNodeGetContent(node) : NULL;
    gsize length = content ? strlen((const char *) content) : 0;
    g_autofree guchar *bytes = g_strcmp0(encoding, IFX_APPROVAL_BASE64) == 0 && length > 0 ?
        g_base64_decode((const char *) content, &length) : NULL;
    GString *diff = g_string_new_len(bytes ? (const char *) bytes : (const char *) content,
                                     (gssize) length);

    xmlFree(content);
    return diff;
}

/* What is approved of @plan, a <plan> with its approval, as lines. */
static GString *
ifxPlanApprovalDescribe(const xmlNode *plan)
{
    const xmlNode *approval = ifxXmlDocChild(plan, "approval");
    g_autoptr(GString) diff = ifxPlanApprovalGetDiff(plan);
    GString *text = g_string_new(NULL);
    const xmlNode *node;

    ifxPlanApprovalAppend(text, plan, "result");
    ifxPlanTextAppend(plan, text);
    ifxPlanApprovalAppend(text, approval, "managed");
    ifxPlanApprovalAppend(text, approval, "prune");
    ifxPlanApprovalAppend(text, approval, "only-needed");
    if (xmlHasProp(approval, BAD_CAST "give-card"))
        ifxPlanApprovalAppend(text, approval, "give-card");
    if (xmlHasProp(approval, BAD_CAST "moved-from"))
        ifxPlanApprovalAppend(text, approval, "moved-from");
    for (node = approval->children; node; node = node->next) {
        const char *option = ifxXmlDocIs(node, "allow") ? "allow-member" :
            ifxXmlDocIs(node, "give") ? "give" : NULL;
        g_autofree char *address = option ? ifxXmlDocContent(node) : NULL;

        if (address)
            g_string_append_printf(text, "%s %s\n", option, address);
        if (!ifxXmlDocIs(node, "group"))
            continue;
        ifxPlanApprovalAppend(text, node, "number");
        ifxPlanApprovalAppend(text, node, "fingerprint");
    }
    ifxPlanApprovalAppend(text, approval, "sha256");
    g_string_append_len(text, diff->str, (gssize) diff->len);
    return text;
}

static char *
ifxPlanApprovalDigest(const xmlNode *plan)
{
    g_autoptr(GString) text = ifxPlanApprovalDescribe(plan);

    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

void
ifxPlanApprovalAdd(xmlNode *node,
                   const ifxPlan *plan,
                   const ifxPolicy *policy,
                   const ifxPlanOrigin *origin,
                   const char *diff)
{
    xmlNode *approval = xmlNewChild(node, NULL, BAD_CAST "approval", NULL);
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(plan->domain->text, &length);
    g_autofree char *sum =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *) bytes, length);
    g_autofree char *digest = NULL;
    guint i;

    if (origin) {
        ifxPlanApprovalSet(approval, "uri", origin->uri);
        ifxPlanApprovalSet(approval, "host-uuid", origin->host_uuid);
        ifxPlanApprovalSet(approval, "libvirt", origin->libvirt);
    }
    ifxPlanApprovalSet(approval, "sha256", sum);
    ifxPlanApprovalSet(approval, "managed", policy->managed ? "yes" : "no");
    ifxPlanApprovalSet(approval, "prune", !policy->prune ? "no" :
                       policy->prune_orphans ? "orphans" : "yes");
    ifxPlanApprovalSet(approval, "only-needed", policy->only_needed ? "yes" : "no");
    if (policy->give_card)
        ifxPlanApprovalSet(approval, "give-card", "yes");
    ifxPlanApprovalSet(approval, "moved-from", policy->moved_sum);
    ifxPlanApprovalAddAddresses(approval, "allow", policy->allowed);
    ifxPlanApprovalAddAddresses(approval, "give", policy->given);
    for (i = 0; i < plan->groups->len; i++)
        ifxPlanApprovalAddGroup(approval, g_array_index(plan->groups, ifxPlanGroup, i).group);
    ifxPlanApprovalAddDiff(approval, diff);
    digest = ifxPlanApprovalDigest(node);
    ifxPlanApprovalSet(approval, "digest", digest);
}

bool
ifxPlanApprovalIsIntact(const xmlNode *plan)
{
    g_autofree char *kept = ifxXmlDocAttribute(ifxXmlDocChild(plan, "approval"), "digest");
    g_autofree char *digest = ifxPlanApprovalDigest(plan);

    return g_strcmp0(kept, digest) == 0;
}

static bool
ifxPlanApprovalIsEqual(const xmlNode *one,
                       const xmlNode *other,
                       const char *name)
{
    g_autofree char *value = ifxXmlDocAttribute(one, name);
    g_autofree char *other_value = ifxXmlDocAttribute(other, name);

    return g_strcmp0(value, other_value) == 0;
}

/* Do the verdicts have the same reasons? */
static bool
ifxPlanApprovalIsSameText(const xmlNode *one,
                          const xmlNode *other)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) other_text = g_string_new(NULL);

    ifxPlanTextAppend(one, text);
    ifxPlanTextAppend(other, other_text);
    return g_string_equal(text, other_text);
}

bool
ifxPlanApprovalCheck(const xmlNode *approved,
                     const xmlNode *fresh,
                     GString *difference,
                     GError **error)
{
    const xmlNode *approval = ifxXmlDocChild(approved, "approval");
    const xmlNode *now = ifxXmlDocChild(fresh, "approval");
    g_autoptr(GString) before = ifxPlanApprovalDescribe(approved);
    g_autoptr(GString) after = ifxPlanApprovalDescribe(fresh);
    g_autoptr(GString) diff = ifxPlanApprovalGetDiff(approved);
    g_autoptr(GString) diff_now = ifxPlanApprovalGetDiff(fresh);

    if (g_string_equal(before, after))
        return true;
    ifxDiffLinesWrite(before->str, after->str, "plan", difference);
    if (!ifxPlanApprovalIsEqual(approval, now, "sha256"))
        return ifxErrorSet(error, IFX_ERROR_REFUSED,
                           "its definition changed since the plan was made");
    if (!g_string_equal(diff, diff_now) && ifxPlanApprovalIsSameText(approved, fresh))
        return ifxErrorSet(error, IFX_ERROR_REFUSED, "the change differs from the one in the saved "
                           "plan, which may be by another --stylesheet");
    return ifxErrorSet(error, IFX_ERROR_REFUSED, "the plan for it, or what it is based on, changed "
                       "since the plan was made");
}
