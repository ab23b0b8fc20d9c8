/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/term.h"

#include <string.h>

/* A line that is being broken. */
typedef struct {
    GString *out;
    guint indent;
    guint width;            /* 0: nothing is broken */
    guint column;           /* 0: nothing was put yet */
} ifxTermWrapper;

/* How many columns the first @length bytes of @text take. */
static guint
ifxTermMeasure(const char *text,
               gsize length)
{
    const char *end = text + length;
    guint columns = 0;

    for (; text < end; text = g_utf8_next_char(text)) {
        const gunichar c = g_utf8_get_char(text);

        columns += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return columns;
}

/* Does a sentence end before @at, the space after a full stop? "Rev. A" ends none. */
static bool
ifxTermIsBetweenSentences(const char *at)
{
    return *at == ' ' && at[-1] == '.' && g_ascii_isupper(at[1]) && g_ascii_islower(at[2]);
}

/* How long the first sentence of @text is, with its full stop; not more than @length. What is in
 * parentheses or quotes, such as the name of a device, has no end of a sentence. */
static gsize
ifxTermFindSentence(const char *text,
                    gsize length)
{
    bool quoted = false;
    int depth = 0;
    gsize i;

    for (i = 0; i < length; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (text[i] == '(')
            depth++;
        else if (text[i] == ')')
            depth--;
        else if (i > 0 && !quoted && depth == 0 && ifxTermIsBetweenSentences(text + i))
            return i;
    }
    return length;
}

/* Is one of the commands that messages ask for at @text? */
static bool
ifxTermIsCommand(const char *text)
{
    static const char *const programs[] = {
        "virt-iommufix ", "virsh ", "vi ", "echo ", "umount ", "nsenter ", "swapoff ", "mdadm ",
        "losetup ", "zramctl ", "cryptsetup ", "lvchange ", "multipath ", "dmsetup ",
        "targetcli ", "fuser ", "lspci ", "systemctl ", "patch ",
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(programs); i++) {
        if (g_str_has_prefix(text, programs[i]))
            return true;
    }
    return false;
}

/* Where in a sentence of @length bytes a command begins, which goes up to its end: after the last
 * colon; @length if there is none. */
static gsize
ifxTermFindCommand(const char *text,
                   gsize length)
{
    gsize i;

    for (i = length; i > 1; i--) {
        if (text[i - 1] == ' ' && text[i - 2] == ':' && ifxTermIsCommand(text + i))
            return i;
    }
    return length;
}

/* Puts the first @length bytes of @word on the line, or on the next one. */
static void
ifxTermPutWord(ifxTermWrapper *wrapper,
               const char *word,
               gsize length)
{
    const guint columns = ifxTermMeasure(word, length);
    GString *out = wrapper->out;

    if (wrapper->column == 0) {
        g_string_append_printf(out, "%*s", (int) wrapper->indent, "");
        wrapper->column = wrapper->indent;
    } else if (wrapper->width > 0 && wrapper->column + 1 + columns > wrapper->width) {
        g_string_append_printf(out, "\n%*s", (int) wrapper->indent + 2, "");
        wrapper->column = wrapper->indent + 2;
    } else {
        g_string_append_c(out, ' ');
        wrapper->column++;
    }
    g_string_append_len(out, word, (gssize) length);
    wrapper->column += columns;
}

/* How long the word at @text is; a command in quotes is one word. */
static gsize
ifxTermFindWord(const char *text,
                gsize length)
{
    const char *quote = *text == '"' ? memchr(text + 1, '"', length - 1) : NULL;
    const gsize from = quote ? (gsize) (quote - text) : 0;
    const char *space = memchr(text + from, ' ', length - from);

    return space ? (gsize) (space - text) : length;
}

static void
ifxTermPutSentence(ifxTermWrapper *wrapper,
                   const char *text,
                   gsize length)
{
    const gsize command = ifxTermFindCommand(text, length);
    gsize at = 0;

    while (at < length) {
        const gsize word = at == command ? length - at : ifxTermFindWord(text + at, length - at);

        ifxTermPutWord(wrapper, text + at, word);
        at += word + 1;
    }
}

/* A line that is too long has each sentence on a line of its own. */
static void
ifxTermWrapLine(ifxTermWrapper *wrapper,
                const char *line,
                gsize length)
{
    const bool fits = wrapper->width == 0 ||
        wrapper->indent + ifxTermMeasure(line, length) <= wrapper->width;

    wrapper->column = 0;
    while (length > 0) {
        const gsize sentence = fits ? length : ifxTermFindSentence(line, length);
        const bool more = sentence < length;
        const gsize past = sentence + (more ? 1 : 0);
        const bool command = ifxTermFindCommand(line, sentence) < sentence;

        /* A command that is pasted must not end in a full stop. */
        ifxTermPutSentence(wrapper, line, sentence - (command && more ? 1 : 0));
        if (!fits)
            wrapper->column = wrapper->width;
        line += past;
        length -= past;
    }
    g_string_append_c(wrapper->out, '\n');
}

void
ifxTermWrap(GString *out,
            const char *text,
            guint indent,
            guint width)
{
    ifxTermWrapper wrapper = { .out = out, .indent = indent, .width = width };

    while (*text) {
        const gsize length = strcspn(text, "\n");

        ifxTermWrapLine(&wrapper, text, length);
        text += length + (text[length] == '\n');
    }
}
