/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options.h"

#include <string.h>

#include "base/error.h"
#include "base/term.h"
#include "base/pci-address.h"
#include "cli/options-expand.h"

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
    { IFX_OPTIONS_CONNECT, 'c', "connect", G_OPTION_ARG_STRING_ARRAY, IFX_FIELD(connect),
      "read devices and domains from this libvirt connection", "URI" },
    { IFX_OPTIONS_CAPTURED, 0, "host", G_OPTION_ARG_FILENAME, IFX_FIELD(host),
      "read them from a capture, a file that test:/// can open", "FILE" },
    { IFX_OPTIONS_TREE | IFX_OPTIONS_HOOK, 0, "sysroot", G_OPTION_ARG_FILENAME, IFX_FIELD(sysroot),
      "read devices from the sysfs below DIR (/ for this host)", "DIR" },
    { IFX_OPTIONS_CONNECT, 0, "color", G_OPTION_ARG_STRING, IFX_FIELD(color_text),
      "color the output: auto, always or never", "WHEN" },
    { IFX_OPTIONS_DOMAINS, 0, "all", G_OPTION_ARG_NONE, IFX_FIELD(all),
      "process every persistent domain", NULL },
    { IFX_OPTIONS_FILTER, 0, "problems", G_OPTION_ARG_NONE, IFX_FIELD(problems),
      "report only domains that are not complete or will not start", NULL },
    { IFX_OPTIONS_POLICY | IFX_OPTIONS_HOOK, 0, "allow-member", G_OPTION_ARG_STRING_ARRAY,
      IFX_FIELD(allow_text),
      "include this device even if the host uses it or may use it (repeatable)", "ADDRESS" },
    { IFX_OPTIONS_POLICY, 0, "only-needed", G_OPTION_ARG_NONE, IFX_FIELD(only_needed),
      "add only devices that would keep the guest from starting", NULL },
    { IFX_OPTIONS_MOVED, 0, "moved-from", G_OPTION_ARG_FILENAME, IFX_FIELD(moved_from),
      "follow devices to their new addresses since this capture of the host", "FILE" },
    { IFX_OPTIONS_CHANGE, 0, "managed", G_OPTION_ARG_NONE, IFX_FIELD(managed),
      "set managed='yes' on every PCI device of the domain", NULL },
    { IFX_OPTIONS_CHANGE, 0, "give", G_OPTION_ARG_STRING_ARRAY, IFX_FIELD(give_text),
      "give the guest this device of a group, or each function of its cards (repeatable)",
      "ADDRESS|card" },
    { IFX_OPTIONS_CHANGE, 0, "prune", G_OPTION_ARG_STRING, IFX_FIELD(prune_text),
      "remove placeholders whose device is gone; orphans: also those whose group the guest does "
      "not use", "gone|orphans" },
    { IFX_OPTIONS_STYLESHEET, 0, "stylesheet", G_OPTION_ARG_FILENAME, IFX_FIELD(stylesheet),
      "make the patch with this stylesheet instead of the built-in one", "FILE" },
    { IFX_OPTIONS_JSON, 0, "json", G_OPTION_ARG_NONE, IFX_FIELD(json),
      "print the result as JSON", NULL },
    { IFX_OPTIONS_GROUPS, 0, "shared", G_OPTION_ARG_NONE, IFX_FIELD(shared),
      "list only groups with more than one assignable device", NULL },
    { IFX_OPTIONS_GROUPS, 0, "why", G_OPTION_ARG_NONE, IFX_FIELD(why),
      "explain why devices share a group, and which ports isolate a card", NULL },
    { IFX_OPTIONS_GROUPS, 0, "wide", G_OPTION_ARG_NONE, IFX_FIELD(wide),
      "print one line for each device, however long", NULL },
    { IFX_OPTIONS_GROUPS, 0, "compare", G_OPTION_ARG_FILENAME, IFX_FIELD(compare),
      "print what changed since OLD, a capture of this host", "OLD" },
    { IFX_OPTIONS_DIFF, 0, "exit-code", G_OPTION_ARG_NONE, IFX_FIELD(exit_code),
      "exit with status 1 if there are changes", NULL },
    { IFX_OPTIONS_DIFF, 0, "stat", G_OPTION_ARG_NONE, IFX_FIELD(stat),
      "print how many lines change for each domain instead of the diff", NULL },
    { IFX_OPTIONS_REWRITE, 0, "in-place", G_OPTION_ARG_NONE, IFX_FIELD(in_place),
      "write the changes into the named files", NULL },
    { IFX_OPTIONS_CAPTURE, 0, "domains", G_OPTION_ARG_NONE, IFX_FIELD(domains),
      "include every persistent domain, without its passwords", NULL },
    { IFX_OPTIONS_APPLY, 'i', "interactive", G_OPTION_ARG_NONE, IFX_FIELD(interactive),
      "ask about each group of each domain", NULL },
    { IFX_OPTIONS_APPLY | IFX_OPTIONS_HOOK, 0, "dry-run", G_OPTION_ARG_NONE, IFX_FIELD(dry_run),
      "print what would be written, and write nothing", NULL },
    { IFX_OPTIONS_APPLY, 0, "plan", G_OPTION_ARG_FILENAME, IFX_FIELD(plan),
      "write exactly the changes of a plan that plan -o saved", "FILE" },
    { IFX_OPTIONS_PLAN, 'o', "output", G_OPTION_ARG_FILENAME, IFX_FIELD(output),
      "save the plan to a new file, for plan show and apply --plan", "FILE" },
    { IFX_OPTIONS_REPORT, 'o', "output", G_OPTION_ARG_FILENAME, IFX_FIELD(output),
      "write the report to a new file", "FILE" },
    { IFX_OPTIONS_REPORT, 0, "format", G_OPTION_ARG_STRING, IFX_FIELD(format),
      "make html (the default), markdown or xml", "FORMAT" },
    { IFX_OPTIONS_UNDO, 0, "list", G_OPTION_ARG_NONE, IFX_FIELD(list),
      "list the transactions, the newest last", NULL },
    { IFX_OPTIONS_WRITE, 'y', "yes", G_OPTION_ARG_NONE, IFX_FIELD(yes),
      "write without asking", NULL },
    { IFX_OPTIONS_WRITE, 0, "skip-validate", G_OPTION_ARG_NONE, IFX_FIELD(skip_validate),
      "do not validate the new XML against libvirt's schema", NULL },
    { IFX_OPTIONS_LINES, 0, "json", G_OPTION_ARG_NONE, IFX_FIELD(json),
      "print one line of JSON for each domain", NULL },
    { IFX_OPTIONS_HOOK, 0, "rule", G_OPTION_ARG_STRING, IFX_FIELD(rule),
      "refuse by this rule: viable (the kernel's) or strict (complete groups)", "RULE" },
    { IFX_OPTIONS_HOOK, 0, "fail-closed", G_OPTION_ARG_NONE, IFX_FIELD(fail_closed),
      "refuse a guest also if the tool cannot check it", NULL },
    { IFX_OPTIONS_HOOK, 0, "install", G_OPTION_ARG_NONE, IFX_FIELD(install),
      "install the hook, so that libvirt asks it before a guest starts", NULL },
    { IFX_OPTIONS_HOOK, 0, "uninstall", G_OPTION_ARG_NONE, IFX_FIELD(uninstall),
      "remove the hook", NULL },
    { IFX_OPTIONS_QUIET, 'q', "quiet", G_OPTION_ARG_NONE, IFX_FIELD(quiet),
      "print no notes and no summary, only results, refusals and errors", NULL },
    { IFX_OPTIONS_PAGER, 0, "no-pager", G_OPTION_ARG_NONE, IFX_FIELD(no_pager),
      "do not show the output in a pager", NULL },
    { IFX_OPTIONS_TOOL, 0, "version", G_OPTION_ARG_NONE, IFX_FIELD(version),
      "print the version and exit", NULL },
};

void
ifxOptionsClear(ifxOptions *options)
{
    g_strfreev(options->connect);
    g_strfreev(options->allow_text);
    g_strfreev(options->give_text);
    g_free(options->prune_text);
    g_free(options->host);
    g_free(options->sysroot);
    g_free(options->stylesheet);
    g_free(options->moved_from);
    g_free(options->plan);
    g_free(options->output);
    g_free(options->format);
    g_free(options->rule);
    g_free(options->compare);
    g_free(options->color_text);
    g_clear_pointer(&options->allowed, g_hash_table_unref);
    g_clear_pointer(&options->given, g_hash_table_unref);
    memset(options, 0, sizeof(*options));
}

/* Adds the addresses in @texts, the values of an option; "card" sets @card, unless that is NULL. */
static bool
ifxOptionsReadAddresses(const char *option,
                        char **texts,
                        GHashTable **set,
                        bool *card,
                        GError **error)
{
    guint i;

    if (!*set)
        *set = g_hash_table_new_full(ifxPciAddressHash, ifxPciAddressEqual, g_free, NULL);
    for (i = 0; texts && texts[i]; i++) {
        ifxPciAddress address;

        if (card && strcmp(texts[i], "card") == 0)
            *card = true;
        else if (ifxPciAddressParse(texts[i], &address))
            g_hash_table_add(*set, g_memdup2(&address, sizeof(address)));
        else
            return ifxErrorSet(error, IFX_ERROR_USAGE,
                               "--%s %s: not a PCI address such as 0000:01:00.1%s", option,
                               texts[i], card ? ", and not card" : "");
    }
    return true;
}

static bool
ifxOptionsFinish(ifxOptions *options,
                 GError **error)
{
    if (options->color_text && !ifxColorWhenParse(options->color_text, &options->color))
        return ifxErrorSet(error, IFX_ERROR_USAGE, "--color=%s: use auto, always or never",
                           options->color_text);
    if (options->host && (options->connect || options->sysroot))
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--host cannot be combined with --connect or --sysroot");
    if (options->sysroot && options->connect && options->connect[1])
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--sysroot is the root of one host: use it with one --connect only");
    if (options->moved_from && options->connect && options->connect[1])
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--moved-from is a capture of one host: use it with one --connect only");
    options->prune = options->prune_text != NULL;
    options->prune_orphans = g_strcmp0(options->prune_text, "orphans") == 0;
    if (options->prune && !options->prune_orphans && strcmp(options->prune_text, "gone") != 0)
        return ifxErrorSet(error, IFX_ERROR_USAGE, "--prune=%s: use gone or orphans",
                           options->prune_text);
    return ifxOptionsReadAddresses("allow-member", options->allow_text, &options->allowed, NULL,
                                   error) &&
        ifxOptionsReadAddresses("give", options->give_text, &options->given, &options->give_card,
                                error);
}

/* Moves the elements of @second after those of @first. */
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

/* Options come before and after the command's name, and are parsed twice: lists grow, and the last
 * of any other option counts. Moves everything out of @now. */
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

/* Does the command that takes @sets list @option in its help, or at least take it? */
static bool
ifxOptionsAreListed(guint sets,
                    const ifxOption *option)
{
    return sets & option->set;
}

static bool
ifxOptionsAreTaken(guint sets,
                   const ifxOption *option)
{
    return ifxOptionsAreListed(sets, option) ||
        ((sets & IFX_OPTIONS_CONNECT) && (IFX_OPTIONS_HOST & option->set));
}

/* The options of @sets, and --help in @want_help, in the form that GOption needs. */
static GOptionContext *
ifxOptionsContext(ifxOptions *options,
                  guint sets,
                  const ifxOptionsHelp *text,
                  gboolean *want_help)
{
    GOptionContext *context = g_option_context_new(text->synopsis);
    GOptionEntry entries[G_N_ELEMENTS(ifxOptionTable) + 2] = { { 0 } };
    g_auto(GStrv) examples = text->examples ? g_strsplit(text->examples, "\n", -1) : NULL;
    g_autofree char *lines = examples ? g_strjoinv("\n  ", examples) : NULL;
    g_autofree char *description = lines ? g_strdup_printf("Examples:\n  %s", lines) : NULL;
    guint n = 0;
    guint i;

    entries[n++] = (GOptionEntry) { "help", 'h', 0, G_OPTION_ARG_NONE, want_help,
                                    "print this help and exit", NULL };
    for (i = 0; i < G_N_ELEMENTS(ifxOptionTable); i++) {
        const ifxOption *option = &ifxOptionTable[i];

        if (ifxOptionsAreTaken(sets, option))
            entries[n++] = (GOptionEntry) { option->name, option->letter,
                                            ifxOptionsAreListed(sets, option) ? 0 :
                                            G_OPTION_FLAG_HIDDEN, option->kind,
                                            G_STRUCT_MEMBER_P(options, option->field),
                                            option->description, option->argument };
    }
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, text->summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    return context;
}

/* Makes of @arguments what GOption reads. False with IFX_ERROR_USAGE. */
static bool
ifxOptionsPrepare(char **arguments,
                  guint sets,
                  bool first_word,
                  const char *command,
                  GError **error)
{
    ifxOptionName names[G_N_ELEMENTS(ifxOptionTable) + 2] = { { "help", 'h', false, true } };
    guint n = 1;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxOptionTable); i++) {
        const ifxOption *option = &ifxOptionTable[i];

        names[n++] = (ifxOptionName) { option->name, option->letter,
                                       option->kind != G_OPTION_ARG_NONE,
                                       ifxOptionsAreTaken(sets, option) };
    }
    return ifxOptionsExpand(arguments, names, first_word, command, error);
}

/* GOption leaves "--" in place if a word with a dash follows. Before the command's name "--" is the
 * first word; after the name it is among the command's own words. */
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
                const ifxOptionsHelp *text,
                char ***arguments,
                char **help,
                GError **error)
{
    g_auto(ifxOptions) now = { 0 };
    gboolean want_help = FALSE;
    g_autoptr(GOptionContext) context =
        ifxOptionsContext(&now, sets, text, &want_help);
    g_autoptr(GError) problem = NULL;

    g_option_context_set_strict_posix(context, first_word);
    if (!ifxOptionsPrepare(*arguments, sets, first_word, text->command, error))
        return false;
    if (!g_option_context_parse_strv(context, arguments, &problem))
        return ifxErrorSet(error, IFX_ERROR_USAGE, "%s. See: %s --help", problem->message,
                           text->command);
    ifxOptionsDropMark(*arguments, first_word);
    if (want_help) {
        *help = g_option_context_get_help(context, TRUE, NULL);
        return true;
    }
    ifxOptionsMerge(options, &now);
    return ifxOptionsFinish(options, error);
}

ifxPolicy
ifxOptionsGetPolicy(const ifxOptions *options)
{
    return (ifxPolicy) {
        .allowed = options->allowed,
        .only_needed = options->only_needed,
        .managed = options->managed,
        .given = options->given,
        .give_card = options->give_card,
        .prune = options->prune,
        .prune_orphans = options->prune_orphans,
    };
}

char *
ifxOptionsFormatConnect(const ifxOptions *options)
{
    GString *words = g_string_new(NULL);
    guint i;

    for (i = 0; options->connect && options->connect[i]; i++) {
        g_autofree char *quoted = ifxTermQuote(options->connect[i]);

        g_string_append_printf(words, " -c %s", quoted);
    }
    return g_string_free(words, FALSE);
}

char *
ifxOptionsFormatHost(const ifxOptions *options,
                     const char *name)
{
    const struct {
        const char *option;
        const char *value;
    } parts[] = {
        { "-c", options->connect ? name : NULL },
        { "--host", options->host },
        { "--sysroot", options->sysroot },
    };
    GString *words = g_string_new(NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *quoted = parts[i].value ? ifxTermQuote(parts[i].value) : NULL;

        if (quoted)
            g_string_append_printf(words, " %s %s", parts[i].option, quoted);
    }
    return g_string_free(words, FALSE);
}

static void
ifxOptionsAddWords(GString *words,
                   const char *name,
                   const char *value)
{
    g_autofree char *quoted = ifxTermQuote(value);

    g_string_append_printf(words, " --%s=%s", name, quoted);
}

char *
ifxOptionsFormat(const ifxOptions *options,
                 guint sets)
{
    GString *words = g_string_new(NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ifxOptionTable); i++) {
        const ifxOption *option = &ifxOptionTable[i];
        gconstpointer field = G_STRUCT_MEMBER_P(options, option->field);
        char *const *value = field;

        if (!(option->set & sets))
            continue;
        if (option->kind == G_OPTION_ARG_NONE) {
            if (*(const gboolean *) field)
                g_string_append_printf(words, " --%s", option->name);
        } else if (option->kind == G_OPTION_ARG_STRING_ARRAY) {
            for (value = *(char **const *) field; value && *value; value++)
                ifxOptionsAddWords(words, option->name, *value);
        } else if (*value) {
            ifxOptionsAddWords(words, option->name, *value);
        }
    }
    return g_string_free(words, FALSE);
}
