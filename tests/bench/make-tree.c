/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * make-tree FOLDER PROCESSES DISKS MOUNTS NAMESPACES DEVICES: makes a large host for
 * tests/bench/hook.sh, as tests/tools/make-host.sh makes small ones. FOLDER must be empty.
 *
 * The guest's card is 0000:01:00.0 and 0000:01:00.1 in group 1, and an NVMe disk that is free is
 * 0000:02:00.0 in group 2. The disks hang on 0000:03:00.0 in group 3, each with two partitions. The
 * first is mounted; the other mounts are of file systems without a device. Half of the processes
 * have 16 files open, of which two are nodes of devices that hang on no PCI device; the others are
 * threads of the kernel. Each namespace beyond the first is that of a process, and has an
 * interface with an address. There are DEVICES more PCI devices, four in a group.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PCI "sys/devices/pci0000:00"
#define FILES 16
#define LONGEST 1024

static void
fail(const char *path)
{
    fprintf(stderr, "make-tree: %s: %s\n", path, strerror(errno));
    exit(1);
}

/* Makes the folders that lead to the last slash. */
static void
make_folders(char *path)
{
    char *slash;

    for (slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            fail(path);
        *slash = '/';
    }
}

/* The file PATH has the bytes of TEXT. */
static void
make_file(const char *text,
          const char *format,
          ...)
{
    char path[LONGEST];
    va_list arguments;
    int file;

    va_start(arguments, format);
    vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    if (file < 0) {
        make_folders(path);
        file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644);
    }
    if (file < 0 || write(file, text, strlen(text)) != (ssize_t) strlen(text))
        fail(path);
    close(file);
}

static void
make_folder(const char *format,
            ...)
{
    char path[LONGEST];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    make_folders(path);
}

static void
make_link(const char *target,
          const char *format,
          ...)
{
    char path[LONGEST];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(path, sizeof(path), format, arguments);
    va_end(arguments);
    if (symlink(target, path) == 0)
        return;
    make_folders(path);
    if (symlink(target, path) != 0)
        fail(path);
}

static char scratch[8][LONGEST];

/* Text, for one of the next few calls. */
static const char *
text(const char *format,
     ...)
{
    static unsigned next;
    char *one = scratch[next++ % 8];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(one, LONGEST, format, arguments);
    va_end(arguments);
    return one;
}

static void
make_device(const char *address,
            int group,
            const char *class,
            const char *driver)
{
    static const char header[] = "\206\200\64\22\6\4\20";
    char config[64] = { 0 };
    int file;

    memcpy(config, header, sizeof(header) - 1);
    make_file(text("%s\n", class), PCI "/%s/class", address);
    make_file("0x8086\n", PCI "/%s/vendor", address);
    make_file("0x1234\n", PCI "/%s/device", address);
    file = open(text(PCI "/%s/config", address), O_WRONLY | O_CREAT, 0644);
    if (file < 0 || write(file, config, sizeof(config)) < 0)
        fail(address);
    close(file);
    make_link(text("../../../bus/pci/drivers/%s", driver), PCI "/%s/driver", address);
    make_link("../../../bus/pci", PCI "/%s/subsystem", address);
    make_link(text("../../../kernel/iommu_groups/%d", group), PCI "/%s/iommu_group", address);
    make_link(text("../../../devices/pci0000:00/%s", address), "sys/bus/pci/devices/%s", address);
    make_link(text("../../../../devices/pci0000:00/%s", address), "sys/bus/pci/drivers/%s/%s",
              driver, address);
    make_link(text("../../../../devices/pci0000:00/%s", address),
              "sys/kernel/iommu_groups/%d/devices/%s", group, address);
}

/* The block device at @path below sys/devices. */
static void
make_block(const char *path,
           const char *name,
           int major,
           int minor)
{
    make_file(text("%d:%d\n", major, minor), "sys/devices/%s/dev", path);
    make_file(text("MAJOR=%d\nMINOR=%d\nDEVNAME=%s\n", major, minor, name),
              "sys/devices/%s/uevent", path);
    make_file("1000\n", "sys/devices/%s/size", path);
    make_folder("sys/devices/%s/slaves/", path);
    make_folder("sys/devices/%s/holders/", path);
    make_link("../../../../../bus/block", "sys/devices/%s/subsystem", path);
    make_link(text("../../devices/%s", path), "sys/class/block/%s", name);
    make_link(text("../../devices/%s", path), "sys/dev/block/%d:%d", major, minor);
    make_file(text("S:disk/by-id/scsi-%s\nE:ID_FS_USAGE=\n", name), "run/udev/data/b%d:%d", major,
              minor);
    make_file("", "dev/%s", name);
}

static void
make_disks(int disks)
{
    int i;
    int part;

    make_folder("sys/class/block/");
    make_folder("sys/dev/block/");
    make_folder("sys/dev/char/");
    make_block("pci0000:00/0000:02:00.0/nvme/nvme0/nvme0n1", "nvme0n1", 259, 0);
    for (i = 0; i < disks; i++) {
        const char *disk = text("pci0000:00/0000:03:00.0/host0/target0:0:%d/0:0:%d:0/block/sd%d", i,
                                i, i);

        make_block(disk, text("sd%d", i), 8, i * 16);
        for (part = 1; part <= 2; part++) {
            make_block(text("%s/sd%dp%d", disk, i, part), text("sd%dp%d", i, part), 8,
                       i * 16 + part);
            make_file(text("%d\n", part), "sys/devices/%s/sd%dp%d/partition", disk, i, part);
        }
    }
}

static void
make_mounts(int mounts)
{
    char *all = malloc((size_t) mounts * 128 + 256);
    size_t length = 0;
    int i;

    if (!all)
        exit(1);
    length += (size_t) sprintf(all, "20 1 8:1 / / rw - ext4 /dev/sd0p1 rw\n");
    for (i = 1; i < mounts; i++)
        length += (size_t) sprintf(all + length,
                                   "%d 20 0:%d / /run/pods/%d rw shared:%d - overlay overlay rw,"
                                   "lowerdir=/a\n", 20 + i, 30 + i, i, i);
    make_file(all, "proc/1/mountinfo");
    make_file("Filename Type Size Used Priority\n", "proc/swaps");
    free(all);
}

static void
make_process(int pid,
             int space)
{
    int i;

    make_file(pid % 2 ? "worker\n" : "kworker\n", "proc/%d/comm", pid);
    make_file(pid % 2 ? "worker\n" : "", "proc/%d/cmdline", pid);
    make_folder("proc/%d/fd/", pid);
    make_link("mnt:[4026531841]", "proc/%d/ns/mnt", pid);
    make_link(text("net:[%ld]", 4026531840L + space * 100L), "proc/%d/ns/net", pid);
    for (i = 0; pid % 2 && i < FILES; i++)
        make_link(i == 0 ? "/dev/char/1:3" : i == 1 ? "/dev/char/5:0" :
                  text("socket:[%d]", pid * FILES + i), "proc/%d/fd/%d", pid, i);
}

static void
make_processes(int processes,
               int spaces)
{
    int i;

    make_process(1, 0);
    for (i = 1; i < processes; i++)
        make_process(1000 + i, i < spaces ? i : 0);
}

/* What the kernel answers of each network namespace (src/use). */
static void
make_network(int spaces)
{
    FILE *record = fopen("netlink", "w");
    int i;

    if (!record)
        fail("netlink");
    for (i = 0; i < spaces; i++)
        fprintf(record, "netns %ld%s\nlink 1 lo\nlink 2 eth0 kind=veth\naddress 2 10.0.%d.%d\n"
                "route 2 0.0.0.0/0 via\n", 4026531840L + i * 100L, i ? text(" ns%d", i) : "",
                i / 250, i % 250 + 1);
    fclose(record);
}

/* They are on bus 0x10 and those after it. */
static void
make_devices(int devices)
{
    int i;

    for (i = 0; i < devices; i++)
        make_device(text("0000:%02x:%02x.%d", 0x10 + i / 256, i / 8 % 32, i % 8), 10 + i / 4,
                    "0x088000", "vfio-pci");
}

int
main(int argc,
     char **argv)
{
    if (argc != 7 || chdir(argv[1]) != 0) {
        fprintf(stderr, "usage: make-tree FOLDER PROCESSES DISKS MOUNTS NAMESPACES DEVICES\n");
        return 2;
    }
    make_device("0000:01:00.0", 1, "0x030000", "vfio-pci");
    make_device("0000:01:00.1", 1, "0x040300", "snd_hda_intel");
    make_device("0000:02:00.0", 2, "0x010802", "nvme");
    make_device("0000:03:00.0", 3, "0x010700", "mpt3sas");
    make_devices(atoi(argv[6]));
    make_disks(atoi(argv[3]));
    make_mounts(atoi(argv[4]));
    make_processes(atoi(argv[2]), atoi(argv[5]));
    make_network(atoi(argv[5]));
    return 0;
}
