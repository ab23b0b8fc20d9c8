#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the tool's time grows with what it is given: it is to be in proportion.
#
#   VIRT_IOMMUFIX=path MEASURE=path growth.sh       (or: ./run bench)
#
# Each line has twice as many as the one above. "each" is the processor time above that of
# --version, for one of them; where it grows from line to line, the time does not grow in proportion.

. "$(dirname "$0")/lib.sh"

# capture DEVICES DOMAINS HOSTDEVS: a host of so many devices, four in a group, and so many domains
# that all claim the same HOSTDEVS devices, without the last of each group
capture() {
    awk -v devices="$1" -v domains="$2" -v hostdevs="$3" '
        function hostdev(i) {
            return sprintf("<hostdev mode=\047subsystem\047 type=\047pci\047 managed=\047yes\047>" \
                "<source><address domain=\0470x0\047 bus=\0470x%x\047 slot=\0470x%x\047" \
                " function=\0470x%x\047/></source></hostdev>\n",
                16 + int(i / 256), int(i / 8) % 32, i % 8)
        }
        BEGIN {
            print "<node>"
            for (i = 0; i < devices; i++) {
                bus = 16 + int(i / 256)
                slot = int(i / 8) % 32
                printf "<device><name>pci_0000_%02x_%02x_%x</name><parent>computer</parent>" \
                    "<driver><name>vfio-pci</name></driver><capability type=\047pci\047>" \
                    "<class>0x040300</class><domain>0</domain><bus>%d</bus><slot>%d</slot>" \
                    "<function>%d</function><product id=\0470x1\047>Card</product>" \
                    "<vendor id=\0470x1\047>Vendor</vendor><iommuGroup number=\047%d\047>\n",
                    bus, slot, i % 8, bus, slot, i % 8, i / 4
                for (j = 0; j < 4; j++)
                    printf "<address domain=\0470x0000\047 bus=\0470x%02x\047 slot=\0470x%02x\047" \
                        " function=\0470x%x\047/>\n", bus, slot, i % 8 - i % 4 + j
                print "</iommuGroup></capability></device>"
            }
            for (i = 0; i < hostdevs; i++)
                if (i % 4 != 3)
                    all = all hostdev(i)
            for (i = 0; i < domains; i++)
                printf "<domain type=\047kvm\047><name>guest%d</name><devices>\n%s" \
                    "</devices></domain>\n", i, all
            print "</node>"
        }'
}

# busy COMMAND...: the least processor time of the rounds, in microseconds
busy() {
    i=0
    while [ "$i" -lt "$rounds" ]; do
        "$MEASURE" "$@"
        i=$((i + 1))
    done | sort -n -k 2 | awk 'NR == 1 { print $2 }'
}

# grow WORDS FIRST MAKE ARGUMENT...: four lines; MAKE NUMBER makes host.xml, and guest.xml for
# ARGUMENT
grow() {
    words=$1
    number=$2
    make=$3
    shift 3
    printf '\n  %-36s %10s %12s\n' "$words" processor each
    for _ in 1 2 3 4; do
        "$make" "$number"
        took=$(busy "$VIRT_IOMMUFIX" --host host.xml check "$@")
        echo "$number $took $start" | awk '{
            printf "  %-36d %7.1f ms %9.2f us\n", $1, $2 / 1000, ($2 - $3) / $1 }'
        number=$((number * 2))
    done
}

make_domains() {
    capture 4 "$1" 4 >host.xml
}

make_hostdevs() {
    capture "$1" 1 "$1" >host.xml
}

make_devices() {
    capture "$1" 1 4 >host.xml
}

# The domain has 96 claims between that many other elements.
make_elements() {
    capture 128 0 0 >host.xml
    capture 0 1 128 | awk -v others="$1" '
        /<hostdev/ {
            for (i = 0; i < others / 96; i++)
                print "<x/>"
        }
        !/node>/ { print }' >guest.xml
}

start=$(busy "$VIRT_IOMMUFIX" --version)
printf '\nGrowth: the least of %d rounds\n' "$rounds"
grow 'domains of the same device' 500 make_domains --all
grow 'hostdevs in one domain' 512 make_hostdevs --all
grow 'devices of a captured host' 512 make_devices --all
grow 'other elements beside 96 hostdevs' 50000 make_elements ./guest.xml
