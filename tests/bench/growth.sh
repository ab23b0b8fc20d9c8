#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the tool's time grows with what it is given: it is to be in proportion.
#
#   VIRT_IOMMUFIX=path MEASURE=path growth.sh       (or: ./run bench)
#
# Each line has twice as many as the one above. "each" is the processor time above that of
# --version, for one of them. "power" is how the time has grown from the first line to the last: 1
# is in proportion, 2 with the square. With GROWTH_DATA=FILE the numbers go to that file, too
# (plot.gp).

case ${GROWTH_DATA:-/dev/null} in
/*) data=${GROWTH_DATA:-/dev/null} ;;
*) data=$PWD/$GROWTH_DATA ;;
esac
. "$(dirname "$0")/lib.sh"
: >"$data"

# capture DEVICES DOMAINS HOSTDEVS [KIND]: a host of so many devices, four in a group, and so many
# domains that all claim the same HOSTDEVS devices, without the last of each group. KIND is "own": each
# domain has HOSTDEVS devices of its own; "virtual": the second of each group is a physical function
# whose virtual functions are the others, so that nothing can be added.
capture() {
    awk -v devices="$1" -v domains="$2" -v hostdevs="$3" -v kind="${4-}" '
        function address(i) {
            return sprintf("domain=\0470x%x\047 bus=\0470x%x\047 slot=\0470x%x\047" \
                " function=\0470x%x\047", int(i / 65536), int(i / 256) % 256, int(i / 8) % 32, i % 8)
        }
        function hostdev(i) {
            return "<hostdev mode=\047subsystem\047 type=\047pci\047 managed=\047yes\047><source>" \
                "<address " address(i) "/></source></hostdev>\n"
        }
        function sriov(i) {
            if (i % 4 == 1)
                return "<capability type=\047virt_functions\047 maxCount=\0472\047><address " \
                    address(i + 1) "/><address " address(i + 2) "/></capability>"
            if (i % 4 > 1)
                return "<capability type=\047phys_function\047><address " address(i - i % 4 + 1) \
                    "/></capability>"
            return ""
        }
        BEGIN {
            print "<node>"
            for (i = 0; i < devices; i++) {
                printf "<device><name>pci_%04x_%02x_%02x_%x</name><parent>computer</parent>" \
                    "<driver><name>%s</name></driver><capability type=\047pci\047>" \
                    "<class>0x040300</class><domain>%d</domain><bus>%d</bus><slot>%d</slot>" \
                    "<function>%d</function><product id=\0470x1\047>Card</product>" \
                    "<vendor id=\0470x1\047>Vendor</vendor>%s<iommuGroup number=\047%d\047>\n",
                    int(i / 65536), int(i / 256) % 256, int(i / 8) % 32, i % 8,
                    kind == "virtual" ? "nic" : "vfio-pci", int(i / 65536), int(i / 256) % 256,
                    int(i / 8) % 32, i % 8, kind == "virtual" ? sriov(i) : "", i / 4
                for (j = i - i % 4; j < i - i % 4 + 4; j++)
                    print "<address " address(j) "/>"
                print "</iommuGroup></capability></device>"
            }
            for (i = 0; i < domains; i++) {
                printf "<domain type=\047kvm\047><name>guest%d</name><devices>\n", i
                first = kind == "own" ? i * hostdevs : 0
                for (j = first; j < first + hostdevs; j++)
                    if (kind == "virtual" ? j % 4 == 0 : j % 4 != 3)
                        printf "%s", hostdev(j)
                print "</devices></domain>"
            }
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

# grow WORDS FIRST MAKE COMMAND...: four lines; MAKE NUMBER makes host.xml, and what COMMAND reads
grow() {
    words=$1
    number=$2
    make=$3
    shift 3
    printf '\n  %-44s %12s %12s %6s\n' "$words" processor each power
    : >grown
    for line in 1 2 3 4; do
        "$make" "$number"
        took=$(busy "$@")
        echo "$number $took $start" >>grown
        awk -v last="$line" '
            { number = $1; took = $2; net = $2 > $3 ? $2 - $3 : 1 }
            NR == 1 { first = net; smallest = number }
            END {
                power = last < 4 ? "" : sprintf("%.2f", log(net / first) / log(number / smallest))
                printf "  %-44d %9.1f ms %9.2f us %6s\n", number, took / 1000, net / number, power
            }' grown
        number=$((number * 2))
    done
    # Two empty lines: the next data set of gnuplot.
    awk -v words="$words" '
        BEGIN { print "\"" words "\"" }
        { print $1, ($2 - $3) / 1000 }
        END { print "\n" }' grown >>"$data"
}

make_domains() {
    capture 4 "$1" 4 >host.xml
}

make_owners() {
    capture $(($1 * 4)) "$1" 4 own >host.xml
}

make_hostdevs() {
    capture $(($1 * 4 / 3)) 1 $(($1 * 4 / 3)) >host.xml
}

make_virtual() {
    capture "$1" 1 "$1" virtual >host.xml
}

make_devices() {
    capture "$1" 1 4 >host.xml
}

# The domain has HOSTDEVS claims between OTHERS other elements.
make_file() {
    capture $(($1 * 4 / 3)) 0 0 >host.xml
    capture 0 1 $(($1 * 4 / 3)) | awk -v each="$(($2 / $1))" '
        /<hostdev/ {
            for (i = 0; i < each; i++)
                print "<x/>"
        }
        !/node>/ { print }' >guest.xml
}

make_elements() {
    make_file 96 "$1"
}

make_files() {
    make_host >host.xml
    rm -rf files
    make_set files 1 "$1"
}

make_domain yes >complete
make_domain no >lacking
start=$(busy "$VIRT_IOMMUFIX" --version)
printf '\nGrowth: the least of %d rounds\n' "$rounds"

# tool WORDS FIRST MAKE ARGUMENT...: the tool's, on host.xml
tool() {
    words=$1
    number=$2
    make=$3
    shift 3
    grow "$words" "$number" "$make" "$VIRT_IOMMUFIX" --host host.xml "$@"
}

tool 'domains of the same device' 500 make_domains check --all
tool 'domains with a group each' 500 make_owners check --all
tool 'hostdevs in one domain' 504 make_hostdevs check --all
tool 'hostdevs in one domain, rest of card given' 504 make_hostdevs diff --all --give=card
tool 'devices refused for a physical function' 512 make_virtual check --all
tool 'devices of a captured host' 512 make_devices check --all
tool 'other elements beside 96 hostdevs' 50000 make_elements check ./guest.xml
# shellcheck disable=SC2016 # the inner shell expands the names
grow 'files, each to change' 500 make_files \
    sh -c '"$VIRT_IOMMUFIX" --host host.xml diff files/*.xml'

# The worst that a file may be: as many hostdevs as a domain may have, behind all that 15 MB hold.
make_file 4095 2000000
printf '\n  %-44s %9.1f ms\n' '4,095 hostdevs behind 2,000,000 elements' \
    "$(echo "$(busy "$VIRT_IOMMUFIX" --host host.xml check ./guest.xml) 1000" | awk '{ print $1 / $2 }')"
