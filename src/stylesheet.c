/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "stylesheet.h"

#include <libxml/parser.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"
#include "stylesheet-builtin.h"

struct _ifxStylesheet {
    xsltStylesheetPtr compiled;
    xsltSecurityPrefsPtr sandbox;
};

/* libxslt sends its messages here; the first is the one that tells. */
static void G_GNUC_PRINTF(2, 3)
ifxStylesheetMessage(void *opaque,
                     const char *format,
                     ...)
{
    GString *message = opaque;
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(message, format, args);
    va_end(args);
}

static void
ifxStylesheetFail(const char *what,
                  const GString *message,
                  GError **error)
{
    g_autofree char *line = g_strstrip(g_strdup(message->str));

    g_strdelimit(line, "\r\n", ' ');
    g_set_error(error, IFX_ERROR, IFX_ERROR_PATCH, "%s%s%s", what, *line ? ": " : "", line);
}

ifxStylesheet *
ifxStylesheetNew(GError **error)
{
    static const xsltSecurityOption all[] = {
        XSLT_SECPREF_READ_FILE,
        XSLT_SECPREF_WRITE_FILE,
        XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK,
        XSLT_SECPREF_WRITE_NETWORK,
    };
    g_autoptr(ifxStylesheet) stylesheet = g_new0(ifxStylesheet, 1);
    g_autoptr(GString) message = g_string_new(NULL);
    xmlDoc *doc = xmlReadMemory(ifxBuiltinStylesheet, (int) strlen(ifxBuiltinStylesheet),
                                "complete-groups.xsl", NULL, XML_PARSE_NONET);
    guint i;

    xsltSetGenericErrorFunc(message, ifxStylesheetMessage);
    stylesheet->compiled = doc ? xsltParseStylesheetDoc(doc) : NULL;
    xsltSetGenericErrorFunc(NULL, NULL);
    if (!stylesheet->compiled) {
        xmlFreeDoc(doc);
        ifxStylesheetFail("the built-in stylesheet can't be compiled", message, error);
        return NULL;
    }

    stylesheet->sandbox = xsltNewSecurityPrefs();
    for (i = 0; i < G_N_ELEMENTS(all); i++)
        xsltSetSecurityPrefs(stylesheet->sandbox, all[i], xsltSecurityForbid);
    return g_steal_pointer(&stylesheet);
}

void
ifxStylesheetFree(ifxStylesheet *stylesheet)
{
    if (!stylesheet)
        return;
    xsltFreeStylesheet(stylesheet->compiled);
    xsltFreeSecurityPrefs(stylesheet->sandbox);
    g_free(stylesheet);
}

xmlDoc *
ifxStylesheetApply(const ifxStylesheet *stylesheet,
                   xmlDoc *doc,
                   GError **error)
{
    g_autoptr(GString) message = g_string_new(NULL);
    xsltTransformContextPtr context = xsltNewTransformContext(stylesheet->compiled, doc);
    xmlDoc *result;
    bool ok;

    xsltSetTransformErrorFunc(context, message, ifxStylesheetMessage);
    xsltSetCtxtSecurityPrefs(stylesheet->sandbox, context);
    result = xsltApplyStylesheetUser(stylesheet->compiled, doc, NULL, NULL, NULL, context);
    ok = result && context->state == XSLT_STATE_OK;
    xsltFreeTransformContext(context);

    if (!ok) {
        xmlFreeDoc(result);
        ifxStylesheetFail("the stylesheet made no patch", message, error);
        return NULL;
    }
    return result;
}
