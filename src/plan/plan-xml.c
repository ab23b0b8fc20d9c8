/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-xml.h"

#include "plan/plan-walk.h"

#define IFX_PLAN_XML_VERSION "1"

typedef struct _ifxPlanXmlSink ifxPlanXmlSink;
struct _ifxPlanXmlSink {
    ifxPlanSink sink;
    xmlNode *node;      /* the element of the innermost object */
};

/* The document's dictionary keeps names and values: most of them occur again and again,
 * and xmlNewProp() would allocate each time. */
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

static void
ifxPlanXmlBegin(ifxPlanSink *sink,
                ifxPartKind kind,
                const char *name)
{
    ifxPlanXmlSink *xml = (ifxPlanXmlSink *) sink;

    if (kind == IFX_PART_OBJECT)
        xml->node = xmlNewChild(xml->node, NULL, BAD_CAST name, NULL);
}

static void
ifxPlanXmlEnd(ifxPlanSink *sink,
              ifxPartKind kind)
{
    ifxPlanXmlSink *xml = (ifxPlanXmlSink *) sink;

    if (kind == IFX_PART_OBJECT)
        xml->node = xml->node->parent;
}

static void
ifxPlanXmlSetString(ifxPlanSink *sink,
                    const char *name,
                    const char *value)
{
    ifxPlanXmlSet(((ifxPlanXmlSink *) sink)->node, name, value);
}

static void
ifxPlanXmlSetNumber(ifxPlanSink *sink,
                    const char *name,
                    guint value)
{
    char buffer[16];

    g_snprintf(buffer, sizeof(buffer), "%u", value);
    ifxPlanXmlSetString(sink, name, buffer);
}

static void
ifxPlanXmlSetBoolean(ifxPlanSink *sink,
                     const char *name,
                     bool value)
{
    ifxPlanXmlSetString(sink, name, value ? "yes" : "no");
}

/* As virPCIDeviceAddressFormat writes it (libvirt src/conf/device_conf.c). */
static void
ifxPlanXmlAddAddress(ifxPlanSink *sink,
                     const ifxPciAddress *value)
{
    const struct {
        const char *name;
        int digits;
        guint number;
    } parts[] = {
        { "domain", 4, value->domain },
        { "bus", 2, value->bus },
        { "slot", 2, value->slot },
        { "function", 1, value->function },
    };
    char text[16];
    guint i;

    ifxPlanXmlBegin(sink, IFX_PART_OBJECT, "address");
    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_snprintf(text, sizeof(text), "0x%0*x", parts[i].digits, parts[i].number);
        ifxPlanXmlSetString(sink, parts[i].name, text);
    }
    ifxPlanXmlEnd(sink, IFX_PART_OBJECT);
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

static xmlNode *
ifxPlanXmlWalk(xmlDoc *doc,
               const ifxPlan *plan,
               bool words,
               bool changes)
{
    ifxPlanXmlSink xml = {
        .sink = {
            .begin = ifxPlanXmlBegin,
            .end = ifxPlanXmlEnd,
            .string = ifxPlanXmlSetString,
            .number = ifxPlanXmlSetNumber,
            .boolean = ifxPlanXmlSetBoolean,
            .address = ifxPlanXmlAddAddress,
            .changes = changes,
            .describes = words,
        },
        .node = xmlNewChild(xmlDocGetRootElement(doc), NULL, BAD_CAST "plan", NULL),
    };

    ifxPlanWalk(&xml.sink, plan);
    return xml.node;
}

xmlNode *
ifxPlanXmlAdd(xmlDoc *doc,
              const ifxPlan *plan,
              bool words)
{
    return ifxPlanXmlWalk(doc, plan, words, false);
}

xmlNode *
ifxPlanXmlAddChanges(xmlDoc *doc,
                     const ifxPlan *plan)
{
    return ifxPlanXmlWalk(doc, plan, false, true);
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
