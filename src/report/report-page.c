/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "report/report-page.h"

#include <string.h>

#include "base/term.h"
#include "plan/plan-xml.h"
#include "xml/stylesheet.h"
#include "xml/xml-doc.h"

/* Before this text of the frame the parts of the hosts come; it is in no text before that. */
static const char *const ifxReportPageAfter[] = {
    [IFX_PAGE_HTML] = "<p id=\"none\"",
    [IFX_PAGE_MARKDOWN] = "\n",
    [IFX_PAGE_XML] = "</report>",
};

struct _ifxReportPage {
    ifxPageFormat format;
    ifxStylesheet *stylesheet;  /* NULL: it was not needed yet */
    xmlDoc *doc;                /* of the last host; NULL: none came yet */
    xmlNode *host;              /* its <plans>, lent by @doc */
    GString *parts;             /* what was made of the hosts before */
    guint hosts;
    GHashTable *totals;         /* how many domains have each result */
};

ifxReportPage *
ifxReportPageNew(ifxPageFormat format)
{
    ifxReportPage *page = g_new0(ifxReportPage, 1);

    page->format = format;
    page->parts = g_string_new(NULL);
    page->totals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return page;
}

void
ifxReportPageFree(ifxReportPage *page)
{
    if (!page)
        return;
    g_clear_pointer(&page->stylesheet, ifxStylesheetFree);
    xmlFreeDoc(page->doc);
    if (page->parts)
        g_string_free(page->parts, TRUE);
    g_hash_table_unref(page->totals);
    g_free(page);
}

static void
ifxReportPageCount(ifxReportPage *page,
                   const char *result)
{
    const gpointer before = g_hash_table_lookup(page->totals, result);
    const guint count = GPOINTER_TO_UINT(before);

    g_hash_table_replace(page->totals, g_strdup(result), GUINT_TO_POINTER(count + 1));
}

static xmlDoc *
ifxReportPageNewDoc(void)
{
    xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNode *root = xmlNewDocNode(doc, NULL, BAD_CAST "report", NULL);

    xmlDocSetRootElement(doc, root);
    xmlNewProp(root, BAD_CAST "tool", BAD_CAST PACKAGE_VERSION);
    return doc;
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

/* A part is no document of its own: it has no DOCTYPE, and no end of a line after it. */
static bool
ifxReportPageFormatHtml(const ifxStylesheet *stylesheet,
                        xmlDoc *result,
                        bool part,
                        GString *out,
                        GError **error)
{
    xmlDtd *doctype = part ? xmlGetIntSubset(result) : NULL;

    if (doctype) {
        xmlUnlinkNode((xmlNode *) doctype);
        xmlFreeDtd(doctype);
    }
    if (!ifxStylesheetFormat(stylesheet, result, out, error))
        return false;
    if (part && out->len > 0 && out->str[out->len - 1] == '\n')
        g_string_truncate(out, out->len - 1);
    return true;
}

/* Appends what the stylesheet makes of @doc. */
static bool
ifxReportPageTransform(ifxReportPage *page,
                       xmlDoc *doc,
                       bool part,
                       GString *out,
                       GError **error)
{
    g_autoptr(xmlDoc) result = NULL;
    xmlChar *text;

    if (!page->stylesheet)
        page->stylesheet = ifxStylesheetNew(IFX_STYLESHEET_REPORT, error);
    result = page->stylesheet ? ifxStylesheetApply(page->stylesheet, doc, error) : NULL;
    if (!result)
        return false;
    if (page->format == IFX_PAGE_HTML)
        return ifxReportPageFormatHtml(page->stylesheet, result, part, out, error);
    text = xmlNodeGetContent((xmlNode *) result);
    g_string_append(out, (const char *) text);
    xmlFree(text);
    return true;
}

/* Appends the <plans> of the last host, indented as a child of the root. */
static void
ifxReportPageAddXml(ifxReportPage *page)
{
    xmlBuffer *text = xmlBufferCreate();
    xmlOutputBuffer *output = xmlOutputBufferCreateBuffer(text, NULL);

    xmlNodeDumpOutput(output, page->doc, page->host, 1, 1, "UTF-8");
    xmlOutputBufferClose(output);
    g_string_append_printf(page->parts, "  %s\n", (const char *) xmlBufferContent(text));
    xmlBufferFree(text);
}

/* Makes the part of the last host, if there is one. */
static bool
ifxReportPageEndHost(ifxReportPage *page,
                     GError **error)
{
    const bool html = page->format == IFX_PAGE_HTML;
    bool made = true;

    if (!page->doc)
        return true;
    page->hosts++;
    if (page->format == IFX_PAGE_XML) {
        ifxReportPageAddXml(page);
    } else {
        xmlNewProp(xmlDocGetRootElement(page->doc), BAD_CAST "part",
                   BAD_CAST(html ? "html" : "markdown"));
        made = ifxReportPageTransform(page, page->doc, true, page->parts, error);
    }
    g_clear_pointer(&page->doc, xmlFreeDoc);
    page->host = NULL;
    return made;
}

bool
ifxReportPageAddHost(ifxReportPage *page,
                     const ifxReportHost *host,
                     GError **error)
{
    if (!ifxReportPageEndHost(page, error))
        return false;
    page->doc = ifxReportPageNewDoc();
    page->host = xmlNewChild(xmlDocGetRootElement(page->doc), NULL, BAD_CAST "plans", NULL);
    ifxReportPageSet(page->host, "host", host->name);
    ifxReportPageSet(page->host, "file", host->file);
    ifxReportPageSet(page->host, "time", host->time);
    ifxReportPageSet(page->host, "command", host->command);
    return true;
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
    g_autofree char *result = ifxXmlDocAttribute(copy, "result");

    ifxReportPageCount(page, result);
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
    ifxReportPageCount(page, "failed");
}

/* The number of hosts, and of domains with each result: the document of the frame has none. */
static void
ifxReportPageAddTotals(const ifxReportPage *page,
                       xmlNode *root)
{
    xmlNode *totals = xmlNewChild(root, NULL, BAD_CAST "totals", NULL);
    g_autofree char *hosts = g_strdup_printf("%u", page->hosts);
    GHashTableIter iter;
    gpointer result;
    gpointer count;

    ifxReportPageSet(totals, "hosts", hosts);
    g_hash_table_iter_init(&iter, page->totals);
    while (g_hash_table_iter_next(&iter, &result, &count)) {
        g_autofree char *number = g_strdup_printf("%u", GPOINTER_TO_UINT(count));

        ifxReportPageSet(totals, result, number);
    }
}

/* Appends what is around the parts. */
static bool
ifxReportPageFrame(ifxReportPage *page,
                   GString *out,
                   GError **error)
{
    g_autoptr(xmlDoc) doc = ifxReportPageNewDoc();
    xmlNode *root = xmlDocGetRootElement(doc);

    if (page->format == IFX_PAGE_XML) {
        xmlAddChild(root, xmlNewDocText(doc, BAD_CAST "\n"));
        ifxPlanXmlFormat(doc, out);
        return true;
    }
    xmlNewProp(root, BAD_CAST "format",
               BAD_CAST(page->format == IFX_PAGE_HTML ? "html" : "markdown"));
    xmlNewTextChild(root, NULL, BAD_CAST "style", BAD_CAST ifxBuiltinReportStyle);
    xmlNewTextChild(root, NULL, BAD_CAST "script", BAD_CAST ifxBuiltinReportScript);
    ifxReportPageAddTotals(page, root);
    return ifxReportPageTransform(page, doc, false, out, error);
}

GString *
ifxReportPageFinish(ifxReportPage *page,
                    GError **error)
{
    g_autoptr(GString) frame = g_string_new(NULL);
    const char *after;

    if (!ifxReportPageEndHost(page, error) || !ifxReportPageFrame(page, frame, error))
        return NULL;
    if (page->format == IFX_PAGE_MARKDOWN)
        g_string_append_c(frame, '\n');
    after = strstr(frame->str, ifxReportPageAfter[page->format]);
    g_string_append(page->parts, after);
    g_string_prepend_len(page->parts, frame->str, after - frame->str);
    return g_steal_pointer(&page->parts);
}
