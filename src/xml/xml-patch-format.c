/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch.h"

#include <string.h>

#include "xml/xml-text.h"

static const char *
ifxXmlPatchPosition(ifxPatchKind kind)
{
    switch (kind) {
    case IFX_PATCH_BEFORE:
        return "before";
    case IFX_PATCH_AFTER:
        return "after";
    case IFX_PATCH_PREPEND:
        return "prepend";
    case IFX_PATCH_APPEND:
    case IFX_PATCH_REMOVE:
    case IFX_PATCH_ADD_ATTRIBUTE:
    case IFX_PATCH_REPLACE_ATTRIBUTE:
    case IFX_PATCH_REMOVE_ATTRIBUTE:
        break;
    }
    return NULL;
}

static const char *
ifxXmlPatchElementName(ifxPatchKind kind)
{
    switch (kind) {
    case IFX_PATCH_REMOVE:
    case IFX_PATCH_REMOVE_ATTRIBUTE:
        return "remove";
    case IFX_PATCH_REPLACE_ATTRIBUTE:
        return "replace";
    case IFX_PATCH_APPEND:
    case IFX_PATCH_PREPEND:
    case IFX_PATCH_BEFORE:
    case IFX_PATCH_AFTER:
    case IFX_PATCH_ADD_ATTRIBUTE:
        break;
    }
    return "add";
}

static void
ifxXmlPatchSet(xmlNode *node,
               const char *name,
               const char *value)
{
    xmlSetProp(node, (const xmlChar *) name, (const xmlChar *) value);
}

static void
ifxXmlPatchAddInstruction(xmlNode *root,
                          const ifxXmlPatch *patch,
                          const ifxInstruction *instruction)
{
    const char *name = ifxXmlPatchElementName(instruction->kind);
    xmlNode *node = xmlNewTextChild(root, NULL, (const xmlChar *) name,
                                    (const xmlChar *) instruction->value);
    g_autofree char *path = ifxXmlPathFormat(patch->text, instruction->target);
    const char *position = ifxXmlPatchPosition(instruction->kind);
    const xmlNode *child;

    if (instruction->kind == IFX_PATCH_ADD_ATTRIBUTE) {
        g_autofree char *type = g_strdup_printf("@%s", instruction->name);

        ifxXmlPatchSet(node, "sel", path);
        ifxXmlPatchSet(node, "type", type);
    } else {
        g_autofree char *selector = instruction->name ?
            g_strdup_printf("%s/@%s", path, instruction->name) : g_strdup(path);

        ifxXmlPatchSet(node, "sel", selector);
    }
    if (position)
        ifxXmlPatchSet(node, "pos", position);
    for (child = instruction->node ? instruction->node->children : NULL; child;
         child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            xmlAddChild(node, xmlDocCopyNode((xmlNode *) child, root->doc, 1));
    }
}

char *
ifxXmlPatchFormat(const ifxXmlPatch *patch)
{
    g_autoptr(xmlDoc) doc = xmlNewDoc((const xmlChar *) "1.0");
    xmlNode *root = xmlNewNode(NULL, (const xmlChar *) "diff");
    xmlChar *text = NULL;
    char *copy;
    guint i;
    int length;

    xmlDocSetRootElement(doc, root);
    for (i = 0; i < patch->instructions->len; i++)
        ifxXmlPatchAddInstruction(root, patch, patch->instructions->pdata[i]);
    xmlDocDumpFormatMemoryEnc(doc, &text, &length, "UTF-8", 1);
    copy = g_strndup((const char *) text, (gsize) length);
    xmlFree(text);
    return copy;
}
