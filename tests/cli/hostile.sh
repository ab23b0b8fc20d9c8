#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hostile input: bombs, loops, wrong kinds of files, broken streams. The errors are whole lines, and
# the exit status is that of the man page; nothing is printed, nothing is lost, nothing hangs.
# There is more in bad-input.sh (files), stylesheet.sh (stylesheets) and in-place.sh.

. "$srcdir/tests/cli/lib.sh"

# What would run for hours is killed.
# shellcheck disable=SC3045 # -t: dash and bash know it
ulimit -t 120

capture=$(make_capture gpu-desktop)
sysroot=$(make_sysroot gpu-desktop)
good=$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml
copy "$good" guest.xml
tool --sysroot "$sysroot" rewrite guest.xml
cp out completed.xml

# refused NAME STATUS MESSAGE ARGUMENT...
refused() {
    name=$1
    expected=$2
    message=$3
    shift 3
    tool "$@" </dev/null
    is "$status $(wc -c <out)" "$expected 0" "$name: status, and nothing on stdout" || show err
    grep -qF -- "$message" err
    result "$name: says '$message'" || show err
    is "$(grep -cv '^virt-iommufix: ' err)" 0 "$name: whole lines"
}

domain() {
    refused "$1" 2 "./hostile.xml: $2" --sysroot "$sysroot" diff ./hostile.xml
}

capture() {
    refused "$1, in a capture" 2 "cannot use hostile.xml as a host: $2" --host hostile.xml groups
}

# copies N TEXT
copies() {
    awk -v n="$1" -v text="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", text }'
}

# metadata: guest.xml with what is on stdin as metadata
metadata() {
    sed '/<os>/,$d' guest.xml
    echo "<metadata>"
    cat
    echo "</metadata>"
    sed -n '/<os>/,$p' guest.xml
}

# completes NAME FILE: it is completed as ever
completes() {
    tool --sysroot "$sysroot" diff "$2"
    is "$status $(grep -c "^+.*<address type='unassigned'/>" out)" "0 3" "$1: is completed" || show err
}

# XML that is more than it seems

awk 'BEGIN {
    print "<!DOCTYPE node [<!ENTITY e0 \"lol\">"
    for (i = 1; i < 10; i++) {
        printf "<!ENTITY e%d \"", i
        for (j = 0; j < 10; j++)
            printf "&e%d;", i - 1
        print "\">"
    }
    print "]>"
}' >bomb
{ cat bomb; echo "<domain type='kvm'><name>&e9;</name></domain>"; } >hostile.xml
domain "an entity bomb" "line 1: there is a DOCTYPE"
{ cat bomb; echo "<node><device><name>&e9;</name></device></node>"; } >hostile.xml
capture "an entity bomb" "line 1: there is a DOCTYPE"
{
    sed 's/DOCTYPE node/DOCTYPE xsl:stylesheet/' bomb
    echo "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
    echo "<xsl:template match='/'><diff>&e9;</diff></xsl:template></xsl:stylesheet>"
} >bomb.xsl
refused "an entity bomb of a stylesheet" 2 "entity" --sysroot "$sysroot" diff --stylesheet bomb.xsl guest.xml
for id in 'SYSTEM "file:///etc/passwd"' 'SYSTEM "http://127.0.0.1:9/x.dtd"' '[<!ENTITY % p SYSTEM "/etc/passwd"> %p;]'; do
    { echo "<!DOCTYPE domain $id>"; cat guest.xml; } >hostile.xml
    domain "DOCTYPE $id" "line 1: there is a DOCTYPE"
done

echo "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='/etc/passwd' parse='text'/>" >include
metadata <include >hostile.xml
completes "an XInclude" hostile.xml
is "$(grep -c root: out)" 0 "an XInclude: is not followed"

copies 100000 "<a>" | metadata >hostile.xml
domain "100,000 levels" "line 8: "
{ echo "<node>"; copies 100000 "<a>"; } >hostile.xml
capture "100,000 levels" "line 2: "
copies 17000000 x | metadata >hostile.xml
refused "17 MB" 2 "it is larger than 16 MiB" --sysroot "$sysroot" diff hostile.xml
rm hostile.xml
truncate -s 1G hostile.xml
refused "a file of 1 GB" 2 "it is larger than 16 MiB" --sysroot "$sysroot" diff hostile.xml
rm hostile.xml
copies 100000 "<b/>" | metadata >hostile.xml
completes "100,000 elements" hostile.xml
{ echo "<a b='"; copies 200000 "0123456789"; echo "'/>"; } | metadata >hostile.xml
completes "an attribute of 2 MB" hostile.xml
{ echo "<!--"; copies 200000 "0123456789"; echo "-->"; } | metadata >hostile.xml
completes "a comment of 2 MB" hostile.xml

# Names that speak to a terminal

evil=$(printf 'a\033[31m\302\233b\342\200\256c')
sed "s/<name>.*</<name>$(printf 'a\302\233b\342\200\256c')\&#9;\&#10;\&#13;</" guest.xml >"./$evil.xml"
tool --sysroot "$sysroot" check "./$evil.xml"
is "$(LC_ALL=C cat out err | LC_ALL=C grep -c "$(printf '\033\|\302\233\|\342\200\256')")" 0 \
    "check: no control character of a name"
if has_terminal; then
    for command in check diff plan "plan --json" rewrite; do
        script -qec "VIRT_IOMMUFIX_PAGER= '$VIRT_IOMMUFIX' --color never --sysroot '$sysroot' $command './$evil.xml'" typescript \
            >terminal </dev/null 2>&1
        is "$(LC_ALL=C grep -c "$(printf '\033\\[31m\|\302\233\|\342\200\256')" terminal)" 0 \
            "$command on a terminal: no control character of a name"
        grep -q '\\u{202e}' terminal
        result "$command on a terminal: it is shown by its number" || show terminal
    done
else
    skip "names on a terminal" "no script(1), or no pseudo-terminal"
fi

# A tree that is none

# tree: a new one in ./tree; $device is what the guest lacks, $group its group
tree() {
    rm -rf tree
    cp -a "$sysroot" tree
    device=$(readlink -f tree/sys/bus/pci/devices/0000:01:00.1)
    devices=tree/sys/bus/pci/devices
    group=tree/sys/kernel/iommu_groups/2
}

# unknown NAME: the guest is refused, and the groups are listed nevertheless
unknown() {
    refused "$1" 3 "$2" --sysroot tree diff guest.xml
    tool --sysroot tree groups </dev/null
    is "$status $(grep -c '0000:01:00\.' out)" "0 4" "$1: groups"
}

broken() {
    refused "$1" 2 "$2" --sysroot tree diff guest.xml
}

for target in / 0000:01:00.1 .. /nowhere; do
    tree
    rm $devices/0000:01:00.1
    ln -s $target $devices/0000:01:00.1
    unknown "a device that is a link to $target" "(unknown-member)"
done
for target in /etc 99999999999 iommu_group .; do
    tree
    rm "$device/iommu_group"
    ln -s $target "$device/iommu_group"
    unknown "an iommu_group that is a link to $target" "(unknown-member)"
done
tree
rm "$device/class" "$device/config"
mkfifo "$device/class" "$device/config"
unknown "FIFOs" "(unknown-use)"
tree
rm "$device/class" "$device/config"
mkdir "$device/class" "$device/config"
unknown "folders" "(unknown-use)"
tree
rm "$device/class"
ln -s class "$device/class"
unknown "a link that loops" "(unknown-use)"
tree
truncate -s 1G "$device/class"
unknown "a class of 1 GB" "(unknown-use)"
tree
rm "$device/class" "$device/config"
ln -s /dev/zero "$device/class"
ln -s /dev/zero "$device/config"
unknown "devices" "(unknown-use)"
tree
rm "$device/driver"
ln -s "$evil" "$device/driver"
tool --sysroot tree groups
is "$status $(grep -c "$(printf '\033')" out)" "0 0" "a driver with an odd name"
tree
rm -r $group/devices
broken "a group without its folder" "$group/devices"
mkfifo $group/devices
broken "a group with a FIFO" "$group/devices"
rm $group/devices
ln -s devices $group/devices
broken "a group with a link that loops" "$group/devices"
tree
rm -r $devices
mkfifo $devices
broken "a FIFO for all devices" "give --sysroot the root of a host"
refused "a file for a tree" 2 "give --sysroot the root of a host" --sysroot guest.xml groups

# What is no file

for file in /dev/zero /dev/full /dev/null; do
    refused "$file as a host" 2 "cannot read $file: it is neither a file nor a pipe" --host $file groups
    refused "$file as a stylesheet" 2 "cannot read $file: it is neither a file nor a pipe" \
        --sysroot "$sysroot" diff --stylesheet $file guest.xml
done
"$VIRT_IOMMUFIX" --sysroot "$sysroot" diff - </dev/zero >out 2>err
is "$? $(cat out)" "2 " "/dev/zero on stdin"
grep -q "standard input: it is larger than 16 MiB" err
result "/dev/zero on stdin: says so"
mkfifo fifo
cat guest.xml >fifo &
completes "a FIFO" ./fifo
refused "a name that is too long" 2 "File name too long" --sysroot "$sysroot" diff "./$(copies 300 x).xml"
sed '1d;$d' "$capture" >devices
{ echo "<node>"; cat devices devices; echo "</node>"; } >again.xml
tool --host "$capture" groups
cp out once
tool --host again.xml groups
same out once "devices that are in a capture twice"

# Streams that fail

for command in "diff guest.xml" "check guest.xml" "plan guest.xml" "plan --json guest.xml" \
    "rewrite guest.xml" groups "groups --json" --help --version; do
    # valgrind's log takes the place of a stream that is closed.
    if under_valgrind; then
        skip "$command: stdout is closed" "valgrind has it open"
        continue
    fi
    # shellcheck disable=SC2086 # words
    "$VIRT_IOMMUFIX" --sysroot "$sysroot" $command >&- 2>err
    is "$? $(cat err)" "2 virt-iommufix: cannot write to standard output: Bad file descriptor" \
        "$command: stdout is closed"
done
(
    trap '' PIPE
    { sleep 0.1; "$VIRT_IOMMUFIX" --sysroot "$sysroot" rewrite guest.xml 2>err; echo $? >code; } | :
)
is "$(cat code) $(cat err)" "2 virt-iommufix: cannot write to standard output: Broken pipe" "nobody reads"
"$VIRT_IOMMUFIX" --sysroot "$sysroot" diff - <&- >out 2>err
is "$? $(cat out)$(head -n 1 err)" "2 virt-iommufix: cannot read standard input: Bad file descriptor" "stdin is closed"
copy guest.xml place.xml
"$VIRT_IOMMUFIX" --sysroot "$sysroot" rewrite --in-place place.xml <&- >&- 2>&-
is "$?" 0 "in place, with all streams closed"
same place.xml completed.xml "in place, with all streams closed: the file is whole"
env -u HOME -u TMPDIR -u XDG_CACHE_HOME -u XDG_CONFIG_HOME -u XDG_RUNTIME_DIR \
    "$VIRT_IOMMUFIX" --sysroot "$sysroot" rewrite guest.xml >out 2>err
same out completed.xml "without HOME and TMPDIR"
for locale in C xx_YY.KOI8-R tr_TR.UTF-8; do
    (LC_ALL=$locale && export LC_ALL && "$VIRT_IOMMUFIX" --sysroot "$sysroot" rewrite guest.xml >out 2>err)
    same out completed.xml "in locale $locale"
done

mkdir deleted
(
    cd deleted && rmdir ../deleted && "$VIRT_IOMMUFIX" --sysroot "$sysroot" diff "$tmp/guest.xml" >../out 2>../err
    echo $? >../code
)
is "$(cat code) $(grep -c "^+.*<address type='unassigned'/>" out)" "0 3" "in a folder that was deleted"
grep -q "outside the working directory" err
result "in a folder that was deleted: no file is in it" || show err

tool --sysroot "$sysroot" rewrite --stylesheet "$srcdir/examples/rom-off.xsl" guest.xml
cp out with-rom.xml
copy guest.xml place.xml
if under_valgrind; then
    skip "a stylesheet, with stdout and stderr closed" "valgrind can't run within its limits"
else
    "$VIRT_IOMMUFIX" --sysroot "$sysroot" rewrite --in-place --stylesheet \
        "$srcdir/examples/rom-off.xsl" place.xml >&- 2>&-
    is "$?" 0 "a stylesheet, with stdout and stderr closed"
    same place.xml with-rom.xml "a stylesheet, with stdout and stderr closed: the file is whole"
fi

# What libxml2 takes hours for

{ echo "<!--"; copies 200000 "x--"; echo "-->"; } | metadata >hostile.xml
domain "200,000 errors" "line 9: Double hyphen within comment"
{ echo "<domain type='kvm'>"; copies 2000000 "&"; } >hostile.xml
domain "2,000,000 errors" "line 2: xmlParseEntityRef: no name"

# numbered N BEFORE AFTER: N times, a number between
numbered() {
    awk -v n="$1" -v before="$2" -v after="$3" 'BEGIN { for (i = 0; i < n; i++) printf "%s%d%s", before, i, after }'
}

{ printf "<a"; numbered 1000 " a" "='1'"; echo "/>"; } | metadata >hostile.xml
completes "1,000 attributes" hostile.xml
{ printf "<a"; numbered 1000000 " a" "='1'"; echo "/>"; } >attributes
metadata <attributes >hostile.xml
domain "1,000,000 attributes" "line 8: an element has more than 1024 attributes"
{ echo "<node>"; cat attributes; echo "</node>"; } >hostile.xml
capture "1,000,000 attributes" "line 2: an element has more than 1024 attributes"
{ printf "<a"; numbered 1000 " xmlns:n" "='urn:n'"; echo "/>"; } >namespaces
cat namespaces namespaces | metadata >hostile.xml
completes "1,000 namespaces, twice" hostile.xml
sed 's,/>,>,' namespaces >open
{ cat open open; copies 2 "</a>"; } | metadata >hostile.xml
domain "2,000 namespaces at once" "line 9: an element is in the scope of more than 1024 namespaces"
sed 's,/>,></a>,' namespaces >closed
cat closed closed | metadata >hostile.xml
completes "2,000 namespaces, one half after the other" hostile.xml

tree
rm -r tree/sys/kernel/iommu_groups
ln -s iommu_groups tree/sys/kernel/iommu_groups
broken "groups that are a link to themselves" "tree/sys/kernel/iommu_groups"

finish
