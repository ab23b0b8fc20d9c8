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

/* In order of address, so that equal policies give equal documents. */
static void
ifxPlanApprovalAddAllowed(xmlNode *approval,
                          GHashTable *allowed)
{
    guint count = 0;
    g_autofree gpointer *addresses =
        allowed ? g_hash_table_get_keys_as_array(allowed, &count) : NULL;
    guint i;

    if (count > 1)
        qsort(addresses, count, sizeof(*addresses), ifxPlanApprovalCompareAddresses);
    for (i = 0; i < count; i++) {
        char text[IFX_PCI_ADDRESS_LENGTH];

        xmlNewTextChild(approval, NULL, BAD_CAST "allow",
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

/* What is approved of @plan, a <plan> with its approval, as lines. */
static GString *
ifxPlanApprovalDescribe(const xmlNode *plan)
{
    const xmlNode *approval = ifxXmlDocChild(plan, "approval");
    g_autofree char *encoded = ifxXmlDocText(approval, "diff");
    gsize length = 0;
    g_autofree guchar *diff = encoded && *encoded ? g_base64_decode(encoded, &length) : NULL;
    GString *text = g_string_new(NULL);
    const xmlNode *node;

    ifxPlanApprovalAppend(text, plan, "result");
    ifxPlanTextAppend(plan, true, text);
    ifxPlanApprovalAppend(text, approval, "managed");
    ifxPlanApprovalAppend(text, approval, "prune");
    ifxPlanApprovalAppend(text, approval, "only-needed");
    for (node = approval->children; node; node = node->next) {
        g_autofree char *allowed = ifxXmlDocIs(node, "allow") ? ifxXmlDocContent(node) : NULL;

        if (allowed)
            g_string_append_printf(text, "allow-member %s\n", allowed);
        if (!ifxXmlDocIs(node, "group"))
            continue;
        ifxPlanApprovalAppend(text, node, "number");
        ifxPlanApprovalAppend(text, node, "fingerprint");
    }
    ifxPlanApprovalAppend(text, approval, "sha256");
    g_string_append_len(text, (const char *) diff, (gssize) length);
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
    g_autofree char *encoded = g_base64_encode((const guchar *) diff, strlen(diff));
    guint i;

    if (origin) {
        ifxPlanApprovalSet(approval, "uri", origin->uri);
        ifxPlanApprovalSet(approval, "host-uuid", origin->host_uuid);
        ifxPlanApprovalSet(approval, "libvirt", origin->libvirt);
    }
    ifxPlanApprovalSet(approval, "sha256", sum);
    ifxPlanApprovalSet(approval, "managed", policy->managed ? "yes" : "no");
    ifxPlanApprovalSet(approval, "prune", policy->prune ? "yes" : "no");
    ifxPlanApprovalSet(approval, "only-needed", policy->only_needed ? "yes" : "no");
    ifxPlanApprovalAddAllowed(approval, policy->allowed);
    for (i = 0; i < plan->groups->len; i++)
        ifxPlanApprovalAddGroup(approval, g_array_index(plan->groups, ifxPlanGroup, i).group);
    xmlNewTextChild(approval, NULL, BAD_CAST "diff", BAD_CAST encoded);
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

    ifxPlanTextAppend(one, true, text);
    ifxPlanTextAppend(other, true, other_text);
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
    g_autofree char *diff = ifxXmlDocText(approval, "diff");
    g_autofree char *diff_now = ifxXmlDocText(now, "diff");

    if (g_string_equal(before, after))
        return true;
    ifxDiffLinesWrite(before->str, after->str, "plan", difference);
    if (!ifxPlanApprovalIsEqual(approval, now, "sha256"))
        return ifxErrorSet(error, IFX_ERROR_REFUSED,
                           "its definition changed since the plan was made; make a new plan");
    if (g_strcmp0(diff, diff_now) != 0 && ifxPlanApprovalIsSameText(approved, fresh))
        return ifxErrorSet(error, IFX_ERROR_REFUSED, "the change differs from the one in the saved "
                           "plan: was the plan made with another --stylesheet?");
    return ifxErrorSet(error, IFX_ERROR_REFUSED, "the plan for it, or what it is based on, changed "
                       "since the plan was made; make a new plan");
}
