/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/positional.h"

#include <string.h>

#include "base/error.h"

bool
ifxPositionalIsFile(const char *positional)
{
    return strcmp(positional, "-") == 0 || strchr(positional, '/') ||
        g_str_has_suffix(positional, ".xml");
}

bool
ifxPositionalsCheck(char **positionals,
                    const ifxOptions *options,
                    GError **error)
{
    guint i;

    if (options->all && options->sysroot && !options->connect)
        return ifxErrorSet(error, IFX_ERROR_USAGE,
                           "--all: a sysfs tree has no domains. Name files, or add --connect or "
                           "--host");
    if (options->all == (positionals[0] != NULL))
        return ifxErrorSet(error, IFX_ERROR_USAGE, options->all ?
                           "--all cannot be combined with names of domains or files" :
                           "which domain? Name a domain or a file; most commands also take --all");

    for (i = 0; positionals[i]; i++) {
        const bool file = ifxPositionalIsFile(positionals[i]);

        if (!*positionals[i])
            return ifxErrorSet(error, IFX_ERROR_USAGE, "the name of a domain must not be empty");
        if (file && !options->connect && !options->host && !options->sysroot)
            return ifxErrorSet(error, IFX_ERROR_USAGE,
                               "which host is %s for? Add --sysroot / (this host), --connect URI "
                               "or --host FILE", positionals[i]);
        if (file && options->connect && options->connect[1])
            return ifxErrorSet(error, IFX_ERROR_USAGE,
                               "%s: a file is for one host: use one --connect only",
                               positionals[i]);
        if (!file && options->sysroot && !options->connect)
            return ifxErrorSet(error, IFX_ERROR_USAGE,
                               "%s: a sysfs tree has no domains. For a file write ./%s",
                               positionals[i], positionals[i]);
    }
    return true;
}

bool
ifxPositionalsCheckFiles(char **positionals,
                         GError **error)
{
    guint i;

    for (i = 0; positionals[i]; i++) {
        const bool standard_input = strcmp(positionals[i], "-") == 0;

        if (standard_input || (*positionals[i] && !ifxPositionalIsFile(positionals[i])))
            return ifxErrorSet(error, IFX_ERROR_USAGE, standard_input ?
                               "%s: --in-place cannot change standard input: name files" :
                               "%s: --in-place changes files, and this names a domain. For a file "
                               "write ./%s", positionals[i], positionals[i]);
    }
    return true;
}
