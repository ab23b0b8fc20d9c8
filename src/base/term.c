/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/term.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.h"
#include "base/pager.h"

bool
ifxColorWhenParse(const char *text,
                  ifxColorWhen *when)
{
    if (strcmp(text, "auto") == 0)
        *when = IFX_COLOR_AUTO;
    else if (strcmp(text, "always") == 0)
        *when = IFX_COLOR_ALWAYS;
    else if (strcmp(text, "never") == 0)
        *when = IFX_COLOR_NEVER;
    else
        return false;
    return true;
}

ifxTerm
ifxTermOpen(FILE *stream,
            ifxColorWhen when)
{
    const char *no_color = g_getenv("NO_COLOR");
    ifxTerm term = {
        .stream = stream,
        .terminal = isatty(fileno(stream)) == 1,
    };
    struct winsize size;

    if (term.terminal && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0)
        term.width = size.ws_col;

    term.color = when == IFX_COLOR_ALWAYS ||
        (when == IFX_COLOR_AUTO && term.terminal &&
         !(no_color && *no_color) &&
         g_strcmp0(g_getenv("TERM"), "dumb") != 0);
    return term;
}

static bool
ifxTermIsSafe(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return false;
    default:
        return true;
    }
}

char *
ifxTermEscape(const char *text,
              gsize length,
              bool multiline)
{
    GString *safe = g_string_sized_new(length);
    const char *at = text;
    const char *end = text + length;

    while (at < end) {
        const unsigned char byte = (unsigned char) *at;
        gunichar c;

        if (byte >= 0x20 && byte < 0x7f) {
            g_string_append_c(safe, *at++);
            continue;
        }
        if (multiline && (byte == '\n' || byte == '\t')) {
            g_string_append_c(safe, *at++);
            continue;
        }
        c = g_utf8_get_char_validated(at, end - at);
        if (c == (gunichar) -1 || c == (gunichar) -2 || c < 0x80) {
            g_string_append_printf(safe, "\\x%02x", byte);
            at++;
        } else {
            const char *next = g_utf8_next_char(at);

            if (ifxTermIsSafe(c))
                g_string_append_len(safe, at, next - at);
            else
                g_string_append_printf(safe, "\\u{%x}", c);
            at = next;
        }
    }
    return g_string_free(safe, FALSE);
}

char *
ifxTermQuote(const char *word)
{
    const char *plain = "-_.+:@/" G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS;

    return *word && *word != '-' && strspn(word, plain) == strlen(word) ? g_strdup(word) :
        g_shell_quote(word);
}

const char *
ifxTermStart(const ifxTerm *term,
             ifxStyle style)
{
    if (!term->color)
        return "";

    switch (style) {
    case IFX_STYLE_PLAIN:
        break;
    case IFX_STYLE_BOLD:
        return "\033[1m";
    case IFX_STYLE_GOOD:
        return "\033[32m";
    case IFX_STYLE_BAD:
        return "\033[31m";
    case IFX_STYLE_NOTE:
        return "\033[36m";
    }
    return "";
}

const char *
ifxTermEnd(const ifxTerm *term,
           ifxStyle style)
{
    return term->color && style != IFX_STYLE_PLAIN ? "\033[0m" : "";
}

void
ifxTermShow(const char *text)
{
    fflush(stdout);
    fputs(text, stderr);
}

/* The only place that knows how a line begins. */
static void
ifxTermPrintLine(const char *text)
{
    const ifxTerm term = ifxTermOpen(stderr, IFX_COLOR_NEVER);
    g_autofree char *safe = ifxTermEscape(text, strlen(text), false);
    g_autofree char *line = g_strconcat("virt-iommufix: ", safe, NULL);
    g_autoptr(GString) lines = g_string_new(NULL);

    ifxTermWrap(lines, line, 0, term.terminal ? term.width : ifxPagerGetWidth());
    ifxTermShow(lines->str);
}

void
ifxTermNote(const char *format,
            ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    ifxTermPrintLine(text);
}

void
ifxTermNoteOn(const char *name,
              const char *format,
              ...)
{
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    line = g_strdup_printf("%s: %s", name, text);
    ifxTermPrintLine(line);
}

void
ifxTermNoteRefused(const char *name,
                   const char *why)
{
    g_autofree char *line = ifxErrorFormatRefused(name, why);

    ifxTermPrintLine(line);
}

void
ifxTermNoteError(const GError *error)
{
    ifxTermPrintLine(error->message);
}

bool
ifxTermCanAsk(void)
{
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

char *
ifxTermAsk(const char *question)
{
    GString *line = g_string_new(NULL);
    int c;

    fflush(stdout);
    fprintf(stderr, "%s ", question);
    while ((c = getc(stdin)) != EOF && c != '\n')
        g_string_append_c(line, (char) c);
    if (c == EOF && line->len == 0) {
        fputc('\n', stderr);
        g_string_free(line, TRUE);
        return NULL;
    }
    g_strstrip(line->str);
    return g_string_free(line, FALSE);
}

bool
ifxTermConfirm(const char *question)
{
    g_autofree char *full = g_strdup_printf("%s [y/N]", question);
    g_autofree char *answer = ifxTermAsk(full);

    return answer &&
        (g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0);
}

void
ifxProgressBegin(ifxProgress *progress,
                 guint total)
{
    progress->begun = g_get_monotonic_time();
    progress->total = total;
    progress->done = 0;
    progress->terminal = total > 1 && isatty(STDERR_FILENO);
    progress->shown = false;
}

void
ifxProgressShow(ifxProgress *progress,
                guint done)
{
    progress->done = done;
    /* A pager may have taken standard error. */
    if (!progress->terminal || g_get_monotonic_time() - progress->begun < G_USEC_PER_SEC ||
        !isatty(STDERR_FILENO))
        return;
    fflush(stdout);
    fprintf(stderr, "\r%u of %u\033[K", done, progress->total);
    progress->shown = true;
}

void
ifxProgressHide(ifxProgress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
