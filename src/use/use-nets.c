/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "use/use-nets.h"

#include <string.h>

#include "base/sysfs.h"

#define IFX_NETS_RECORD "netlink"
#define IFX_NETS_RECORD_MAX (16 * 1024 * 1024)

typedef struct _ifxUseNetsReader ifxUseNetsReader;
struct _ifxUseNetsReader {
    ifxUseNets *nets;
    const ifxUseNetns *netns;   /* of the lines that are read; NULL: none yet */
};

/* Reads the words after a line's first; false if they make no sense. */
typedef bool (*ifxUseNetsLine)(ifxUseNetsReader *reader, char **words);

static void
ifxUseNetnsFree(gpointer data)
{
    ifxUseNetns *netns = data;

    g_free(netns->name);
    g_free(netns);
}

static void
ifxUseCarriedClear(gpointer data)
{
    g_free(((ifxUseCarried *) data)->what);
}

static void
ifxUseLinkFree(gpointer data)
{
    ifxUseLink *link = data;

    g_free(link->name);
    g_free(link->kind);
    g_free(link->parent);
    g_array_unref(link->carried);
    g_array_unref(link->sockets);
    g_free(link);
}

static bool
ifxUseNetsParseNumber(const char *text,
                      guint32 *number)
{
    guint64 parsed;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &parsed, NULL))
        return false;
    *number = (guint32) parsed;
    return true;
}

/* What follows "KEY=" in @word; NULL: it is another word. */
static const char *
ifxUseNetsGetValue(const char *word,
                   const char *key)
{
    const gsize length = strlen(key);

    return strncmp(word, key, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static gint64
ifxUseNetsKey(guint32 netns,
              guint32 index)
{
    return (gint64) ((guint64) netns << 32 | index);
}

ifxUseLink *
ifxUseNetsFind(const ifxUseNets *nets,
               guint32 netns,
               guint32 index)
{
    const gint64 key = ifxUseNetsKey(netns, index);

    return g_hash_table_lookup(nets->by_index, &key);
}

/* The interface that the line is about. */
static ifxUseLink *
ifxUseNetsFindWord(const ifxUseNetsReader *reader,
                   const char *word)
{
    guint32 index;

    return reader->netns && ifxUseNetsParseNumber(word, &index) ?
        ifxUseNetsFind(reader->nets, reader->netns->number, index) : NULL;
}

static bool
ifxUseNetsReadNetns(ifxUseNetsReader *reader,
                    char **words)
{
    g_autofree char *name = words[0] ? g_strjoinv(" ", words + 1) : NULL;
    ifxUseNetns *netns;
    guint32 number;

    reader->netns = NULL;
    if (!ifxUseNetsParseNumber(words[0], &number))
        return false;
    netns = g_new0(ifxUseNetns, 1);
    netns->number = number;
    netns->name = *name ? g_steal_pointer(&name) : NULL;
    g_ptr_array_add(reader->nets->spaces, netns);
    reader->netns = netns;
    return true;
}

/* "3", or "3/4026531833" in another namespace. */
static bool
ifxUseNetsReadLower(ifxUseLink *link,
                    const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, "/", 2);

    return ifxUseNetsParseNumber(parts[0], &link->lower) &&
        (!parts[1] || ifxUseNetsParseNumber(parts[1], &link->lower_netns));
}

static void
ifxUseNetsSet(char **text,
              const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static bool
ifxUseNetsReadLinkWord(ifxUseLink *link,
                       const char *word)
{
    const char *value;

    if ((value = ifxUseNetsGetValue(word, "kind")))
        ifxUseNetsSet(&link->kind, value);
    else if ((value = ifxUseNetsGetValue(word, "parent")))
        ifxUseNetsSet(&link->parent, value);
    else if ((value = ifxUseNetsGetValue(word, "master")))
        return ifxUseNetsParseNumber(value, &link->master);
    else if ((value = ifxUseNetsGetValue(word, "lower")))
        return ifxUseNetsReadLower(link, value);
    else if (strcmp(word, "promiscuous") == 0)
        link->promiscuous = true;
    else if (strcmp(word, "xdp") == 0)
        link->xdp = true;
    else if (strcmp(word, "up") == 0)
        link->up = true;
    else
        return false;
    return true;
}

static bool
ifxUseNetsReadLink(ifxUseNetsReader *reader,
                   char **words)
{
    ifxUseLink *link;
    guint32 index;
    gint64 key;
    guint i;

    if (!reader->netns || !ifxUseNetsParseNumber(words[0], &index) || !words[1] || !*words[1] ||
        strchr(words[1], '/') || ifxUseNetsFind(reader->nets, reader->netns->number, index))
        return false;
    link = g_new0(ifxUseLink, 1);
    link->netns = reader->netns;
    link->index = index;
    link->name = g_strdup(words[1]);
    link->lower_netns = reader->netns->number;
    link->carried = g_array_new(FALSE, FALSE, sizeof(ifxUseCarried));
    g_array_set_clear_func(link->carried, ifxUseCarriedClear);
    link->sockets = g_array_new(FALSE, FALSE, sizeof(guint64));
    g_ptr_array_add(reader->nets->links, link);
    key = ifxUseNetsKey(reader->netns->number, index);
    g_hash_table_insert(reader->nets->by_index, g_memdup2(&key, sizeof(key)), link);
    for (i = 2; words[i]; i++) {
        if (!ifxUseNetsReadLinkWord(link, words[i]))
            return false;
    }
    return true;
}

/* @carried without its words, which this takes over. */
static void
ifxUseNetsCarry(const ifxUseLink *link,
                const ifxUseCarried *carried,
                char *what)
{
    g_array_append_vals(link->carried, carried, 1);
    g_array_index(link->carried, ifxUseCarried, link->carried->len - 1).what = what;
}

static bool
ifxUseNetsReadAddress(ifxUseNetsReader *reader,
                      char **words)
{
    ifxUseLink *link = ifxUseNetsFindWord(reader, words[0]);
    ifxUseCarried carried = { .kind = IFX_CARRIED_ADDRESS };

    if (!link || !words[1] || !*words[1] || (words[2] && strcmp(words[2], "login") != 0))
        return false;
    carried.login = words[2] != NULL;
    ifxUseNetsCarry(link, &carried, g_strdup(words[1]));
    return true;
}

static bool
ifxUseNetsReadRouteWord(ifxUseCarried *route,
                        const char *word)
{
    const char *value;

    if ((value = ifxUseNetsGetValue(word, "table")))
        return ifxUseNetsParseNumber(value, &route->table);
    if ((value = ifxUseNetsGetValue(word, "metric")))
        return ifxUseNetsParseNumber(value, &route->metric);
    if (strcmp(word, "ra") == 0)
        return route->announced = true;
    route->via = true;
    return strcmp(word, "via") == 0;
}

static bool
ifxUseNetsReadRoute(ifxUseNetsReader *reader,
                    char **words)
{
    ifxUseLink *link = ifxUseNetsFindWord(reader, words[0]);
    ifxUseCarried route = { .kind = IFX_CARRIED_ROUTE };
    guint i;

    if (!link || !words[1] || !*words[1])
        return false;
    for (i = 2; words[i]; i++) {
        if (!ifxUseNetsReadRouteWord(&route, words[i]))
            return false;
    }
    route.ipv6 = strchr(words[1], ':') != NULL;
    if (g_str_has_suffix(words[1], "/0"))
        route.kind = IFX_CARRIED_DEFAULT;
    ifxUseNetsCarry(link, &route, route.kind == IFX_CARRIED_DEFAULT ? g_strdup("default route") :
                    g_strconcat("route to ", words[1], NULL));
    return true;
}

static bool
ifxUseNetsReadPacket(ifxUseNetsReader *reader,
                     char **words)
{
    ifxUseLink *link = ifxUseNetsFindWord(reader, words[0]);
    guint64 inode;

    if (!link || !words[1] ||
        !g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT64, &inode, NULL))
        return false;
    g_array_append_val(link->sockets, inode);
    return true;
}

static bool
ifxUseNetsReadTraffic(ifxUseNetsReader *reader,
                      char **words)
{
    ifxUseLink *link = ifxUseNetsFindWord(reader, words[0]);
    const ifxUseCarried carried = { .kind = IFX_CARRIED_TRAFFIC };

    if (!link || (words[1] && strcmp(words[1], "nftables") != 0))
        return false;
    ifxUseNetsCarry(link, &carried, g_strdup(words[1] ? words[1] : "traffic control"));
    return true;
}

static bool
ifxUseNetsReadPppoe(ifxUseNetsReader *reader,
                    char **words)
{
    const ifxUseCarried carried = { .kind = IFX_CARRIED_PPPOE };
    guint i;

    for (i = 0; words[0] && i < reader->nets->links->len; i++) {
        const ifxUseLink *link = reader->nets->links->pdata[i];

        if (link->netns != reader->netns || strcmp(link->name, words[0]) != 0)
            continue;
        ifxUseNetsCarry(link, &carried, g_strdup("PPPoE session"));
        return true;
    }
    return false;
}

static bool
ifxUseNetsReadUnasked(ifxUseNetsReader *reader,
                      char **words)
{
    if (!reader->nets->unasked)
        reader->nets->unasked = g_strjoinv(" ", words);
    return true;
}

static const struct {
    const char *word;
    ifxUseNetsLine read;
} lines[] = {
    { "netns", ifxUseNetsReadNetns },
    { "link", ifxUseNetsReadLink },
    { "address", ifxUseNetsReadAddress },
    { "route", ifxUseNetsReadRoute },
    { "packet", ifxUseNetsReadPacket },
    { "traffic", ifxUseNetsReadTraffic },
    { "pppoe", ifxUseNetsReadPppoe },
    { "unasked", ifxUseNetsReadUnasked },
};

static bool
ifxUseNetsReadLine(ifxUseNetsReader *reader,
                   const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    guint i;

    if (!words[0])
        return true;
    for (i = 0; i < G_N_ELEMENTS(lines); i++) {
        if (strcmp(words[0], lines[i].word) == 0)
            return lines[i].read(reader, words + 1);
    }
    return false;
}

ifxUseNets *
ifxUseNetsParse(const char *record)
{
    ifxUseNets *nets = g_new0(ifxUseNets, 1);
    ifxUseNetsReader reader = { .nets = nets };
    g_autofree char *copy = g_strdup(record);
    char *rest = copy;
    char *line;

    nets->spaces = g_ptr_array_new_with_free_func(ifxUseNetnsFree);
    nets->links = g_ptr_array_new_with_free_func(ifxUseLinkFree);
    nets->by_index = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    while ((line = strsep(&rest, "\n"))) {
        if (!ifxUseNetsReadLine(&reader, line) && !nets->unasked)
            nets->unasked = g_strconcat("this line makes no sense: ", line, NULL);
    }
    if (nets->spaces->len == 0 && !nets->unasked)
        nets->unasked = g_strdup("no network namespace is there");
    return nets;
}

ifxUseNets *
ifxUseNetsLoad(const char *sysroot)
{
    gsize length = 0;
    g_autofree char *record =
        ifxSysfsReadAll(sysroot, IFX_NETS_RECORD, IFX_NETS_RECORD_MAX, &length);

    return record && strlen(record) == length ? ifxUseNetsParse(record) : NULL;
}

void
ifxUseNetsFree(ifxUseNets *nets)
{
    if (!nets)
        return;
    g_hash_table_unref(nets->by_index);
    g_ptr_array_unref(nets->links);
    g_ptr_array_unref(nets->spaces);
    g_free(nets->unasked);
    g_free(nets);
}
