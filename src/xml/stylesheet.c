/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/stylesheet.h"

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxslt/documents.h>
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
#include "base/term.h"
#include "xml/xml-text.h"

/* A plan is flat: no reasonable stylesheet comes near these limits. */
#define IFX_STYLESHEET_MAX_DEPTH 200
#define IFX_STYLESHEET_MAX_VARIABLES 10000
#define IFX_STYLESHEET_MAX_OPERATIONS 10000000
#define IFX_STYLESHEET_MAX_SIZE (1024 * 1024)
#define IFX_STYLESHEET_MAX_MESSAGES 4096    /* bytes for a domain */

/* No patch is larger than the largest domain. */
static const ifxSandboxLimits ifxStylesheetLimits = {
    .seconds = 10,
    .memory = 256 * 1024 * 1024,
    .output = IFX_XML_DOMAIN_MAX,
    .opens_files = true,
};

struct _ifxStylesheet {
    char *path;                 /* NULL for a built-in one */
    xsltStylesheetPtr compiled; /* of a built-in one */
    GBytes *text;               /* of a site's own, which the child compiles that runs it */
    GHashTable *shown;          /* set of char *: the lines of xsl:message that were printed */
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

/* What is known while a text is compiled: libxml2 hands it to each function below. */
typedef struct {
    GString *message;           /* of libxml2 and libxslt */
    char *denied;               /* why a file was not read; NULL: none was needed */
    const char *path;           /* of the stylesheet that the user named */
} ifxStylesheetSource;

static void
ifxStylesheetParseError(void *opaque,
                        ifxLibxmlError *problem)
{
    ifxStylesheetSource *source = opaque;

    if (source->message->len > 0 || !problem->message)
        return;
    if (problem->file && strcmp(problem->file, source->path) != 0)
        g_string_append_printf(source->message, "%s, ", problem->file);
    if (problem->line > 0)
        g_string_append_printf(source->message, "line %d: ", problem->line);
    g_string_append_printf(source->message, "%s ", problem->message);
}

/* The first reason counts. */
static void
ifxStylesheetDeny(ifxStylesheetSource *source,
                  char *why)
{
    if (source->denied)
        g_free(why);
    else
        source->denied = why;
}

/* While a text is parsed, only entities and DTDs need files. */
static xmlParserInputPtr
ifxStylesheetDenyEntity(const char *url,
                        const char *id G_GNUC_UNUSED,
                        xmlParserCtxtPtr parser G_GNUC_UNUSED)
{
    ifxStylesheetDeny(xmlStructuredErrorContext,
                      g_strdup_printf("an entity or DTD needs the file %s; put everything into "
                                      "one file", url));
    return NULL;
}

/* The file that @uri names; NULL: none. */
static char *
ifxStylesheetPath(const char *uri)
{
    if (g_str_has_prefix(uri, "file:"))
        return g_filename_from_uri(uri, NULL, NULL);
    if (strstr(uri, "://"))
        return NULL;
    return g_file_test(uri, G_FILE_TEST_EXISTS) ? g_strdup(uri) : g_uri_unescape_string(uri, NULL);
}

static GBytes *
ifxStylesheetReadImport(const char *uri,
                        GError **error)
{
    g_autofree char *path = ifxStylesheetPath(uri);

    if (!path) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "cannot read %s: import and include read files, not "
                    "the network", uri);
        return NULL;
    }
    /* A pipe would be waited for. */
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !g_file_test(path, G_FILE_TEST_IS_DIR) &&
        !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        ifxErrorSet(error, IFX_ERROR_PATCH, "cannot read %s: it is not a regular file", path);
        return NULL;
    }
    return ifxFileRead(path, IFX_STYLESHEET_MAX_SIZE, error);
}

/* NULL with a reason in @source. @dict may be NULL. */
static xmlDoc *
ifxStylesheetParse(ifxStylesheetSource *source,
                   GBytes *text,
                   const char *uri,
                   xmlDict *dict)
{
    xmlParserCtxt *parser = xmlNewParserCtxt();
    gsize length;
    const char *bytes = g_bytes_get_data(text, &length);
    xmlDoc *doc;

    if (dict) {
        xmlDictFree(parser->dict);
        parser->dict = dict;
        xmlDictReference(dict);
    }
    doc = xmlCtxtReadMemory(parser, bytes, (int) length, uri, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_NOCDATA);
    xmlFreeParserCtxt(parser);
    if (!source->denied)
        return doc;
    xmlFreeDoc(doc);
    return NULL;
}

/* For libxslt: the document of an import or include. */
static xmlDoc *
ifxStylesheetLoadImport(const xmlChar *uri,
                        xmlDict *dict,
                        int options G_GNUC_UNUSED,
                        void *parent G_GNUC_UNUSED,
                        xsltLoadType type)
{
    ifxStylesheetSource *source = xmlStructuredErrorContext;
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) text = type == XSLT_LOAD_STYLESHEET ?
        ifxStylesheetReadImport((const char *) uri, &problem) : NULL;

    if (problem)
        ifxStylesheetDeny(source, g_strdup(problem->message));
    return text ? ifxStylesheetParse(source, text, (const char *) uri, dict) : NULL;
}

static xsltStylesheetPtr
ifxStylesheetCompileDoc(xmlDoc *doc)
{
    xsltStylesheetPtr compiled = xsltParseStylesheetDoc(doc);

    if (!compiled) {
        xmlFreeDoc(doc);
    } else if (compiled->errors > 0) {
        xsltFreeStylesheet(compiled);
        compiled = NULL;
    }
    return compiled;
}

/* NULL with IFX_ERROR_PATCH. */
static xsltStylesheetPtr
ifxStylesheetCompile(GBytes *text,
                     const char *path,
                     GError **error)
{
    const xmlExternalEntityLoader loader = xmlGetExternalEntityLoader();
    g_autoptr(GString) message = g_string_new(NULL);
    ifxStylesheetSource source = { .message = message, .path = path };
    g_autofree char *denied = NULL;
    xsltStylesheetPtr compiled = NULL;
    xmlDoc *doc;

    xmlSetExternalEntityLoader(ifxStylesheetDenyEntity);
    xmlSetStructuredErrorFunc(&source, ifxStylesheetParseError);
    xsltSetGenericErrorFunc(message, ifxStylesheetMessage);
    xsltSetLoaderFunc(ifxStylesheetLoadImport);
    doc = ifxStylesheetParse(&source, text, path, NULL);
    if (doc)
        compiled = ifxStylesheetCompileDoc(doc);
    xsltSetLoaderFunc(NULL);
    xsltSetGenericErrorFunc(NULL, NULL);
    xmlSetStructuredErrorFunc(NULL, NULL);
    xmlSetExternalEntityLoader(loader);

    denied = source.denied;
    if (denied)
        g_string_assign(message, denied);
    if (!compiled)
        ifxStylesheetFail("libxslt cannot compile it", message, error);
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
        [IFX_STYLESHEET_GIVE] = { "give.xsl", ifxBuiltinGive },
        [IFX_STYLESHEET_MOVED] = { "moved.xsl", ifxBuiltinMoved },
        [IFX_STYLESHEET_PRUNE] = { "prune.xsl", ifxBuiltinPrune },
        [IFX_STYLESHEET_REPORT] = { "report.xsl", ifxBuiltinReport },
    };
    g_autoptr(ifxStylesheet) stylesheet = g_new0(ifxStylesheet, 1);
    g_autoptr(GBytes) text = g_bytes_new_static(builtin[name].text, strlen(builtin[name].text));

    stylesheet->compiled = ifxStylesheetCompile(text, builtin[name].path, error);
    if (stylesheet->compiled)
        return g_steal_pointer(&stylesheet);
    g_prefix_error(error, "built-in stylesheet %s: ", builtin[name].path);
    return NULL;
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
    g_clear_pointer(&stylesheet->text, g_bytes_unref);
    g_clear_pointer(&stylesheet->shown, g_hash_table_unref);
    g_free(stylesheet);
}

static xsltSecurityPrefsPtr
ifxStylesheetForbidAll(void)
{
    static const xsltSecurityOption all[] = {
        XSLT_SECPREF_READ_FILE,
        XSLT_SECPREF_WRITE_FILE,
        XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK,
        XSLT_SECPREF_WRITE_NETWORK,
    };
    xsltSecurityPrefsPtr prefs = xsltNewSecurityPrefs();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(all); i++)
        xsltSetSecurityPrefs(prefs, all[i], xsltSecurityForbid);
    return prefs;
}

/* @message gets what xsl:message prints. */
static xmlDoc *
ifxStylesheetTransform(xsltStylesheetPtr compiled,
                       xmlDoc *doc,
                       bool limited,
                       GString *message,
                       GError **error)
{
    const xsltSecurityPrefsPtr prefs = ifxStylesheetForbidAll();
    xsltTransformContextPtr context = xsltNewTransformContext(compiled, doc);
    xmlDoc *result;
    bool ok;

    context->maxTemplateDepth = IFX_STYLESHEET_MAX_DEPTH;
    context->maxTemplateVars = IFX_STYLESHEET_MAX_VARIABLES;
    if (limited) {
        context->opLimit = IFX_STYLESHEET_MAX_OPERATIONS;
        context->xpathCtxt->opLimit = IFX_STYLESHEET_MAX_OPERATIONS;
    }
    xsltSetTransformErrorFunc(context, message, ifxStylesheetMessage);
    xsltSetCtxtSecurityPrefs(prefs, context);
    result = xsltApplyStylesheetUser(compiled, doc, NULL, NULL, NULL, context);
    ok = result && context->state == XSLT_STATE_OK;
    if (!ok && (context->opCount >= IFX_STYLESHEET_MAX_OPERATIONS ||
                context->xpathCtxt->opCount >= IFX_STYLESHEET_MAX_OPERATIONS))
        g_string_printf(message, "it took more than %d steps", IFX_STYLESHEET_MAX_OPERATIONS);
    xsltFreeTransformContext(context);
    xsltFreeSecurityPrefs(prefs);

    if (!ok) {
        xmlFreeDoc(result);
        ifxStylesheetFail("the stylesheet made no patch", message, error);
        return NULL;
    }
    return result;
}

typedef struct {
    const ifxStylesheet *stylesheet;
    xmlDoc *doc;                /* NULL: it is only compiled */
} ifxTransform;

/* Runs in the sandbox: its end frees everything. The result is what xsl:message printed, a NUL byte,
 * and the patch. */
static GBytes *
ifxStylesheetRun(void *opaque,
                 GError **error)
{
    const ifxTransform *transform = opaque;
    const ifxStylesheet *stylesheet = transform->stylesheet;
    xsltStylesheetPtr compiled = ifxStylesheetCompile(stylesheet->text, stylesheet->path, error);
    g_autoptr(GString) message = g_string_new(NULL);
    xmlDoc *result;
    xmlChar *text = NULL;
    int length = 0;

    if (!compiled)
        return NULL;
    if (!transform->doc)
        return g_bytes_new(NULL, 0);
    ifxSandboxCloseFiles();
    result = ifxStylesheetTransform(compiled, transform->doc, true, message, error);
    if (!result)
        return NULL;
    xmlDocDumpMemory(result, &text, &length);
    if (message->len > IFX_STYLESHEET_MAX_MESSAGES) {
        g_string_truncate(message, IFX_STYLESHEET_MAX_MESSAGES);
        g_string_append(message, "\nmore messages were left out");
    }
    g_string_append_len(g_string_append_c(message, '\0'), (const char *) text, length);
    return g_string_free_to_bytes(g_steal_pointer(&message));
}

ifxStylesheet *
ifxStylesheetLoad(const char *path,
                  GError **error)
{
    g_autoptr(ifxStylesheet) stylesheet = g_new0(ifxStylesheet, 1);
    const ifxTransform compile = { .stylesheet = stylesheet };
    g_autoptr(GBytes) nothing = NULL;

    stylesheet->path = g_strdup(path);
    stylesheet->shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    stylesheet->text = ifxFileRead(path, IFX_STYLESHEET_MAX_SIZE, error);
    if (!stylesheet->text)
        return NULL;
    nothing = ifxSandboxRun(ifxStylesheetRun, (void *) &compile, &ifxStylesheetLimits, error);
    if (nothing)
        return g_steal_pointer(&stylesheet);
    g_prefix_error(error, "%s: ", path);
    return NULL;
}

/* Prints the lines of @message that are new: the dialogue of apply runs a stylesheet often. */
static void
ifxStylesheetShow(const ifxStylesheet *stylesheet,
                  const char *message)
{
    g_auto(GStrv) lines = g_strsplit(message, "\n", -1);
    guint i;

    for (i = 0; lines[i]; i++) {
        g_strstrip(lines[i]);
        if (*lines[i] && g_hash_table_add(stylesheet->shown, g_strdup(lines[i])))
            ifxTermNoteOn(stylesheet->path, "%s", lines[i]);
    }
}

static xmlDoc *
ifxStylesheetApplyOwn(const ifxStylesheet *stylesheet,
                      xmlDoc *doc,
                      GError **error)
{
    const ifxTransform transform = { stylesheet, doc };
    g_autoptr(GBytes) bytes = ifxSandboxRun(ifxStylesheetRun, (void *) &transform,
                                            &ifxStylesheetLimits, error);
    const char *message;
    gsize length;
    gsize skip;
    xmlDoc *patch;

    if (!bytes)
        return NULL;
    message = g_bytes_get_data(bytes, &length);
    ifxStylesheetShow(stylesheet, message);
    skip = strlen(message) + 1;
    patch = xmlReadMemory(message + skip, (int) (length - skip), NULL, NULL,
                          XML_PARSE_NONET | XML_PARSE_HUGE);
    if (!patch)
        ifxErrorSet(error, IFX_ERROR_PATCH, "its result is not XML");
    return patch;
}

xmlDoc *
ifxStylesheetApply(const ifxStylesheet *stylesheet,
                   xmlDoc *doc,
                   GError **error)
{
    g_autoptr(GString) message = NULL;
    xmlDoc *patch;

    if (!stylesheet->path) {
        message = g_string_new(NULL);
        return ifxStylesheetTransform(stylesheet->compiled, doc, false, message, error);
    }
    patch = ifxStylesheetApplyOwn(stylesheet, doc, error);
    if (!patch)
        g_prefix_error(error, "stylesheet %s: ", stylesheet->path);
    return patch;
}

bool
ifxStylesheetFormat(const ifxStylesheet *stylesheet,
                    xmlDoc *result,
                    GString *out,
                    GError **error)
{
    xmlChar *text = NULL;
    int length = 0;

    if (xsltSaveResultToString(&text, &length, result, stylesheet->compiled) < 0)
        return ifxErrorSet(error, IFX_ERROR_PATCH, "libxslt cannot write the result");
    if (text)
        g_string_append_len(out, (const char *) text, length);
    xmlFree(text);
    return true;
}
