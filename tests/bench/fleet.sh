#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What many hosts cost: each host, which plans and applies for its domains, and the controller, which
# makes one report from the saved plans of all.
#
#   VIRT_IOMMUFIX=path MEASURE=path fleet.sh       (or: ./run bench)
#
# HOSTS (50) hosts have DOMAINS (200) domains each, on libvirt's test driver. Of ten domains six lack
# a device, two are complete and two are refused. The floor of a host is xmllint --noout on the file
# from which the test driver gets host and domains, that of the controller xmllint --noout on the
# plans. Each host is another one to the report, because its file has another name.

. "$(dirname "$0")/lib.sh"
hosts=${HOSTS:-50}
domains=${DOMAINS:-200}
VIRT_IOMMUFIX_STATE=$tmp/state
export VIRT_IOMMUFIX_STATE

# make_one NUMBER: the host of this number, with its domains, each of which has devices of its own
make_one() {
    awk -v host="$1" -v domains="$domains" '
        function with_devices(text, i) {
            gsub(/<bus>1<.bus><slot>0</, sprintf("<bus>%d</bus><slot>%d<", 32 + int(i / 32), i % 32), text)
            gsub(/<bus>2<.bus><slot>0</, sprintf("<bus>%d</bus><slot>%d<", 128 + int(i / 32), i % 32), text)
            gsub(/0000_01_00/, sprintf("0000_%02x_%02x", 32 + int(i / 32), i % 32), text)
            gsub(/0000_02_00/, sprintf("0000_%02x_%02x", 128 + int(i / 32), i % 32), text)
            gsub(/<address domain=.0x0000. bus=.0x01. slot=.0x00./, sprintf("<address domain=\0470x0000\047" \
                " bus=\0470x%02x\047 slot=\0470x%02x\047", 32 + int(i / 32), i % 32), text)
            gsub(/<address domain=.0x0000. bus=.0x02. slot=.0x00./, sprintf("<address domain=\0470x0000\047" \
                " bus=\0470x%02x\047 slot=\0470x%02x\047", 128 + int(i / 32), i % 32), text)
            gsub(/number=.20[^0-9]/, sprintf("number=\047%d\047", 100 + 2 * i), text)
            gsub(/number=.21[^0-9]/, sprintf("number=\047%d\047", 101 + 2 * i), text)
            return text
        }
        { texts[FILENAME] = texts[FILENAME] $0 "\n" }
        END {
            gsub(/<.?node>\n/, "", texts["host.xml"])
            print "<node>"
            for (i = 0; i < domains; i++) {
                printf "%s", with_devices(texts["host.xml"], i)
                text = texts[i % 10 < 6 ? "lacking" : i % 10 < 8 ? "complete" : "refused"]
                gsub(/NAME/, "guest" i, text)
                sub(/UUID/, sprintf("00000000-0000-4000-8000-%06d%06d", host, i), text)
                printf "%s", with_devices(text, i)
            }
            print "</node>"
        }' host.xml complete lacking refused >"host$1.xml"
}

# each NAME COMMAND...: measures it
each() {
    name=$1
    shift
    "$MEASURE" "$@" >>"$tmp/$name.times"
}

# fresh FILE COMMAND...: measures the command without what it wrote before
fresh() {
    rm -rf "$VIRT_IOMMUFIX_STATE" "$1"
    shift
    each "$@"
}

one_host() {
    each 'xmllint --noout' xmllint --noout host1.xml
    each check "$VIRT_IOMMUFIX" -c "test://$tmp/host1.xml" check --all
    fresh one.plan 'plan -o' "$VIRT_IOMMUFIX" -c "test://$tmp/host1.xml" plan --all -o one.plan
    fresh none apply "$VIRT_IOMMUFIX" -c "test://$tmp/host1.xml" apply --yes --all
    fresh none 'apply --plan' "$VIRT_IOMMUFIX" -c "test://$tmp/host1.xml" apply --yes --plan one.plan
}

controller() {
    each 'xmllint --noout' xmllint --noout ./*.plan
    fresh report.html report "$VIRT_IOMMUFIX" report -o report.html ./*.plan
    fresh report.md 'report, Markdown' "$VIRT_IOMMUFIX" report --format=markdown -o report.md ./*.plan
    fresh report.xml 'report, XML' "$VIRT_IOMMUFIX" report --format=xml -o report.xml ./*.plan
}

# repeat FUNCTION: runs it once to warm up, then as often as is asked for
repeat() {
    "$1"
    rm -f ./*.times first
    i=0
    while [ "$i" -lt "$rounds" ]; do
        "$1"
        i=$((i + 1))
    done
}

# size FILE...: the name of the first and the size of all
size() {
    cat "$@" | wc -c | awk -v name="$1" '{ printf "  %-26s %9.2f MB\n", name, $1 / 1e6 }'
}

if ! command -v xmllint >/dev/null 2>&1; then
    echo "xmllint is not installed, and it is the unit here: left out"
    exit 0
fi
make_host >host.xml
make_domain yes | sed "s/type='kvm'/type='test'/" >complete
make_domain no | sed "s/type='kvm'/type='test'/" >lacking
# It has a device that the host does not have.
sed "s/<address domain='0x0000' bus='0x02'/<address domain='0x0001' bus='0x02'/" lacking >refused

i=1
while [ "$i" -le "$hosts" ]; do
    make_one "$i"
    i=$((i + 1))
done

repeat one_host
start_table "A host of $domains domains:" 'a domain'
for name in 'xmllint --noout' check 'plan -o' apply 'apply --plan'; do
    row "$name" "$domains"
done
size host1.xml
size one.plan
rm one.plan

i=1
while [ "$i" -le "$hosts" ]; do
    "$VIRT_IOMMUFIX" -c "test://$tmp/host$i.xml" plan --all -o "host$i.plan" 2>/dev/null || [ $? -eq 3 ]
    i=$((i + 1))
done
repeat controller
start_table "The controller, with the plans of $hosts hosts:" 'a host'
for name in 'xmllint --noout' report 'report, Markdown' 'report, XML'; do
    row "$name" "$hosts"
done
cat ./*.plan >plans
for file in plans report.html report.md report.xml; do
    size "$file"
done
