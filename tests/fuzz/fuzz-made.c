/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The input is a row of choices, a byte each. By them a grammar makes what flipped bytes rarely
 * reach: a saved plan whose tree somebody changed, a record of any JSON values, and a domain from
 * which a change is to be undone that others edited.
 */
#include <string.h>

#include "fuzz.h"
#include "plan/plan-approval.h"
#include "plan/plan-file.h"
#include "plan/plan-judge.h"
#include "plan/plan-xml.h"
#include "plan/rewrite.h"
#include "write/undo-internal.h"

typedef struct {
    const uint8_t *bytes;
    size_t left;
} ifxFuzzChoices;

/* 0 at the end, so that each grammar ends. */
static guint
ifxFuzzChoose(ifxFuzzChoices *choices,
              guint count)
{
    if (choices->left == 0)
        return 0;
    choices->left--;
    return *choices->bytes++ % count;
}

#define IFX_FUZZ_PICK(choices, row) ((row)[ifxFuzzChoose((choices), G_N_ELEMENTS(row))])

/* What XML can hold. */
static const char *const values[] = {
    "", "yes", "no", "change", "complete", "refused", "skipped", "no-iommu", "0", "1", "-1",
    "4294967296", "18446744073709551616", "0000:01:00.0", "0000:01:00.1", "1:0.0", "10000:ff:1f.7",
    "0000:01:00.0 ", "a", "b", "../../etc/passwd", "qemu:///system", "line\nbreak", ("\xc2\x9b" "31m"),
    "\xe2\x80\xae", "]]>", "&<>\"'", "%s%n", "base64", "no", "add", "declared", "refuse", "missing",
};

static const char *const names[] = {
    "plans", "plan", "domain", "approval", "group", "member", "claim", "evidence", "step", "address",
    "allow", "diff", "insert", "policy", "device", "xmlns", "other",
};

static const char *const attributes[] = {
    "id", "version", "name", "uuid", "uri", "host-uuid", "result", "starts", "digest", "sha256",
    "fingerprint", "number", "encoding", "managed", "prune", "only-needed", "verdict", "reason",
    "address", "path", "kind", "detail", "driver", "group",
};

/* ---- a saved plan */

static void
ifxFuzzListNodes(xmlNode *node,
                 GPtrArray *nodes)
{
    xmlNode *child;

    g_ptr_array_add(nodes, node);
    for (child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            ifxFuzzListNodes(child, nodes);
    }
}

static bool
ifxFuzzIsInside(const xmlNode *node,
                const xmlNode *other)
{
    while (node && node != other)
        node = node->parent;
    return node != NULL;
}

static void
ifxFuzzChangeAttribute(ifxFuzzChoices *choices,
                       xmlNode *node)
{
    const char *name = IFX_FUZZ_PICK(choices, attributes);
    xmlAttr *attribute = node->properties;
    guint skip;

    /* One that is there, or one of the list. */
    for (skip = ifxFuzzChoose(choices, 8); attribute && skip > 0; skip--)
        attribute = attribute->next;
    if (attribute && ifxFuzzChoose(choices, 3) == 1)
        xmlRemoveProp(attribute);
    else
        xmlSetProp(node, attribute ? attribute->name : BAD_CAST name,
                   BAD_CAST IFX_FUZZ_PICK(choices, values));
}

static void
ifxFuzzMoveNode(ifxFuzzChoices *choices,
                const GPtrArray *nodes,
                xmlNode *node,
                bool copy)
{
    xmlNode *target = nodes->pdata[ifxFuzzChoose(choices, nodes->len)];

    if (copy) {
        xmlAddChild(target, xmlCopyNode(node, 1));
    } else if (!ifxFuzzIsInside(target, node)) {
        xmlUnlinkNode(node);
        xmlAddChild(target, node);
    }
}

static void
ifxFuzzChangeTree(ifxFuzzChoices *choices,
                  xmlDoc *doc)
{
    g_autoptr(GPtrArray) nodes = g_ptr_array_new();
    xmlNode *root = xmlDocGetRootElement(doc);
    xmlNode *node;

    ifxFuzzListNodes(root, nodes);
    node = nodes->pdata[ifxFuzzChoose(choices, nodes->len)];
    switch (ifxFuzzChoose(choices, 8)) {
    case 1:
        if (node != root) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
        break;
    case 2:
    case 3:
        if (node != root && nodes->len < 200)
            ifxFuzzMoveNode(choices, nodes, node, ifxFuzzChoose(choices, 2) == 0);
        break;
    case 4:
        xmlNodeSetName(node, BAD_CAST IFX_FUZZ_PICK(choices, names));
        break;
    case 5:
        xmlNodeAddContent(node, BAD_CAST IFX_FUZZ_PICK(choices, values));
        break;
    case 6:
        xmlNewTextChild(node, NULL, BAD_CAST IFX_FUZZ_PICK(choices, names),
                        BAD_CAST IFX_FUZZ_PICK(choices, values));
        break;
    default:
        ifxFuzzChangeAttribute(choices, node);
    }
}

/* The saved plan of some domains; before anybody changes it, it is good. */
static void
ifxFuzzMakePlan(ifxFuzzChoices *choices)
{
    g_autoptr(GBytes) text = g_bytes_new_static(IFX_FUZZ_SAVED_DOMAIN,
                                                strlen(IFX_FUZZ_SAVED_DOMAIN));
    g_autoptr(ifxDomain) domain = ifxDomainParse(text, NULL);
    g_autoptr(ifxTopology) topology = ifxFuzzSavedHost();
    const ifxPlanHost host = { .topology = topology };
    const guint options = ifxFuzzChoose(choices, 8);
    const ifxPolicy policy = {
        .managed = options & 1, .prune = options & 2, .only_needed = options & 4,
    };
    g_autoptr(ifxPlan) plan = ifxPlanJudge(domain, &host, &policy);
    g_autoptr(xmlDoc) doc = ifxPlanXmlNew();
    const ifxPlanOrigin origin = { .uri = "qemu:///system", .host_uuid = "u", .libvirt = "9.0" };
    g_autoptr(GString) saved = g_string_new(NULL);
    g_autoptr(GString) changed = g_string_new(NULL);
    g_autoptr(ifxPlanFile) file = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    guint changes;

    ifxPlanApprovalAdd(ifxPlanXmlAdd(doc, plan, false), plan, &policy,
                       ifxFuzzChoose(choices, 2) ? NULL : &origin,
                       IFX_FUZZ_PICK(choices, values));
    ifxPlanFileMark(doc);
    ifxPlanXmlFormat(doc, saved);
    bytes = g_bytes_new(saved->str, saved->len);
    file = ifxPlanFileParse(bytes, &error);
    ifxFuzzExpectDone(file, error);
    ifxFuzzExpectDone(ifxPlanFileIsIntact(file, &error), error);
    ifxFuzzCheckPlanFile(bytes);

    for (changes = ifxFuzzChoose(choices, 20); changes > 0; changes--)
        ifxFuzzChangeTree(choices, doc);
    ifxPlanXmlFormat(doc, changed);
    g_bytes_unref(bytes);
    bytes = g_bytes_new(changed->str, changed->len);
    ifxFuzzCheckPlanFile(bytes);
}

/* ---- a record */

static void
ifxFuzzMakeValue(ifxFuzzChoices *choices,
                 guint depth,
                 GString *json)
{
    static const char *const texts[] = {
        "null", "true", "0", "1", "-1", "1.5", "1e400", "2147483648", "4294967296",
        "-9223372036854775809", "18446744073709551616", "\"\"", "\"apply\"", "\"undo\"", "\"a\"",
        "\"../..\"", "\"\\u0000b\"", "\"\\ud800\"", "\"\\u202e\\n\"", "\"\xff\"", "\"<domain/>\"",
        "\"20261129-024805-899766\"",
    };
    static const char *const keys[] = {
        "schema_version", "command", "time", "uri", "host_uuid", "uuid", "name", "plan", "before",
        "after", "undoes", "transaction", "number", "", "\\u0000",
    };
    guint i;
    guint count;

    switch (depth > 40 ? 0 : ifxFuzzChoose(choices, 4)) {
    case 1:
        g_string_append_c(json, '{');
        for (i = 0, count = ifxFuzzChoose(choices, 16); i < count; i++) {
            g_string_append_printf(json, "%s\"%s\":", i > 0 ? "," : "",
                                   IFX_FUZZ_PICK(choices, keys));
            ifxFuzzMakeValue(choices, depth + 1, json);
        }
        g_string_append_c(json, '}');
        break;
    case 2:
        g_string_append_c(json, '[');
        ifxFuzzMakeValue(choices, depth + 1, json);
        g_string_append_c(json, ']');
        break;
    default:
        g_string_append(json, IFX_FUZZ_PICK(choices, texts));
    }
}

/* What a record needs, and then any member, which may be one of these again. */
static void
ifxFuzzMakeRecord(ifxFuzzChoices *choices)
{
    static const char *const needed[] = {
        "schema_version", "command", "time", "uri", "uuid", "name", "before", "after",
    };
    static const char *const more[] = {
        "undoes", "plan", "host_uuid", "schema_version", "command", "before", "x",
    };
    g_autoptr(GString) json = g_string_new("{");
    const guint left_out = ifxFuzzChoose(choices, 32);
    guint count = ifxFuzzChoose(choices, 6);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(needed); i++) {
        if (i != left_out - 1)
            g_string_append_printf(json, "%s\"%s\":%s", json->len > 1 ? "," : "", needed[i],
                                   i == 0 ? "1" : "\"text\"");
    }
    for (; count > 0; count--) {
        if (ifxFuzzChoose(choices, 2) == 0) {
            g_string_append(json, ",\"undoes\":{\"transaction\":\"20261129-024805-899766\","
                            "\"number\":");
            ifxFuzzMakeValue(choices, 0, json);
            g_string_append_c(json, '}');
        } else {
            g_string_append_printf(json, ",\"%s\":", IFX_FUZZ_PICK(choices, more));
            ifxFuzzMakeValue(choices, 0, json);
        }
    }
    g_string_append_c(json, '}');
    ifxFuzzCheckRecord(json->str, json->len);
}

/* ---- a change that is undone */

#define IFX_FUZZ_SOURCE "<source><address domain='0' bus='@' slot='0' function='~'/></source>"

/* With @ for a bus and ~ for a function. */
static const char *const entries[] = {
    "<hostdev mode='subsystem' type='pci' managed='yes'>" IFX_FUZZ_SOURCE
    "<address type='unassigned'/></hostdev>",
    "<hostdev mode='subsystem' type='pci' managed='yes'>" IFX_FUZZ_SOURCE "</hostdev>",
    "<hostdev mode='subsystem' type='pci' managed='no'>" IFX_FUZZ_SOURCE "</hostdev>",
    "<hostdev type='pci'>" IFX_FUZZ_SOURCE "<rom bar='off'/></hostdev>",
    "<interface type='hostdev' managed='yes'>" IFX_FUZZ_SOURCE "</interface>",
    "<disk type='nvme'><source type='pci' managed='no' namespace='~'><address bus='@'/></source>"
    "</disk>",
    "<disk type='file'><backingStore type='nvme'><source type='pci' namespace='~'>"
    "<address bus='@'/></source></backingStore></disk>",
    "<hostdev type='usb'><source><vendor id='@'/><product id='~'/></source></hostdev>",
    "<hub type='usb' x='@~'/>",
    "<!-- @ ~ -->",
    "<hostdev type='pci' managed='yes'/><!--@~-->",
};

/* Any entry, for any device. */
static void
ifxFuzzAddEntry(ifxFuzzChoices *choices,
                GString *text)
{
    const char *at = IFX_FUZZ_PICK(choices, entries);
    const char bus = (char) ('1' + ifxFuzzChoose(choices, 3));
    const char function = (char) ('0' + ifxFuzzChoose(choices, 2));

    for (; *at; at++)
        g_string_append_c(text, *at == '@' ? bus : *at == '~' ? function : *at);
}

static GBytes *
ifxFuzzMakeDomain(ifxFuzzChoices *choices)
{
    GString *text = g_string_new("<domain type='kvm'><name>a</name>");
    const bool lines = ifxFuzzChoose(choices, 2);
    guint count = ifxFuzzChoose(choices, 8);

    if (ifxFuzzChoose(choices, 16) != 15) {
        g_string_append(text, count == 0 ? "<devices/>" : "<devices>");
        for (; count > 0; count--) {
            g_string_append(text, lines ? "\n    " : "");
            ifxFuzzAddEntry(choices, text);
            if (count == 1)
                g_string_append(text, "</devices>");
        }
    }
    g_string_append(text, "</domain>");
    return g_string_free_to_bytes(text);
}

/* Does the domain claim a device twice? libvirt starts no such domain, and claims of one device are
 * told apart only by their order. */
static bool
ifxFuzzClaimsTwice(const ifxDomain *domain)
{
    guint i;
    guint j;

    for (i = 0; i < domain->claims->len; i++) {
        for (j = 0; j < i; j++) {
            if (ifxPciAddressEqual(&g_array_index(domain->claims, ifxClaim, i).address,
                                   &g_array_index(domain->claims, ifxClaim, j).address))
                return true;
        }
    }
    return false;
}

/* What undo makes is a domain of which nothing is left to undo. */
static void
ifxFuzzUndo(ifxFuzzChoices *choices)
{
    g_autoptr(GBytes) before_text = ifxFuzzMakeDomain(choices);
    g_autoptr(GBytes) after_text = ifxFuzzMakeDomain(choices);
    g_autoptr(GBytes) text = ifxFuzzChoose(choices, 2) == 0 ? g_bytes_ref(after_text) :
        ifxFuzzMakeDomain(choices);
    g_autoptr(ifxDomain) before = ifxDomainParse(before_text, NULL);
    g_autoptr(ifxDomain) after = ifxDomainParse(after_text, NULL);
    g_autoptr(ifxDomain) current = ifxDomainParse(text, NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *patch = NULL;
    g_autofree char *nothing = NULL;
    g_autoptr(GBytes) result = NULL;
    g_autoptr(ifxDomain) undone = NULL;

    ifxFuzzExpect(before && after && current);
    if (!ifxUndoPatchMake(before, after, current, &patch, &error)) {
        ifxFuzzExpect(!patch);
        ifxFuzzExpectError(error, IFX_ERROR_REFUSED, IFX_ERROR_XML);
        return;
    }
    if (!patch)
        return;
    result = ifxRewriteByPatch(text, patch, &error);
    ifxFuzzExpectDone(result, error);
    undone = ifxDomainParse(result, &error);
    ifxFuzzExpectDone(undone, error);
    if (ifxFuzzClaimsTwice(before))
        return;
    ifxFuzzExpectDone(ifxUndoPatchMake(before, after, undone, &nothing, &error), error);
    ifxFuzzExpect(!nothing);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data,
                       size_t size)
{
    ifxFuzzChoices choices = { data, size };

    switch (ifxFuzzChoose(&choices, 3)) {
    case 0:
        ifxFuzzMakePlan(&choices);
        break;
    case 1:
        ifxFuzzMakeRecord(&choices);
        break;
    default:
        ifxFuzzUndo(&choices);
    }
    return 0;
}
