/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-named.h"

#include <string.h>

#include "base/term.h"

/* The tool would take such a name for an ID or a file. */
static bool
ifxNamedIsAmbiguous(const char *name)
{
    return strspn(name, G_CSET_DIGITS) == strlen(name) || strchr(name, '/') ||
        g_str_has_suffix(name, ".xml");
}

/* @word as the command line needs it, quoted. */
static char *
ifxNamedFormatWord(ifxNamedKind kind,
                   const char *word,
                   const char *uuid)
{
    const bool file = kind == IFX_NAMED_FILE;
    g_autofree char *safe = NULL;
    g_autofree char *quoted = NULL;

    if (kind == IFX_NAMED_INPUT)
        return g_strdup("-");
    if (file && *word == '-')
        safe = g_strconcat("./", word, NULL);
    else
        safe = g_strdup(!file && ifxNamedIsAmbiguous(word) && uuid ? uuid : word);
    quoted = ifxTermQuote(safe);
    return *safe == '-' ? g_strconcat("-- ", quoted, NULL) : g_steal_pointer(&quoted);
}

static gint
ifxNamedCompare(gconstpointer a,
                gconstpointer b)
{
    return ifxPciAddressCompare(*(const ifxPciAddress *const *) a,
                                *(const ifxPciAddress *const *) b);
}

/* Appends " --OPTION ADDRESS" for each of @set; NULL: none. */
static void
ifxNamedAppendAddresses(GString *choices,
                        const char *option,
                        GHashTable *set)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new();
    char spelled[IFX_PCI_ADDRESS_LENGTH];
    GHashTableIter iter;
    gpointer address;
    guint i;

    if (!set)
        return;
    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &address, NULL))
        g_ptr_array_add(addresses, address);
    g_ptr_array_sort(addresses, ifxNamedCompare);
    for (i = 0; i < addresses->len; i++)
        g_string_append_printf(choices, " --%s %s", option,
                               ifxPciAddressFormat(addresses->pdata[i], spelled));
}

char *
ifxNamedFormatChoices(const ifxPolicy *policy)
{
    GString *choices = g_string_new(policy->only_needed ? " --only-needed" : "");
    g_autofree char *capture = policy->moved_from ? ifxTermQuote(policy->moved_from) : NULL;

    if (capture)
        g_string_append_printf(choices, " --moved-from %s", capture);
    if (policy->managed)
        g_string_append(choices, " --managed");
    if (policy->prune)
        g_string_append(choices, policy->prune_orphans ? " --prune=orphans" : " --prune");
    if (policy->give_card)
        g_string_append(choices, " --give card");
    ifxNamedAppendAddresses(choices, "give", policy->given);
    ifxNamedAppendAddresses(choices, "allow-member", policy->allowed);
    return g_string_free(choices, FALSE);
}

ifxNamed *
ifxNamedNew(ifxNamedKind kind,
            const char *label,
            const char *word,
            const char *name,
            const char *uuid,
            const char *host,
            const char *uri,
            const ifxPolicy *policy)
{
    ifxNamed *named = g_new0(ifxNamed, 1);
    g_autofree char *quoted = uri ? ifxTermQuote(uri) : NULL;

    named->kind = kind;
    named->label = g_strdup(label);
    named->word = ifxNamedFormatWord(kind, word, uuid);
    named->name = ifxTermQuote(name);
    named->host = g_strdup(host);
    named->uri = uri ? g_strconcat(" -c ", quoted, NULL) : g_strdup("");
    named->choices = ifxNamedFormatChoices(policy);
    named->checks = ifxNamedFormatChoices(&(ifxPolicy) {
        .allowed = policy->allowed, .only_needed = policy->only_needed,
        .moved_from = policy->moved_from,
    });
    return named;
}

void
ifxNamedFree(ifxNamed *named)
{
    if (!named)
        return;
    g_free(named->label);
    g_free(named->word);
    g_free(named->name);
    g_free(named->host);
    g_free(named->uri);
    g_free(named->choices);
    g_free(named->checks);
    g_free(named);
}

char *
ifxNamedFormat(const ifxNamed *named,
               const char *command,
               const char *more)
{
    /* An option that is given needs not be given again. */
    const bool again = *more && strstr(named->choices, more);

    return g_strdup_printf("virt-iommufix%s %s%s%s %s", named->host, command, named->choices,
                           again ? "" : more, named->word);
}

char *
ifxNamedFormatWrite(const ifxNamed *named,
                    const char *more)
{
    static const char *const commands[] = {
        [IFX_NAMED_DOMAIN] = "apply",
        [IFX_NAMED_CAPTURED] = "diff",
        [IFX_NAMED_FILE] = "rewrite --in-place",
        [IFX_NAMED_INPUT] = "diff",
    };

    return ifxNamedFormat(named, commands[named->kind], more);
}

char *
ifxNamedFormatEdit(const ifxNamed *named)
{
    if (named->kind == IFX_NAMED_FILE)
        return g_strdup_printf("vi %s", named->word);
    return g_strdup_printf("virsh%s edit %s", named->kind == IFX_NAMED_DOMAIN ? named->uri : "",
                           named->name);
}

char *
ifxNamedFormatAsRoot(const ifxNamed *named)
{
    const bool text = named->kind == IFX_NAMED_FILE || named->kind == IFX_NAMED_INPUT;

    return g_strdup_printf("virt-iommufix%s check%s %s", text ? " --sysroot /" : "",
                           named->checks, named->word);
}
