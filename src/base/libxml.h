/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxml: what the versions of libxml2 since 2.9.14 name or do differently.
 *
 * From libxml2's NEWS and include/libxml: since 2.12 handlers of errors get a const xmlError; since
 * 2.13 xmlStopParser() frees nothing that the parser still needs, and setting instate stops nothing;
 * 2.14 has a function for the encoding of a document, and 2.15 one for the offset; 2.15 deprecates
 * the members that held these.
 */

#pragma once

#include <glib.h>
#include <libxml/parser.h>

/* What an xmlStructuredErrorFunc gets. */
#if LIBXML_VERSION >= 21200
typedef const xmlError ifxLibxmlError;
#else
typedef xmlError ifxLibxmlError;
#endif

/* Stops @parser from within its handler of errors. */
static inline void
ifxLibxmlStopAtError(xmlParserCtxt *parser)
{
#if LIBXML_VERSION >= 21300
    xmlStopParser(parser);
#else
    /* xmlStopParser() frees input that the function that found the error still reads. */
    parser->instate = XML_PARSER_EOF;
#if LIBXML_VERSION >= 21200
    /* 2.12 passes over a broken declaration to its end, for ever where it reads nothing more. */
    parser->input->cur = parser->input->end;
#endif
#endif
}

/* The encoding that the document declares; NULL if it declares none. Lent by @parser. */
static inline const char *
ifxLibxmlGetEncoding(xmlParserCtxt *parser)
{
#if LIBXML_VERSION >= 21400
    return (const char *) xmlCtxtGetDeclaredEncoding(parser);
#else
    /* It is in one of two places. */
    if (parser->encoding)
        return (const char *) parser->encoding;
    return parser->input ? (const char *) parser->input->encoding : NULL;
#endif
}

/* The offset that @parser has reached in a document that is in UTF-8. */
static inline gsize
ifxLibxmlGetOffset(xmlParserCtxt *parser)
{
#if LIBXML_VERSION >= 21500
    unsigned long offset = 0;

    xmlCtxtGetInputPosition(parser, 0, NULL, NULL, NULL, &offset);
    return offset;
#else
    const xmlParserInput *input = parser->input;

    /* As in xmlByteConsumed(), which takes ten times as long. */
    return input->consumed + (gsize) (input->cur - input->base);
#endif
}

/* xmlGenericErrorFunc that prints nothing. */
static inline void G_GNUC_PRINTF(2, 3)
ifxLibxmlIgnore(void *opaque G_GNUC_UNUSED,
                const char *format G_GNUC_UNUSED,
                ...)
{
}

/* Each thread has a handler of its own, which prints what it gets (libxml2's globals.c). The tool's
 * own messages contain what libxml2 reports. */
static inline void
ifxLibxmlSilenceThread(void)
{
    xmlSetGenericErrorFunc(NULL, ifxLibxmlIgnore);
}
