/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * use-kind: the questions that come from a device that hangs on a PCI device.
 *
 * A kind of device (its subsystem) is one of these:
 *
 *  - storage: a file system, swap or the kernel can have it (IFX_SIGHT_STORAGE)
 *  - network: an address, a route or another interface can be on it (IFX_SIGHT_NETWORK)
 *  - console: displays and input (IFX_SIGHT_CONSOLE)
 *  - node: it has a node in /dev, so that a process with it open is seen (IFX_SIGHT_PROCESSES)
 *  - quiet: nothing uses it by itself, or what does can lose it: buses and transports, whose
 *    devices are below; sensors, lamps, batteries, thermal zones; sound with its codecs and MIDI
 *    ports, whose users are a note
 *  - unlisted: the kernel uses it or hands it on, and does not show to whom: tpm, rtc, mtd, gpio,
 *    ipmi, and every kind that is not in the table
 *
 * Some devices of a kind differ from the others:
 *
 *  - dma: a channel whose in_use is 0 is free (Linux drivers/dma/dmaengine.c, in_use_show()), any
 *    other is unlisted
 *  - infiniband: a port that is not down (ports/N/state, Linux drivers/infiniband/core/sysfs.c) can
 *    have users in the kernel, such as NFS and iSER: unlisted
 *  - bluetooth: a connection, "hci0:256", is unlisted (Linux net/bluetooth/hci_sysfs.c,
 *    hci_conn_add_sysfs()): a keyboard on it can be without a device here (uhid). The adapter alone
 *    is quiet
 *  - thunderbolt: a device behind the host's own router, "0-1", is unlisted
 *  - tty: a console of the kernel (console, Linux drivers/tty/serial/serial_core.c, console_show())
 *    is unlisted
 *  - hidraw: a sibling of an input device is quiet as that is (use-node.c)
 *  - usb: hubs are quiet. A driver that has interfaces of a USB device and shows nothing on any of
 *    them is unlisted, such as that of an interface in another network namespace
 *  - virtio, sdio: the same. The drivers of virtiofs and 9p show nothing, whatever is mounted;
 *    those of random numbers and of the balloon can lose theirs
 */

#include "use/use-internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"

#define IFX_STORAGE (IFX_SIGHT_STORAGE | IFX_SIGHT_PROCESSES)
#define IFX_CONSOLE (IFX_SIGHT_CONSOLE | IFX_SIGHT_PROCESSES)
#define IFX_NETWORK IFX_SIGHT_NETWORK
#define IFX_NODE IFX_SIGHT_PROCESSES

#define IFX_UNLISTED "nothing shows what uses it"

static const char *
ifxUseKindRefineBluetooth(const char *dir G_GNUC_UNUSED,
                          const char *name,
                          guint children G_GNUC_UNUSED)
{
    return strchr(name, ':') ? "bluetooth" : NULL;
}

static const char *
ifxUseKindRefineDma(const char *dir,
                    const char *name G_GNUC_UNUSED,
                    guint children G_GNUC_UNUSED)
{
    guint64 users;

    return ifxSysfsReadDecimal(dir, "in_use", G_MAXINT, &users) && users == 0 ? NULL : "dma";
}

static const char *
ifxUseKindRefineHidraw(const char *dir,
                       const char *name G_GNUC_UNUSED,
                       guint children G_GNUC_UNUSED)
{
    return ifxSysfsExists(dir, "../../input") ? NULL : "hidraw";
}

/* "1: DOWN", "4: ACTIVE". */
static const char *
ifxUseKindRefineInfiniband(const char *dir,
                           const char *name G_GNUC_UNUSED,
                           guint children G_GNUC_UNUSED)
{
    g_autofree char *folder = g_build_filename(dir, "ports", NULL);
    g_autoptr(GPtrArray) ports = ifxSysfsList(folder, NULL);
    guint i;

    for (i = 0; i < ports->len; i++) {
        g_autofree char *port = g_build_filename(folder, ports->pdata[i], NULL);
        g_autofree char *state = ifxSysfsReadLine(port, "state");

        if (!state || !g_str_has_prefix(state, "1:"))
            return "rdma";
    }
    return "infiniband";
}

/* "0-0" is the host's router, "0-0:1.1" a part of its cable; "0-1" and "0-301" are devices. */
static const char *
ifxUseKindRefineThunderbolt(const char *dir G_GNUC_UNUSED,
                            const char *name,
                            guint children G_GNUC_UNUSED)
{
    const char *route = g_ascii_isdigit(*name) ? strchr(name, '-') : NULL;

    return route && !strchr(name, ':') && strcmp(route, "-0") != 0 &&
        !g_str_has_prefix(route, "-0.") ? "thunderbolt" : NULL;
}

static const char *
ifxUseKindRefineTty(const char *dir,
                    const char *name G_GNUC_UNUSED,
                    guint children G_GNUC_UNUSED)
{
    g_autofree char *console = ifxSysfsReadLine(dir, "console");

    return g_strcmp0(console, "Y") == 0 ? "console" : "tty";
}

/* Interfaces of USB devices are judged together (use-attached.c). */
static const char *
ifxUseKindRefineUsb(const char *dir,
                    const char *name,
                    guint children G_GNUC_UNUSED)
{
    g_autofree char *type = ifxSysfsReadLine(dir, "bDeviceClass");

    return g_ascii_isdigit(*name) && !strchr(name, ':') && g_strcmp0(type, "09") != 0 ? "usb" :
        NULL;
}

static const char *
ifxUseKindRefineSdio(const char *dir,
                     const char *name G_GNUC_UNUSED,
                     guint children)
{
    g_autofree char *driver = ifxSysfsReadLink(dir, "driver");

    return children == 0 && driver ? "sdio" : NULL;
}

static const char *
ifxUseKindRefineVirtio(const char *dir,
                       const char *name G_GNUC_UNUSED,
                       guint children)
{
    g_autofree char *driver = ifxSysfsReadLink(dir, "driver");

    return children == 0 && driver && strcmp(driver, "virtio_rng") != 0 &&
        strcmp(driver, "virtio_balloon") != 0 ? "virtio" : NULL;
}

/* In order of strcmp(). */
static const ifxUseKindRow kinds[] = {
    { .name = "ac97" },
    { .name = "accel", .questions = IFX_NODE },
    { .name = "ata_device" },
    { .name = "ata_link" },
    { .name = "ata_port" },
    { .name = "auxiliary" },
    { .name = "backlight" },
    { .name = "bcma" },
    { .name = "block", .questions = IFX_STORAGE, .leaf = true },
    { .name = "bluetooth", .unlisted = IFX_UNLISTED, .refine = ifxUseKindRefineBluetooth },
    { .name = "bsg", .questions = IFX_NODE },
    { .name = "cec", .questions = IFX_NODE },
    { .name = "comedi", .questions = IFX_NODE },
    { .name = "console", .unlisted = "a console of the kernel" },
    { .name = "devcoredump" },
    { .name = "devfreq" },
    { .name = "dma", .unlisted = IFX_UNLISTED, .refine = ifxUseKindRefineDma },
    { .name = "drm", .questions = IFX_CONSOLE, .leaf = true },
    { .name = "drm_dp_aux_dev", .questions = IFX_NODE },
    { .name = "dvb", .questions = IFX_NODE },
    { .name = "edac" },
    { .name = "enclosure" },
    { .name = "event_source" },
    { .name = "extcon" },
    { .name = "fc_host" },
    { .name = "fc_remote_ports" },
    { .name = "fc_transport" },
    { .name = "fc_vports" },
    { .name = "firewire", .questions = IFX_NODE },
    { .name = "firmware" },
    { .name = "gameport" },
    { .name = "gnss", .questions = IFX_NODE },
    { .name = "graphics", .questions = IFX_CONSOLE },
    { .name = "hdaudio" },
    { .name = "hid" },
    { .name = "hidraw", .questions = IFX_NODE, .refine = ifxUseKindRefineHidraw },
    { .name = "hpilo", .questions = IFX_NODE },
    { .name = "hwmon", .leaf = true },
    { .name = "i2c" },
    { .name = "i2c-dev", .questions = IFX_NODE },
    { .name = "ieee80211", .questions = IFX_NETWORK },
    { .name = "infiniband", .questions = IFX_NETWORK | IFX_NODE, .leaf = true,
      .refine = ifxUseKindRefineInfiniband },
    { .name = "infiniband_cm", .questions = IFX_NODE },
    { .name = "infiniband_mad", .questions = IFX_NODE },
    { .name = "infiniband_verbs", .questions = IFX_NODE },
    { .name = "input", .questions = IFX_SIGHT_CONSOLE },
    { .name = "intel_pmt" },
    { .name = "interface", .unlisted = IFX_UNLISTED },
    { .name = "iommu" },
    { .name = "iscsi_connection" },
    { .name = "iscsi_endpoint" },
    { .name = "iscsi_host" },
    { .name = "iscsi_iface" },
    { .name = "iscsi_session" },
    { .name = "ishtp" },
    { .name = "leds" },
    { .name = "lirc", .questions = IFX_NODE },
    { .name = "mdev" },
    { .name = "mdev_bus" },
    { .name = "mdio_bus" },
    { .name = "media", .questions = IFX_NODE },
    { .name = "mei", .questions = IFX_NODE },
    { .name = "memstick" },
    { .name = "memstick_host" },
    { .name = "mhi" },
    { .name = "misc", .questions = IFX_NODE },
    { .name = "mmc" },
    { .name = "mmc_host" },
    { .name = "mmc_rpmb", .questions = IFX_NODE },
    { .name = "net", .questions = IFX_NETWORK, .leaf = true },
    { .name = "nvme", .questions = IFX_STORAGE },
    { .name = "nvme-generic", .questions = IFX_NODE },
    { .name = "nvme-subsystem" },
    { .name = "nvmem" },
    { .name = "parport" },
    { .name = "pci", .questions = IFX_SIGHT_STORAGE },
    { .name = "pci_bus" },
    { .name = "pci_express" },
    { .name = "phy" },
    { .name = "platform" },
    { .name = "pmu" },
    { .name = "power_supply" },
    { .name = "ppdev", .questions = IFX_NODE },
    { .name = "pps", .questions = IFX_NODE },
    { .name = "printer", .questions = IFX_NODE },
    { .name = "ptp", .questions = IFX_NODE },
    { .name = "raid_devices" },
    { .name = "rc" },
    { .name = "rdma", .unlisted = "a port is up, and nothing shows what uses it" },
    { .name = "rfkill" },
    { .name = "sas_device" },
    { .name = "sas_end_device" },
    { .name = "sas_expander" },
    { .name = "sas_host" },
    { .name = "sas_phy" },
    { .name = "sas_port" },
    { .name = "scsi" },
    { .name = "scsi_changer", .questions = IFX_NODE },
    { .name = "scsi_device" },
    { .name = "scsi_disk" },
    { .name = "scsi_generic", .questions = IFX_NODE },
    { .name = "scsi_host", .questions = IFX_STORAGE },
    { .name = "scsi_tape", .questions = IFX_NODE },
    { .name = "sdio", .unlisted = IFX_UNLISTED, .refine = ifxUseKindRefineSdio },
    { .name = "serial" },
    { .name = "serial-base" },
    { .name = "serio" },
    { .name = "snd_seq" },
    { .name = "sound" },
    { .name = "soundwire" },
    { .name = "spi" },
    { .name = "spi_host" },
    { .name = "spi_master" },
    { .name = "spi_transport" },
    { .name = "ssb" },
    { .name = "switchtec", .questions = IFX_NODE },
    { .name = "thermal" },
    { .name = "thunderbolt", .unlisted = IFX_UNLISTED, .refine = ifxUseKindRefineThunderbolt },
    { .name = "tty", .questions = IFX_NODE, .refine = ifxUseKindRefineTty },
    { .name = "typec" },
    { .name = "typec_mux" },
    { .name = "uio", .questions = IFX_NODE },
    { .name = "usb", .questions = IFX_NODE, .refine = ifxUseKindRefineUsb },
    { .name = "usb-serial" },
    { .name = "usb_power_delivery" },
    { .name = "usb_role" },
    { .name = "usbmisc", .questions = IFX_NODE },
    { .name = "vdpa" },
    { .name = "vfio-dev" },
    { .name = "video4linux", .questions = IFX_NODE },
    { .name = "virtio", .unlisted = IFX_UNLISTED, .refine = ifxUseKindRefineVirtio },
    { .name = "virtio-ports", .questions = IFX_NODE },
    { .name = "vtconsole" },
    { .name = "wakeup" },
    { .name = "watchdog", .questions = IFX_NODE },
    { .name = "wwan", .questions = IFX_NODE },
};

static const ifxUseKindRow strange = { .name = "", .unlisted = IFX_UNLISTED };

static int
ifxUseKindCompare(const void *key,
                  const void *row)
{
    return strcmp(key, ((const ifxUseKindRow *) row)->name);
}

const ifxUseKindRow *
ifxUseKindRowLookup(const char *name)
{
    const ifxUseKindRow *found =
        bsearch(name, kinds, G_N_ELEMENTS(kinds), sizeof(kinds[0]), ifxUseKindCompare);

    return found ? found : &strange;
}
