/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include <string.h>

#include "base/error.h"
#include "base/pci-address.h"

typedef struct {
    guint set;
    char letter;
    const char *name;
    GOptionArg kind;
    gsize field;            /* offset in ifxOptions */
    const char *description;
    const char *argument;
} ifxOption;

#define IFX_FIELD(name) G_STRUCT_OFFSET(ifxOptions, name)

static const ifxOption ifxOptionTable[] = {
    { IFX_OPTIONS_HOST, 'c', "connect", G_OPTION_ARG_STRING_ARRAY, IFX_FIELD(connect),
      "take devices and domains from this libvirt connection", "URI" },
    { IFX_OPTIONS_HOST, 0, "host", G_OPTION_ARG_FILENAME, IFX_FIELD(host),
      "take them from a capture, a file that test:/// can open", "FILE" },
    { IFX_OPTIONS_HOST | IFX_OPTIONS_HOOK, 0, "sysroot", G_OPTION_ARG_FILENAME, IFX_FIELD(sysroot),
      "take devices from the sysfs below DIR (/ for this host)", "DIR" },
    { IFX_OPTIONS_HOST, 0, "color", G_OPTION_ARG_STRING, IFX_FIELD(color_text),
      "color the output: auto, always or never", "WHEN" },
    { IFX_OPTIONS_DOMAINS, 0, "all", G_OPTION_ARG_NONE, IFX_FIELD(all),
      "take every persistent domain", NULL },
    { IFX_OPTIONS_POLICY | IFX_OPTIONS_HOOK, 0, "allow-member", G_OPTION_ARG_STRING_ARRAY,
      IFX_FIELD(allow_text),
      "take this device although it is in use, or may be (may be repeated)", "ADDRESS" },
    { IFX_OPTIONS_POLICY, 0, "only-needed", G_OPTION_ARG_NONE, IFX_FIELD(only_needed),
      "add only devices that would keep the guest from starting", NULL },
    { IFX_OPTIONS_CHANGE, 0, "managed", G_OPTION_ARG_NONE, IFX_FIELD(managed),
      "make every claim managed", NULL },
    { IFX_OPTIONS_CHANGE, 0, "prune", G_OPTION_ARG_NONE, IFX_FIELD(prune),
      "take out placeholders whose device is gone from the host", NULL },
    { IFX_OPTIONS_STYLESHEET, 0, "stylesheet", G_OPTION_ARG_FILENAME, IFX_FIELD(stylesheet),
      "make the patch with this XSLT instead of the built-in one", "FILE" },
    { IFX_OPTIONS_JSON, 0, "json", G_OPTION_ARG_NONE, IFX_FIELD(json),
      "print the result as JSON", NULL },
    { IFX_OPTIONS_GROUPS, 0, "shared", G_OPTION_ARG_NONE, IFX_FIELD(shared),
      "list only groups with more than one device that a guest can have", NULL },
    { IFX_OPTIONS_DIFF, 0, "exit-code", G_OPTION_ARG_NONE, IFX_FIELD(exit_code),
      "exit with 1 if there are changes", NULL },
    { IFX_OPTIONS_REWRITE, 0, "in-place", G_OPTION_ARG_NONE, IFX_FIELD(in_place),
      "write what is changed into the files that are named", NULL },
    { IFX_OPTIONS_CAPTURE, 0, "domains", G_OPTION_ARG_NONE, IFX_FIELD(domains),
      "take every persistent domain too, without its passwords", NULL },
    { IFX_OPTIONS_APPLY, 'i', "interactive", G_OPTION_ARG_NONE, IFX_FIELD(interactive),
      "ask domain by domain, group by group", NULL },
    { IFX_OPTIONS_APPLY, 0, "plan", G_OPTION_ARG_FILENAME, IFX_FIELD(plan),
      "write what a file of plan -o says, and nothing else", "FILE" },
    { IFX_OPTIONS_PLAN, 'o', "output", G_OPTION_ARG_FILENAME, IFX_FIELD(output),
      "keep the plan in a new file, for plan show and apply --plan", "FILE" },
    { IFX_OPTIONS_UNDO, 0, "list", G_OPTION_ARG_NONE, IFX_FIELD(list),
      "list the transactions, the last one at the end", NULL },
    { IFX_OPTIONS_WRITE, 'y', "yes", G_OPTION_ARG_NONE, IFX_FIELD(yes),
      "write without asking", NULL },
    { IFX_OPTIONS_WRITE, 0, "skip-validate", G_OPTION_ARG_NONE, IFX_FIELD(skip_validate),
      "define without validation against libvirt's schema", NULL },
    { IFX_OPTIONS_WRITE, 0, "keep-backup", G_OPTION_ARG_NONE, IFX_FIELD(keep_backup),
      "keep each old definition with its passwords", NULL },
    { IFX_OPTIONS_LINES, 0, "json", G_OPTION_ARG_NONE, IFX_FIELD(json),
      "print what came of each domain as a line of JSON", NULL },
    { IFX_OPTIONS_HOOK, 0, "rule", G_OPTION_ARG_STRING, IFX_FIELD(rule),
      "refuse by this rule: viable (the kernel's) or strict (whole groups)", "RULE" },
    { IFX_OPTIONS_HOOK, 0, "fail-closed", G_OPTION_ARG_NONE, IFX_FIELD(fail_closed),
      "refuse a guest of which nothing can be told", NULL },
    { IFX_OPTIONS_HOOK, 0, "install", G_OPTION_ARG_NONE, IFX_FIELD(install),
      "have libvirt ask before each start of a guest", NULL },
    { IFX_OPTIONS_HOOK, 0, "uninstall", G_OPTION_ARG_NONE, IFX_FIELD(uninstall),
      "have it ask no more", NULL },
    { IFX_OPTIONS_TOOL, 0, "version", G_OPTION_ARG_NONE, IFX_FIELD(version),
      "print the version and exit", NULL },
};

void
ifxOptionsClear(ifxOptions *options)
{
    g_strfreev(options->connect);
    g_strfreev(options->allow_text);
    g_free(options->host);
    g_free(options->sysroot);
    g_free(options->stylesheet);
    g_free(options->plan);
    g_free(options->output);
    g_free(options->rule);
    g_free(options->color_text);
    g_clear_pointer(&options->allowed, g_hash_table_unref);
    memset(options, 0, sizeof(*options));
}

static bool
ifxOptionsFinish(ifxOptions *options,
                 GError **error)
{
    guint i;

    if (options->color_text && !ifxColorWhenParse(options->color_text, &options->color)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--color=%s: it takes auto, always or never", options->color_text);
        return false;
    }
    if (options->host && (options->connect || options->sysroot)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--host excludes --connect and --sysroot: name one host");
        return false;
    }
    if (options->sysroot && options->connect && options->connect[1]) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--sysroot is the root of one host: with it, name one connection");
        return false;
    }
    if (!options->allowed)
        options->allowed = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual,
                                                 g_free, NULL);
    for (i = 0; options->allow_text && options->allow_text[i]; i++) {
        ifxPciAddress address;

        if (!ifxPciAddressParse(options->allow_text[i], &address)) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                        "--allow-member %s: it takes a PCI address such as 0000:01:00.1",
                        options->allow_text[i]);
            return false;
        }
        g_hash_table_add(options->allowed, g_memdup2(&address, sizeof(address)));
    }
    return true;
}

/* The elements of @second move behind those of @first. */
static char **
ifxOptionsJoin(char **first,
               char **second)
{
    GPtrArray *both = g_ptr_array_new();
    guint i;

    for (i = 0; first && first[i]; i++)
        g_ptr_array_add(both, first[i]);
    for (i = 0; second[i]; i++)
        g_ptr_array_add(both, second[i]);
    g_free(first);
    g_free(second);
    g_ptr_array_add(both, NULL);
    return (char **) g_ptr_array_free(both, FALSE);
}

/* Options stand before and behind the command's name, and are parsed twice: lists grow,
 * of anything else the last one counts. Takes all out of @now. */
static void
ifxOptionsMerge(ifxOptions *options,
                ifxOptions *now)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxOptionTable); i++) {
        gpointer old_field = G_STRUCT_MEMBER_P(options, ifxOptionTable[i].field);
        gpointer new_field = G_STRUCT_MEMBER_P(now, ifxOptionTable[i].field);

        if (ifxOptionTable[i].kind == G_OPTION_ARG_NONE) {
            *(gboolean *) old_field |= *(gboolean *) new_field;
        } else if (!*(gpointer *) new_field) {
            continue;
        } else if (ifxOptionTable[i].kind == G_OPTION_ARG_STRING_ARRAY) {
            *(char ***) old_field = ifxOptionsJoin(*(char ***) old_field,
                                                   g_steal_pointer((char ***) new_field));
        } else {
            g_free(*(char **) old_field);
            *(char **) old_field = g_steal_pointer((char **) new_field);
        }
    }
}

/* @want_help and what @sets take, as GOption wants it. */
static GOptionContext *
ifxOptionsContext(ifxOptions *options,
                  guint sets,
                  const char *synopsis,
                  const char *summary,
                  gboolean *want_help)
{
    GOptionContext *context = g_option_context_new(synopsis);
    GOptionEntry entries[G_N_ELEMENTS(ifxOptionTable) + 2] = { { 0 } };
    guint n = 0;
    guint i;

    entries[n++] = (GOptionEntry) { "help", 'h', 0, G_OPTION_ARG_NONE, want_help,
                                    "print this help and exit", NULL };
    for (i = 0; i < G_N_ELEMENTS(ifxOptionTable); i++) {
        const ifxOption *option = &ifxOptionTable[i];

        if (sets & option->set)
            entries[n++] = (GOptionEntry) { option->name, option->letter, 0, option->kind,
                                            G_STRUCT_MEMBER_P(options, option->field),
                                            option->description, option->argument };
    }
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* GOption leaves the mark "--" in place where a word with a dash follows. Before the
 * command's name it is the first word; behind it, it is the command's own. */
static void
ifxOptionsDropMark(char **arguments,
                   bool first_word)
{
    char **word = arguments + 1;

    while (!first_word && *word && strcmp(*word, "--") != 0)
        word++;
    if (g_strcmp0(*word, "--") != 0)
        return;
    g_free(*word);
    memmove(word, word + 1, sizeof(*word) * (g_strv_length(word + 1) + 1));
}

bool
ifxOptionsParse(ifxOptions *options,
                guint sets,
                bool first_word,
                const char *synopsis,
                const char *summary,
                char ***arguments,
                char **help,
                GError **error)
{
    g_auto(ifxOptions) now = { 0 };
    gboolean want_help = FALSE;
    g_autoptr(GOptionContext) context =
        ifxOptionsContext(&now, sets, synopsis, summary, &want_help);
    g_autoptr(GError) problem = NULL;

    g_option_context_set_strict_posix(context, first_word);
    if (!g_option_context_parse_strv(context, arguments, &problem)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, "%s; see --help", problem->message);
        return false;
    }
    ifxOptionsDropMark(*arguments, first_word);
    if (want_help) {
        *help = g_option_context_get_help(context, TRUE, NULL);
        return true;
    }
    ifxOptionsMerge(options, &now);
    return ifxOptionsFinish(options, error);
}

bool
ifxOptionsIsFile(const char *positional)
{
    return strcmp(positional, "-") == 0 || strchr(positional, '/') ||
        g_str_has_suffix(positional, ".xml");
}

bool
ifxOptionsCheckPositionals(const ifxOptions *options,
                           char **positionals,
                           GError **error)
{
    guint i;

    if (options->all && options->sysroot && !options->connect) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                    "--all: a sysfs tree has no domains; name files, or use --connect or --host");
        return false;
    }
    if (options->all == (positionals[0] != NULL)) {
        g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, options->all ?
                    "--all and names of domains or files exclude each other" :
                    "which domain? Name a domain or a file; some commands take --all");
        return false;
    }

    for (i = 0; positionals[i]; i++) {
        const bool file = ifxOptionsIsFile(positionals[i]);

        if (!*positionals[i]) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, "the name of a domain is empty");
            return false;
        }
        if (file && !options->connect && !options->host && !options->sysroot) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                        "%s: for which host? Say --connect URI, --host FILE or --sysroot DIR "
                        "(--sysroot / is this one)", positionals[i]);
            return false;
        }
        if (file && options->connect && options->connect[1]) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                        "%s: for which of the connections? With files, name one", positionals[i]);
            return false;
        }
        if (!file && options->sysroot && !options->connect) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE,
                        "%s: a sysfs tree has no domains; for a file write ./%s or a name in .xml",
                        positionals[i], positionals[i]);
            return false;
        }
    }
    return true;
}

bool
ifxOptionsCheckFiles(char **positionals,
                     GError **error)
{
    guint i;

    for (i = 0; positionals[i]; i++) {
        const bool standard_input = strcmp(positionals[i], "-") == 0;

        if (standard_input || (*positionals[i] && !ifxOptionsIsFile(positionals[i]))) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, standard_input ?
                        "%s: standard input is no file that could be written; name files" :
                        "%s: this is the name of a domain; name files, as ./NAME or NAME.xml",
                        positionals[i]);
            return false;
        }
    }
    return true;
}
