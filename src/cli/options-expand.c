/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/options-expand.h"

#include <string.h>

#include "base/error.h"
#include "base/term.h"
#include "cli/nearest.h"

/* "--all, --allow-member" */
static char *
ifxOptionsExpandList(const GPtrArray *found)
{
    GString *list = g_string_new(NULL);
    guint i;

    for (i = 0; i < found->len; i++)
        g_string_append_printf(list, "%s--%s", i > 0 ? ", " : "",
                               ((const ifxOptionName *) found->pdata[i])->name);
    return g_string_free(list, FALSE);
}

static bool
ifxOptionsExpandFail(const char *word,
                     const ifxOptionName *names,
                     const char *command,
                     GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *nearest;
    guint i;

    for (i = 0; names[i].name; i++) {
        if (names[i].taken)
            g_ptr_array_add(words, (char *) names[i].name);
    }
    g_ptr_array_add(words, NULL);
    nearest = ifxNearestFind(word, (const char *const *) words->pdata);
    if (nearest)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "unknown option --%s; did you mean --%s? See: %s --help", word, nearest,
                           command);
    return ifxErrorSet(error, IFX_ERROR_USAGE, "unknown option --%s. See: %s --help", word, command);
}

/* The option that @word is, or is the beginning of. NULL with an error. */
static const ifxOptionName *
ifxOptionsExpandFind(const char *word,
                     const ifxOptionName *names,
                     const char *command,
                     GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    g_autofree char *list = NULL;
    bool is_another = false;
    guint i;

    for (i = 0; names[i].name; i++) {
        if (strcmp(names[i].name, word) == 0) {
            if (names[i].taken)
                return &names[i];
            is_another = true;
        } else if (names[i].taken && g_str_has_prefix(names[i].name, word)) {
            g_ptr_array_add(found, (gpointer) &names[i]);
        }
    }
    if (found->len == 1 && !is_another)
        return found->pdata[0];
    if (found->len == 0 || is_another) {
        ifxOptionsExpandFail(word, names, command, error);
        return NULL;
    }
    list = ifxOptionsExpandList(found);
    ifxErrorSet(error, IFX_ERROR_USAGE, "--%s could be %s", word, list);
    return NULL;
}

/* Does an option of one letter, "-c" or "-ic", have its argument in the next word? */
static bool
ifxOptionsExpandWantsNext(const char *letters,
                          const ifxOptionName *names)
{
    guint i;

    for (; *letters; letters++) {
        for (i = 0; names[i].name; i++) {
            if (names[i].letter == *letters && names[i].taken && names[i].wants)
                return letters[1] == '\0';
        }
    }
    return false;
}

/* Expands the option at @argument. @skips is set to whether the next word is its argument. */
static bool
ifxOptionsExpandOne(char **argument,
                    const ifxOptionName *names,
                    const char *command,
                    bool *skips,
                    GError **error)
{
    const char *value = strchr(*argument, '=');
    g_autofree char *word = value ? g_strndup(*argument + 2, (gsize) (value - *argument) - 2) :
        g_strdup(*argument + 2);
    const ifxOptionName *option = ifxOptionsExpandFind(word, names, command, error);
    ifxColorWhen when;
    char *full;

    if (!option)
        return false;
    *skips = option->wants && !value;
    if (*skips && strcmp(option->name, "color") == 0 &&
        !(argument[1] && ifxColorWhenParse(argument[1], &when))) {
        value = "=always";
        *skips = false;
    }
    if (*skips && strcmp(option->name, "prune") == 0) {
        value = "=gone";
        *skips = false;
    }
    full = g_strdup_printf("--%s%s", option->name, value ? value : "");
    g_free(*argument);
    *argument = full;
    return true;
}

bool
ifxOptionsExpand(char **arguments,
                 const ifxOptionName *names,
                 bool first_word,
                 const char *command,
                 GError **error)
{
    char **argument;

    for (argument = arguments + 1; *argument && strcmp(*argument, "--") != 0; argument++) {
        bool skips = false;

        if (g_str_has_prefix(*argument, "--")) {
            if (!ifxOptionsExpandOne(argument, names, command, &skips, error))
                return false;
        } else if ((*argument)[0] == '-' && (*argument)[1]) {
            skips = ifxOptionsExpandWantsNext(*argument + 1, names);
        } else if (first_word) {
            return true;
        }
        if (skips && argument[1])
            argument++;
    }
    return true;
}
