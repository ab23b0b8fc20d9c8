/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers.h"
#include "suite.h"

#include "base/uuid.h"

#define IFX_DOMAIN(devices) \
    "<domain type='kvm'><name>vm</name><devices>" devices "</devices></domain>"

/* A host address; a guest's that must never be taken for it. */
#define IFX_HOST "<address domain='0' bus='0x01' slot='0x02' function='0x3'/>"
#define IFX_GUEST "<address type='pci' domain='0x0' bus='0x77' slot='0x07' function='0x0'/>"

/* The claims, each as "kind path address flags;". */
static char *
ifxTestClaims(const ifxDomain *domain)
{
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        char buffer[IFX_PCI_ADDRESS_LENGTH];

        g_string_append_printf(out, "%s%s %s %s%s%s%s", i > 0 ? "; " : "",
                               ifxClaimGetTraits(claim)->word, claim->path,
                               ifxPciAddressFormat(&claim->address, buffer),
                               claim->managed ? " managed" : "",
                               claim->placeholder ? " placeholder" : "",
                               claim->legacy ? " legacy" : "");
    }
    return g_string_free(out, FALSE);
}

typedef struct {
    const char *xml;
    const char *claims;
} ifxTestClaim;

static const ifxTestClaim hostdevs[] = {
    { IFX_DOMAIN("<hostdev mode='subsystem' type='pci' managed='yes'><source>" IFX_HOST
                 "</source>" IFX_GUEST "</hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3 managed" },
    { IFX_DOMAIN("<hostdev mode='subsystem' type='pci' managed='no'>" IFX_GUEST "<source>"
                 IFX_HOST "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3" },
    /* libvirt's default mode is subsystem; unmanaged is the default too */
    { IFX_DOMAIN("<hostdev type='pci'><source>" IFX_HOST "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3" },
    { IFX_DOMAIN("<hostdev type='pci' managed='YES'><source>" IFX_HOST "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3" },
    { IFX_DOMAIN("<hostdev mode='capabilities' type='pci'><source>" IFX_HOST
                 "</source></hostdev>"), "" },
    { IFX_DOMAIN("<hostdev mode='' type='pci'><source>" IFX_HOST "</source></hostdev>"), "" },
    { IFX_DOMAIN("<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source>"
                 "<address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>"), "" },
    { IFX_DOMAIN("<hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/>"
                 "</source></hostdev>"), "" },
    { IFX_DOMAIN("<hostdev mode='subsystem' type='scsi'><source>" IFX_HOST
                 "</source></hostdev>"), "" },
    { IFX_DOMAIN("<hostdev mode='subsystem'><source>" IFX_HOST "</source></hostdev>"), "" },
    { IFX_DOMAIN("<hostdev type='pci' managed='yes'><source>" IFX_HOST "</source>"
                 "<address type='unassigned'/></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3 managed placeholder" },
    { IFX_DOMAIN("<hostdev type='pci'><source>"
                 "<address type='unassigned' bus='5'/></source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:05:00.0" },
    { IFX_DOMAIN("<hostdev type='pci'><driver name='xen'/><source>" IFX_HOST
                 "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3 legacy" },
    { IFX_DOMAIN("<hostdev type='pci'><driver name='kvm'/><source>" IFX_HOST
                 "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3 legacy" },
    { IFX_DOMAIN("<hostdev type='pci'><driver name='vfio'/><source>" IFX_HOST
                 "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:01:02.3" },
    { IFX_DOMAIN("<hostdev type='pci'><source/>" IFX_GUEST "</hostdev>"),
      "hostdev /domain/devices/hostdev 0000:00:00.0" },
    { IFX_DOMAIN("<hostdev type='pci'>" IFX_GUEST "</hostdev>"),
      "hostdev /domain/devices/hostdev 0000:00:00.0" },
    { IFX_DOMAIN("<hostdev type='pci'><source><address/></source></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:00:00.0" },
    { IFX_DOMAIN("<hostdev type='pci'><source><address domain='0x10000' bus='010' slot='31'/>"
                 "</source></hostdev>"),
      "hostdev /domain/devices/hostdev 10000:08:1f.0" },
    /* The attribute's value counts, not how it is written. */
    { IFX_DOMAIN("<hostdev type=\"&#112;ci\" ><source><address bus = \"&#x34;\" />"
                 "</source ></hostdev>"),
      "hostdev /domain/devices/hostdev 0000:04:00.0" },
    { IFX_DOMAIN("<hostdev type='pci'><source>" IFX_HOST "</source></hostdev>"
                 "<hostdev type='usb'/>"
                 "<hostdev type='pci'><source><address bus='9'/></source></hostdev>"),
      "hostdev /domain/devices/hostdev[1] 0000:01:02.3; "
      "hostdev /domain/devices/hostdev[3] 0000:09:00.0" },
};

START_TEST(hostdev_claims_as_libvirt_reads_it)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(hostdevs[_i].xml);
    g_autofree char *claims = ifxTestClaims(domain);

    ck_assert_str_eq(claims, hostdevs[_i].claims);
}
END_TEST

static const ifxTestClaim interfaces[] = {
    { IFX_DOMAIN("<interface type='hostdev' managed='yes'><source>"
                 "<address type='pci' domain='0' bus='1' slot='2' function='3'/></source>"
                 IFX_GUEST "</interface>"),
      "interface /domain/devices/interface 0000:01:02.3 managed" },
    { IFX_DOMAIN("<interface type='hostdev'>" IFX_GUEST "<source>"
                 "<address type='pci' bus='1'/></source></interface>"),
      "interface /domain/devices/interface 0000:01:00.0" },
    { IFX_DOMAIN("<interface type='hostdev'><source>"
                 "<address type='usb' bus='1' device='2'/></source></interface>"), "" },
    { IFX_DOMAIN("<interface type='network'><source network='n'/>" IFX_GUEST
                 "</interface>"), "" },
    { IFX_DOMAIN("<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>"), "" },
    { IFX_DOMAIN("<interface type='hostdev'><source/>" IFX_GUEST "</interface>"),
      "interface /domain/devices/interface 0000:00:00.0" },
    { IFX_DOMAIN("<interface type='bridge'/><interface type='hostdev'><source>"
                 "<address type='pci' bus='1'/></source></interface>"),
      "interface /domain/devices/interface[2] 0000:01:00.0" },
};

START_TEST(interface_of_type_hostdev_claims)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(interfaces[_i].xml);
    g_autofree char *claims = ifxTestClaims(domain);

    ck_assert_str_eq(claims, interfaces[_i].claims);
}
END_TEST

#define IFX_NVME(bus) \
    "<source type='pci' managed='yes' namespace='1'><address domain='0' bus='" bus \
    "' slot='0' function='0'/></source>"

static const ifxTestClaim disks[] = {
    { IFX_DOMAIN("<disk type='nvme' device='disk'>" IFX_NVME("1") "<target dev='vda'/>" IFX_GUEST
                 "</disk>"),
      "nvme /domain/devices/disk 0000:01:00.0 managed" },
    { IFX_DOMAIN("<disk type='nvme'><source type='pci' namespace='1'>" IFX_HOST
                 "</source></disk>"),
      "nvme /domain/devices/disk 0000:01:02.3 managed" },
    /* libvirt reads managed='no' as "yes"; without the attribute it manages only the disk. */
    { IFX_DOMAIN("<disk type='nvme'><source type='pci' managed='no' namespace='1'>" IFX_HOST
                 "</source></disk>"),
      "nvme /domain/devices/disk 0000:01:02.3 managed" },
    { IFX_DOMAIN("<disk type='file'><source file='/x'/><backingStore type='nvme'>"
                 "<source type='pci'>" IFX_HOST "</source></backingStore></disk>"),
      "nvme /domain/devices/disk/backingStore 0000:01:02.3" },
    { IFX_DOMAIN("<disk type='file'><source file='/x'/><backingStore type='nvme'>"
                 "<source type='pci' managed='no'>" IFX_HOST "</source></backingStore></disk>"),
      "nvme /domain/devices/disk/backingStore 0000:01:02.3 managed" },
    { IFX_DOMAIN("<disk type='file'><source file='/x'/>" IFX_GUEST "</disk>"), "" },
    { IFX_DOMAIN("<disk type='nvme'><source type='vfio'>" IFX_HOST "</source></disk>"), "" },
    { IFX_DOMAIN("<disk type='nvme'><source type='pci'/></disk>"),
      "nvme /domain/devices/disk 0000:00:00.0 managed" },
    { IFX_DOMAIN("<disk type='nvme'/>"), "nvme /domain/devices/disk 0000:00:00.0" },
    { IFX_DOMAIN("<disk type='file'><source file='/x'/><backingStore type='nvme'>" IFX_NVME("1")
                 "<backingStore/></backingStore></disk>"),
      "nvme /domain/devices/disk/backingStore 0000:01:00.0 managed" },
    { IFX_DOMAIN("<disk type='file'><backingStore type='file'><source file='/y'/>"
                 "<backingStore type='nvme'>" IFX_NVME("2") "</backingStore>"
                 "</backingStore></disk>"),
      "nvme /domain/devices/disk/backingStore/backingStore 0000:02:00.0 managed" },
    { IFX_DOMAIN("<disk type='nvme'>" IFX_NVME("1") "<backingStore type='nvme'>" IFX_NVME("2")
                 "</backingStore><mirror type='nvme' job='copy'>" IFX_NVME("3") "</mirror></disk>"),
      "nvme /domain/devices/disk 0000:01:00.0 managed; "
      "nvme /domain/devices/disk/backingStore 0000:02:00.0 managed; "
      "nvme /domain/devices/disk/mirror 0000:03:00.0 managed" },
    /* The source of the disk itself is not that of its backing store. */
    { IFX_DOMAIN("<disk type='file'><backingStore type='nvme'/>" IFX_NVME("1") "</disk>"),
      "nvme /domain/devices/disk/backingStore 0000:00:00.0" },
};

START_TEST(nvme_disk_claims_with_its_chain_and_mirror)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(disks[_i].xml);
    g_autofree char *claims = ifxTestClaims(domain);

    ck_assert_str_eq(claims, disks[_i].claims);
}
END_TEST

#define IFX_LOOK_ALIKE \
    "<hostdev mode='subsystem' type='pci'><source>" IFX_HOST "</source></hostdev>"

/* Domains that hold what looks like a claim where libvirt sees none. */
static const char *const look_alikes[] = {
    "<domain type='kvm'><name>vm</name><metadata><devices>" IFX_LOOK_ALIKE
    "</devices></metadata><devices/></domain>",
    "<domain type='kvm'><name>vm</name><metadata><domain><devices>" IFX_LOOK_ALIKE
    "</devices></domain></metadata></domain>",
    "<domain type='kvm'><name>vm</name><metadata xmlns='urn:x'>" IFX_LOOK_ALIKE
    "</metadata></domain>",
    "<domain type='kvm'><name>vm</name>" IFX_LOOK_ALIKE "</domain>",
    "<domain type='kvm'><name>vm</name><x:devices xmlns:x='urn:x'>" IFX_LOOK_ALIKE
    "</x:devices></domain>",
    "<domain type='kvm'><name>vm</name><devices xmlns='urn:x'>" IFX_LOOK_ALIKE
    "</devices></domain>",
    IFX_DOMAIN("<!-- " IFX_LOOK_ALIKE " -->"),
    IFX_DOMAIN("<![CDATA[" IFX_LOOK_ALIKE "]]>"),
    IFX_DOMAIN("<?x " IFX_LOOK_ALIKE "?>"),
    IFX_DOMAIN("<controller>" IFX_LOOK_ALIKE "</controller>"),
    IFX_DOMAIN("<x:hostdev xmlns:x='urn:x' type='pci'><source>" IFX_HOST "</source></x:hostdev>"),
    IFX_DOMAIN("<hostdev x:type='pci'><source>" IFX_HOST "</source></hostdev>"),
    IFX_DOMAIN("<HOSTDEV type='pci'><source>" IFX_HOST "</source></HOSTDEV>"),
};

START_TEST(look_alikes_are_no_claims)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(look_alikes[_i]);
    g_autofree char *claims = ifxTestClaims(domain);

    ck_assert_str_eq(claims, "");
}
END_TEST

START_TEST(foreign_source_is_no_address)
{
    g_autoptr(ifxDomain) domain =
        ifxTestDomain(IFX_DOMAIN("<hostdev type='pci'><x:source xmlns:x='urn:x'>" IFX_HOST
                                 "</x:source></hostdev>"));
    g_autofree char *claims = ifxTestClaims(domain);

    ck_assert_str_eq(claims, "hostdev /domain/devices/hostdev 0000:00:00.0");
}
END_TEST

START_TEST(several_devices_elements_all_count)
{
    g_autoptr(ifxDomain) domain =
        ifxTestDomain("<domain type='kvm'><name>vm</name>"
                      "<devices><hostdev type='pci'><source>" IFX_HOST "</source></hostdev>"
                      "</devices>"
                      "<devices><disk type='nvme'>" IFX_NVME("7") "</disk></devices></domain>");
    g_autofree char *claims = ifxTestClaims(domain);

    ck_assert_str_eq(claims, "hostdev /domain/devices[1]/hostdev 0000:01:02.3; "
                     "nvme /domain/devices[2]/disk 0000:07:00.0 managed");
    ck_assert_uint_eq(domain->last_hostdev, 3);
    ck_assert_uint_eq(domain->devices, 6);
}
END_TEST

START_TEST(domain_says_who_it_is)
{
    g_autoptr(ifxDomain) domain =
        ifxTestDomain("<?xml version='1.0'?>\n<!-- by hand -->\n<domain id='3' type='kvm'>"
                      "<name>R&amp;D</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"
                      "<devices><hostdev type='usb'/></devices></domain>");

    ck_assert_str_eq(domain->name, "R&D");
    ck_assert_str_eq(domain->uuid, "c7a5fdbd-edaf-9455-926a-d65c16db1809");
    ck_assert_str_eq(domain->type, "kvm");
    ck_assert_uint_eq(domain->devices, 3);
    ck_assert_uint_eq(domain->last_hostdev, 4);
    ck_assert_uint_eq(domain->claims->len, 0);
}
END_TEST

START_TEST(domain_may_lack_uuid_type_and_devices)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain("<domain><name>vm</name></domain>");

    ck_assert_str_eq(domain->name, "vm");
    ck_assert_ptr_null(domain->uuid);
    ck_assert_ptr_null(domain->type);
    ck_assert_uint_eq(domain->devices, IFX_XML_NONE);
    ck_assert_uint_eq(domain->last_hostdev, IFX_XML_NONE);
    ck_assert(!ifxDomainIsQemu(domain));
}
END_TEST

typedef struct {
    const char *type;
    bool qemu;
} ifxTestType;

static const ifxTestType types[] = {
    { "kvm", true }, { "qemu", true }, { "hvf", true }, { "test", true },
    { "xen", false }, { "lxc", false }, { "hyperv", false }, { "", false }, { "KVM", false },
};

START_TEST(only_qemu_driver_runs_some_types)
{
    g_autofree char *xml = g_strdup_printf("<domain type='%s'><name>vm</name></domain>",
                                           types[_i].type);
    g_autoptr(ifxDomain) domain = ifxTestDomain(xml);

    ck_assert_str_eq(domain->type, types[_i].type);
    ck_assert_int_eq(ifxDomainIsQemu(domain), types[_i].qemu);
}
END_TEST

typedef struct {
    const char *xml;
    const char *path;       /* NULL: the message names none */
    const char *message;
} ifxTestBadDomain;

static const ifxTestBadDomain bad_domains[] = {
    { "<network><name>n</name></network>", NULL, "it holds a <network>, not a <domain>" },
    { "<domainsnapshot><domain><name>n</name></domain></domainsnapshot>", NULL,
      "it holds a <domainsnapshot>, not a <domain>" },
    { "<domain xmlns='urn:x'><name>n</name></domain>", NULL, "not a <domain>" },
    { "<domain type='kvm'/>", NULL, "no <name>" },
    { "<domain><name/></domain>", NULL, "no <name>" },
    { "<domain><name></name></domain>", NULL, "no <name>" },
    { "<domain><metadata><name>n</name></metadata></domain>", NULL, "no <name>" },
    { "<domain><name>n", NULL, "line 1: " },
    { IFX_DOMAIN("<hostdev type='usb'/><hostdev type='pci'><source><address bus='0a'/>"
                 "</source></hostdev>"),
      "/domain/devices/hostdev[2]: ", "bus='0a' of a PCI address is not a number" },
    { IFX_DOMAIN("<hostdev type='pci'><source><address slot='0x20'/></source></hostdev>"),
      "/domain/devices/hostdev: ", "slot='0x20' of a PCI address is out of range" },
    { IFX_DOMAIN("<interface type='hostdev'><source><address type='pci' function='8'/>"
                 "</source></interface>"),
      "/domain/devices/interface: ", "function='8' of a PCI address is out of range" },
    { IFX_DOMAIN("<disk type='file'><mirror type='nvme'><source type='pci'>"
                 "<address domain='0x100000000'/></source></mirror></disk>"),
      "/domain/devices/disk/mirror: ", "domain='0x100000000' of a PCI address is out of range" },
};

START_TEST(what_libvirt_would_not_take_is_an_error)
{
    const ifxTestBadDomain *bad = &bad_domains[_i];
    g_autoptr(GBytes) bytes = g_bytes_new(bad->xml, strlen(bad->xml));
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(ifxDomainParse(bytes, &error));
    ck_assert_ptr_nonnull(error);
    if (bad->path)
        ck_assert_msg(g_str_has_prefix(error->message, bad->path), "%s", error->message);
    ifxAssertError(error, IFX_ERROR_XML, bad->message);
}
END_TEST

START_TEST(addresses_that_claim_nothing_are_not_judged)
{
    g_autoptr(ifxDomain) domain =
        ifxTestDomain(IFX_DOMAIN("<hostdev type='usb'><source><address bus='0x999'/></source>"
                                 "</hostdev>"
                                 "<hostdev type='pci'><source>" IFX_HOST "</source>"
                                 "<address type='pci' bus='0x999'/></hostdev>"));

    ck_assert_uint_eq(domain->claims->len, 1);
}
END_TEST

#define IFX_QEMU "xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'"
#define IFX_COMMANDLINE(arguments) \
    "<domain type='kvm' " IFX_QEMU "><name>vm</name><devices/><q:commandline>" arguments \
    "</q:commandline></domain>"
#define IFX_ARG(value) "<q:arg value='" value "'/>"
#define IFX_DEVICE(value) IFX_ARG("-device") IFX_ARG(value)
#define IFX_JSON(value) IFX_ARG("-device") "<q:arg value='" value "'/>"

static const ifxTestClaim arguments[] = {
    { IFX_COMMANDLINE(IFX_DEVICE("vfio-pci,host=01:02.3")),
      "0000:01:02.3 /domain/q:commandline/q:arg[2]" },
    { IFX_COMMANDLINE(IFX_DEVICE("vfio-pci,id=d,x-vga=on,host=10000:e1:0.0,bus=b")),
      "10000:e1:00.0 /domain/q:commandline/q:arg[2]" },
    /* The last of two equal keys holds. */
    { IFX_COMMANDLINE(IFX_DEVICE("vfio-pci,host=09:00.0,host=1:2.3")),
      "0000:01:02.3 /domain/q:commandline/q:arg[2]" },
    { IFX_COMMANDLINE(IFX_JSON("{\"driver\":\"vfio-pci\",\"host\":\"0000:01:02.3\",\"id\":\"x\"}")),
      "0000:01:02.3 /domain/q:commandline/q:arg[2]" },
    { IFX_COMMANDLINE(IFX_JSON("{ \"x-vga\": true, \"host\" : \"1:2.3\", \"n\": 1, "
                               "\"driver\": \"vfio-pci\" }")),
      "0000:01:02.3 /domain/q:commandline/q:arg[2]" },
    { IFX_COMMANDLINE(IFX_JSON("{\"driver\":\"vfio-pci\",\"id\":\"host\",\"x\":\"01:02.3\"}")), "" },
    { IFX_COMMANDLINE(IFX_JSON("{\"driver\":\"vfio-pci\",\"host\":")), "" },
    { IFX_COMMANDLINE(IFX_JSON("{\"driver\":\"virtio-net-pci\",\"host\":\"01:02.3\"}")), "" },
    { IFX_COMMANDLINE(IFX_DEVICE("vfio-pci,host=01:00.0") IFX_ARG("-nodefaults")
                      "<q:env name='x'/>" IFX_DEVICE("vfio-pci,host=02:00.0")),
      "0000:01:00.0 /domain/q:commandline/q:arg[2]; "
      "0000:02:00.0 /domain/q:commandline/q:arg[5]" },
    /* Spellings that are not read; a doubled comma is part of a value. */
    { IFX_COMMANDLINE(IFX_DEVICE("vfio-pci,id=a,,host=01:02.3")
                      IFX_DEVICE("host=01:02.3,driver=vfio-pci")
                      IFX_DEVICE("vfio-pci,sysfsdev=/sys/bus/pci/devices/0000:01:02.3")), "" },
    /* No host device */
    { IFX_COMMANDLINE(IFX_DEVICE("vfio-pci,id=d") IFX_DEVICE("vfio-pci,host=nowhere")
                      IFX_DEVICE("virtio-net-pci,host=01:00.0") IFX_DEVICE("vfio-pci-x,host=1:0.0")
                      IFX_DEVICE("id=vfio-pci,host=01:00.0") IFX_DEVICE("x,vfio-pci,host=1:0.0")
                      IFX_DEVICE("") IFX_DEVICE(",") IFX_DEVICE("{") "<q:arg/>"), "" },
    /* No -device before it */
    { IFX_COMMANDLINE(IFX_ARG("vfio-pci,host=01:00.0") IFX_ARG("-device=vfio-pci,host=01:00.0")
                      IFX_ARG("-name") IFX_ARG("vfio-pci,host=01:00.0")
                      IFX_DEVICE("-device") IFX_ARG("vfio-pci,host=01:00.0")
                      "<q:env name='vfio-pci' value='vfio-pci,host=01:00.0'/>"), "" },
    /* Not where libvirt reads arguments */
    { "<domain type='kvm' " IFX_QEMU "><name>vm</name><metadata><q:commandline>"
      IFX_DEVICE("vfio-pci,host=01:00.0") "</q:commandline></metadata></domain>", "" },
    { "<domain type='kvm' " IFX_QEMU "><name>vm</name><devices><q:commandline>"
      IFX_DEVICE("vfio-pci,host=01:00.0") "</q:commandline></devices></domain>", "" },
    { "<domain type='kvm' " IFX_QEMU "><name>vm</name>" IFX_DEVICE("vfio-pci,host=01:00.0")
      "<q:commandline><q:x>" IFX_DEVICE("vfio-pci,host=01:00.0") "</q:x></q:commandline></domain>",
      "" },
    { "<domain type='kvm' xmlns:q='urn:x'><name>vm</name><q:commandline>"
      IFX_DEVICE("vfio-pci,host=01:00.0") "</q:commandline></domain>", "" },
    { "<domain type='kvm'><name>vm</name><commandline><arg value='-device'/>"
      "<arg value='vfio-pci,host=01:00.0'/></commandline></domain>", "" },
    { "<domain type='kvm'><name>vm</name><commandline xmlns='http://libvirt.org/schemas/domain/"
      "qemu/1.0'><arg value='-device'/><arg value='vfio-pci,host=01:00.0'/></commandline></domain>",
      "0000:01:00.0 /domain/commandline/arg[2]" },
    /* Nor does libvirt read a device beside <devices>. */
    { "<domain type='kvm'><name>vm</name><hostdev mode='subsystem' type='pci'><source>" IFX_HOST
      "</source></hostdev></domain>", "" },
};

START_TEST(devices_passed_by_hand_are_claims)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(arguments[_i].xml);
    g_autoptr(GString) out = g_string_new(NULL);
    guint i;

    for (i = 0; i < domain->claims->len; i++) {
        const ifxClaim *claim = &g_array_index(domain->claims, ifxClaim, i);
        char buffer[IFX_PCI_ADDRESS_LENGTH];

        ck_assert_int_eq(claim->kind, IFX_CLAIM_BY_HAND);
        ck_assert(!claim->managed);
        ck_assert_uint_eq(claim->managed_at, IFX_XML_NONE);
        g_string_append_printf(out, "%s%s %s", i > 0 ? "; " : "",
                               ifxPciAddressFormat(&claim->address, buffer), claim->path);
    }
    ck_assert_str_eq(out->str, arguments[_i].claims);
}
END_TEST

START_TEST(kinds_have_words)
{
    const ifxClaim hostdev = { .kind = IFX_CLAIM_HOSTDEV };
    const ifxClaim interface = { .kind = IFX_CLAIM_INTERFACE };
    const ifxClaim nvme = { .kind = IFX_CLAIM_NVME };
    const ifxClaim by_hand = { .kind = IFX_CLAIM_BY_HAND };

    ck_assert_str_eq(ifxClaimGetTraits(&hostdev)->word, "hostdev");
    ck_assert_str_eq(ifxClaimGetTraits(&interface)->word, "interface");
    ck_assert_str_eq(ifxClaimGetTraits(&nvme)->word, "nvme");
    ck_assert_str_eq(ifxClaimGetTraits(&by_hand)->word, "by-hand");
}
END_TEST

START_TEST(uuids_are_the_same_in_every_spelling)
{
    g_autoptr(ifxDomain) domain = ifxTestDomain(
        "<domain><name>vm</name><uuid> 6E2C2a3e-93bb-4f4c-9f2b-30d3f3ad3f2b\n</uuid></domain>");
    g_autoptr(ifxDomain) without = ifxTestDomain("<domain><name>vm</name></domain>");

    g_autoptr(ifxDomain) nothing = ifxTestDomain("<domain><name>vm</name><uuid>-</uuid></domain>");
    g_autofree char *plain = ifxUuidFold("6e2c2a3e93bb4f4c9f2b30d3f3ad3f2b");
    g_autofree char *shorter = ifxUuidFold("6e2c2a3e-93bb-4f4c-9f2b-30d3f3ad3f2");
    g_autofree char *other = ifxUuidFold("7e2c2a3e-93bb-4f4c-9f2b-30d3f3ad3f2b");
    g_autofree char *no_number = ifxUuidFold("6e2c2a3e-93bb-4f4c-9f2b-30d3f3ad3fxx");

    ck_assert_str_eq(domain->uuid_key, plain);
    ck_assert_str_ne(domain->uuid_key, shorter);
    ck_assert_str_ne(domain->uuid_key, other);
    ck_assert_str_ne(no_number, "6e2c2a3e93bb4f4c9f2b30d3f3ad3f");
    ck_assert_ptr_null(nothing->uuid_key);
    ck_assert_ptr_null(without->uuid_key);
}
END_TEST

Suite *
ifxSuiteDomain(void)
{
    Suite *suite = suite_create("domain");
    TCase *claims = tcase_create("claims");
    TCase *whole = tcase_create("whole");

    tcase_add_loop_test(claims, hostdev_claims_as_libvirt_reads_it, 0, G_N_ELEMENTS(hostdevs));
    tcase_add_loop_test(claims, interface_of_type_hostdev_claims, 0, G_N_ELEMENTS(interfaces));
    tcase_add_loop_test(claims, nvme_disk_claims_with_its_chain_and_mirror,
                        0, G_N_ELEMENTS(disks));
    tcase_add_loop_test(claims, look_alikes_are_no_claims, 0, G_N_ELEMENTS(look_alikes));
    tcase_add_test(claims, foreign_source_is_no_address);
    tcase_add_test(claims, several_devices_elements_all_count);
    tcase_add_test(claims, addresses_that_claim_nothing_are_not_judged);
    tcase_add_loop_test(claims, devices_passed_by_hand_are_claims,
                        0, G_N_ELEMENTS(arguments));
    tcase_add_test(claims, kinds_have_words);
    suite_add_tcase(suite, claims);

    tcase_add_test(whole, domain_says_who_it_is);
    tcase_add_test(whole, uuids_are_the_same_in_every_spelling);
    tcase_add_test(whole, domain_may_lack_uuid_type_and_devices);
    tcase_add_loop_test(whole, only_qemu_driver_runs_some_types, 0, G_N_ELEMENTS(types));
    tcase_add_loop_test(whole, what_libvirt_would_not_take_is_an_error,
                        0, G_N_ELEMENTS(bad_domains));
    suite_add_tcase(suite, whole);
    return suite;
}
