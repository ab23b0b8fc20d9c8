# SPDX-License-Identifier: LGPL-2.1-or-later
# The expected definitions of the guests of guests.awk:
#
#   awk -f planned.awk DIR/plan DUMP
#
# prints DUMP, which has the definitions of any of these guests. After the last hostdev of each it
# adds the placeholders that the guest lacks, as libvirt writes them. It shares no code with the
# tool.

NR == FNR {
    if ($2 == "add") {
        number[$1] = $3 - 1
        missing[$1] = $4 " " $5
    }
    next
}

after_hostdev && !/^    <hostdev / {
    n = split(missing[name], fn, " ")
    for (i = 1; i <= n; i++) {
        print "    <hostdev mode='subsystem' type='pci' managed='yes'>"
        print "      <source>"
        printf "        <address domain='0x%04x' bus='0x%02x' slot='0x00' function='0x%d'/>\n", \
            int(number[name] / 240), number[name] % 240 + 1, fn[i]
        print "      </source>"
        print "      <address type='unassigned'/>"
        print "    </hostdev>"
    }
}

/^  <name>/ {
    name = $0
    gsub(/^  <name>|<\/name>$/, "", name)
}

{
    print
    after_hostdev = /^    <\/hostdev>/
}
