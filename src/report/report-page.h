/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-page: what will change on many hosts, for the people who decide: one HTML page that needs
 * nothing else, or Markdown; or XML for a page of one's own.
 *
 *     ifxReportPage *page = ifxReportPageNew(IFX_PAGE_HTML);
 *
 *     ifxReportPageAddHost(page, &(ifxReportHost) { .name = "qemu:///system" }, error);
 *     ifxReportPageAddPlan(page, node, diff);
 *     GString *text = ifxReportPageFinish(page, error);
 *
 * A page is made of one document, which xslt/report.rng describes, by xslt/report.xsl. It holds
 * plans with their words (ifxPlanXmlAdd()), saved ones or new ones, copied. Only the document of one
 * host is in memory: when the next host begins, its part of the page is made, and at last the
 * frame around the parts. So the memory is that of the page and of the largest host.
 */

#pragma once

#include <glib.h>
#include <libxml/tree.h>
#include <stdbool.h>

typedef enum {
    IFX_PAGE_HTML,
    IFX_PAGE_MARKDOWN,
    IFX_PAGE_XML,           /* the document itself */
} ifxPageFormat;

typedef struct _ifxReportPage ifxReportPage;

/* Where the plans that follow come from; each text may be NULL. Nothing is kept. */
typedef struct _ifxReportHost ifxReportHost;
struct _ifxReportHost {
    const char *name;       /* a URI or the path of a capture; NULL: its plans name their
                             * connection */
    const char *file;       /* the saved plan */
    const char *time;       /* when the plans were made, ISO 8601 */
    const char *command;    /* what writes the changes */
};

/* Free with ifxReportPageFree(). */
ifxReportPage *ifxReportPageNew(ifxPageFormat format);
void ifxReportPageFree(ifxReportPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportPage, ifxReportPageFree)

/* Begins a host. What is added next belongs to it. False with IFX_ERROR_PATCH if libxslt fails on
 * the host before. */
bool ifxReportPageAddHost(ifxReportPage *page, const ifxReportHost *host, GError **error);

/* Adds a copy of @plan, a <plan>, with the unified @diff of its change. */
void ifxReportPageAddPlan(ifxReportPage *page, const xmlNode *plan, const char *diff);

/* Adds a domain for which there is no plan, because of @message. */
void ifxReportPageAddFailed(ifxReportPage *page, const char *name, const char *message);

/* The page; nothing can be added any more. The caller owns it. NULL with IFX_ERROR_PATCH if libxslt
 * fails. */
GString *ifxReportPageFinish(ifxReportPage *page, GError **error);
