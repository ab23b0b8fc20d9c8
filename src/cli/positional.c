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
ifxPositionalsCheck(const ifxOptions *options,
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
        const bool file = ifxPositionalIsFile(positionals[i]);

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
ifxPositionalsCheckFiles(char **positionals,
                         GError **error)
{
    guint i;

    for (i = 0; positionals[i]; i++) {
        const bool standard_input = strcmp(positionals[i], "-") == 0;

        if (standard_input || (*positionals[i] && !ifxPositionalIsFile(positionals[i]))) {
            g_set_error(error, IFX_ERROR, IFX_ERROR_USAGE, standard_input ?
                        "%s: standard input is no file that could be written; name files" :
                        "%s: this is the name of a domain; name files, as ./NAME or NAME.xml",
                        positionals[i]);
            return false;
        }
    }
    return true;
}
