/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "host/host-internal.h"

#include <libvirt/virterror.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/libxml.h"
#include "base/term.h"

/* In seconds, and how often: the daemon counts as dead after 5 * (5 + 1) seconds. */
#define IFX_PEER_INTERVAL 5
#define IFX_PEER_COUNT 5

/* How often the loop looks, in microseconds. */
#define IFX_PEER_LOOK (G_USEC_PER_SEC / 4)

/* For an answer to the first call, as long as keepalive waits later; and when to report that. */
#define IFX_PEER_PATIENCE 30
#define IFX_PEER_NOTE 10

/* libvirt's event loop is one for the process. It answers the daemon, and finds out that the daemon
 * no longer does, while no call is under way: a call does both by itself (virNetClientIOEventLoop(),
 * libvirt src/rpc/virnetclient.c). So the loop looks a few times a second. If it waited for the
 * socket all the time, each call would wake it twice, to let go of the socket and to take it back,
 * and take two to four times as long. */
static struct {
    guint users;            /* open connections */
    GThread *thread;
    GMutex lock;
    GCond end;
    bool ends;
} ifxPeerLoop;

/* A call of virConnectOpenAuth(). It has no timeout, so it is left behind if it does not return. */
typedef struct {
    GMutex lock;
    GCond done;
    char *uri;
    bool write;
    bool asking;            /* the user is asked for a password */
    bool left;              /* nobody waits any more */
    bool ended;
    virConnectPtr conn;     /* NULL: then, once it has ended: */
    char *why;              /* in libvirt's words */
} ifxPeerCall;

/* Signals are for the main thread. libvirt unblocks them for the programs that it starts. Free the
 * result with g_thread_join() or g_thread_unref(). */
static GThread *
ifxConnectionPeerStartThread(const char *name,
                             GThreadFunc run,
                             void *opaque)
{
    sigset_t all;
    sigset_t before;
    GThread *thread;

    /* GLib makes its C locale at the first number that it parses, under a lock of all threads. A
     * wait for that lock leaves an errno, for which GLib 2.74 takes the number for no number. So it
     * is made before there is another thread. */
    g_ascii_strtoull("0", NULL, 10);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = g_thread_new(name, run, opaque);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return thread;
}

static void
ifxConnectionPeerIgnoreTimer(int timer G_GNUC_UNUSED,
                             void *opaque G_GNUC_UNUSED)
{
}

static void *
ifxConnectionPeerRunLoop(void *opaque G_GNUC_UNUSED)
{
    /* It is always due, so that the loop never waits. */
    const int timer = virEventAddTimeout(0, ifxConnectionPeerIgnoreTimer, NULL, NULL);

    g_mutex_lock(&ifxPeerLoop.lock);
    while (!ifxPeerLoop.ends) {
        const gint64 next = g_get_monotonic_time() + IFX_PEER_LOOK;

        if (g_cond_wait_until(&ifxPeerLoop.end, &ifxPeerLoop.lock, next))
            continue;
        g_mutex_unlock(&ifxPeerLoop.lock);
        if (virEventRunDefaultImpl() < 0)
            virResetLastError();
        g_mutex_lock(&ifxPeerLoop.lock);
    }
    g_mutex_unlock(&ifxPeerLoop.lock);
    virEventRemoveTimeout(timer);
    return NULL;
}

static void
ifxConnectionPeerUseLoop(void)
{
    if (ifxPeerLoop.users++ > 0)
        return;
    ifxPeerLoop.ends = false;
    ifxPeerLoop.thread =
        ifxConnectionPeerStartThread("libvirt-events", ifxConnectionPeerRunLoop, NULL);
}

static void
ifxConnectionPeerDropLoop(void)
{
    if (--ifxPeerLoop.users > 0)
        return;
    g_mutex_lock(&ifxPeerLoop.lock);
    ifxPeerLoop.ends = true;
    g_cond_signal(&ifxPeerLoop.end);
    g_mutex_unlock(&ifxPeerLoop.lock);
    g_thread_join(g_steal_pointer(&ifxPeerLoop.thread));
}

static void
ifxPeerCallFree(void *data)
{
    ifxPeerCall *call = data;

    if (call->conn)
        virConnectClose(call->conn);
    g_mutex_clear(&call->lock);
    g_cond_clear(&call->done);
    g_free(call->uri);
    g_free(call->why);
}

static int
ifxConnectionPeerAsk(virConnectCredentialPtr credentials,
                     unsigned int count,
                     void *opaque)
{
    ifxPeerCall *call = opaque;
    int result;

    g_mutex_lock(&call->lock);
    call->asking = true;
    g_mutex_unlock(&call->lock);
    result = virConnectAuthPtrDefault->cb(credentials, count, virConnectAuthPtrDefault->cbdata);
    g_mutex_lock(&call->lock);
    call->asking = false;
    g_mutex_unlock(&call->lock);
    return result;
}

static void *
ifxConnectionPeerCall(void *opaque)
{
    ifxPeerCall *call = opaque;
    virConnectAuth auth = *virConnectAuthPtrDefault;
    virConnectPtr conn;

    ifxLibxmlSilenceThread();
    auth.cb = ifxConnectionPeerAsk;
    auth.cbdata = call;
    conn = virConnectOpenAuth(call->uri, &auth, call->write ? 0 : VIR_CONNECT_RO);
    g_mutex_lock(&call->lock);
    call->conn = conn;
    call->why = conn ? NULL : g_strdup(virGetLastErrorMessage());
    call->ended = true;
    g_cond_signal(&call->done);
    g_mutex_unlock(&call->lock);
    g_atomic_rc_box_release_full(call, ifxPeerCallFree);
    return NULL;
}

/* May the user be asked for a password without a word from libvirt: by ssh on the terminal, or by a
 * polkit agent, which never asks root? */
static bool
ifxConnectionPeerMayAsk(const char *uri)
{
    const char *scheme_end = uri ? strchr(uri, ':') : NULL;
    g_autofree char *scheme = scheme_end ? g_strndup(uri, (gsize) (scheme_end - uri)) : NULL;

    return geteuid() != 0 ||
        (scheme && (strstr(scheme, "+ssh") || strstr(scheme, "+libssh") || strstr(scheme, "+ext")));
}

/* Waits until @call has ended, for @patience seconds in which the user is not asked for a password;
 * 0: as long as it takes. Long waits are reported. */
static void
ifxConnectionPeerWait(ifxPeerCall *call,
                      const char *name,
                      guint patience)
{
    guint waited = 0;

    g_mutex_lock(&call->lock);
    while (!call->ended && (patience == 0 || waited < patience)) {
        const gint64 second = g_get_monotonic_time() + G_USEC_PER_SEC;

        if (g_cond_wait_until(&call->done, &call->lock, second) || call->asking)
            continue;
        if (++waited == IFX_PEER_NOTE && patience != IFX_PEER_NOTE)
            ifxTermNoteOn(name, "no answer yet, still waiting; Ctrl-C ends this");
    }
    call->left = !call->ended;
    g_mutex_unlock(&call->lock);
}

virConnectPtr
ifxConnectionPeerOpen(const char *uri,
                      bool write,
                      guint patience,
                      GError **error)
{
    const char *name = uri ? uri : "libvirt's default URI";
    ifxPeerCall *call = g_atomic_rc_box_new0(ifxPeerCall);
    virConnectPtr conn = NULL;
    GThread *thread;

    virEventRegisterDefaultImpl();
    g_mutex_init(&call->lock);
    g_cond_init(&call->done);
    call->uri = g_strdup(uri);
    call->write = write;
    thread = ifxConnectionPeerStartThread("libvirt-open", ifxConnectionPeerCall,
                                          g_atomic_rc_box_acquire(call));
    if (patience == 0 && !ifxConnectionPeerMayAsk(uri))
        patience = IFX_PEER_PATIENCE;
    ifxConnectionPeerWait(call, name, patience);
    if (call->left)
        g_thread_unref(thread);
    else
        g_thread_join(thread);
    if (call->left) {
        ifxErrorSet(error, IFX_ERROR_CONNECTION, "cannot connect to %s: no answer in %u seconds",
                    name, patience);
    } else if (call->conn) {
        conn = g_steal_pointer(&call->conn);
        ifxConnectionPeerUseLoop();
        /* The test driver and old daemons do not know it. */
        if (virConnectSetKeepAlive(conn, IFX_PEER_INTERVAL, IFX_PEER_COUNT) < 0)
            virResetLastError();
    } else {
        ifxErrorSet(error, IFX_ERROR_CONNECTION, "cannot connect to %s: %s", name,
                    g_strdelimit(call->why, "\r\n", ' '));
    }
    g_atomic_rc_box_release_full(call, ifxPeerCallFree);
    return conn;
}

void
ifxConnectionPeerClose(virConnectPtr conn)
{
    virConnectClose(conn);
    ifxConnectionPeerDropLoop();
}
