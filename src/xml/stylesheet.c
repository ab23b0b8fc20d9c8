/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/stylesheet.h"

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/libxml.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "xml/xml-text.h"

/* A plan is flat: no reasonable stylesheet comes near these limits. */
#define IFX_STYLESHEET_MAX_DEPTH 200
#define IFX_STYLESHEET_MAX_VARIABLES 10000
#define IFX_STYLESHEET_MAX_OPERATIONS 10000000
#define IFX_STYLESHEET_MAX_SIZE (1024 * 1024)

/* No patch is larger than the largest domain. */
static const ifxSandboxLimits ifxStylesheetLimits = {
    .seconds = 10,
    .memory = 256 * 1024 * 1024,
    .output = IFX_XML_DOMAIN_MAX,
};

struct _ifxStylesheet {
    char *path;                 /* NULL for a built-in one */
    xsltStylesheetPtr compiled;
    xsltSecurityPrefsPtr sandbox;
};

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
    ifxErrorSet(error, IFX_ERROR_PATCH, "%s%s%s", what, *line ? ": " : "", line);
}

static xsltSecurityPrefsPtr
ifxStylesheetNewSandbox(void)
{
    static const xsltSecurityOption all[] = {
        XSLT_SECPREF_READ_FILE,
        XSLT_SECPREF_WRITE_FILE,
        XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK,
        XSLT_SECPREF_WRITE_NETWORK,
    };
    xsltSecurityPrefsPtr sandbox = xsltNewSecurityPrefs();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(all); i++)
        xsltSetSecurityPrefs(sandbox, all[i], xsltSecurityForbid);
    return sandbox;
}

static void
ifxStylesheetParseError(void *opaque,
                        ifxLibxmlError *problem)
{
    GString *message = opaque;

    if (message->len > 0 || !problem->message)
        return;
    if (problem->line > 0)
        g_string_append_printf(message, "line %d: ", problem->line);
    g_string_append_printf(message, "%s ", problem->message);
}

#define IFX_STYLESHEET_DENIED "an entity or DTD needs the file "

/* While the text of a stylesheet is read, only entities and DTDs need files. */
static xmlParserInputPtr
ifxStylesheetDenyEntity(const char *url,
                        const char *id G_GNUC_UNUSED,
                        xmlParserCtxtPtr parser G_GNUC_UNUSED)
{
    GString *message = xmlStructuredErrorContext;

    g_string_printf(message, IFX_STYLESHEET_DENIED "%s; put everything into one file", url);
    return NULL;
}

/* NULL with the reason in @message. */
static xsltStylesheetPtr
ifxStylesheetCompile(const char *text,
                     gsize length,
                     const char *path,
                     GString *message)
{
    const xmlExternalEntityLoader loader = xmlGetExternalEntityLoader();
    xsltStylesheetPtr compiled = NULL;
    xmlDoc *doc;

    xmlSetExternalEntityLoader(ifxStylesheetDenyEntity);
    xmlSetStructuredErrorFunc(message, ifxStylesheetParseError);
    xsltSetGenericErrorFunc(message, ifxStylesheetMessage);
    doc = xmlReadMemory(text, (int) length, path, NULL,
                        XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA);
    /* Imports come from files, never from the network. libxml2 2.15 deprecates this function for
     * XML_PARSE_NONET, which libxslt does not give for an import. */
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    xmlSetExternalEntityLoader(xmlNoNetExternalEntityLoader);
    G_GNUC_END_IGNORE_DEPRECATIONS
    if (doc && g_str_has_prefix(message->str, IFX_STYLESHEET_DENIED)) {
        xmlFreeDoc(doc);
    } else if (doc) {
        compiled = xsltParseStylesheetDoc(doc);
        if (!compiled) {
            xmlFreeDoc(doc);
        } else if (compiled->errors > 0) {
            xsltFreeStylesheet(compiled);
            compiled = NULL;
        }
    }
    xsltSetGenericErrorFunc(NULL, NULL);
    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlSetExternalEntityLoader(loader);
    return compiled;
}

ifxStylesheet *
ifxStylesheetNew(ifxStylesheetName name,
                 GError **error)
{
    static const struct {
        const char *path;
        const char *text;
    } builtin[] = {
        [IFX_STYLESHEET_COMPLETE_GROUPS] = { "complete-groups.xsl", ifxBuiltinCompleteGroups },
        [IFX_STYLESHEET_MANAGED] = { "managed.xsl", ifxBuiltinManaged },
        [IFX_STYLESHEET_PRUNE] = { "prune.xsl", ifxBuiltinPrune },
    };
    g_autoptr(ifxStylesheet) stylesheet = g_new0(ifxStylesheet, 1);
    g_autoptr(GString) message = g_string_new(NULL);

    stylesheet->compiled = ifxStylesheetCompile(builtin[name].text, strlen(builtin[name].text),
                                                builtin[name].path, message);
    if (!stylesheet->compiled) {
        ifxStylesheetFail("cannot compile the built-in stylesheet", message, error);
        return NULL;
    }
    stylesheet->sandbox = ifxStylesheetNewSandbox();
    return g_steal_pointer(&stylesheet);
}

ifxStylesheet *
ifxStylesheetLoad(const char *path,
                  GError **error)
{
    g_autoptr(ifxStylesheet) stylesheet = g_new0(ifxStylesheet, 1);
    g_autoptr(GString) message = g_string_new(NULL);
    g_autoptr(GBytes) bytes = ifxFileRead(path, IFX_STYLESHEET_MAX_SIZE, error);
    const char *text;
    gsize length;

    if (!bytes)
        return NULL;
    text = g_bytes_get_data(bytes, &length);
    stylesheet->path = g_strdup(path);
    stylesheet->compiled = ifxStylesheetCompile(text, length, path, message);
    if (!stylesheet->compiled) {
        ifxStylesheetFail("libxslt cannot compile it", message, error);
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    stylesheet->sandbox = ifxStylesheetNewSandbox();
    return g_steal_pointer(&stylesheet);
}

bool
ifxStylesheetIsOwn(const ifxStylesheet *stylesheet)
{
    return stylesheet->path != NULL;
}

void
ifxStylesheetFree(ifxStylesheet *stylesheet)
{
    if (!stylesheet)
        return;
    g_free(stylesheet->path);
    xsltFreeStylesheet(stylesheet->compiled);
    xsltFreeSecurityPrefs(stylesheet->sandbox);
    g_free(stylesheet);
}

static xmlDoc *
ifxStylesheetTransform(const ifxStylesheet *stylesheet,
                       xmlDoc *doc,
                       GError **error)
{
    g_autoptr(GString) message = g_string_new(NULL);
    xsltTransformContextPtr context = xsltNewTransformContext(stylesheet->compiled, doc);
    xmlDoc *result;
    bool ok;

    context->maxTemplateDepth = IFX_STYLESHEET_MAX_DEPTH;
    context->maxTemplateVars = IFX_STYLESHEET_MAX_VARIABLES;
    if (stylesheet->path) {
        context->opLimit = IFX_STYLESHEET_MAX_OPERATIONS;
        context->xpathCtxt->opLimit = IFX_STYLESHEET_MAX_OPERATIONS;
    }
    xsltSetTransformErrorFunc(context, message, ifxStylesheetMessage);
    xsltSetCtxtSecurityPrefs(stylesheet->sandbox, context);
    result = xsltApplyStylesheetUser(stylesheet->compiled, doc, NULL, NULL, NULL, context);
    ok = result && context->state == XSLT_STATE_OK;
    if (!ok && (context->opCount >= IFX_STYLESHEET_MAX_OPERATIONS ||
                context->xpathCtxt->opCount >= IFX_STYLESHEET_MAX_OPERATIONS))
        g_string_printf(message, "it took more than %d steps", IFX_STYLESHEET_MAX_OPERATIONS);
    xsltFreeTransformContext(context);

    if (!ok) {
        xmlFreeDoc(result);
        ifxStylesheetFail("the stylesheet made no patch", message, error);
        return NULL;
    }
    return result;
}

typedef struct {
    const ifxStylesheet *stylesheet;
    xmlDoc *doc;
} ifxTransform;

/* Runs in the sandbox: its end frees everything. */
static GBytes *
ifxStylesheetTransformToBytes(void *opaque,
                              GError **error)
{
    const ifxTransform *transform = opaque;
    xmlDoc *result = ifxStylesheetTransform(transform->stylesheet, transform->doc, error);
    xmlChar *text = NULL;
    int length = 0;

    if (!result)
        return NULL;
    xmlDocDumpMemory(result, &text, &length);
    return g_bytes_new_static(text, (gsize) length);
}

xmlDoc *
ifxStylesheetApply(const ifxStylesheet *stylesheet,
                   xmlDoc *doc,
                   GError **error)
{
    const ifxTransform transform = { stylesheet, doc };
    g_autoptr(GBytes) bytes = NULL;
    xmlDoc *patch;
    gsize length;
    const char *text;

    if (!stylesheet->path)
        return ifxStylesheetTransform(stylesheet, doc, error);

    bytes = ifxSandboxRun(ifxStylesheetTransformToBytes, (void *) &transform,
                          &ifxStylesheetLimits, error);
    if (!bytes) {
        g_prefix_error(error, "stylesheet %s: ", stylesheet->path);
        return NULL;
    }
    text = g_bytes_get_data(bytes, &length);
    patch = xmlReadMemory(text, (int) length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);
    if (!patch)
        ifxErrorSet(error, IFX_ERROR_PATCH, "stylesheet %s: its result is not XML",
                    stylesheet->path);
    return patch;
}
