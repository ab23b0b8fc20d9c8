/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xml-patch.h"

#include <string.h>

#include "xml/xml-text.h"

/* How an instruction is written. */
static const struct {
    const char *element;
    const char *position;   /* the attribute pos; NULL for none */
} ifxPatchForms[] = {
    [IFX_PATCH_APPEND] = { "add", NULL },
    [IFX_PATCH_PREPEND] = { "add", "prepend" },
    [IFX_PATCH_BEFORE] = { "add", "before" },
    [IFX_PATCH_AFTER] = { "add", "after" },
    [IFX_PATCH_REMOVE] = { "remove", NULL },
    [IFX_PATCH_ADD_ATTRIBUTE] = { "add", NULL },
    [IFX_PATCH_REPLACE_ATTRIBUTE] = { "replace", NULL },
    [IFX_PATCH_REMOVE_ATTRIBUTE] = { "remove", NULL },
};

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
    const char *name = ifxPatchForms[instruction->kind].element;
    const char *position = ifxPatchForms[instruction->kind].position;
    xmlNode *node = xmlNewTextChild(root, NULL, (const xmlChar *) name,
                                    (const xmlChar *) instruction->value);
    g_autofree char *path = ifxXmlPathFormat(patch->text, instruction->target);
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
