/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "use/use-nets.h"

/* Runs a command of iproute2, with {} for the name of the namespace; false if it failed. */
static bool
ifxTestIp(const char *arguments)
{
    g_autofree char *name = g_strdup_printf("ifx%d", getpid());
    g_auto(GStrv) parts = g_strsplit(arguments, "{}", -1);
    g_autofree char *joined = g_strjoinv(name, parts);
    g_autofree char *command = g_strconcat("ip ", joined, NULL);
    g_autofree char *output = NULL;
    g_autofree char *problems = NULL;
    int status = -1;

    return g_spawn_command_line_sync(command, &output, &problems, &status, NULL) && status == 0;
}

/* The lines of the namespace that @record calls @name, or "". Free with g_free(). */
static char *
ifxTestLinesOf(const char *record,
               const char *name)
{
    g_autofree char *end = g_strdup_printf(" %s\n", name);
    const char *start = strstr(record, end);
    const char *next = start ? strstr(start, "\nnetns ") : NULL;

    if (!start)
        return g_strdup("");
    start += strlen(end);
    return next ? g_strndup(start, (gsize) (next + 1 - start)) : g_strdup(start);
}

static void
ifxTestRemoveNamespace(void)
{
    ifxTestIp("netns del {}");
    ifxTestIp("link del {}a");
}

START_TEST(own_namespace_comes_first_and_has_a_loopback)
{
    g_autofree char *record = ifxUseNetnsAsk();

    ck_assert_ptr_nonnull(record);
    ck_assert(g_str_has_prefix(record, "netns "));
    ck_assert_ptr_nonnull(strstr(record, "\nlink 1 lo\n"));
    ck_assert_ptr_null(strstr(record, "127.0.0.1"));
    ck_assert_ptr_null(strstr(record, "fe80:"));
}
END_TEST

START_TEST(namespace_without_a_process_is_asked)
{
    g_autofree char *name = g_strdup_printf("ifx%d", getpid());
    g_autofree char *record = NULL;
    g_autofree char *lines = NULL;
    g_autoptr(ifxUseNets) nets = NULL;
    bool traffic;
    guint i;

    /* Not root, no iproute2, or a kernel without veth. */
    if (!ifxTestIp("netns add {}"))
        return;
    if (!ifxTestIp("link add {}a type veth peer name {}b netns {}") ||
        !ifxTestIp("-n {} addr add 192.0.2.77/24 dev {}b") ||
        !ifxTestIp("-n {} addr add 2001:db8:77::1/64 dev {}b nodad") ||
        !ifxTestIp("-n {} addr add 192.0.2.90 peer 192.0.2.91 dev {}b") ||
        !ifxTestIp("-n {} link set {}b up") ||
        !ifxTestIp("-n {} route add default via 192.0.2.1 table 1000 metric 5")) {
        ifxTestRemoveNamespace();
        return;
    }
    traffic = ifxTestIp("netns exec {} tc qdisc add dev {}b clsact");
    record = ifxUseNetnsAsk();
    ifxTestRemoveNamespace();
    ck_assert_ptr_nonnull(record);
    lines = ifxTestLinesOf(record, name);
    ck_assert(!traffic || strstr(lines, "\ntraffic "));
    ck_assert_ptr_nonnull(strstr(lines, " kind=veth\n"));
    ck_assert_ptr_nonnull(strstr(lines, " 192.0.2.77\n"));
    ck_assert_ptr_nonnull(strstr(lines, " 192.0.2.90\n"));
    ck_assert_ptr_nonnull(strstr(lines, " 2001:db8:77::1\n"));
    ck_assert_ptr_nonnull(strstr(lines, " 192.0.2.0/24 table=254\n"));
    ck_assert_ptr_nonnull(strstr(lines, " 0.0.0.0/0 via table=1000 metric=5\n"));
    ck_assert_ptr_null(strstr(lines, "fe80:"));
    ck_assert_ptr_null(strstr(lines, "ff00:"));

    /* The record is what the parser reads. */
    nets = ifxUseNetsParse(record);
    ck_assert(!nets->unasked || !strstr(nets->unasked, "no sense"));
    for (i = 0; i < nets->spaces->len; i++) {
        if (g_strcmp0(((const ifxUseNetns *) nets->spaces->pdata[i])->name, name) == 0)
            break;
    }
    ck_assert_uint_lt(i, nets->spaces->len);
}
END_TEST

/* What the child writes when it is ready: 'n' if it has no namespace of its own. */
typedef struct {
    int file;
    char sign;
} ifxTestReady;

/* The second thread of the child lives on when the first one has ended. */
static gpointer
ifxTestOutlive(gpointer data)
{
    const ifxTestReady *ready = data;
    char text[sizeof("net:[4294967295]")];

    while (readlink("/proc/self/ns/net", text, sizeof(text)) >= 0)
        g_usleep(1000);
    if (write(ready->file, &ready->sign, 1) == 1)
        pause();
    _exit(0);
}

/* A child in a namespace of its own, with a packet socket on its loopback interface. @ends: its
 * first thread ends. */
static void
ifxTestHoldNamespace(int file,
                     bool ends)
{
    struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_PROMISC };
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = 1 };
    ifxTestReady ready = { .file = file, .sign = 'n' };
    int watcher = -1;

    if (unshare(CLONE_NEWNET) == 0) {
        watcher = socket(AF_PACKET, SOCK_RAW, 0);
        if (watcher >= 0 && ioctl(watcher, SIOCSIFFLAGS, &request) == 0 &&
            bind(watcher, (struct sockaddr *) &address, sizeof(address)) == 0)
            ready.sign = 'y';
    }
    if (ends && ready.sign == 'y') {
        g_thread_unref(g_thread_new("second", ifxTestOutlive, &ready));
        syscall(SYS_exit, 0);
    }
    if (write(file, &ready.sign, 1) == 1)
        pause();
    close(watcher);
    _exit(0);
}

START_TEST(namespace_of_a_process_is_asked)
{
    g_autofree char *record = NULL;
    g_autofree char *lines = NULL;
    g_autofree char *command = NULL;
    g_autofree char *name = NULL;
    int ends[2];
    char sign = 'n';
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    if (child == 0)
        ifxTestHoldNamespace(ends[1], _i == 1);
    ck_assert_int_eq(read(ends[0], &sign, 1), 1);
    if (sign == 'y')
        record = ifxUseNetnsAsk();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    /* Not root. */
    if (sign != 'y')
        return;
    ck_assert_ptr_nonnull(record);
    ck_assert(g_file_get_contents("/proc/self/comm", &command, NULL, NULL));
    name = g_strdup_printf("of %s (%d)", g_strchomp(command), child);
    lines = ifxTestLinesOf(record, name);
    ck_assert(g_str_has_prefix(lines, "link 1 lo promiscuous\npacket 1 "));
}
END_TEST

START_TEST(interface_above_one_of_another_namespace_is_linked)
{
    g_autofree char *name = g_strdup_printf("ifx%d", getpid());
    g_autofree char *record = NULL;
    g_autofree char *lines = NULL;
    g_autofree char *number = NULL;
    g_autofree char *lower = NULL;
    guint own;

    if (!ifxTestIp("netns add {}"))
        return;
    if (!ifxTestIp("link add {}a type veth peer name {}b netns {}") ||
        !ifxTestIp("link add link {}a name {}v type macvlan") ||
        !ifxTestIp("link set {}v netns {}")) {
        ifxTestRemoveNamespace();
        return;
    }
    record = ifxUseNetnsAsk();
    lower = g_strconcat(name, "a", NULL);
    own = if_nametoindex(lower);
    ifxTestRemoveNamespace();
    ck_assert_ptr_nonnull(record);
    lines = ifxTestLinesOf(record, name);
    g_free(lower);
    number = g_strndup(record + strlen("netns "), strcspn(record + strlen("netns "), " \n"));
    lower = g_strdup_printf(" kind=macvlan lower=%u/%s\n", own, number);
    ck_assert_ptr_nonnull(strstr(lines, lower));
}
END_TEST

Suite *
ifxSuiteUseNetns(void)
{
    Suite *suite = suite_create("use-netns");
    TCase *kernel = tcase_create("kernel");

    tcase_set_timeout(kernel, 60);
    tcase_add_test(kernel, own_namespace_comes_first_and_has_a_loopback);
    tcase_add_test(kernel, namespace_without_a_process_is_asked);
    tcase_add_loop_test(kernel, namespace_of_a_process_is_asked, 0, 2);
    tcase_add_test(kernel, interface_above_one_of_another_namespace_is_linked);
    suite_add_tcase(suite, kernel);
    return suite;
}
