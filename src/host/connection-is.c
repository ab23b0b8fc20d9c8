/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/connection.h"

#include <libvirt/virterror.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "host/host-internal.h"

/* The line of /proc/stat that libvirt reads is its first. */
#define IFX_STAT_MAX 4096

/* The times of two clocks of one kernel differ by no more than what passes between the readings; a
 * timer interrupt may be counted late. */
#define IFX_TICKS_LATE 2

/* A processor that goes to sleep in between can take back idle time (Linux fs/proc/stat.c,
 * get_idle_time()). */
#define IFX_TICKS_IDLE 100

/* How often a processor may go on or off between the readings. */
#define IFX_STAT_TRIES 3

typedef struct {
    guint64 user;           /* all in ticks of sysconf(_SC_CLK_TCK) */
    guint64 kernel;
    guint64 idle;
} ifxTimes;

/* As virHostCPUGetStatsLinux() (libvirt src/util/virhostcpu.c) adds them up. */
static bool
ifxConnectionReadOwnTimes(ifxTimes *times)
{
    char text[IFX_STAT_MAX + 1];
    const gssize length = ifxSysfsRead("/proc", "stat", text, IFX_STAT_MAX);
    enum { USER, NICE, KERNEL, IDLE, IOWAIT, IRQ, SOFTIRQ, COUNT };
    guint64 counts[COUNT] = { 0 };
    char *at = text + strlen("cpu ");
    guint i;

    if (length <= 0)
        return false;
    text[length] = '\0';
    if (!g_str_has_prefix(text, "cpu "))
        return false;
    for (i = 0; i < COUNT; i++) {
        const char *before = at;

        counts[i] = g_ascii_strtoull(before, &at, 10);
        if (at == before)
            return false;
    }
    *times = (ifxTimes) { .user = counts[USER] + counts[NICE],
                          .kernel = counts[KERNEL] + counts[IRQ] + counts[SOFTIRQ],
                          .idle = counts[IDLE] };
    return true;
}

static bool
ifxConnectionReadTimes(ifxConnection *connection,
                       ifxTimes *times)
{
    const guint64 tick = G_GUINT64_CONSTANT(1000000000) / (guint64) sysconf(_SC_CLK_TCK);
    virNodeCPUStats stats[16] = { 0 };
    int count = 0;
    int i;

    *times = (ifxTimes) { 0 };
    if (virNodeGetCPUStats(connection->conn, VIR_NODE_CPU_STATS_ALL_CPUS, NULL, &count, 0) < 0 ||
        count <= 0 || count > (int) G_N_ELEMENTS(stats) ||
        virNodeGetCPUStats(connection->conn, VIR_NODE_CPU_STATS_ALL_CPUS, stats, &count, 0) < 0)
        return false;
    for (i = 0; i < count; i++) {
        const guint64 ticks = stats[i].value / tick;

        if (strcmp(stats[i].field, VIR_NODE_CPU_STATS_USER) == 0)
            times->user = ticks;
        else if (strcmp(stats[i].field, VIR_NODE_CPU_STATS_KERNEL) == 0)
            times->kernel = ticks;
        else if (strcmp(stats[i].field, VIR_NODE_CPU_STATS_IDLE) == 0)
            times->idle = ticks;
    }
    return true;
}

static bool
ifxConnectionIsBetween(guint64 from,
                       guint64 value,
                       guint64 to,
                       guint64 slack)
{
    return from <= value + slack && value <= to + slack;
}

/* Does the daemon run on this kernel? */
static bool
ifxConnectionHasOurKernel(ifxConnection *connection)
{
    guint tries;

    for (tries = 0; tries < IFX_STAT_TRIES; tries++) {
        ifxTimes before;
        ifxTimes its;
        ifxTimes after;

        if (!ifxConnectionReadOwnTimes(&before) || !ifxConnectionReadTimes(connection, &its) ||
            !ifxConnectionReadOwnTimes(&after))
            return false;
        if (ifxConnectionIsBetween(before.user, its.user, after.user, IFX_TICKS_LATE) &&
            ifxConnectionIsBetween(before.kernel, its.kernel, after.kernel, IFX_TICKS_LATE) &&
            ifxConnectionIsBetween(before.idle, its.idle, after.idle, IFX_TICKS_IDLE))
            return true;
    }
    return false;
}

bool
ifxConnectionIsLocal(ifxConnection *connection)
{
    if (!connection->asked_local) {
        connection->asked_local = true;
        connection->local = connection->qemu && connection->drivers &&
            ifxConnectionHasOurKernel(connection);
    }
    return connection->local;
}

/* "qemu/system" of "qemu+ssh://root@host/system?no_tty=1". Each embedded driver has a folder of its
 * own, so its whole URI counts. Free with g_free(). */
static char *
ifxConnectionDriverOf(const char *uri)
{
    const char *authority = strstr(uri, "://");
    const char *path = authority ? strchr(authority + strlen("://"), '/') : NULL;

    if (!path || g_str_has_prefix(path, "/embed"))
        return g_strdup(uri);
    return g_strdup_printf("%.*s%.*s", (int) strcspn(uri, "+:"), uri, (int) strcspn(path, "?#"),
                           path);
}

bool
ifxConnectionIs(ifxConnection *connection,
                const char *uri,
                const char *uuid)
{
    const char *own = ifxConnectionGetHostUuid(connection);
    g_autofree char *driver = ifxConnectionDriverOf(uri);
    g_autofree char *own_driver = ifxConnectionDriverOf(connection->uri);

    if (own && uuid)
        return g_ascii_strcasecmp(own, uuid) == 0 && strcmp(driver, own_driver) == 0;
    return strcmp(uri, connection->uri) == 0;
}

static bool
ifxConnectionHasDomainsOf(ifxConnection *connection,
                          ifxConnection *other)
{
    g_autoptr(GPtrArray) uuids = ifxConnectionDomainsList(connection, true, NULL);
    g_autoptr(GPtrArray) others = ifxConnectionDomainsList(other, true, NULL);
    guint i;

    if (!uuids || !others || uuids->len != others->len)
        return false;
    for (i = 0; i < uuids->len; i++) {
        if (strcmp(uuids->pdata[i], others->pdata[i]) != 0)
            return false;
    }
    return true;
}

bool
ifxConnectionIsSame(ifxConnection *connection,
                    ifxConnection *other)
{
    if (strcmp(connection->uri, other->uri) == 0)
        return true;
    return ifxConnectionGetHostUuid(connection) &&
        ifxConnectionIs(other, connection->uri, ifxConnectionGetHostUuid(connection)) &&
        ifxConnectionHasDomainsOf(connection, other);
}
