/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test-xml-patch: a patch carried out on a text, and what must come of it.
 */

#pragma once

#include "helpers.h"
#include "xml/edit.h"
#include "xml/xml-patch.h"

static inline xmlDoc *
ifxTestReadPatch(const char *patch)
{
    xmlDoc *doc = xmlReadMemory(patch, (int) strlen(patch), "patch.xml", NULL, XML_PARSE_NONET);

    ck_assert_ptr_nonnull(doc);
    return doc;
}

/* The new text, read again and compared as the tool does it; NULL on failure. */
static inline char *
ifxTestPatch(const char *xml,
             const char *patch_xml,
             GError **error)
{
    g_autoptr(ifxXmlText) text = ifxTestText(xml);
    g_autoptr(xmlDoc) doc = ifxTestReadPatch(patch_xml);
    g_autoptr(ifxXmlPatch) patch = ifxXmlPatchRead(doc, text, error);
    g_autoptr(GArray) edits = patch ? ifxXmlPatchEditsNew(patch, error) : NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (!edits)
        return NULL;
    bytes = ifxEditsApply(edits, xml, strlen(xml));
    if (!ifxXmlPatchVerify(patch, bytes, error))
        return NULL;
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

typedef struct {
    const char *xml;
    const char *patch;
    const char *result;
} ifxTestAdd;

static inline void
ifxAssertPatched(const ifxTestAdd *test)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *result = ifxTestPatch(test->xml, test->patch, &error);

    ifxAssertNoError(error);
    ck_assert_str_eq(result, test->result);
}
