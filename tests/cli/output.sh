#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The output on the demo host and on a few fixtures, word for word.

. "$srcdir/tests/cli/lib.sh"

copy "$srcdir/examples/demo-host.xml" demo-host.xml

tool --host demo-host.xml groups --shared
golden out demo-groups.txt
tool --host demo-host.xml check --all
golden out demo-check.txt
golden err demo-check.err
is "$status" 1 "check exits with 1"
tool --host demo-host.xml diff --all
golden out demo-diff.txt
golden err demo-diff.err
is "$status" 3 "diff exits with 3 where something was refused"
tool --host demo-host.xml diff --allow-member 0000:04:00.1 router
golden out demo-diff-allowed.txt
is "$status" 0 "and with 0 where that was allowed"
tool --host demo-host.xml plan gaming web
golden out demo-plan.xml
tool --host demo-host.xml plan --json gaming web
golden out demo-plan.json

tool --host demo-host.xml diff --stat --all
printf '%s\n' ' gaming.xml | 18 ++++++++++++++++++' ' pbx.xml    | 12 ++++++++++++' \
    ' 2 files changed, 30 insertions(+), 0 deletions(-)' >expected
is "$status" 3 "diff --stat exits as diff"
same out expected "and counts the lines"
tool --host demo-host.xml diff --stat --prune recorder
is "$(head -n 1 out)" ' recorder.xml | 6 ------' "also those that go"
tool --host demo-host.xml diff --stat web
is "$status $(cat out)" "0 " "nothing where nothing changes"
tool --host demo-host.xml check --quiet --problems --all
is "$status $(grep -c Note: out) $(cat err)" "1 0 " "check --quiet has no notes"
is "$(grep -c '^[a-z]*: ' out) $(grep -c '^[a-z]*: complete$' out)" "4 0" "--problems leaves out what is complete" || show out
tool --host demo-host.xml diff --problems --all
same out "$srcdir/tests/data/golden/demo-diff.txt" "diff --problems has each change"
is "$(sed -n 's/^virt-iommufix: \([a-z]*\): .*/\1/p' err | sort -u | tr '\n' ' ')" "gaming pbx recorder router " \
    "and no note about what is complete" || show err
tool --host demo-host.xml plan --problems --all
is "$status $(sed -n 's/.*<domain name="\([a-z]*\)".*/\1/p' out | sort | tr '\n' ' ')" "3 gaming pbx recorder router " \
    "plan --problems too"
is "$(tail -n 1 err)" \
    "virt-iommufix: 8 domains: 2 to change, 4 complete, 2 refused, 0 failed." "the summary counts all" || show err
tool --host demo-host.xml plan --problems --json --all
is "$(grep -c '^      "result":' out)" 4 "and with --json" || show out

# The same through libvirt's test driver, which indents and knows no drivers.
tool -c "test://$tmp/demo-host.xml" check --all
sed -i "s,$tmp,TMP,g" out
golden out demo-check-connection.txt
tool -c "test://$tmp/demo-host.xml" diff gaming
golden out demo-diff-connection.txt

xml=$srcdir/tests/data/domains/series-2019--coldplug-partial-fail.xml
tool --host "$(make_capture series-2019)" check "$xml"
grep -q '^  All devices of the same IOMMU group 1 of the PCI device 0001:09:00.0 must belong to domain multipci-coldplug-partial-fail, but 2 of them cannot be added$' out
result "the rule of the 2019 series, in its words"

# Node devices show no VFIO driver that is the device's own.
xml=$srcdir/tests/data/domains/server-vgpu--unmanaged.xml
tool --host "$(make_capture server-vgpu)" check "$xml"
is "$status $(sed -n 's/.*\(: complete.*\)/\1/p' out)" "1 : complete, but it is unknown whether it will start" \
    "check says what it cannot know"
grep -q '^    Look again on the host: virt-iommufix --sysroot / check ' out
result "and what to do" || show out
tool --sysroot "$(make_sysroot server-vgpu)" check "$xml"
is "$status $(sed -n 's/.*\(: complete.*\)/\1/p' out)" "0 : complete" "the host itself shows it"

printf '' >answers
# shellcheck disable=SC2016 # of the inner shell
"$PTY" answers sh -c 'stty cols 30 && exec "$@"' sh \
    "$VIRT_IOMMUFIX" --color=never --host demo-host.xml check recorder >out 2>err
if [ $? -eq 77 ]; then
    skip "on a narrow terminal" "there is none"
else
    is "$(head -n 2 out | tr '\n' '|')" "recorder:|  complete, but will not start|" \
        "the first line of check breaks after the name"
    for command in '' apply hook; do
        # shellcheck disable=SC2016,SC2086 # of the inner shell; none or one
        "$PTY" answers sh -c 'stty cols 80 && exec "$@"' sh "$VIRT_IOMMUFIX" $command --help >out 2>err
        # shellcheck disable=SC2086
        "$VIRT_IOMMUFIX" $command --help >piped
        is "$(sed 's/…/./' out | awk 'length > 80') $(tr -s ' \n' ' ' <out)" " $(tr -s ' \n' ' ' <piped)" \
            "${command:-no command}: --help fits 80 columns" || show out
    done
fi

tool --color=always --host demo-host.xml check gaming
grep -q "$(printf '\033')" out
result "--color=always colors a pipe"
NO_COLOR=1 "$VIRT_IOMMUFIX" --host demo-host.xml check gaming >out 2>err
grep -q "$(printf '\033')" out
[ $? -eq 1 ]
result "a pipe is not colored"

finish
