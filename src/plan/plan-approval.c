/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-approval.h"

#include <string.h>

#include "base/error.h"
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
}

static bool
ifxPlanApprovalIsEqual(const xmlNode *one,
                       const xmlNode *other,
                       const char *name)
{
    g_autofree char *value = one ? ifxXmlDocAttribute(one, name) : NULL;
    g_autofree char *other_value = other ? ifxXmlDocAttribute(other, name) : NULL;

    return g_strcmp0(value, other_value) == 0;
}

/* The child @name of @parent whose @attribute has the value that it has in @like. */
static const xmlNode *
ifxPlanApprovalFind(const xmlNode *parent,
                    const char *name,
                    const char *attribute,
                    const xmlNode *like)
{
    const xmlNode *node;

    for (node = parent->children; node; node = node->next) {
        if (ifxXmlDocIs(node, name) && ifxPlanApprovalIsEqual(node, like, attribute))
            return node;
    }
    return NULL;
}

static bool
ifxPlanApprovalRefuse(GError **error,
                      const char *what)
{
    return ifxErrorSet(error, IFX_ERROR_REFUSED, "%s since the plan was made; make a new plan",
                       what);
}

static bool
ifxPlanApprovalCheckGroups(const xmlNode *approved,
                           const xmlNode *fresh,
                           GError **error)
{
    const xmlNode *node;

    for (node = approved->children; node; node = node->next) {
        const xmlNode *now = ifxXmlDocIs(node, "group") ?
            ifxPlanApprovalFind(fresh, "group", "number", node) : node;

        if (!now || !ifxPlanApprovalIsEqual(node, now, "fingerprint")) {
            g_autofree char *number = ifxXmlDocAttribute(node, "number");
            g_autofree char *what = g_strdup_printf("group %s has other members", number);

            return ifxPlanApprovalRefuse(error, what);
        }
    }
    return true;
}

char *
ifxPlanApprovalName(const xmlNode *node)
{
    const xmlNode *address = ifxXmlDocChild(node, "address");
    const char *const parts[] = { "domain", "bus", "slot", "function" };
    guint64 numbers[4] = { 0 };
    guint i;

    if (!address)
        return ifxXmlDocAttribute(node, "name");
    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *text = ifxXmlDocAttribute(address, parts[i]);

        if (!ifxXmlDocNumber(text, G_MAXUINT32, &numbers[i]))
            return NULL;
    }
    return g_strdup_printf("%04x:%02x:%02x.%x", (guint) numbers[0], (guint) numbers[1],
                           (guint) numbers[2], (guint) numbers[3]);
}

static bool
ifxPlanApprovalCheckVerdict(const xmlNode *approved,
                            const xmlNode *fresh,
                            GError **error)
{
    g_autofree char *name = ifxPlanApprovalName(approved);
    g_autofree char *other_name = ifxPlanApprovalName(fresh);
    g_autofree char *before = NULL;
    g_autofree char *now = NULL;
    g_autofree char *what = NULL;

    if (g_strcmp0(name, other_name) == 0 && ifxPlanApprovalIsEqual(approved, fresh, "verdict") &&
        ifxPlanApprovalIsEqual(approved, fresh, "reason"))
        return true;
    before = ifxXmlDocAttribute(approved, "reason");
    now = ifxXmlDocAttribute(fresh, "reason");
    what = g_strdup_printf("the verdict on %s changed from %s to %s", name ? name : "a claim",
                           before, now);
    return ifxPlanApprovalRefuse(error, what);
}

/* Claims and members have the same order as long as definition and groups are the same. */
static bool
ifxPlanApprovalCheckVerdicts(const xmlNode *approved,
                             const xmlNode *fresh,
                             const char *name,
                             GError **error)
{
    const xmlNode *now = fresh->children;
    const xmlNode *node;

    for (node = approved->children; node; node = node->next) {
        if (!ifxXmlDocIs(node, name))
            continue;
        while (now && !ifxXmlDocIs(now, name))
            now = now->next;
        if (!now)
            return ifxPlanApprovalRefuse(error, "a verdict disappeared");
        if (!ifxPlanApprovalCheckVerdict(node, now, error))
            return false;
        now = now->next;
    }
    return true;
}

static bool
ifxPlanApprovalCheckMembers(const xmlNode *approved,
                            const xmlNode *fresh,
                            GError **error)
{
    const xmlNode *node;

    for (node = approved->children; node; node = node->next) {
        const xmlNode *now = ifxXmlDocIs(node, "group") ?
            ifxPlanApprovalFind(fresh, "group", "number", node) : NULL;

        if (now && !ifxPlanApprovalCheckVerdicts(node, now, "member", error))
            return false;
    }
    return true;
}

bool
ifxPlanApprovalCheck(const xmlNode *approved,
                     const xmlNode *fresh,
                     GError **error)
{
    const xmlNode *approval = ifxXmlDocChild(approved, "approval");
    const xmlNode *now = ifxXmlDocChild(fresh, "approval");
    g_autofree char *diff = NULL;
    g_autofree char *diff_now = NULL;

    if (!approval || !now || !ifxPlanApprovalIsEqual(approval, now, "sha256"))
        return ifxPlanApprovalRefuse(error, "its definition changed");
    if (!ifxPlanApprovalCheckGroups(approval, now, error) ||
        !ifxPlanApprovalCheckVerdicts(approved, fresh, "claim", error) ||
        !ifxPlanApprovalCheckMembers(approved, fresh, error))
        return false;
    if (!ifxPlanApprovalIsEqual(approved, fresh, "result"))
        return ifxPlanApprovalRefuse(error, "the result for this domain changed");
    diff = ifxXmlDocText(approval, "diff");
    diff_now = ifxXmlDocText(now, "diff");
    if (g_strcmp0(diff, diff_now) == 0)
        return true;
    return ifxErrorSet(error, IFX_ERROR_REFUSED, "the change differs from the one in the saved "
                       "plan: was the plan made with another --stylesheet?");
}
