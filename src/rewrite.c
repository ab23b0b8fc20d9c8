/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rewrite.h"

#include "edit.h"
#include "plan-xml.h"
#include "xml-patch-edits.h"
#include "xml-patch.h"
#include "xml-verify.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlDoc, xmlFreeDoc)

static bool
ifxRewriteChange(ifxRewrite *rewrite,
                 const ifxPlan *plan,
                 const ifxStylesheet *stylesheet,
                 GError **error)
{
    const ifxXmlText *text = plan->domain->text;
    g_autoptr(xmlDoc) plan_doc = ifxPlanXmlNew();
    g_autoptr(xmlDoc) patch_doc = NULL;
    g_autoptr(ifxXmlPatch) patch = NULL;
    g_autoptr(ifxXmlText) result = NULL;
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(text, &length);

    ifxPlanXmlAdd(plan_doc, plan);
    patch_doc = ifxStylesheetApply(stylesheet, plan_doc, error);
    if (!patch_doc)
        return false;

    patch = ifxXmlPatchRead(patch_doc, text, error);
    if (!patch)
        return false;
    rewrite->edits = ifxXmlPatchGetEdits(patch, error);
    if (!rewrite->edits)
        return false;

    rewrite->text = ifxEditsApply(rewrite->edits, bytes, length);
    result = ifxXmlTextParse(rewrite->text, error);
    if (!result) {
        g_prefix_error(error, "the result can't be read again: ");
        return false;
    }
    return ifxXmlPatchVerify(patch, result, error);
}

ifxRewrite *
ifxRewriteNew(const ifxPlan *plan,
              const ifxStylesheet *stylesheet,
              GError **error)
{
    g_autoptr(ifxRewrite) rewrite = g_new0(ifxRewrite, 1);

    if (plan->result != IFX_RESULT_CHANGE) {
        rewrite->edits = ifxEditsNew();
        rewrite->text = g_bytes_ref(ifxXmlTextGetData(plan->domain->text));
    } else if (!ifxRewriteChange(rewrite, plan, stylesheet, error)) {
        return NULL;
    }
    return g_steal_pointer(&rewrite);
}

void
ifxRewriteFree(ifxRewrite *rewrite)
{
    if (!rewrite)
        return;
    g_clear_pointer(&rewrite->edits, g_array_unref);
    g_clear_pointer(&rewrite->text, g_bytes_unref);
    g_free(rewrite);
}
