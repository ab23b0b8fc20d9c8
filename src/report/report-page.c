/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "report/report-page.h"

#include <string.h>

#include "base/term.h"
#include "plan/plan-xml.h"
#include "xml/stylesheet.h"
#include "xml/xml-doc.h"

struct _ifxReportPage {
    xmlDoc *doc;
    xmlNode *host;          /* the <plans> of the last host, lent by @doc */
};

ifxReportPage *
ifxReportPageNew(void)
{
    ifxReportPage *page = g_new0(ifxReportPage, 1);
    xmlNode *root;

    page->doc = xmlNewDoc(BAD_CAST "1.0");
    root = xmlNewDocNode(page->doc, NULL, BAD_CAST "report", NULL);
    xmlDocSetRootElement(page->doc, root);
    xmlNewProp(root, BAD_CAST "tool", BAD_CAST PACKAGE_VERSION);
    return page;
}

void
ifxReportPageFree(ifxReportPage *page)
{
    if (!page)
        return;
    xmlFreeDoc(page->doc);
    g_free(page);
}

/* Names and messages need not be UTF-8, or characters that XML can hold. */
static void
ifxReportPageSet(xmlNode *node,
                 const char *name,
                 const char *value)
{
    g_autofree char *safe = value ? ifxTermEscape(value, strlen(value), false) : NULL;

    if (safe)
        xmlNewProp(node, BAD_CAST name, BAD_CAST safe);
}

void
ifxReportPageAddHost(ifxReportPage *page,
                     const ifxReportHost *host)
{
    page->host = xmlNewChild(xmlDocGetRootElement(page->doc), NULL, BAD_CAST "plans", NULL);
    ifxReportPageSet(page->host, "host", host->name);
    ifxReportPageSet(page->host, "file", host->file);
    ifxReportPageSet(page->host, "time", host->time);
    ifxReportPageSet(page->host, "command", host->command);
}

/* A stylesheet cannot go over the lines of a long text without a call for each of them. */
static void
ifxReportPageAddDiff(xmlNode *plan,
                     const char *diff)
{
    xmlNode *node = xmlNewChild(plan, NULL, BAD_CAST "diff", NULL);
    g_autofree char *safe = ifxTermEscape(diff, strlen(diff), true);
    g_auto(GStrv) lines = g_strsplit(safe, "\n", -1);
    guint i;

    for (i = 0; lines[i] && (lines[i + 1] || *lines[i]); i++)
        xmlNewTextChild(node, NULL, BAD_CAST "line", BAD_CAST lines[i]);
}

void
ifxReportPageAddPlan(ifxReportPage *page,
                     const xmlNode *plan,
                     const char *diff)
{
    xmlNode *copy = xmlDocCopyNode((xmlNode *) plan, page->doc, 1);
    xmlNode *approval = (xmlNode *) ifxXmlDocChild(copy, "approval");

    if (approval) {
        g_autofree char *uri = ifxXmlDocAttribute(approval, "uri");

        if (!xmlHasProp(page->host, BAD_CAST "host"))
            ifxReportPageSet(page->host, "host", uri);
        xmlUnlinkNode(approval);
        xmlFreeNode(approval);
    }
    xmlAddChild(page->host, copy);
    ifxReportPageAddDiff(copy, diff);
}

void
ifxReportPageAddFailed(ifxReportPage *page,
                       const char *name,
                       const char *message)
{
    xmlNode *node = xmlNewChild(page->host, NULL, BAD_CAST "failed", NULL);

    ifxReportPageSet(node, "name", name);
    ifxReportPageSet(node, "message", message);
}

bool
ifxReportPageFormat(const ifxReportPage *page,
                    ifxPageFormat format,
                    GString *out,
                    GError **error)
{
    g_autoptr(ifxStylesheet) stylesheet = NULL;
    g_autoptr(xmlDoc) result = NULL;
    g_autofree char *text = NULL;
    xmlNode *root = xmlDocGetRootElement(page->doc);

    if (format == IFX_PAGE_XML) {
        ifxPlanXmlFormat(page->doc, out);
        return true;
    }
    xmlSetProp(root, BAD_CAST "format", BAD_CAST(format == IFX_PAGE_HTML ? "html" : "markdown"));
    xmlNewTextChild(root, NULL, BAD_CAST "style", BAD_CAST ifxBuiltinReportStyle);
    xmlNewTextChild(root, NULL, BAD_CAST "script", BAD_CAST ifxBuiltinReportScript);
    stylesheet = ifxStylesheetNew(IFX_STYLESHEET_REPORT, error);
    result = stylesheet ? ifxStylesheetApply(stylesheet, page->doc, error) : NULL;
    if (!result)
        return false;
    if (format == IFX_PAGE_HTML)
        return ifxStylesheetFormat(stylesheet, result, out, error);
    text = ifxXmlDocContent((xmlNode *) result);
    g_string_append_printf(out, "%s\n", text);
    return true;
}
