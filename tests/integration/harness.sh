#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The world of these tests is what they expect, so that none of them passes without testing
# anything.

. "$srcdir/tests/integration/lib.sh"

make_guests 24
dump >before
other >other-before
is "$(grep -c '^<domain ' before)" 24 "all guests are defined"
is "$(grep -c 'passwd=.Qz9' before)" 24 "with their passwords"
is "$(grep -c '^<domainsnapshot>' other-before)" \
    "$(grep -o snapshot-dumpxml guests/snapshots | wc -l)" "and snapshots" || show other-before
is "$(vsh nodedev-list --cap pci | wc -l)" "$(wc -l <guests/host.txt)" \
    "libvirt sees the devices of the host, and no others"

tool -c "$uri" check --all
is "$status" 1 "check --all: some are not complete"
complete=$(($(expected complete) + $(expected none)))
is "$(sed -n 's/^virt-iommufix: 24 domains: //p' err)" \
    "$(expected add) to change, $complete complete, $(expected refuse) refused, 0 failed." \
    "as many of each kind as there are" || show err

planned before >planned-before
mkdir new
awk '/^<domain / { n++ } { print > ("new/" n ".xml") }' planned-before
tool -c "$uri" apply --all --dry-run --json
is "$(grep -c '"before":"<domain .*"xml":"<domain ' out) $(grep -c 'Qz9[0-9]' out)" "$(expected add) 0" \
    "apply --dry-run --json has the texts before and after, and no password" || show err
vsh "$(for file in new/*.xml; do echo "define --validate $tmp/$file; "; done)" >out
dump >after
same after planned-before "libvirt keeps what is planned as it is, byte for byte"
other >other-after
same other-after other-before "and what else belongs to a guest"
tool -c "$uri" diff --all
is "$(grep -c '^+' out)" 0 "then there is nothing left to change"

$control kill
tool -c "$uri" check --all
is "$status" 2 "without libvirtd there is no answer"
$control start
result "libvirtd, killed, starts again"
dump >again
same again after "and knows all guests"

finish
