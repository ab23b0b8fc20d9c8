/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-page: what will change on many hosts, for the people who decide: one HTML page that needs
 * nothing else, or Markdown; or XML for a page of one's own.
 *
 *     ifxReportPage *page = ifxReportPageNew();
 *
 *     ifxReportPageAddHost(page, &(ifxReportHost) { .host = "qemu:///system" });
 *     ifxReportPageAddPlan(page, node, diff);
 *     ifxReportPageFormat(page, IFX_PAGE_HTML, out, error);
 *
 * A page is made of one document, which xslt/report.rng describes, by xslt/report.xsl. It holds
 * plans with their words (ifxPlanXmlAdd()), saved ones or new ones, copied.
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
ifxReportPage *ifxReportPageNew(void);
void ifxReportPageFree(ifxReportPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ifxReportPage, ifxReportPageFree)

/* Begins a host. What is added next belongs to it. */
void ifxReportPageAddHost(ifxReportPage *page, const ifxReportHost *host);

/* Adds a copy of @plan, a <plan>, with the unified @diff of its change. */
void ifxReportPageAddPlan(ifxReportPage *page, const xmlNode *plan, const char *diff);

/* Adds a domain for which there is no plan, because of @message. */
void ifxReportPageAddFailed(ifxReportPage *page, const char *name, const char *message);

/* Appends the page to @out. False with IFX_ERROR_PATCH if libxslt fails. */
bool ifxReportPageFormat(const ifxReportPage *page,
                         ifxPageFormat format,
                         GString *out,
                         GError **error);
