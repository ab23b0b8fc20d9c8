# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes a host, and guests of all kinds:
#
#   awk -v count=200 -v dir=DIR -f guests.awk
#
# DIR/host.txt         a host for tests/tools/make-host.sh: for each guest a group of its own on bus
#                      NUMBER, 0000:NN:00.0 to .2, below a root port that is in the group too; the
#                      PCI domains after the first are for guests from 241 on
# DIR/NAME.xml         the guests; the name gives number and kind
# DIR/define DIR/autostart DIR/snapshot DIR/dump
#                      each one argument for virsh: all guests in one process
# DIR/plan             a line for each guest: name, the expected result (add, complete, none,
#                      refuse), its number, and the functions to add
#
# Every guest has a VNC password, Qz9 and its number.

function domain_of(i) { return int((i - 1) / 240) }
function bus_of(i) { return (i - 1) % 240 + 1 }

function hostdev(domain, bus, fn, managed, placeholder) {
    print "    <hostdev mode='subsystem' type='pci' managed='" managed "'>" > xml
    print "      <source>" > xml
    printf "        <address domain='0x%04x' bus='0x%02x' slot='0x00' function='0x%d'/>\n", \
        domain, bus, fn > xml
    print "      </source>" > xml
    if (placeholder)
        print "      <address type='unassigned'/>" > xml
    print "    </hostdev>" > xml
}

function metadata(i,    j) {
    print "  <metadata>" > xml
    print "    <libosinfo:libosinfo " \
        "xmlns:libosinfo=\"http://libosinfo.org/xmlns/libvirt/domain/1.0\">" > xml
    print "      <libosinfo:os id=\"http://debian.org/debian/12\"/>" > xml
    print "    </libosinfo:libosinfo>" > xml
    print "    <site:guest xmlns:site=\"urn:example:site\" " \
        "owner=\"O'Hara &amp; Söhne &lt;" i "&gt;\">" > xml
    for (j = 1; j <= 12; j++)
        print "      <site:note n=\"" j "\">kept as it is: Überführung, 東京, ticket " \
            i "-" j "</site:note>" > xml
    print "    </site:guest>" > xml
    print "  </metadata>" > xml
}

function devices(i, name,    j) {
    print "    <emulator>/usr/bin/qemu-system-x86_64</emulator>" > xml
    for (j = 0; j < 4; j++) {
        print "    <disk type='file' device='disk'>" > xml
        print "      <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>" > xml
        print "      <source file='/srv/images/" name "-" j ".qcow2'/>" > xml
        printf "      <target dev='vd%c' bus='virtio'/>\n", 97 + j > xml
        print "    </disk>" > xml
    }
    for (j = 0; j < 2; j++) {
        print "    <interface type='bridge'>" > xml
        printf "      <mac address='52:54:00:%02x:%02x:%02x'/>\n", int(i / 256), i % 256, j > xml
        print "      <source bridge='br0'/>" > xml
        print "      <model type='virtio'/>" > xml
        print "    </interface>" > xml
    }
    print "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1' passwd='" \
        sprintf("Qz9%05d", i) "'/>" > xml
    print "    <video><model type='virtio'/></video>" > xml
}

# Writes the claims; returns the line of DIR/plan after the name.
function claims(i, kind) {
    if (kind == "plain")
        return "none"
    if (kind == "gone") {
        hostdev(0, 255, 0, "yes", 0)
        return "refuse"
    }
    hostdev(domain_of(i), bus_of(i), 0, kind == "unmanaged" ? "no" : "yes", 0)
    if (kind == "pair") {
        hostdev(domain_of(i), bus_of(i), 1, "yes", 0)
        return "add " i " 2"
    }
    if (kind == "complete") {
        hostdev(domain_of(i), bus_of(i), 1, "yes", 1)
        hostdev(domain_of(i), bus_of(i), 2, "yes", 1)
        return "complete " i
    }
    return "add " i " 1 2"
}

# Redefining a snapshot from its XML needs no qemu-img.
function snapshot(i, name,    file) {
    file = dir "/" name ".snapshot"
    print "<domainsnapshot><name>before</name><description>as no. " i " was</description>" > file
    print "<state>shutoff</state><creationTime>" 1700000000 + i "</creationTime>" > file
    while ((getline line < xml) > 0)
        print line > file
    close(xml)
    print "</domainsnapshot>" > file
    close(file)
}

function guest(i, kind,    name, plan) {
    name = sprintf("g%03d-%s", i, kind)
    xml = dir "/" name ".xml"
    print "<domain type='qemu'" (kind == "arguments" ? \
        " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'" : "") ">" > xml
    print "  <name>" name "</name>" > xml
    printf "  <uuid>5d3f0a6e-0000-4000-8000-%012x</uuid>\n", i > xml
    print "  <title>guest no. " i " of all &lt;kinds&gt;</title>" > xml
    metadata(i)
    print "  <memory unit='MiB'>64</memory>" > xml
    print "  <vcpu>2</vcpu>" > xml
    print "  <os><type arch='x86_64' machine='q35'>hvm</type><boot dev='hd'/></os>" > xml
    print "  <features><acpi/><apic/></features>" > xml
    print "  <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>" > xml
    print "  <devices>" > xml
    devices(i, name)
    plan = claims(i, kind)
    print "  </devices>" > xml
    if (kind == "arguments") {
        print "  <qemu:commandline>" > xml
        print "    <qemu:arg value='-fw_cfg'/>" > xml
        print "    <qemu:arg value='name=opt/test,string=a\"b'/>" > xml
        print "    <qemu:env name='SDL_AUDIODRIVER' value='none'/>" > xml
        print "  </qemu:commandline>" > xml
    }
    print "</domain>" > xml
    close(xml)

    print name, plan > (dir "/plan")
    printf "define --validate %s/%s.xml; ", dir, name > (dir "/define")
    printf "dumpxml --inactive --security-info %s; ", name > (dir "/dump")
    if (i % 5 == 0)
        printf "autostart %s; ", name > (dir "/autostart")
    if (i % 4 == 0) {
        snapshot(i, name)
        printf "snapshot-create --redefine %s %s/%s.snapshot; ", name, dir, name > (dir "/snapshot")
        printf "echo; snapshot-dumpxml --security-info %s before; ", name > (dir "/snapshots")
    }
}

BEGIN {
    kinds = split("unmanaged pair complete gone plain arguments", special, " ")
    for (i = 1; i <= count; i++) {
        domain = domain_of(i)
        bus = bus_of(i)
        printf "%04x:00:%02x.%d %d 060400 1 8086:2940 pcieport\n", domain, \
            1 + int((bus - 1) / 8), (bus - 1) % 8, i > (dir "/host.txt")
        printf "%04x:%02x:00.0 %d 048000 0 10ec:8168 -\n", domain, bus, i > (dir "/host.txt")
        printf "%04x:%02x:00.1 %d 040300 0 10ec:8169 snd_hda_intel\n", domain, bus, i \
            > (dir "/host.txt")
        printf "%04x:%02x:00.2 %d 118000 0 10ec:816a -\n", domain, bus, i > (dir "/host.txt")
        guest(i, i % 12 <= kinds && i % 12 > 0 ? special[i % 12] : "card")
    }
}
