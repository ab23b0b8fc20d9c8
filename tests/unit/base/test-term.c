/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "helpers.h"
#include "suite.h"
#include "base/term.h"

typedef struct {
    const char *text;
    gsize length;           /* 0: up to the NUL */
    const char *escaped;
} ifxTestEscape;

static const ifxTestEscape escapes[] = {
    { "", 0, "" },
    { "plain text ~ 0:1", 0, "plain text ~ 0:1" },
    { "gr\303\274n \346\227\245\346\234\254 \360\237\230\200", 0,
      "gr\303\274n \346\227\245\346\234\254 \360\237\230\200" },
    { "e\314\201", 0, "e\314\201" },
    { "a\033[31mred\033[0m", 0, "a\\x1b[31mred\\x1b[0m" },
    { "\033]0;title\007", 0, "\\x1b]0;title\\x07" },
    { "\r\n\t\b\v\f", 0, "\\x0d\\x0a\\x09\\x08\\x0b\\x0c" },
    { "a\0b", 3, "a\\x00b" },
    { "\177", 0, "\\x7f" },
    /* C1 controls: CSI, NEL */
    { "\302\233" "31m", 0, "\\u{9b}31m" },
    { "\302\205", 0, "\\u{85}" },
    /* Right-to-left override, isolate, zero width space, soft hyphen, BOM */
    { "gpu\342\200\256fdp.exe", 0, "gpu\\u{202e}fdp.exe" },
    { "\342\201\246x\342\201\251", 0, "\\u{2066}x\\u{2069}" },
    { "\342\200\213", 0, "\\u{200b}" },
    { "\302\255", 0, "\\u{ad}" },
    { "\357\273\277", 0, "\\u{feff}" },
    /* Line and paragraph separators, private use, unassigned */
    { "\342\200\250\342\200\251", 0, "\\u{2028}\\u{2029}" },
    { "\356\200\200", 0, "\\u{e000}" },
    { "\315\270", 0, "\\u{378}" },
    /* No UTF-8: a lone byte, a lone continuation, an overlong slash, a surrogate, a cut */
    { "a\377b", 0, "a\\xffb" },
    { "\200", 0, "\\x80" },
    { "\300\257", 0, "\\xc0\\xaf" },
    { "\355\240\200", 0, "\\xed\\xa0\\x80" },
    { "\303", 0, "\\xc3" },
    { "\303\274", 1, "\\xc3" },
    { "\342\200x", 0, "\\xe2\\x80x" },
};

START_TEST(what_is_not_printable_is_escaped)
{
    const ifxTestEscape *escape = &escapes[_i];
    const gsize length = escape->length ? escape->length : strlen(escape->text);
    g_autofree char *escaped = ifxTermEscape(escape->text, length, false);

    ck_assert_str_eq(escaped, escape->escaped);
}
END_TEST

START_TEST(only_newline_and_tab_stay_in_multiline_text)
{
    const char *text = "a\n\tb\r\n\033[1m\342\200\256";
    g_autofree char *one = ifxTermEscape(text, strlen(text), false);
    g_autofree char *many = ifxTermEscape(text, strlen(text), true);

    ck_assert_str_eq(one, "a\\x0a\\x09b\\x0d\\x0a\\x1b[1m\\u{202e}");
    ck_assert_str_eq(many, "a\n\tb\\x0d\n\\x1b[1m\\u{202e}");
}
END_TEST

START_TEST(every_single_byte_comes_out_printable)
{
    guint byte;

    for (byte = 0; byte < 256; byte++) {
        const char text = (char) byte;
        g_autofree char *escaped = ifxTermEscape(&text, 1, false);
        const char *c;

        ck_assert_uint_eq(strlen(escaped), byte >= 0x20 && byte < 0x7f ? 1 : 4);
        for (c = escaped; *c; c++)
            ck_assert_msg(g_ascii_isprint(*c), "byte 0x%02x became '%s'", byte, escaped);
    }
}
END_TEST

START_TEST(color_words_are_those_of_ls)
{
    ifxColorWhen when = IFX_COLOR_ALWAYS;

    ck_assert(ifxColorWhenParse("auto", &when));
    ck_assert_int_eq(when, IFX_COLOR_AUTO);
    ck_assert(ifxColorWhenParse("always", &when));
    ck_assert_int_eq(when, IFX_COLOR_ALWAYS);
    ck_assert(ifxColorWhenParse("never", &when));
    ck_assert_int_eq(when, IFX_COLOR_NEVER);
    ck_assert(!ifxColorWhenParse("", &when));
    ck_assert(!ifxColorWhenParse("Always", &when));
    ck_assert(!ifxColorWhenParse("yes", &when));
}
END_TEST

/* A terminal of our own, or NULL where the system gives none. */
static FILE *
ifxTestOpenTerminal(int *master)
{
    const char *name;
    int fd = -1;

    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0)
        return NULL;
    if (grantpt(*master) == 0 && unlockpt(*master) == 0 && (name = ptsname(*master)))
        fd = open(name, O_RDWR | O_NOCTTY);
    if (fd < 0) {
        close(*master);
        return NULL;
    }
    return fdopen(fd, "r+");
}

typedef struct {
    ifxColorWhen when;
    bool terminal;
    const char *no_color;   /* NULL: unset */
    const char *term;
    bool color;
} ifxTestColor;

static const ifxTestColor colors[] = {
    { IFX_COLOR_AUTO, false, NULL, "xterm", false },
    { IFX_COLOR_ALWAYS, false, NULL, "xterm", true },
    { IFX_COLOR_ALWAYS, false, "1", "dumb", true },
    { IFX_COLOR_NEVER, false, NULL, "xterm", false },
    { IFX_COLOR_AUTO, true, NULL, "xterm", true },
    { IFX_COLOR_AUTO, true, "", "xterm", true },
    { IFX_COLOR_AUTO, true, "1", "xterm", false },
    { IFX_COLOR_AUTO, true, "0", "xterm", false },
    { IFX_COLOR_AUTO, true, NULL, "dumb", false },
    { IFX_COLOR_AUTO, true, NULL, NULL, true },
    { IFX_COLOR_ALWAYS, true, "1", "dumb", true },
    { IFX_COLOR_NEVER, true, NULL, "xterm", false },
};

static char *saved_no_color;
static char *saved_term;

static void
ifxTestSaveEnvironment(void)
{
    saved_no_color = g_strdup(g_getenv("NO_COLOR"));
    saved_term = g_strdup(g_getenv("TERM"));
}

static void
ifxTestSetEnvironment(const char *name,
                      const char *value)
{
    if (value)
        g_setenv(name, value, TRUE);
    else
        g_unsetenv(name);
}

static void
ifxTestRestoreEnvironment(void)
{
    ifxTestSetEnvironment("NO_COLOR", saved_no_color);
    ifxTestSetEnvironment("TERM", saved_term);
    g_clear_pointer(&saved_no_color, g_free);
    g_clear_pointer(&saved_term, g_free);
}

START_TEST(color_follows_the_option_the_terminal_and_no_color)
{
    const ifxTestColor *color = &colors[_i];
    int master = -1;
    FILE *stream = color->terminal ? ifxTestOpenTerminal(&master) : tmpfile();
    ifxTerm term;

    if (!stream && color->terminal)
        return;
    ck_assert_ptr_nonnull(stream);
    ifxTestSetEnvironment("NO_COLOR", color->no_color);
    ifxTestSetEnvironment("TERM", color->term);

    term = ifxTermOpen(stream, color->when);
    ck_assert_ptr_eq(term.stream, stream);
    ck_assert_int_eq(term.terminal, color->terminal);
    ck_assert_int_eq(term.color, color->color);

    fclose(stream);
    if (master >= 0)
        close(master);
}
END_TEST

START_TEST(styles_are_empty_without_color)
{
    const ifxTerm plain = { .color = false };
    const ifxTerm colored = { .color = true };
    int style;

    for (style = IFX_STYLE_PLAIN; style <= IFX_STYLE_NOTE; style++) {
        ck_assert_str_eq(ifxTermStart(&plain, (ifxStyle) style), "");
        ck_assert_str_eq(ifxTermEnd(&plain, (ifxStyle) style), "");
        ck_assert_int_eq(*ifxTermStart(&colored, (ifxStyle) style) == '\033',
                         style != IFX_STYLE_PLAIN);
        ck_assert_str_eq(ifxTermEnd(&colored, (ifxStyle) style),
                         style == IFX_STYLE_PLAIN ? "" : "\033[0m");
    }
}
END_TEST

START_TEST(note_is_one_escaped_line_on_stderr)
{
    FILE *file = tmpfile();
    const int saved = dup(STDERR_FILENO);
    char buffer[128];
    size_t got;

    ck_assert_ptr_nonnull(file);
    fflush(stderr);
    ck_assert_int_eq(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    ifxTermNote("domain '%s': %d", "evil\n\033[2J", 7);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);

    rewind(file);
    got = fread(buffer, 1, sizeof(buffer) - 1, file);
    buffer[got] = '\0';
    fclose(file);
    ck_assert_str_eq(buffer, "virt-iommufix: domain 'evil\\x0a\\x1b[2J': 7\n");
}
END_TEST

typedef struct {
    const char *text;
    guint indent;
    guint width;
    const char *wrapped;
} ifxTestWrap;

static const ifxTestWrap wraps[] = {
    { "one two three", 2, 0, "  one two three\n" },
    { "one two three", 2, 15, "  one two three\n" },
    { "one two three", 2, 14, "  one two\n    three\n" },
    { "one two three", 0, 3, "one\n  two\n  three\n" },
    { "one\ntwo three", 1, 8, " one\n two\n   three\n" },
    { "a longer-than-the-line b", 0, 8, "a\n  longer-than-the-line\n  b\n" },
    { "\u00e4\u00e4 \u00e4", 0, 4, "\u00e4\u00e4 \u00e4\n" },
    { "\u6f22\u6f22 b", 0, 5, "\u6f22\u6f22\n  b\n" },
    { "", 2, 10, "" },
    { "Stop it: umount /a b. Then. Look (Rev. Ab) again", 0, 19,
      "Stop it:\n  umount /a b\n  Then.\n  Look (Rev. Ab)\n  again\n" },
    { "Stop it: umount /a b. Then.", 0, 0, "Stop it: umount /a b. Then.\n" },
    { "a long one: virsh edit it", 0, 12, "a long one:\n  virsh edit it\n" },
    { "some: words that are none", 0, 12, "some: words\n  that are\n  none\n" },
    { "do \"a b c\", d", 0, 8, "do\n  \"a b c\",\n  d\n" },
    { "it is \"open", 0, 8, "it is\n  \"open\n" },
};

START_TEST(lines_are_broken_at_words_to_fit)
{
    const ifxTestWrap *test = &wraps[_i];
    g_autoptr(GString) out = g_string_new(NULL);

    ifxTermWrap(out, test->text, test->indent, test->width);
    ck_assert_str_eq(out->str, test->wrapped);
}
END_TEST

START_TEST(progress_is_shown_on_a_terminal_after_a_second)
{
    static const char expected[] = "\r7 of 40\033[K\r\033[K";
    const int saved = dup(STDERR_FILENO);
    ifxProgress progress;
    char buffer[sizeof(expected)] = "";
    gsize length = 0;
    int master = -1;
    FILE *stream = ifxTestOpenTerminal(&master);

    if (!stream) {
        close(saved);
        return;
    }
    fflush(stderr);
    ck_assert_int_eq(dup2(fileno(stream), STDERR_FILENO), STDERR_FILENO);
    ifxProgressBegin(&progress, 40);
    ifxProgressShow(&progress, 6);
    progress.begun -= 2 * G_USEC_PER_SEC;
    ifxProgressShow(&progress, 7);
    ifxProgressHide(&progress);
    ifxProgressHide(&progress);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);

    /* The terminal may hand on each write for itself. */
    while (length < sizeof(expected) - 1) {
        const ssize_t got = read(master, buffer + length, sizeof(expected) - 1 - length);

        ck_assert_int_gt(got, 0);
        length += (gsize) got;
    }
    ck_assert_str_eq(buffer, expected);
    fclose(stream);
    close(master);
}
END_TEST

Suite *
ifxSuiteTerm(void)
{
    Suite *suite = suite_create("term");
    TCase *escape = tcase_create("escape");
    TCase *color = tcase_create("color");

    tcase_add_loop_test(escape, what_is_not_printable_is_escaped, 0, G_N_ELEMENTS(escapes));
    tcase_add_test(escape, only_newline_and_tab_stay_in_multiline_text);
    tcase_add_test(escape, every_single_byte_comes_out_printable);
    tcase_add_test(escape, note_is_one_escaped_line_on_stderr);
    tcase_add_test(escape, progress_is_shown_on_a_terminal_after_a_second);
    tcase_add_loop_test(escape, lines_are_broken_at_words_to_fit, 0, G_N_ELEMENTS(wraps));
    suite_add_tcase(suite, escape);

    tcase_add_checked_fixture(color, ifxTestSaveEnvironment, ifxTestRestoreEnvironment);
    tcase_add_test(color, color_words_are_those_of_ls);
    tcase_add_loop_test(color, color_follows_the_option_the_terminal_and_no_color,
                        0, G_N_ELEMENTS(colors));
    tcase_add_test(color, styles_are_empty_without_color);
    suite_add_tcase(suite, color);
    return suite;
}
