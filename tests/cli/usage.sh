#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The command line: what is refused, and with which words.

. "$srcdir/tests/cli/lib.sh"

host=$(make_capture gpu-desktop)
xml=$srcdir/tests/domains/gpu-desktop--gpu-only.xml

# refused NAME PATTERN ARGUMENT...
refused() {
    name=$1
    pattern=$2
    shift 2
    tool "$@"
    is "$status" 2 "$name: exits with 2"
    is "$(cat out)" "" "$name: stdout is empty"
    is "$(grep -c "^virt-iommufix: .*$pattern" err)" 1 "$name: says why" || show err
    is "$(wc -l <err)" 1 "$name: in one line"
}

refused "no command" "which command?"
refused "an unknown command" "there is no command 'frobnicate'" frobnicate
refused "an unknown option" "Unknown option --frobnicate" check --frobnicate
refused "no domain" "which domain?" -c test:///default check
refused "--all and a name" "exclude each other" -c test:///default check --all test
refused "a file without a host" "for which host?" check "$xml"
refused "a name and a sysfs tree" "a sysfs tree has no domains" --sysroot / check gaming
refused "--all and a sysfs tree" "a sysfs tree has no domains" --sysroot / check --all
refused "two hosts" "name one host" --sysroot / --host "$host" check "$xml"
refused "a file for two connections" "With files, name one" -c test:///default -c test:///default check "$xml"
refused "a bad color" "it takes auto, always or never" --color=sometimes groups
refused "a bad address" "it takes a PCI address such as" --host "$host" diff --allow-member 1:2 "$xml"
refused "an argument too many" "one argument too many: b" --host "$host" rewrite a b
refused "arguments of groups" "one argument too many: a" --host "$host" groups a
refused "an option that the command has not" "Unknown option --shared" --host "$host" check --shared "$xml"

tool --version
is "$status $(cut -d' ' -f1 out)" "0 virt-iommufix" "--version"
for command in groups check diff rewrite plan; do
    tool "$command" --help
    is "$status" 0 "$command --help"
    is "$(head -n 2 out | tail -n 1 | cut -d' ' -f3,5)" "virt-iommufix $command" "$command --help names it"
done

tool check --host "$host" "$xml"
is "$status" 1 "options of the host may stand behind the command too"
tool --host "$host" check -- "$xml"
is "$status" 1 "-- ends the options"
( cd "$srcdir/tests/domains" && "$VIRT_IOMMUFIX" --host "$host" check gpu-desktop--gpu-only.xml >"$tmp/out" 2>&1 )
is "$?" 1 "a name in .xml is a file"

# Names in a diff: relative to the working directory, quoted where patch needs it.
mkdir -p "a b" && cp "$xml" "a b/d e.xml"
tool --host "$host" diff "a b/d e.xml"
is "$(head -n 1 out | cut -f1)" "--- a b/d e.xml" "a name with spaces"
patch -s -p0 <out >patch.out 2>&1
result "patch finds a name with spaces" || show patch.out
cp "$xml" 'q"uote.xml'
tool --host "$host" diff 'q"uote.xml'
patch -s -p0 <out >patch.out 2>&1
result "patch finds a name with a quote" || show patch.out
mkdir -p in && cp "$xml" outside.xml
( cd in && "$VIRT_IOMMUFIX" --host "$host" diff ../outside.xml >../out 2>/dev/null )
( cd / && patch -s -p0 <"$tmp/out" >"$tmp/patch.out" 2>&1 )
result "patch in / finds a file outside of the working directory" || show patch.out

finish
