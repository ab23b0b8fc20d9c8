#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --json: one form for all commands. finish (lib.sh) validates all of it.

. "$srcdir/tests/cli/lib.sh"

copy "$srcdir/examples/demo-host.xml" host.xml
sed -n '/<name>gaming</,/<\/domain>/p' host.xml | sed '1s/^/<domain type="kvm">/' >gaming.xml

# json COMMAND ARGUMENT...: with --json, on the demo host.
json() {
    tool --host host.xml --color=never "$@" --json
}

# ends COMMAND NUMBERS: the last line is a summary with these numbers.
ends() {
    is "$(tail -n 1 out | grep -o '"kind":"summary","command":"[a-z]*","summary":{"domains":[0-9]*,"change":[0-9]*')" \
        "\"kind\":\"summary\",\"command\":\"$1\",\"summary\":{\"domains\":${2% *},\"change\":${2#* }" \
        "$1: the last line has the numbers" || show out
}

# ---- each command

json check --all
is "$status $(grep -c '"kind":"domain","command":"check"' out) $(wc -l <out | tr -d ' ')" "1 8 9" \
    "check: a line for each domain and one more"
ends check "8 2"
grep '"name":"gaming"' out | grep -qF '"outcome":"would-change","changed":true,"state":"incomplete, will not start","problem":true,"next":["virt-iommufix --host host.xml diff gaming"],"plan":{'
result "with the state, and what comes next" || show out
grep '"name":"gaming"' out | grep -qF '"remedy":"Declare it: virt-iommufix --host host.xml diff gaming"'
result "the remedy is a command for the host at hand" || show out
json check --problems --all
is "$(grep -c '"problem":true' out) $(grep -c '"problem":false' out)" "4 0" "check --problems"

tool --host host.xml diff --all
cp out diffs
json diff --all
is "$status $(grep -c '"diff":' out)" "3 2" "diff: exits as without --json"
ends diff "8 2"
json diff --problems --all
is "$(grep -c '"kind":"domain"' out)" 4 "diff --problems"
json diff --stat gaming
is "$status $(cat out)" "2 " "diff --stat --json is an error"

json rewrite gaming
is "$status $(grep -c '"outcome":"would-change","changed":true,"xml":"<domain ' out)" "0 1" "rewrite: the new text"
ends rewrite "1 1"
cp gaming.xml copy.xml
json rewrite --in-place copy.xml ./none.xml
is "$status $(grep -c '"file":"copy.xml".*"outcome":"changed","changed":true' out) $(grep -c '"xml"' out)" "2 1 0" \
    "rewrite --in-place: what was written" || show out
is "$(grep -c '"file":"./none.xml","outcome":"failed","changed":false,"error":"' out)" 1 \
    "and what failed"
ends rewrite "2 1"

json plan gaming nobody ./none.xml
is "$status $(grep -c '"error":' out) $(sed -n '/"summary"/,$p' out | grep -c '"failed":2')" "2 2 1" \
    "plan: one document, with what failed" || show out
json plan --give card gaming
is "$status $(grep -c '"multifunction":' out) $(grep -c '"guest":' out)" "0 1 3" "plan: what is given"
json plan nobody
is "$status $(grep -c '"error":' out)" "2 1" "also where nothing else is in it"
json groups 1
grep -q '^  "kind":"hosts"' out
result "groups: one document"
json capture
grep -q '^{"schema_version":1,"kind":"capture","command":"capture","host":"host.xml","xml":"<node>' out
result "capture: the XML in a line" || show out

tool --host host.xml plan --all -o saved.plan
json report saved.plan gaming nobody
is "$status $(grep -c '"kind":"saved-plan","command":"report".*"file":"saved.plan"' out) $(grep -c '"diff":' out)" \
    "2 8 3" "report: the domains of saved plans, and others"
ends report "10 3"
json report --format=markdown saved.plan
is "$status" 2 "report --format is an error"
json plan show saved.plan
is "$status $(grep -c '"kind":"saved-plan","command":"plan".*"state":"current"' out)" "1 2" "plan show: the state of each"
ends plan "8 2"

json plan --give card --all
is "$(grep -c '"guest":{' out) $(grep -c '"reason":"given"' out)" "7 7" "plan --give: where a device comes in the guest"

root=$(make_sysroot gpu-desktop)
hook() {
    tool --sysroot "$root" hook "$@" --json
}
hook gpu-only prepare begin - <"$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml"
is "$status $(grep -c '^{"schema_version":1,"kind":"hook","command":"hook","domain":{"name":"gpu-only"},"outcome":"refused","messages":\["' out)" \
    "1 1" "hook: the answer, and why" || show out
hook gpu-only stopped end - </dev/null
is "$status $(grep -c '"outcome":"allowed","messages":\[\]' out)" "0 1" "hook: nothing to refuse"
hook --uninstall
is "$status $(grep -c '"file":".*","outcome":"unchanged"' out)" "0 1" "hook --uninstall: there is none"

printf '[y/N]\tn\n' >answers
"$PTY" answers "$VIRT_IOMMUFIX" -c "test://$tmp/host.xml" apply --json gaming web >out
if [ $? -eq 77 ]; then
    skip "apply: a change that is declined has its line, too" "there is no terminal"
else
    is "$(grep -c '"outcome":"not-done","changed":false' out) $(grep -c '"change":0,.*"declined":1' out)" \
        "1 1" "apply: a change that is declined has its line, too" || show out
fi

# ---- exact text

odd=$(printf 'a"b\\c\td\342\200\256\033')
copy gaming.xml "$odd.xml"
json check "./$odd.xml"
grep -qF "\"file\":\"./a\\\"b\\\\c\\td$(printf '\342\200\256')\\u001b.xml\"" out
result "a file's name is exact" || show out
bad=$(printf 'latin-\351.xml')
if copy gaming.xml "$bad" 2>err; then
    json check "./$bad"
    grep -qF '"file":"./latin-\\xe9.xml"' out
    result "bytes that are no UTF-8 are shown by number" || show out
else
    skip "bytes that are no UTF-8 are shown by number" "the file system does not take them"
fi

# as_text NAME FIELD: what a line has in the field is what diff prints.
as_text() {
    tool --host host.xml diff "$1"
    cp out text
    json diff "$1"
    if command -v python3 >/dev/null 2>&1; then
        python3 -c 'import base64, json, sys
line = json.loads(open("out", encoding="utf-8").readline())
sys.stdout.buffer.write(line["diff"].encode() if "diff" in line else
                        base64.b64decode(line["diff-base64"]))' >got
        same got text "$1: the diff of the line is that of diff"
    else
        skip "$1: the diff of the line is that of diff" "there is no python3"
    fi
    is "$(grep -c "\"$2\":" out)" 1 "$1: in $2"
}
sed 's/$/\r/' gaming.xml >crlf.xml
as_text crlf.xml diff
sed "s/<domain /<?xml version='1.0' encoding='ISO-8859-1'?>\n&/; s/ mode='subsystem'/& /" gaming.xml |
    sed "s,</hostdev>,&<!-- $(printf '\351') -->," >latin.xml
as_text latin.xml diff-base64

# ---- errors that are about no domain

tool --host none.xml check --all --json
is "$status $(cat out)" "2 " "no host: no line"
json check
is "$status $(cat out)" "2 " "no domain: no line"

finish
