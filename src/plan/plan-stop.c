/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plan/plan-stop.h"

#include <string.h>

#include "base/term.h"

/* The last words of a chain, and the command for what follows them there. */
typedef struct _ifxPlanStopRow ifxPlanStopRow;
struct _ifxPlanStopRow {
    const char *begins;
    const char *words;      /* with one %s */
};

/* The names that each program knows are those of dm/name, not dm-0 (dm_name in cryptsetup(8),
 * /dev/mapper/VG-LV in lvm(8)). */
static const ifxPlanStopRow holders[] = {
    { "md", "Stop the array first: mdadm --stop /dev/md%s" },
    { "loop", "Detach it first: losetup -d /dev/loop%s" },
    { "zram", "Stop its use first: zramctl --reset /dev/zram%s" },
    { "bcache", "Stop it first: echo 1 >/sys/block/bcache%s/bcache/stop" },
};

static const ifxPlanStopRow mappings[] = {
    { "luks", "Close it first: cryptsetup close \"$(cat /sys/block/%s/dm/name)\"" },
    { "crypt", "Close it first: cryptsetup close \"$(cat /sys/block/%s/dm/name)\"" },
    { "lvm", "Deactivate it first: lvchange -an /dev/mapper/\"$(cat /sys/block/%s/dm/name)\"" },
    { "multipath", "Remove it first: multipath -f \"$(cat /sys/block/%s/dm/name)\"" },
    { "", "Remove it first: dmsetup remove \"$(cat /sys/block/%s/dm/name)\"" },
};

static const ifxPlanStopRow definitions[] = {
    { "domain ", "Change its definition first: virsh edit %s" },
    { "network ", "Change its definition first: virsh net-edit %s" },
    { "pool ", "Change its definition first: virsh pool-edit %s" },
};

/* The row whose beginning @words has; @rest is set to what follows. NULL: none. */
static const ifxPlanStopRow *
ifxPlanStopFind(const ifxPlanStopRow *rows,
                gsize count,
                const char *words,
                const char **rest)
{
    gsize i;

    for (i = 0; i < count; i++) {
        if (!g_str_has_prefix(words, rows[i].begins))
            continue;
        *rest = words + strlen(rows[i].begins);
        return &rows[i];
    }
    return NULL;
}

/* The words of @row for @name; NULL without a row. The caller owns them. */
static char *
ifxPlanStopFill(const ifxPlanStopRow *row,
                const char *name)
{
    g_auto(GStrv) parts = row ? g_strsplit(row->words, "%s", 2) : NULL;

    if (!parts)
        return NULL;
    return g_strconcat(parts[0], name, parts[1], NULL);
}

/* Is @name one that the kernel gives to a block device? */
static bool
ifxPlanStopIsName(const char *name)
{
    return *name && name[strspn(name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_")] == '\0';
}

/* "/srv", or "/srv (in the mount namespace of bash, process 12)". */
static char *
ifxPlanStopFormatMount(const char *target)
{
    const char *elsewhere = strstr(target, " (in the mount namespace of ");
    const char *pid = elsewhere ? g_strrstr(elsewhere, ", process ") : NULL;
    g_autofree char *path = elsewhere ? g_strndup(target, (gsize) (elsewhere - target)) :
        g_strdup(target);
    g_autofree char *quoted = ifxTermQuote(path);

    if (strcmp(target, "mounted, mount point not visible") == 0)
        return g_strdup("It may be unmounted lazily: end the processes that still use it, or "
                        "reboot the host");
    if (*target != '/')
        return NULL;
    if (!pid)
        return g_strdup_printf("Unmount it first: umount %s", quoted);
    pid += strlen(", process ");
    return g_strdup_printf("Unmount it there first: nsenter -t %.*s -m umount %s",
                           (int) strspn(pid, G_CSET_DIGITS), pid, quoted);
}

/* @holder: "md0 (raid1)", "loop0", "dm-1 (lvm)". */
static char *
ifxPlanStopFormatHolder(const char *holder)
{
    const char *kind = strstr(holder, " (");
    g_autofree char *name = kind ? g_strndup(holder, (gsize) (kind - holder)) : g_strdup(holder);
    const ifxPlanStopRow *row;
    const char *rest;

    if (!ifxPlanStopIsName(name))
        return NULL;
    if (g_str_has_prefix(name, "dm-")) {
        row = ifxPlanStopFind(mappings, G_N_ELEMENTS(mappings), kind ? kind + strlen(" (") : "",
                              &rest);
        return ifxPlanStopFill(row, name);
    }
    row = ifxPlanStopFind(holders, G_N_ELEMENTS(holders), name, &rest);
    return row && g_ascii_isdigit(*rest) ? ifxPlanStopFill(row, rest) : NULL;
}

/* "nqn.lab/1": a namespace of a subsystem of nvmet. "iblock_0/disk": a LUN of LIO. */
static char *
ifxPlanStopFormatExport(const char *words)
{
    static const struct {
        const char *adapter;
        const char *name;
    } backstores[] = { { "iblock_", "block" }, { "fileio_", "fileio" }, { "pscsi_", "pscsi" } };
    const char *place = strstr(words, ": ");
    g_auto(GStrv) parts = g_strsplit(place ? place + strlen(": ") : "", "/", 2);
    g_autofree char *path = NULL;
    g_autofree char *quoted = NULL;
    guint i;

    if (g_strv_length(parts) != 2)
        return NULL;
    if (g_str_has_prefix(words, "exported over NVMe: ")) {
        path = g_strdup_printf("/sys/kernel/config/nvmet/subsystems/%s/%s%s/enable", parts[0],
                               strcmp(parts[1], "passthru") == 0 ? "" : "namespaces/", parts[1]);
        quoted = ifxTermQuote(path);
        return g_strdup_printf("End the export first: echo 0 >%s", quoted);
    }
    for (i = 0; i < G_N_ELEMENTS(backstores); i++) {
        if (!g_str_has_prefix(parts[0], backstores[i].adapter))
            continue;
        quoted = ifxTermQuote(parts[1]);
        return g_strdup_printf("End the export first: targetcli /backstores/%s delete %s",
                               backstores[i].name, quoted);
    }
    return NULL;
}

/* @last is what holds @below. */
static char *
ifxPlanStopFormatHeld(const char *below,
                      const char *last)
{
    g_autofree char *device = g_strndup(below, strcspn(below, " "));

    if (g_str_has_prefix(last, "exported "))
        return ifxPlanStopFormatExport(last);
    if (g_str_has_prefix(last, "held by the kernel") && ifxPlanStopIsName(device))
        return g_strdup_printf("Stop what holds it first; this shows processes: fuser -v /dev/%s",
                               device);
    if (g_str_has_prefix(last, "external journal"))
        return g_strdup("Unmount the file system that has its journal there first");
    if (g_str_has_prefix(last, "held by "))
        last += strlen("held by ");
    else if (g_str_has_prefix(last, "backing device of "))
        last += strlen("backing device of ");
    return ifxPlanStopFormatHolder(last);
}

static char *
ifxPlanStopFormatSwap(const char *below,
                      const char *last)
{
    g_autofree char *device = g_strndup(below, strcspn(below, " "));
    g_autofree char *path = g_str_has_prefix(last, "swap file ") ?
        g_strdup(last + strlen("swap file ")) : g_strconcat("/dev/", device, NULL);
    g_autofree char *quoted = ifxTermQuote(path);

    return g_strdup_printf("Turn this swap space off first: swapoff %s", quoted);
}

/* "cp (812)" is the process 812. *@name: "cp". NULL: it is none. The caller owns both. */
static char *
ifxPlanStopFindProcess(const char *last,
                       char **name)
{
    const char *start = g_strrstr(last, " (");
    g_autofree char *pid = start ? g_strdup(start + strlen(" (")) : NULL;
    const gsize digits = pid ? strspn(pid, G_CSET_DIGITS) : 0;

    if (digits == 0 || strcmp(pid + digits, ")") != 0)
        return NULL;
    pid[digits] = '\0';
    *name = g_strndup(last, (gsize) (start - last));
    return g_steal_pointer(&pid);
}

static char *
ifxPlanStopFormatProcess(const char *last)
{
    g_autofree char *name = NULL;
    g_autofree char *pid = ifxPlanStopFindProcess(last, &name);

    return pid ? g_strdup_printf("Stop the process first; this shows its service: systemctl status "
                                 "%s", pid) : NULL;
}

static char *
ifxPlanStopFormatDefinition(const char *last)
{
    const char *rest;
    const ifxPlanStopRow *row =
        ifxPlanStopFind(definitions, G_N_ELEMENTS(definitions), last, &rest);
    g_autofree char *quoted = row ? ifxTermQuote(rest) : NULL;

    return ifxPlanStopFill(row, quoted);
}

/* @first: "vdpa0 (vhost_vdpa)", "mdev 7b3f3e1c"; @last: "domain web", "domain web (812)". */
static char *
ifxPlanStopFormatSlice(const char *first,
                       const char *last)
{
    g_autofree char *words = NULL;
    g_autofree char *pid = ifxPlanStopFindProcess(last, &words);
    g_autofree char *name = NULL;
    g_autofree char *quoted = NULL;

    if (pid && g_str_has_prefix(words, "domain ")) {
        quoted = ifxTermQuote(words + strlen("domain "));
        return g_strdup_printf("Shut the domain down first: virsh shutdown %s", quoted);
    }
    if (g_str_has_prefix(last, "domain "))
        return ifxPlanStopFormatDefinition(last);
    if (!g_str_has_prefix(first, "vdpa"))
        return NULL;
    name = g_strndup(first, strcspn(first, " "));
    quoted = ifxTermQuote(name);
    return g_strdup_printf("Remove it first: vdpa dev del %s", quoted);
}

char *
ifxPlanStopFormat(const ifxEvidence *evidence)
{
    const GPtrArray *chain = evidence->chain;
    const char *last = chain->len > 0 ? chain->pdata[chain->len - 1] : "";
    const char *below = chain->len > 1 ? chain->pdata[chain->len - 2] : "";

    switch (evidence->reason) {
    case IFX_REASON_IN_USE_MOUNTED:
        return ifxPlanStopFormatMount(last);
    case IFX_REASON_IN_USE_SWAP:
        return ifxPlanStopFormatSwap(below, last);
    case IFX_REASON_IN_USE_HELD:
        return ifxPlanStopFormatHeld(below, last);
    case IFX_REASON_IN_USE_DOMAIN:
        return ifxPlanStopFormatDefinition(last);
    case IFX_REASON_IN_USE_PROCESS:
        return ifxPlanStopFormatProcess(last);
    case IFX_REASON_MDEV_PARENT:
    case IFX_REASON_VDPA_PARENT:
        return ifxPlanStopFormatSlice(chain->len > 0 ? chain->pdata[0] : "", last);
    default:
        return NULL;
    }
}
