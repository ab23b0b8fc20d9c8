/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * term: the person at the terminal: escaping, colour, messages, questions, progress.
 *
 * Names and messages from domains, devices and files may hold control
 * characters, escape sequences, bidirectional marks or bytes that are not
 * UTF-8. The tool never sends any of them to a terminal.
 */

#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

typedef enum {
    IFX_COLOR_AUTO,
    IFX_COLOR_ALWAYS,
    IFX_COLOR_NEVER,
} ifxColorWhen;

typedef enum {
    IFX_STYLE_PLAIN,
    IFX_STYLE_BOLD,
    IFX_STYLE_GOOD,
    IFX_STYLE_BAD,
    IFX_STYLE_NOTE,
} ifxStyle;

/* An output stream and its properties. */
typedef struct _ifxTerm ifxTerm;
struct _ifxTerm {
    FILE *stream;       /* borrowed */
    bool terminal;
    bool color;
    guint width;        /* in columns; 0: it is no terminal, or it does not know */
};

/* Reads "auto", "always" or "never", as ls does; false for anything else. */
bool ifxColorWhenParse(const char *text, ifxColorWhen *when);

/* IFX_COLOR_AUTO gives colour if @stream is a terminal, TERM is not "dumb", and NO_COLOR
 * (https://no-color.org) is unset or empty. */
ifxTerm ifxTermOpen(FILE *stream, ifxColorWhen when);

/* @text of @length bytes, with everything that is not printable as \xHH or
 * \u{HEX}. Newline and tab stay if @multiline. Free with g_free(). */
char *ifxTermEscape(const char *text, gsize length, bool multiline);

/* @word as a shell reads it, in quotes only where it needs them: for commands that a message asks
 * for. Free with g_free(). */
char *ifxTermQuote(const char *word);

/* Appends the lines of @text, which is escaped, each indented by @indent columns and broken at words
 * so that it fits @width columns; what is broken goes on two columns further right. A line that does
 * not fit has each sentence on a line of its own, and a command at the end of a sentence is not
 * broken, so that it can be pasted; nor is a longer word. @width 0: nothing is broken. */
void ifxTermWrap(GString *out, const char *text, guint indent, guint width);

/* The start and end of @style on @term: constants, "" without colour. */
const char *ifxTermStart(const ifxTerm *term, ifxStyle style);
const char *ifxTermEnd(const ifxTerm *term, ifxStyle style);

/* Prints @text on stderr for a person at the terminal. The caller has escaped everything that came
 * from elsewhere. */
void ifxTermShow(const char *text);

/* Each prints one escaped line on stderr:
 *
 *     virt-iommufix: TEXT                  about the run
 *     virt-iommufix: NAME: TEXT            about a domain, file or host
 *     virt-iommufix: NAME: refused: WHY    nothing is changed for it
 *     virt-iommufix: MESSAGE               an error (error.h) */
void ifxTermNote(const char *format, ...) G_GNUC_PRINTF(1, 2);
void ifxTermNoteOn(const char *name, const char *format, ...) G_GNUC_PRINTF(2, 3);
void ifxTermNoteRefused(const char *name, const char *why);
void ifxTermNoteError(const GError *error);

/* Can a person at a terminal be asked? True if stdin and stderr are terminals. */
bool ifxTermCanAsk(void);

/* Prints "QUESTION " on stderr and reads one line: the answer, without white space at its ends.
 * NULL at the end of the input. Free with g_free(). */
char *ifxTermAsk(const char *question);

/* Asks "QUESTION [y/N] ": true for y and yes, false for anything else and at the end of the
 * input. */
bool ifxTermConfirm(const char *question);

/* How far a long run is: "57 of 200" on the last line of a terminal, after the first second.
 * Hide it before anything else is printed. */
typedef struct _ifxProgress ifxProgress;
struct _ifxProgress {
    gint64 begun;           /* in microseconds of the monotonic clock */
    guint total;
    guint done;
    bool terminal;          /* stderr is one, and there is more than one thing to do */
    bool shown;
};

void ifxProgressBegin(ifxProgress *progress, guint total);

/* Keeps, and shows, that @done of the total are done; shows nothing if stderr is no terminal. */
void ifxProgressShow(ifxProgress *progress, guint done);
void ifxProgressHide(ifxProgress *progress);
