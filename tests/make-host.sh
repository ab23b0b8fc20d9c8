#!/bin/sh
# Turns the description of a host into what a tool would find on it.
#
#   make-host.sh sysfs HOST.txt DIR
#       makes DIR/sys: the PCI devices, their drivers and IOMMU groups as the
#       kernel shows them.  Every link is relative and stays inside DIR.
#   make-host.sh node HOST.txt [DOMAIN.xml...] > FILE
#       writes a <node> document with the domains given and a nodedev for each
#       PCI device, for `virsh -c test:///FILE`.
#
# The description has one device per line; blank lines and text after a # do
# not count.  The columns are split by white space:
#
#   ADDRESS GROUP CLASS HEADER VENDOR:DEVICE DRIVER [KEY=VALUE...]
#
#   ADDRESS   as in sysfs, 0000:01:00.0 (lower case, the domain may be longer);
#             any other name is a group member that is not a PCI device, and
#             wants - for CLASS, HEADER and VENDOR:DEVICE
#   GROUP     number of the IOMMU group, or - for none
#   CLASS     six hex digits, or - for no class
#   HEADER    0, 1 (bridge) or 2 (CardBus bridge); - if the configuration space
#             can't be read: no config file, no bridge capability
#   VENDOR:DEVICE   four hex digits each
#   DRIVER    name of the driver bound, or - for none
#   vendor=, product=   names for the nodedev, with _ for each space
#   pf=ADDRESS   this device is a virtual function of that one
#   nodev=1   a PCI device that is only known as member of its group; wants -
#             for all that describes a device
#
# The order of the lines is kept: group members in a nodedev and the virtual
# functions of a device appear as they are listed.  A device which shares its
# slot with another one has the multifunction bit set in its header type.
#
# libvirt takes every member's name for a PCI address.  It reads four hex
# numbers and skips whatever single character ends each of the first three, so
# "AMDI0095:00" becomes 000a:0d:95.0 and "dwc3.1.auto" becomes 000d:c3:01.10
# (it writes the function in decimal, after a 0x).  The nodedevs here are made
# by the same rule.  A name with no hex digit where a number should start, or
# with more than eight, is an error to libvirt, and no nodedev of that group
# can be had: then the group's devices are left out.  (Unlike libvirt, this
# script does not look for a sign, a space or a 0x before a number.)
# Not every document made so can be opened by libvirt: the test driver refuses
# bogus addresses with a slot above 0x1f or a function above 7.
#
# The domains are put in as they are, less the byte order mark and the XML
# declaration; ISO-8859-1 is recoded.

set -eu

LC_ALL=C
export LC_ALL

program=$(cat <<'AWK'
function fail(text)
{
    if (!failed)
        print "make-host.sh: " FILENAME ":" FNR ": " text | "cat >&2"
    failed = 1
    exit 1
}

function hex(digits,    i, n)
{
    for (i = 1; i <= length(digits); i++)
        n = n * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
    return n + 0
}

# "0001:09:00.0" -> the directory of the device, below sys/
function home(name)
{
    if (kind[name] == "platform")
        return "devices/platform/" name
    return "devices/pci" substr(name, 1, length(name) - 5) "/" name
}

function is_address(name)
{
    return name ~ /^([1-9a-f][0-9a-f]*)?[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f]:[01][0-9a-f]\.[0-7]$/ &&
           length(name) <= 16
}

function slot_of(name)
{
    return substr(name, 1, length(name) - 2)
}

function text_of(value)
{
    gsub(/_/, " ", value)
    gsub(/&/, "\\&amp;", value)
    gsub(/</, "\\&lt;", value)
    gsub(/>/, "\\&gt;", value)
    return value
}

function read_device(    name, i, at, key, value)
{
    name = $1
    if (NF < 6)
        fail("six columns wanted")
    if (name !~ /^[0-9A-Za-z_.:,+@-]+$/)
        fail("strange name " name)
    if (name in kind)
        fail(name " is listed twice")
    if ($2 !~ /^(-|0|[1-9][0-9]*)$/)
        fail("strange group " $2)
    if ($3 !~ /^(-|[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f])$/)
        fail("strange class " $3)
    if ($4 !~ /^[012-]$/)
        fail("strange header type " $4)
    if ($5 !~ /^(-|[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f][0-9a-f][0-9a-f][0-9a-f])$/)
        fail("strange identity " $5)
    if ($6 !~ /^[0-9A-Za-z_.+-]+$/)
        fail("strange driver " $6)

    names[++count] = name
    group[name] = $2
    class[name] = $3
    header[name] = $4
    identity[name] = $5
    driver[name] = $6
    kind[name] = "pci"

    for (i = 7; i <= NF; i++) {
        at = index($i, "=")
        key = substr($i, 1, at - 1)
        value = substr($i, at + 1)
        if (key == "vendor")
            vendor[name] = text_of(value)
        else if (key == "product")
            product[name] = text_of(value)
        else if (key == "pf")
            pf[name] = value
        else if (key == "nodev" && value == "1")
            kind[name] = "nodev"
        else
            fail("strange word " $i)
    }

    if (!is_address(name)) {
        if (name ~ /^[0-9A-Fa-f]+:[0-9A-Fa-f]+[:.]/)
            fail(name " looks like a PCI address and is none")
        if (kind[name] == "nodev")
            fail("nodev=1 is for PCI devices")
        kind[name] = "platform"
    }
    if (kind[name] == "pci") {
        if ($5 == "-")
            fail(name " has no identity")
        # virtual functions do not make a multifunction device
        if (!(name in pf))
            functions[slot_of(name)]++
    } else if ($2 == "-" || $3 $4 $5 != "---" ||
               (kind[name] == "nodev" && $6 != "-") || name in pf) {
        fail(name " wants a group and nothing that describes a PCI device")
    }

    if ($2 != "-") {
        if (!($2 in members))
            groups[++group_count] = $2
        members[$2] = members[$2] " " name
    }
}

function end_of_host(    i, name)
{
    if (host_done)
        return
    host_done = 1
    for (i = 1; i <= count; i++) {
        name = names[i]
        if (!(name in pf))
            continue
        if (kind[pf[name]] != "pci")
            fail("there is no device " pf[name] " for " name)
        functions_of[pf[name]] = functions_of[pf[name]] " " name
    }
}

# --- sysfs: a shell script, run inside DIR ---

# Many names to one process, but not so many that exec() refuses.
function batch(before, name, after)
{
    if (batched && (batched >= 200 || before != batch_before || after != batch_after))
        flush_batch()
    batch_before = before
    batch_after = after
    batch_names = batch_names " '" name "'"
    batched++
}

function flush_batch()
{
    if (batched)
        print batch_before batch_names batch_after
    batch_names = ""
    batched = 0
}

function mkdir(path)
{
    if (!(path in made))
        batch("mkdir -p --", "sys/" path, "")
    made[path] = 1
}

function link(target, path)
{
    flush_batch()
    print "ln -s -- '" target "' 'sys/" path "'"
}

# a link that has its target's name
function link_into(target, path)
{
    batch("ln -s --", target, " 'sys/" path "'")
}

function octal(byte)
{
    return sprintf("\\%03o", hex(byte))
}

function little_endian(word)
{
    return octal(substr(word, 3, 2)) octal(substr(word, 1, 2))
}

function config(name,    bytes, type, i)
{
    bytes = little_endian(substr(identity[name], 1, 4)) little_endian(substr(identity[name], 6, 4))
    bytes = bytes "\\000\\000\\000\\000\\000"
    if (class[name] == "-")
        bytes = bytes "\\000\\000\\000"
    else
        bytes = bytes octal(substr(class[name], 5, 2)) octal(substr(class[name], 3, 2)) octal(substr(class[name], 1, 2))
    type = functions[slot_of(name)] > 1 && !(name in pf) ? "8" : "0"
    bytes = bytes "\\000\\000" octal(type header[name])
    if (zeros == "")
        for (i = 15; i < 256; i++)
            zeros = zeros "\\000"
    return bytes zeros
}

function print_sysfs(    i, j, n, name, path, bus, list)
{
    mkdir("bus/pci/devices")
    mkdir("bus/pci/drivers")
    mkdir("devices")
    mkdir("kernel/iommu_groups")
    for (i = 1; i <= group_count; i++)
        mkdir("kernel/iommu_groups/" groups[i] "/devices")
    for (i = 1; i <= count; i++) {
        name = names[i]
        mkdir(home(name))
        bus = kind[name] == "platform" ? "platform" : "pci"
        if (bus == "platform")
            mkdir("bus/platform/devices")
        if (driver[name] != "-")
            mkdir("bus/" bus "/drivers/" driver[name])
    }

    for (i = 1; i <= count; i++)
        if (kind[names[i]] == "pci")
            link_into("../../../" home(names[i]), "bus/pci/devices")
    for (i = 1; i <= group_count; i++) {
        n = split(members[groups[i]], list, " ")
        for (j = 1; j <= n; j++)
            link_into("../../../../" home(list[j]), "kernel/iommu_groups/" groups[i] "/devices")
    }

    for (i = 1; i <= count; i++) {
        name = names[i]
        path = home(name)
        bus = kind[name] == "platform" ? "platform" : "pci"
        if (kind[name] == "nodev")
            continue
        if (bus == "platform") {
            link("../../../bus/platform", path "/subsystem")
            link("../../../" path, "bus/platform/devices/" name)
        }
        if (group[name] != "-")
            link("../../../kernel/iommu_groups/" group[name], path "/iommu_group")
        if (driver[name] != "-") {
            link("../../../bus/" bus "/drivers/" driver[name], path "/driver")
            link_into("../../../../" path, "bus/" bus "/drivers/" driver[name])
        }
        if (kind[name] != "pci")
            continue
        flush_batch()
        path = "sys/" path
        if (class[name] != "-")
            print "echo 0x" class[name] " >'" path "/class'"
        print "echo 0x" substr(identity[name], 1, 4) " >'" path "/vendor'"
        print "echo 0x" substr(identity[name], 6, 4) " >'" path "/device'"
        if (header[name] != "-")
            print "printf '" config(name) "' >'" path "/config'"
        if (name in pf)
            link("../../../" home(pf[name]), home(name) "/physfn")
        if (name in functions_of) {
            n = split(functions_of[name], list, " ")
            for (j = 1; j <= n; j++)
                link("../../../" home(list[j]), home(name) "/virtfn" (j - 1))
            print "echo " n " >'" path "/sriov_totalvfs'"
            print "echo " n " >'" path "/sriov_numvfs'"
        }
    }
    flush_batch()
}

# --- node: the document itself ---

function take_number(    digits)
{
    if (!match(unread, /^[0-9A-Fa-f]+/) || RLENGTH > 8)
        return -1
    digits = substr(unread, 1, RLENGTH)
    unread = substr(unread, RLENGTH + 1)
    return hex(tolower(digits))
}

# The address that libvirt takes the name for, "" if it takes it for none.
function misread(name,    i, n)
{
    unread = name
    for (i = 0; i < 4; i++) {
        if (i > 0)
            unread = substr(unread, 2)
        n[i] = take_number()
        if (n[i] < 0)
            return ""
    }
    return sprintf("domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%d'", n[0], n[1], n[2], n[3])
}

# The four attributes of an address
function attributes(name,    part)
{
    if (!is_address(name))
        return misread(name)
    split(name, part, /[:.]/)
    return "domain='0x" part[1] "' bus='0x" part[2] "' slot='0x" part[3] "' function='0x" part[4] "'"
}

function print_addresses(list,    i, n, name)
{
    n = split(list, name, " ")
    for (i = 1; i <= n; i++)
        print "        <address " attributes(name[i]) "/>"
    return n
}

function print_identity(element, id, text)
{
    if (text == "")
        print "      <" element " id='0x" id "'/>"
    else
        print "      <" element " id='0x" id "'>" text "</" element ">"
}

function group_is_readable(number,    i, n, name)
{
    n = split(members[number], name, " ")
    for (i = 1; i <= n; i++)
        if (attributes(name[i]) == "")
            return 0
    return 1
}

function print_device(name,    part, node)
{
    split(name, part, /[:.]/)
    node = name
    gsub(/[^0-9a-z]/, "_", node)
    print "  <device>"
    print "    <name>pci_" node "</name>"
    print "    <path>/sys/" home(name) "</path>"
    print "    <parent>computer</parent>"
    if (driver[name] != "-") {
        print "    <driver>"
        print "      <name>" driver[name] "</name>"
        print "    </driver>"
    }
    print "    <capability type='pci'>"
    if (class[name] != "-")
        print "      <class>0x" class[name] "</class>"
    printf("      <domain>%.0f</domain>\n", hex(part[1]))
    printf("      <bus>%d</bus>\n", hex(part[2]))
    printf("      <slot>%d</slot>\n", hex(part[3]))
    printf("      <function>%d</function>\n", part[4])
    print_identity("product", substr(identity[name], 6, 4), product[name])
    print_identity("vendor", substr(identity[name], 1, 4), vendor[name])
    if (name in pf) {
        print "      <capability type='phys_function'>"
        print_addresses(pf[name])
        print "      </capability>"
    }
    if (name in functions_of) {
        print "      <capability type='virt_functions' maxCount='" split(functions_of[name], part, " ") "'>"
        print_addresses(functions_of[name])
        print "      </capability>"
    }
    if (header[name] == "1")
        print "      <capability type='pci-bridge'/>"
    if (header[name] == "2")
        print "      <capability type='cardbus-bridge'/>"
    if (group[name] != "-") {
        print "      <iommuGroup number='" group[name] "'>"
        print_addresses(members[group[name]])
        print "      </iommuGroup>"
    }
    print "    </capability>"
    print "  </device>"
}

function begin_node()
{
    if (!node_begun)
        print "<node>"
    node_begun = 1
}

function print_node(    i)
{
    begin_node()
    for (i = 1; i <= count; i++)
        if (kind[names[i]] == "pci" &&
            (group[names[i]] == "-" || group_is_readable(group[names[i]])))
            print_device(names[i])
    print "</node>"
}

function start_domain_file(    declaration)
{
    recode = 0
    if (substr($0, 1, 3) == sprintf("%c%c%c", 239, 187, 191))
        $0 = substr($0, 4)
    if (!match($0, /^<\?xml[ \t][^?]*\?>/))
        return
    declaration = substr($0, 1, RLENGTH)
    $0 = substr($0, RLENGTH + 1)
    if (declaration ~ /encoding=["'][Ii][Ss][Oo]-8859-1["']/)
        recode = 1
    else if (declaration ~ /encoding=/ && declaration !~ /encoding=["']([Uu][Tt][Ff]-8|[Uu][Ss]-[Aa][Ss][Cc][Ii][Ii])["']/)
        fail("unknown encoding")
}

# ISO-8859-1 to UTF-8
function recoded(line,    i, c, out)
{
    if (!recode_ready)
        for (i = 128; i < 256; i++)
            utf8[sprintf("%c", i)] = sprintf("%c%c", i < 192 ? 194 : 195, i < 192 ? i : i - 64)
    recode_ready = 1
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        out = out (c in utf8 ? utf8[c] : c)
    }
    return out
}

mode == "host" {
    sub(/#.*/, "")
    if (NF)
        read_device()
    next
}

mode == "domain" {
    end_of_host()
    begin_node()
    if (FNR == 1) {
        start_domain_file()
        if ($0 == "" || $0 == "\r")
            next
    }
    print recode ? recoded($0) : $0
}

END {
    if (failed)
        exit 1
    end_of_host()
    if (output == "sysfs")
        print_sysfs()
    else
        print_node()
}
AWK
)

usage()
{
    echo "usage: make-host.sh sysfs HOST.txt DIR" >&2
    echo "       make-host.sh node HOST.txt [DOMAIN.xml...]" >&2
    exit 2
}

readable()
{
    for file; do
        [ -r "$file" ] || { echo "make-host.sh: can't read $file" >&2; exit 1; }
    done
}

# awk takes NAME=VALUE for an assignment, and - for its standard input.
operand()
{
    case $1 in
    /*) printf '%s\n' "$1" ;;
    *) printf './%s\n' "$1" ;;
    esac
}

[ $# -ge 2 ] || usage
output=$1
readable "$2"
host=$(operand "$2")
shift 2

case $output in
sysfs)
    [ $# -eq 1 ] || usage
    script=$(awk "$program" output=sysfs mode=host "$host")
    [ ! -e "$1/sys" ] || { echo "make-host.sh: $1/sys exists" >&2; exit 1; }
    mkdir -p -- "$1"
    cd -- "$1"
    eval "$script"
    ;;
node)
    readable "$@"
    left=$#
    while [ "$left" -gt 0 ]; do
        set -- "$@" mode=domain "$(operand "$1")"
        shift
        left=$((left - 1))
    done
    awk "$program" output=node mode=host "$host" "$@"
    ;;
*)
    usage
    ;;
esac
