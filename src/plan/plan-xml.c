/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-xml.h"

#include <string.h>

#include "plan/plan-words.h"
#include "base/term.h"

#define IFX_PLAN_XML_VERSION "1"

/* The document's dictionary keeps names and values: most of them come again and again,
 * and xmlNewProp() would allocate each anew. */
static void
ifxPlanXmlSet(xmlNode *node,
              const char *name,
              const char *value)
{
    xmlAttr *attr = xmlNewProp(node, BAD_CAST name, NULL);
    xmlNode *text = xmlNewDocText(node->doc, NULL);

    text->content = (xmlChar *) xmlDictLookup(node->doc->dict, BAD_CAST value, -1);
    text->parent = (xmlNode *) attr;
    attr->children = text;
    attr->last = text;
}

/* For what a host calls its things: sysfs promises neither UTF-8 nor characters
 * that XML can hold. */
static void
ifxPlanXmlSetEscaped(xmlNode *node,
                     const char *name,
                     const char *value)
{
    g_autofree char *safe = value ? ifxTermEscape(value, strlen(value), false) : NULL;

    if (safe)
        ifxPlanXmlSet(node, name, safe);
}

static void
ifxPlanXmlSetNumber(xmlNode *node,
                    const char *name,
                    guint number)
{
    char buffer[16];

    g_snprintf(buffer, sizeof(buffer), "%u", number);
    ifxPlanXmlSet(node, name, buffer);
}

/* Of at least @digits digits. */
static void
ifxPlanXmlSetHex(xmlNode *node,
                 const char *name,
                 int digits,
                 guint number)
{
    char buffer[16];
    char *at = buffer + sizeof(buffer) - 1;

    *at = '\0';
    for (; number > 0 || digits > 0; number >>= 4, digits--)
        *--at = "0123456789abcdef"[number & 0xf];
    *--at = 'x';
    *--at = '0';
    ifxPlanXmlSet(node, name, at);
}

static xmlNode *
ifxPlanXmlChild(xmlNode *parent,
                const char *name)
{
    return xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

/* As virPCIDeviceAddressFormat writes it (libvirt src/conf/device_conf.c). */
static void
ifxPlanXmlAddAddress(xmlNode *parent,
                     const ifxPciAddress *address)
{
    xmlNode *node = ifxPlanXmlChild(parent, "address");

    ifxPlanXmlSetHex(node, "domain", 4, address->domain);
    ifxPlanXmlSetHex(node, "bus", 2, address->bus);
    ifxPlanXmlSetHex(node, "slot", 2, address->slot);
    ifxPlanXmlSetHex(node, "function", 1, address->function);
}

static void
ifxPlanXmlAddDomain(xmlNode *parent,
                    const ifxPlan *plan)
{
    xmlNode *node = ifxPlanXmlChild(parent, "domain");
    bool after = false;
    g_autofree char *point = ifxPlanInsertionPoint(plan, &after);

    ifxPlanXmlSet(node, "name", plan->domain->name);
    if (plan->domain->uuid)
        ifxPlanXmlSet(node, "uuid", plan->domain->uuid);
    if (plan->domain->type)
        ifxPlanXmlSet(node, "type", plan->domain->type);

    if (point) {
        node = ifxPlanXmlChild(parent, "insert");
        ifxPlanXmlSet(node, "sel", point);
        if (after)
            ifxPlanXmlSet(node, "pos", "after");
    }
}

static void
ifxPlanXmlAddEvidence(xmlNode *parent,
                      const GPtrArray *evidence)
{
    guint i;
    guint j;

    for (i = 0; evidence && i < evidence->len; i++) {
        const ifxEvidence *piece = evidence->pdata[i];
        xmlNode *node = ifxPlanXmlChild(parent, "evidence");

        ifxPlanXmlSet(node, "reason", ifxReasonToString(piece->reason));
        ifxPlanXmlSet(node, "lift", ifxLiftToString(piece->lift));
        for (j = 0; j < piece->chain->len; j++)
            ifxPlanXmlSetEscaped(ifxPlanXmlChild(node, "step"), "name", piece->chain->pdata[j]);
    }
}

static void
ifxPlanXmlAddNote(xmlNode *parent,
                  const ifxPlanNote *note)
{
    xmlNode *node = ifxPlanXmlChild(parent, "note");
    guint i;

    ifxPlanXmlSet(node, "reason", ifxReasonToString(note->reason));
    if (note->path)
        ifxPlanXmlSet(node, "path", note->path);
    ifxPlanXmlSetEscaped(node, "subject", note->subject);
    for (i = 0; i < note->groups->len; i++)
        ifxPlanXmlSetNumber(ifxPlanXmlChild(node, "group"), "number",
                            g_array_index(note->groups, guint, i));
}

static void
ifxPlanXmlAddManage(xmlNode *parent,
                    const ifxPlan *plan,
                    const ifxPlanClaim *claim)
{
    xmlNode *node = ifxPlanXmlChild(parent, "manage");
    const char *type;
    g_autofree char *point = ifxPlanClaimManagePoint(plan, claim, &type);

    ifxPlanXmlSet(node, "sel", point);
    if (type)
        ifxPlanXmlSet(node, "type", type);
}

static void
ifxPlanXmlAddClaim(xmlNode *parent,
                   const ifxPlan *plan,
                   const ifxPlanClaim *claim)
{
    xmlNode *node = ifxPlanXmlChild(parent, "claim");

    ifxPlanXmlSet(node, "path", claim->claim->path);
    ifxPlanXmlSet(node, "kind", ifxClaimGetTraits(claim->claim)->word);
    ifxPlanXmlSet(node, "managed", claim->claim->managed ? "yes" : "no");
    ifxPlanXmlSet(node, "verdict", ifxVerdictToString(claim->verdict));
    ifxPlanXmlSet(node, "reason", ifxReasonToString(claim->reason));
    if (claim->other)
        ifxPlanXmlSet(node, "other", claim->other->path);
    if (claim->group != IFX_GROUP_NONE)
        ifxPlanXmlSetNumber(node, "group", (guint) claim->group);
    if (claim->claim->has_address)
        ifxPlanXmlAddAddress(node, &claim->claim->address);
    if (claim->manage)
        ifxPlanXmlAddManage(node, plan, claim);
    ifxPlanXmlAddEvidence(node, claim->evidence);
}

static void
ifxPlanXmlAddDevice(xmlNode *member,
                    const ifxDevice *device)
{
    static const char *const states[] = {
        [IFX_DRIVER_UNKNOWN] = "unknown",
        [IFX_DRIVER_NONE] = "none",
        [IFX_DRIVER_BOUND] = "bound",
    };
    xmlNode *node = ifxPlanXmlChild(member, "device");

    if (device->has_class)
        ifxPlanXmlSetHex(node, "class", 6, device->class_code);
    ifxPlanXmlSetHex(node, "vendor-id", 4, device->vendor_id);
    ifxPlanXmlSetHex(node, "product-id", 4, device->product_id);
    ifxPlanXmlSetEscaped(node, "vendor", device->vendor);
    ifxPlanXmlSetEscaped(node, "product", device->product);
    ifxPlanXmlSet(node, "driver-state", states[device->driver_state]);
    ifxPlanXmlSetEscaped(node, "driver", device->driver);
}

static void
ifxPlanXmlAddMember(xmlNode *parent,
                    const ifxPlanMember *member)
{
    xmlNode *node = ifxPlanXmlChild(parent, "member");

    ifxPlanXmlSet(node, "verdict", ifxVerdictToString(member->verdict));
    ifxPlanXmlSet(node, "reason", ifxReasonToString(member->reason));
    if (member->member->is_pci)
        ifxPlanXmlAddAddress(node, &member->member->address);
    else
        ifxPlanXmlSetEscaped(node, "name", member->member->name);
    if (member->member->device)
        ifxPlanXmlAddDevice(node, member->member->device);
    ifxPlanXmlAddEvidence(node, member->evidence);
}

static void
ifxPlanXmlAddGroup(xmlNode *parent,
                   const ifxPlanGroup *group)
{
    xmlNode *node = ifxPlanXmlChild(parent, "group");
    guint i;

    ifxPlanXmlSetNumber(node, "number", group->group->number);
    ifxPlanXmlSet(node, "complete", group->complete ? "yes" : "no");
    ifxPlanXmlSet(node, "starts", ifxStartsToString(group->starts));
    for (i = 0; i < group->members->len; i++)
        ifxPlanXmlAddMember(node, &g_array_index(group->members, ifxPlanMember, i));
}

xmlDoc *
ifxPlanXmlNew(void)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *root;

    doc->dict = xmlDictCreate();
    root = xmlNewDocNode(doc, NULL, BAD_CAST "plans", NULL);
    xmlDocSetRootElement(doc, root);
    ifxPlanXmlSet(root, "version", IFX_PLAN_XML_VERSION);
    return doc;
}

xmlNode *
ifxPlanXmlAdd(xmlDoc *doc,
              const ifxPlan *plan)
{
    xmlNode *node = ifxPlanXmlChild(xmlDocGetRootElement(doc), "plan");
    guint i;

    ifxPlanXmlSet(node, "result", ifxResultToString(plan->result));
    ifxPlanXmlSet(node, "starts", ifxStartsToString(plan->starts));
    ifxPlanXmlAddDomain(node, plan);
    for (i = 0; i < plan->claims->len; i++)
        ifxPlanXmlAddClaim(node, plan, &g_array_index(plan->claims, ifxPlanClaim, i));
    for (i = 0; i < plan->notes->len; i++)
        ifxPlanXmlAddNote(node, &g_array_index(plan->notes, ifxPlanNote, i));
    for (i = 0; i < plan->groups->len; i++)
        ifxPlanXmlAddGroup(node, &g_array_index(plan->groups, ifxPlanGroup, i));
    return node;
}

void
ifxPlanXmlFormat(const xmlDoc *doc,
                 GString *out)
{
    xmlChar *text = NULL;
    int length = 0;

    xmlDocDumpFormatMemoryEnc((xmlDoc *) doc, &text, &length, "UTF-8", 1);
    g_string_append_len(out, (const char *) text, length);
    xmlFree(text);
}
