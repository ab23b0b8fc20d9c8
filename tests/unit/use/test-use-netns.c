/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "suite.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>
#include <glib/gstdio.h>

#include "loader.h"
#include "use/use-nets.h"

/* The record of this host, with the namespaces that processes and mounts hold. */
static char *
ifxTestAsk(void)
{
    g_autoptr(ifxUseGraph) graph = ifxUseGraphNew();
    g_autoptr(GArray) holders = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsHolder));
    const ifxUseOpen *open;

    ifxTestRunLoader("mount", "/", graph);
    open = ifxUseOpenGet(graph, "/");
    g_array_append_vals(holders, graph->spaces->data, graph->spaces->len);
    g_array_append_vals(holders, open->spaces->data, open->spaces->len);
    return ifxUseNetnsAsk(holders);
}

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
    g_autofree char *record = ifxTestAsk();

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
    record = ifxTestAsk();
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
        record = ifxTestAsk();
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
    record = ifxTestAsk();
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

/* ---- namespaces that only one thing holds */

/* The number of the network namespace of this thread. */
static guint64
ifxTestNumber(void)
{
    struct stat status;

    return stat("/proc/thread-self/ns/net", &status) == 0 ? status.st_ino : 0;
}

/* An open file holds the new namespace; this thread goes back to the old one. */
static int
ifxTestHoldByFile(guint64 *number)
{
    const int old = open("/proc/thread-self/ns/net", O_RDONLY);
    int file = -1;

    if (old >= 0 && unshare(CLONE_NEWNET) == 0) {
        *number = ifxTestNumber();
        file = open("/proc/thread-self/ns/net", O_RDONLY);
    }
    if (file >= 0 && setns(old, CLONE_NEWNET) != 0) {
        close(file);
        file = -1;
    }
    if (old >= 0)
        close(old);
    return file;
}

static bool
ifxTestByFile(guint64 *number)
{
    return ifxTestHoldByFile(number) >= 0;
}

/* A second thread, in a table of open files of its own. */
static gpointer
ifxTestOpenAlone(gpointer data)
{
    guint64 *number = data;
    guint64 held = 0;

    if (unshare(CLONE_FILES) != 0 || ifxTestHoldByFile(&held) < 0)
        held = G_MAXUINT64;
    *number = held;
    pause();
    return NULL;
}

/* A second thread has the namespace. */
static gpointer
ifxTestUnshareAlone(gpointer data)
{
    guint64 *number = data;

    *number = unshare(CLONE_NEWNET) == 0 ? ifxTestNumber() : G_MAXUINT64;
    pause();
    return NULL;
}

static bool
ifxTestByThread(guint64 *number,
                GThreadFunc run)
{
    static guint64 held;

    g_thread_unref(g_thread_new("second", run, &held));
    while (held == 0)
        g_usleep(1000);
    *number = held;
    return held != G_MAXUINT64;
}

static bool
ifxTestByThreadFile(guint64 *number)
{
    return ifxTestByThread(number, ifxTestOpenAlone);
}

static bool
ifxTestBySecondThread(guint64 *number)
{
    return ifxTestByThread(number, ifxTestUnshareAlone);
}

/* A mount in a mount namespace of its own. */
static bool
ifxTestByMount(guint64 *number)
{
    const int file = ifxTestHoldByFile(number);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    g_autofree char *target = NULL;
    int place;

    if (file < 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    place = g_file_open_tmp("ifx-XXXXXX", &target, NULL);
    if (place < 0 || mount(path, target, "", MS_BIND, NULL) != 0)
        return false;
    close(place);
    return close(file) == 0;
}

/* An open file whose path is that of a mount which is gone (ip netns del). */
static bool
ifxTestByFileOfMount(guint64 *number)
{
    const int file = ifxTestHoldByFile(number);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    g_autofree char *target = NULL;
    static int kept;
    int place;

    if (file < 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) != 0)
        return false;
    place = g_file_open_tmp("ifx-XXXXXX", &target, NULL);
    if (place < 0 || mount(path, target, "", MS_BIND, NULL) != 0 ||
        (kept = open(target, O_RDONLY)) < 0 || umount2(target, MNT_DETACH) != 0)
        return false;
    close(place);
    return close(file) == 0 && unlink(target) == 0;
}

typedef struct {
    bool (*hold)(guint64 *number);
} ifxTestHolder;

static const ifxTestHolder holders[] = {
    { ifxTestByFile },
    { ifxTestByThreadFile },
    { ifxTestBySecondThread },
    { ifxTestByMount },
    { ifxTestByFileOfMount },
};

/* The record, taken while a child process holds a namespace; NULL: it can't. */
static char *
ifxTestAskHeld(bool (*hold)(guint64 *number),
               guint64 *number)
{
    char *record = NULL;
    int ends[2];
    pid_t child;

    ck_assert_int_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        if (!hold(number) || write(ends[1], number, sizeof(*number)) != sizeof(*number))
            _exit(1);
        pause();
        _exit(0);
    }
    close(ends[1]);
    if (read(ends[0], number, sizeof(*number)) == sizeof(*number))
        record = ifxTestAsk();
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ends[0]);
    return record;
}

START_TEST(namespace_that_only_one_thing_holds_is_asked)
{
    guint64 number = 0;
    g_autofree char *record = ifxTestAskHeld(holders[_i].hold, &number);
    g_autofree char *line = NULL;
    const char *found;

    /* Not root. */
    if (!record)
        return;
    line = g_strdup_printf("netns %" G_GUINT64_FORMAT " ", number);
    found = strstr(record, line);
    ck_assert_msg(found, "no namespace %" G_GUINT64_FORMAT " in %s", number, record);
    found = strchr(found, '\n') + 1;
    ck_assert_msg(g_str_has_prefix(found, "link 1 lo\n"), "%s", found);
}
END_TEST

/* Attaches a program that lets every packet pass; -1: the kernel cannot (Linux before 6.6). */
static int
ifxTestAttachProgram(guint32 interface)
{
    struct bpf_insn code[] = {
        { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = -1 },
        { .code = BPF_JMP | BPF_EXIT },
    };
    union bpf_attr load = {
        .prog_type = BPF_PROG_TYPE_SCHED_CLS, .insn_cnt = G_N_ELEMENTS(code),
        .insns = (guint64) (gsize) code, .license = (guint64) (gsize) "GPL",
    };
    const int program = (int) syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof(load));
    union bpf_attr link = {
        .link_create = { .prog_fd = (guint32) program, .target_fd = interface, .attach_type = 46 },
    };

    return program < 0 ? -1 : (int) syscall(SYS_bpf, BPF_LINK_CREATE, &link, sizeof(link));
}

/* A program handles the packets of the loopback interface. */
static bool
ifxTestByProgram(guint64 *number)
{
    if (unshare(CLONE_NEWNET) != 0 || ifxTestAttachProgram(1) < 0)
        return false;
    *number = ifxTestNumber();
    return true;
}

START_TEST(interface_with_a_program_is_in_use)
{
    guint64 number = 0;
    g_autofree char *record = ifxTestAskHeld(ifxTestByProgram, &number);
    g_autofree char *line = NULL;
    const char *found;

    if (!record)
        return;
    line = g_strdup_printf("netns %" G_GUINT64_FORMAT " ", number);
    found = strstr(record, line);
    ck_assert_ptr_nonnull(found);
    found = strchr(found, '\n') + 1;
    ck_assert_msg(g_str_has_prefix(found, "link 1 lo\ntraffic 1\n"), "%s", found);
}
END_TEST

/* nftables sends what comes to one end of a pair to the loopback interface. */
START_TEST(interface_of_nftables_is_in_use)
{
    g_autofree char *name = g_strdup_printf("ifx%d", getpid());
    g_autofree char *record = NULL;
    g_autofree char *lines = NULL;
    bool made;

    /* Not root, no nft, or a kernel without it. */
    if (!ifxTestIp("netns add {}"))
        return;
    made = ifxTestIp("-n {} link add {}a type veth peer name {}b") &&
        ifxTestIp("netns exec {} nft 'add table netdev t; add chain netdev t c "
                  "{ type filter hook ingress device \"{}a\" priority 0; }; "
                  "add rule netdev t c dup to lo'");
    record = made ? ifxTestAsk() : NULL;
    ifxTestIp("netns del {}");
    if (!record)
        return;
    lines = ifxTestLinesOf(record, name);
    ck_assert_msg(strstr(lines, "\ntraffic 3 nftables\ntraffic 1 nftables\n"), "%s", lines);
    ck_assert_ptr_null(strstr(lines, "traffic 2"));
}
END_TEST

/* Only a socket holds the namespace, to which one end of a veth went. */
static bool
ifxTestBySocket(guint64 *number)
{
    const int old = open("/proc/thread-self/ns/net", O_RDONLY);
    static int kept;
    bool linked;

    if (old < 0 || unshare(CLONE_NEWNET) != 0 || (kept = socket(AF_UNIX, SOCK_DGRAM, 0)) < 0)
        return false;
    *number = ifxTestNumber();
    linked = ifxTestIp("link add {}a type veth peer name {}b netns 1");
    return setns(old, CLONE_NEWNET) == 0 && linked;
}

START_TEST(namespace_that_nothing_shows_is_unasked)
{
    guint64 number = 0;
    g_autofree char *record = ifxTestAskHeld(ifxTestBySocket, &number);

    if (!record)
        return;
    ck_assert_ptr_nonnull(strstr(record, "unasked a network namespace that no process, open file "
                                 "or mount shows (ID "));
}
END_TEST

static void
ifxTestAddHolder(GArray *all,
                 guint64 number,
                 const char *pid,
                 const char *path)
{
    const ifxUseNetnsHolder holder = {
        .number = (guint32) number, .pid = g_strdup(pid), .path = g_strdup(path),
    };

    g_array_append_val(all, holder);
}

/* Begins with that of process 1. */
static GArray *
ifxTestHolders(void)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(ifxUseNetnsHolder));

    g_array_set_clear_func(all, ifxUseNetnsHolderClear);
    ifxTestAddHolder(all, ifxTestNumber(), "1", "/proc/1/ns/net");
    return all;
}

/* A folder in which no name is ever found: nobody answers for its file system. NULL: the kernel has no
 * FUSE, or this is not root. Free with g_free(). */
static char *
ifxTestMountSilent(void)
{
    const int file = open("/dev/fuse", O_RDWR);
    g_autofree char *options =
        g_strdup_printf("fd=%d,rootmode=40000,user_id=0,group_id=0", file);
    char *folder = g_dir_make_tmp("ifx-XXXXXX", NULL);

    if (file >= 0 && unshare(CLONE_NEWNS) == 0 &&
        mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("silent", folder, "fuse", 0, options) == 0)
        return folder;
    g_rmdir(folder);
    g_free(folder);
    return NULL;
}

/* The test has a process, and so a mount namespace, of its own. */
START_TEST(namespace_that_does_not_answer_hides_no_other)
{
    g_autofree char *folder = ifxTestMountSilent();
    g_autofree char *silent = g_build_filename(folder ? folder : "", "silent", NULL);
    guint64 number = 0;
    g_autofree char *record = NULL;
    g_autofree char *held = NULL;
    g_autoptr(GArray) all = ifxTestHolders();
    const char *line;
    int file;

    if (!folder)
        return;
    file = ifxTestHoldByFile(&number);
    if (file >= 0) {
        held = g_strdup_printf("/proc/%d/fd/%d", getpid(), file);
        ifxTestAddHolder(all, 77, NULL, silent);
        ifxTestAddHolder(all, number, "self", held);
        record = ifxUseNetnsAsk(all);
    }
    umount2(folder, MNT_DETACH);
    g_rmdir(folder);
    if (file < 0)
        return;
    ck_assert_ptr_nonnull(strstr(record, "\nnetns 77 silent\nunasked network namespace silent: "
                                 "Connection timed out\n"));
    line = strstr(record, "\nnetns ");
    line = strstr(line + 1, "\nnetns ");
    ck_assert_msg(line && strstr(line, "\nlink 1 lo\n"), "%s", record);
}
END_TEST

/* Another mount is over it. */
START_TEST(namespace_whose_mount_is_hidden_is_unasked)
{
    g_autoptr(GArray) all = ifxTestHolders();
    g_autofree char *record = NULL;

    ifxTestAddHolder(all, 77, NULL, "/dev/null");
    ifxTestAddHolder(all, 78, NULL, "/nothing");
    ifxTestAddHolder(all, 79, "4294967295", "/proc/4294967295/ns/net");
    record = ifxUseNetnsAsk(all);
    ck_assert_ptr_nonnull(strstr(record, "\nnetns 77 null\nunasked network namespace null: its mount "
                                 "cannot be reached\nnetns 78 nothing\nunasked "));
    ck_assert_ptr_null(strstr(record, "netns 79"));
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
    tcase_add_loop_test(kernel, namespace_that_only_one_thing_holds_is_asked, 0,
                        G_N_ELEMENTS(holders));
    tcase_add_test(kernel, namespace_that_nothing_shows_is_unasked);
    tcase_add_test(kernel, interface_with_a_program_is_in_use);
    tcase_add_test(kernel, interface_of_nftables_is_in_use);
    tcase_add_test(kernel, namespace_that_does_not_answer_hides_no_other);
    tcase_add_test(kernel, namespace_whose_mount_is_hidden_is_unasked);
    suite_add_tcase(suite, kernel);
    return suite;
}
