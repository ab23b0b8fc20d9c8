/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/rewrite.h"

#include <libxml/parser.h>
#include <string.h>

#include "xml/edit.h"
#include "base/error.h"
#include "plan/plan-xml.h"
#include "xml/xml-patch.h"

static bool
ifxRewriteHasSiteStylesheet(const GPtrArray *stylesheets)
{
    guint i;

    for (i = 0; i < stylesheets->len; i++) {
        if (ifxStylesheetIsOwn(stylesheets->pdata[i]))
            return true;
    }
    return false;
}

/* The patches of all @stylesheets joined; @docs gets the documents from which the patch lends. */
static ifxXmlPatch *
ifxRewritePatch(const ifxPlan *plan,
                const GPtrArray *stylesheets,
                GPtrArray *docs,
                GError **error)
{
    g_autoptr(ifxXmlPatch) patch = NULL;
    g_autoptr(xmlDoc) plan_doc = ifxPlanXmlNew();
    guint i;

    if (ifxRewriteHasSiteStylesheet(stylesheets))
        ifxPlanXmlAdd(plan_doc, plan, false);
    else
        ifxPlanXmlAddChanges(plan_doc, plan);
    for (i = 0; i < stylesheets->len; i++) {
        xmlDoc *doc = ifxStylesheetApply(stylesheets->pdata[i], plan_doc, error);
        g_autoptr(ifxXmlPatch) next = NULL;

        if (!doc)
            return NULL;
        g_ptr_array_add(docs, doc);
        next = ifxXmlPatchRead(doc, plan->domain->text, error);
        if (!next)
            return NULL;
        if (!patch)
            patch = g_steal_pointer(&next);
        else if (!ifxXmlPatchJoin(patch, next, error))
            return NULL;
    }
    return g_steal_pointer(&patch);
}

/* @given: to the guest, not as a placeholder. */
static bool
ifxRewriteDeclares(const ifxDomain *domain,
                   const ifxPciAddress *address,
                   bool given)
{
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);

        if (ifxPciAddressEqual(&claim->address, address) && !(given && claim->placeholder))
            return true;
    }
    return false;
}

/* A site's own stylesheet must keep the domain's name and UUID, and must add each device that the
 * plan adds. It need not be a placeholder: the site may give the device to the guest. What the user
 * gives must be none. */
static bool
ifxRewriteCheckSiteResult(const ifxPlan *plan,
                          GBytes *text,
                          GError **error)
{
    g_autoptr(ifxDomain) domain = ifxDomainParse(text, error);
    char address[IFX_PCI_ADDRESS_LENGTH];
    guint i;
    guint j;

    if (!domain) {
        g_prefix_error(error, "what the stylesheet makes is no domain: ");
        return false;
    }
    if (g_strcmp0(domain->name, plan->domain->name) != 0 ||
        g_strcmp0(domain->uuid, plan->domain->uuid) != 0) {
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "the stylesheet makes another domain of it: name and uuid must stay");
    }
    for (i = 0; i < plan->groups->len; i++) {
        const GArray *members = g_array_index(plan->groups, ifxPlanGroup, i).members;

        for (j = 0; j < members->len; j++) {
            const ifxPlanMember *member = &g_array_index(members, ifxPlanMember, j);
            const bool given = member->reason == IFX_REASON_GIVEN;

            if (member->verdict == IFX_VERDICT_ADD &&
                !ifxRewriteDeclares(domain, &member->member->address, given)) {
                ifxPciAddressFormat(&member->member->address, address);
                return ifxErrorSet(error, IFX_ERROR_PATCH, given ?
                                   "the stylesheet does not give %s to the guest" :
                                   "the stylesheet leaves the domain incomplete: it does not "
                                   "add %s", address);
            }
        }
    }
    return true;
}

static void
ifxRewriteFreeDoc(gpointer doc)
{
    xmlFreeDoc(doc);
}

/* Makes the edits of @patch and the text that they give; the text is compared with the patch, for a
 * @preview where it changed, if that is enough. */
static bool
ifxRewriteApply(const ifxXmlPatch *patch,
                bool preview,
                GArray **edits,
                GBytes **text,
                GError **error)
{
    gsize length;
    const char *bytes = ifxXmlTextGetBytes(patch->text, &length);

    *edits = ifxXmlPatchEditsNew(patch, error);
    if (!*edits)
        return false;
    *text = ifxEditsApply(*edits, bytes, length);
    if (g_bytes_get_size(*text) > IFX_XML_DOMAIN_MAX)
        return ifxErrorSet(error, IFX_ERROR_PATCH,
                           "the result would have more than %d MiB: libvirt takes no such domain",
                           IFX_XML_DOMAIN_MAX >> 20);
    return (preview && ifxXmlPatchLocalVerify(patch, *edits, *text)) ||
        ifxXmlPatchVerify(patch, *text, error);
}

static bool
ifxRewriteFill(ifxRewrite *rewrite,
               const ifxPlan *plan,
               const GPtrArray *stylesheets,
               bool preview,
               GError **error)
{
    rewrite->docs = g_ptr_array_new_with_free_func(ifxRewriteFreeDoc);
    rewrite->patch = ifxRewritePatch(plan, stylesheets, rewrite->docs, error);
    return rewrite->patch &&
        ifxRewriteApply(rewrite->patch, preview, &rewrite->edits, &rewrite->text, error) &&
        (!ifxRewriteHasSiteStylesheet(stylesheets) ||
         ifxRewriteCheckSiteResult(plan, rewrite->text, error));
}

static ifxRewrite *
ifxRewriteMake(const ifxPlan *plan,
               const GPtrArray *stylesheets,
               bool preview,
               GError **error)
{
    g_autoptr(ifxRewrite) rewrite = g_new0(ifxRewrite, 1);

    if (plan->result != IFX_RESULT_CHANGE) {
        rewrite->edits = ifxEditsNew();
        rewrite->text = g_bytes_ref(ifxXmlTextGetData(plan->domain->text));
    } else if (!ifxRewriteFill(rewrite, plan, stylesheets, preview, error)) {
        return NULL;
    }
    return g_steal_pointer(&rewrite);
}

ifxRewrite *
ifxRewriteNew(const ifxPlan *plan,
              const GPtrArray *stylesheets,
              GError **error)
{
    return ifxRewriteMake(plan, stylesheets, false, error);
}

ifxRewrite *
ifxRewriteNewPreview(const ifxPlan *plan,
                     const GPtrArray *stylesheets,
                     GError **error)
{
    return ifxRewriteMake(plan, stylesheets, true, error);
}

void
ifxRewriteFree(ifxRewrite *rewrite)
{
    if (!rewrite)
        return;
    ifxXmlPatchFree(rewrite->patch);
    g_clear_pointer(&rewrite->docs, g_ptr_array_unref);
    g_clear_pointer(&rewrite->edits, g_array_unref);
    g_clear_pointer(&rewrite->text, g_bytes_unref);
    g_free(rewrite);
}

ifxRewrite *
ifxRewriteFromPatch(const ifxXmlText *text,
                    const char *patch,
                    GError **error)
{
    g_autoptr(ifxRewrite) rewrite = g_new0(ifxRewrite, 1);
    xmlDoc *doc = xmlReadMemory(patch, (int) strlen(patch), NULL, NULL,
                                XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

    if (!doc) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "the patch is not well-formed");
        return NULL;
    }
    rewrite->docs = g_ptr_array_new_with_free_func(ifxRewriteFreeDoc);
    g_ptr_array_add(rewrite->docs, doc);
    rewrite->patch = ifxXmlPatchRead(doc, text, error);
    if (!rewrite->patch ||
        !ifxRewriteApply(rewrite->patch, false, &rewrite->edits, &rewrite->text, error))
        return NULL;
    return g_steal_pointer(&rewrite);
}

GBytes *
ifxRewriteByPatch(GBytes *bytes,
                  const char *patch,
                  GError **error)
{
    g_autoptr(ifxXmlText) text = ifxXmlTextParse(bytes, error);
    g_autoptr(ifxRewrite) rewrite = text ? ifxRewriteFromPatch(text, patch, error) : NULL;

    return rewrite ? g_bytes_ref(rewrite->text) : NULL;
}
