/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domain/domain.h"

#include "helpers.h"
#include "suite.h"

static ifxDomain *
ifxTestDevices(const char *devices)
{
    g_autofree char *xml = g_strdup_printf("<domain type='kvm'><name>a</name>%s</domain>", devices);

    return ifxTestDomain(xml);
}

/* What a device needs, by blanks. */
static const struct {
    const char *device;
    const char *needs;
} needs[] = {
    { "<disk type='block'><source dev='/dev/sdb'/><target dev='vda'/></disk>", "/dev/sdb" },
    { "<disk type='file'><source file='/dev/vg0/a'/></disk>", "/dev/vg0/a" },
    { "<disk type='file'><source file='/var/lib/libvirt/images/a.qcow2'/></disk>", "" },
    { "<disk type='block'><backingStore type='block'><source dev='/dev/sdc'/>"
      "<backingStore type='block'><source dev='/dev/sdd'/></backingStore></backingStore>"
      "<mirror type='block' job='copy'><source dev='/dev/sde'/></mirror></disk>",
      "/dev/sdc /dev/sdd /dev/sde" },
    { "<disk type='file'><source file='/a'><dataStore type='block'><source dev='/dev/sdf'/>"
      "</dataStore></source></disk>", "/dev/sdf" },
    { "<disk type='volume'><source pool='p' volume='v'/></disk>", "" },
    { "<disk type='network'><source protocol='rbd' name='a/b'/></disk>", "" },
    { "<disk type='nvme'><source type='pci' managed='yes' namespace='1'><address domain='0'/>"
      "</source></disk>", "" },
    { "<disk type='vhostvdpa'><source dev='/dev/vhost-vdpa-0'/></disk>", "/dev/vhost-vdpa-0" },
    { "<filesystem type='block'><source dev='/dev/sdg'/><target dir='/'/></filesystem>",
      "/dev/sdg" },
    { "<interface type='bridge'><source bridge='br0'/><target dev='vnet0'/></interface>",
      "net/br0" },
    { "<interface type='direct'><source dev='eno1' mode='bridge'/></interface>", "net/eno1" },
    { "<interface type='direct'><source network='n' dev='eno1' mode='bridge'/></interface>",
      "net/eno1" },
    { "<interface type='network'><source network='n'/></interface>", "" },
    { "<interface type='network'><source network='n' bridge='virbr0'/></interface>",
      "net/virbr0" },
    { "<interface type='ethernet'><target dev='tap0' managed='no'/></interface>", "" },
    { "<interface type='bridge'><source bridge=''/></interface>", "" },
    { "<interface type='user'><backend type='passt'/><source dev='eno2'/></interface>",
      "net/eno2" },
    { "<interface type='vdpa'><source dev='/dev/vhost-vdpa-1'/></interface>",
      "/dev/vhost-vdpa-1" },
    { "<hostdev mode='subsystem' type='usb'><source><address bus='1' device='4'/></source>"
      "<address type='usb' bus='0' port='1'/></hostdev>", "usb/001/004" },
    { "<hostdev type='usb'><source><address bus='1' port='1.4'/></source></hostdev>",
      "usb/1-1.4" },
    { "<hostdev type='usb'><source><vendor id='0x046D'/><product id='0xc31c'/></source></hostdev>",
      "usb/046d:c31c" },
    { "<hostdev type='usb'><source><vendor id='0x046d'/><product id='0'/>"
      "<address bus='0x0a' device='128'/></source></hostdev>", "usb/010/128 usb/046d:0000" },
    { "<hostdev type='usb'><source><address bus='a' device='4'/></source></hostdev>", "" },
    { "<hostdev type='usb'><source><address bus='1'/><vendor id='1'/></source></hostdev>", "" },
    { "<hostdev type='usb'/>", "" },
    { "<hostdev type='scsi'><source><adapter name='scsi_host5'/>"
      "<address bus='0' target='0' unit='0'/></source></hostdev>", "scsi_host/host5" },
    { "<hostdev type='scsi'><source protocol='iscsi' name='iqn.x'/></hostdev>", "" },
    { "<hostdev type='scsi_host'><source protocol='vhost' wwpn='naa.5'/></hostdev>", "" },
    { "<hostdev type='mdev' model='vfio-pci'><source>"
      "<address uuid='C2177883-F1BB-47F0-914D-32A22E3A8804'/></source></hostdev>",
      "mdev/c2177883-f1bb-47f0-914d-32a22e3a8804" },
    { "<hostdev type='pci'><source><address domain='0' bus='1' slot='0' function='0'/></source>"
      "</hostdev>", "" },
    { "<hostdev mode='capabilities' type='storage'><source><block>/dev/sdi</block></source>"
      "</hostdev>", "/dev/sdi" },
    { "<graphics type='spice'><gl enable='yes' rendernode='/dev/dri/renderD128'/></graphics>",
      "/dev/dri/renderD128" },
    { "<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD129'/></graphics>",
      "/dev/dri/renderD129" },
    { "<video><model type='virtio'><acceleration accel3d='yes' rendernode='/dev/dri/renderD130'/>"
      "</model></video>", "/dev/dri/renderD130" },
    { "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
      "/dev/urandom" },
    { "<rng model='virtio'><backend model='random'> /dev/a&amp;b\n</backend></rng>", "/dev/a&b" },
    { "<rng model='virtio'><backend model='egd' type='udp'><source mode='connect' host='a'/>"
      "</backend></rng>", "" },
    { "<serial type='dev'><source path='/dev/ttyS0'/><target port='0'/></serial>", "/dev/ttyS0" },
    { "<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>",
      "/dev/tpm0" },
    { "<input type='evdev'><source dev='&#x2f;dev/input/event3'/></input>", "/dev/input/event3" },
    { "<memory model='nvdimm'><source><path>/dev/dax0.0</path></source></memory>", "/dev/dax0.0" },
    { "<audio id='1' type='alsa'><input dev='hw:1,0'/><output dev='plughw:CARD=PCH,DEV=3'/></audio>",
      "/dev/snd/controlC1 sound-card/PCH" },
    { "<audio id='1' type='alsa'><input dev='front:DEV=0,CARD=A-1'/><output dev='hw:NVidia,7'/>"
      "</audio>", "sound-card/A-1 sound-card/NVidia" },
    { "<audio id='1' type='alsa'><input dev='plug:&quot;hw:CARD=U24&quot;'/><output dev='dmix:4'/>"
      "</audio>", "sound-card/U24 /dev/snd/controlC4" },
    { "<audio id='1' type='alsa'><input dev='default'/><output dev='hw:'/></audio>", "" },
    { "<audio id='1' type='alsa'><input dev='hw:DEV=0'/><output dev='hw:a/b'/></audio>", "" },
    { "<disk type='file'><source file='/device/a'/></disk>", "" },
    { "<disk type='file'><source file='/dev/'/></disk>", "" },
    { "<controller type='scsi'><x:y xmlns:x='urn:x' a='/dev/sdh'/></controller>", "/dev/sdh" },
};

START_TEST(a_device_needs_what_the_host_runs_for_it)
{
    g_autofree char *devices = g_strdup_printf("<devices>%s</devices>", needs[_i].device);
    g_autoptr(ifxDomain) domain = ifxTestDevices(devices);
    g_autoptr(GPtrArray) found = ifxDomainNeedsFind(domain);
    g_autofree char *words = NULL;

    g_ptr_array_add(found, NULL);
    words = g_strjoinv(" ", (char **) found->pdata);
    ck_assert_str_eq(words, needs[_i].needs);
}
END_TEST

START_TEST(needs_are_those_of_all_devices_in_order)
{
    g_autoptr(ifxDomain) domain = ifxTestDevices(
        "<devices><disk type='block'><source dev='/dev/sdb'/></disk><emulator>/dev/sdz</emulator>"
        "<interface type='bridge'><source bridge='br0'/></interface></devices>"
        "<metadata><x:disk xmlns:x='urn:x'><source dev='/dev/sdy'/></x:disk></metadata>"
        "<devices/><devices><disk type='block'><source dev='/dev/sdc'/></disk></devices>");
    g_autoptr(GPtrArray) found = ifxDomainNeedsFind(domain);

    ck_assert_uint_eq(found->len, 4);
    ck_assert_str_eq(found->pdata[0], "/dev/sdb");
    ck_assert_str_eq(found->pdata[1], "/dev/sdz");
    ck_assert_str_eq(found->pdata[2], "net/br0");
    ck_assert_str_eq(found->pdata[3], "/dev/sdc");
}
END_TEST

START_TEST(interfaces_are_those_of_networks_and_pairs)
{
    g_autoptr(ifxDomain) domain = ifxTestDevices(
        "<devices><interface type='network'><source network='vfs'/></interface>"
        "<interface type='bridge'><source bridge='br0'/></interface>"
        "<interface type='hostdev'><source><address type='pci' bus='1'/></source>"
        "<teaming type='transient' persistent='ua-a'/></interface>"
        "<hostdev type='pci'><source><address bus='2'/></source>"
        "<teaming type='transient' persistent='ua-b'/></hostdev>"
        "<hostdev type='pci'><source><address bus='3'/></source></hostdev>"
        "<interface type='network'><source network='team'/><teaming type='persistent'/>"
        "</interface><interface type='network'/></devices>");
    g_autoptr(GPtrArray) found = ifxDomainFindInterfaces(domain);
    static const ifxDomainInterface expected[] = {
        { .network = (char *) "vfs", .path = (char *) "/domain/devices/interface[1]" },
        { .teaming = true, .path = (char *) "/domain/devices/interface[3]" },
        { .teaming = true, .path = (char *) "/domain/devices/hostdev[1]" },
        { .network = (char *) "team", .teaming = true,
          .path = (char *) "/domain/devices/interface[4]" },
    };
    guint i;

    ck_assert_uint_eq(found->len, G_N_ELEMENTS(expected));
    for (i = 0; i < found->len; i++) {
        const ifxDomainInterface *interface = found->pdata[i];

        ck_assert_pstr_eq(interface->network, expected[i].network);
        ck_assert_int_eq(interface->teaming, expected[i].teaming);
        ck_assert_str_eq(interface->path, expected[i].path);
    }
}
END_TEST

Suite *
ifxSuiteDomainNeeds(void)
{
    Suite *suite = suite_create("domain-needs");
    TCase *tests = tcase_create("domain-needs");

    tcase_add_loop_test(tests, a_device_needs_what_the_host_runs_for_it, 0, G_N_ELEMENTS(needs));
    tcase_add_test(tests, needs_are_those_of_all_devices_in_order);
    tcase_add_test(tests, interfaces_are_those_of_networks_and_pairs);
    suite_add_tcase(suite, tests);
    return suite;
}
