#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The command line: what the tool refuses, and the messages.

. "$srcdir/tests/cli/lib.sh"

host=$(make_capture gpu-desktop)
xml=$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml

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

tool
is "$status $(cat out)" "2 " "a bare call exits with 2"
is "$(head -n 1 err) $(grep -c '^  virt-iommufix ' err)" "virt-iommufix: which command? 5" "and prints a short usage"
refused "an unknown command" "unknown command 'frobnicate'\. To list the commands: virt-iommufix help$" frobnicate
refused "a command that is nearly one" "unknown command 'chekc'; did you mean check? To list" chekc
refused "help for no command" "unknown command 'frobnicate'" help frobnicate
refused "an unknown option" "unknown option --frobnicate. See: virt-iommufix check --help" check --frobnicate
refused "an option that is nearly one" "unknown option --alow-member; did you mean --allow-member?" check --alow-member
refused "a beginning that could be several" "\-\-al could be --all, --allow-member$" check --al
refused "an option that the command has not, before it" "unknown option --shared" --shared groups
refused "no domain" "which domain?" -c test:///default check
refused "--all and a name" "cannot be combined with names" -c test:///default check --all test
refused "a file without a host" "which host is $xml for?" check "$xml"
refused "a name and a sysfs tree" "a sysfs tree has no domains" --sysroot / check gaming
refused "--all and a sysfs tree" "a sysfs tree has no domains" --sysroot / check --all
refused "two hosts" "--host cannot be combined with" --sysroot / --host "$host" check "$xml"
refused "a connection and a capture" "--host cannot be combined with" -c test:///default --host "$host" groups
refused "a tree for two connections" "use it with one --connect only" -c test:///default \
    -c test:///default --sysroot / groups
refused "a file for two connections" "use one --connect only" -c test:///default -c test:///default check "$xml"
refused "a bad color" "use auto, always or never" --color=sometimes groups
refused "a bad address" "not a PCI address such as" --host "$host" diff --allow-member 1:2 "$xml"
refused "an argument too many" "unexpected argument: b" --host "$host" rewrite a b
refused "an option that the command has not" "unknown option --shared" --host "$host" check --shared "$xml"

refused "an empty name" "the name of a domain must not be empty" -c test:///default check ""

tool --host "$host" diff --allow-member 0000:ff:1f.0 --allow-member 01:00.1 "$xml"
is "$status $(grep -c 'has no effect: no refused device has this address$' err)" "0 1" \
    "an address of --allow-member without effect is reported"
is "$(grep -c 'allow-member 0000:ff:1f.0 has no effect: no refused device' err)" 1 "and it is the right one"

tool --sysroot "$(make_sysroot desktop-intel)" diff --allow-member 0000:00:00.0 \
    "$srcdir/tests/data/domains/desktop-intel--no-address.xml"
is "$status $(grep -c 'has no effect' err)" "0 0" \
    "--allow-member lets a guest have a part of the board"
tool --sysroot "$(make_sysroot desktop-intel)" diff --allow-member 0000:00:1f.2 \
    "$srcdir/tests/data/domains/desktop-intel--root-disk.xml"
is "$status $(grep -c 'allow-member 0000:00:1f.2 has no effect: .* cannot be overridden' err)" "3 1" \
    "an address that cannot be overridden is reported"

# Where this machine has no translations, this cannot fail.
LANGUAGE=de:fr:cs:be tool --host "$host" diff ./absent.xml
is "$status $(grep -c 'No such file or directory' err)" "2 1" "LANGUAGE does not translate half a message"

tool --version
is "$status $(cut -d' ' -f1 out)" "0 virt-iommufix" "--version"
for command in groups check diff rewrite plan capture; do
    tool "$command" --help
    is "$status" 0 "$command --help"
    is "$(head -n 2 out | tail -n 1 | cut -d' ' -f3,5)" "virt-iommufix $command" "$command --help names it"
done

for words in 'help' '--help'; do
    tool "$words"
    cp out "help$words"
done
is "$status" 0 "help"
same helphelp help--help "help is --help"
tool help help
same out helphelp "help help, too"
tool help check
cp out help-check
tool check --help
same help-check out "help COMMAND is COMMAND --help"
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' helphelp)
for command in $commands; do
    tool "$command" --help
    is "$(sed -n '/^Examples:/,$p' out | grep -c "^  virt-iommufix .*\<$command\>")" 2 \
        "$command --help has two examples"
done
tool undo --help
is "$(grep -c -- '--host\|--sysroot' out)" 0 "undo --help has no options that undo refuses"
refused "undo --host" "undo writes to libvirt" undo --host "$host"

# What users type
tool --hos "$host" check --allow 0000:01:00.1 --only "$xml"
is "$status" 1 "a unique beginning of an option is enough"
tool --host "$host" check --color "$xml"
grep -q "$(printf '\033')" out
result "--color alone is --color=always" || show err
tool --host "$host" check --color never "$xml"
grep -q "$(printf '\033')" out
is "$?" 1 "--color never takes the next word"
tool -c "test://$srcdir/examples/demo-host.xml" check gamign workstation
is "$status $(grep -c 'Domain not found.*; did you mean gaming?$' err)" "2 1" "a domain that is nearly one" || show err
tool --host "$srcdir/examples/demo-host.xml" check gamign
is "$(grep -c '; did you mean gaming?$' err)" 1 "of a capture, too" || show err
tool --host "$srcdir/examples/demo-host.xml" check nothing-like-it
is "$(grep -c 'did you mean' err)" 0 "a name that is like none"

tool --host "$host" diff --exit-code "$xml"
is "$status" 1 "diff --exit-code exits with 1 where there are changes"
tool --host "$host" diff --exit-code "$srcdir/tests/data/domains/gpu-desktop--gpu-complete.xml"
is "$status" 0 "and with 0 where there are none"
tool --host "$host" diff --exit-code "$xml" "$srcdir/tests/data/domains/gpu-desktop--sata.xml"
is "$status" 3 "a refusal goes before changes"
tool --host "$host" diff --exit-code "$xml" ./absent.xml "$srcdir/tests/data/domains/gpu-desktop--sata.xml"
is "$status" 2 "an error goes before a refusal"

tool check --host "$host" "$xml"
is "$status" 1 "options of the host may come after the command too"
tool --host "$host" check -- "$xml"
is "$status" 1 "-- ends the options"
copy "$xml" ./-dash.xml
tool --host "$host" check -- -dash.xml
is "$status" 1 "-- ends the options, before a name with a dash"
tool --host "$host" -- check "$xml" -- -dash.xml
is "$status $(grep -c incomplete out)" "1 2" "-- ends the options, before the command and after it"
( cd "$srcdir/tests/data/domains" && "$VIRT_IOMMUFIX" --host "$host" check gpu-desktop--gpu-only.xml >"$tmp/out" 2>&1 )
is "$?" 1 "a name in .xml is a file"

# Names in a diff: relative to the working directory, quoted where patch needs it.
mkdir -p "a b" && copy "$xml" "a b/d e.xml"
tool --host "$host" diff "a b/d e.xml"
is "$(head -n 1 out | cut -f1)" "--- a b/d e.xml" "a name with spaces"
patch -s -p0 <out >patch.out 2>&1
result "patch finds a name with spaces" || show patch.out
copy "$xml" 'q"uote.xml'
tool --host "$host" diff 'q"uote.xml'
patch -s -p0 <out >patch.out 2>&1
result "patch finds a name with a quote" || show patch.out
mkdir -p in && copy "$xml" outside.xml
( cd in && "$VIRT_IOMMUFIX" --host "$host" diff ../outside.xml >../out 2>/dev/null )
( cd / && patch -s -p0 <"$tmp/out" >"$tmp/patch.out" 2>&1 )
result "patch in / finds a file outside of the working directory" || show patch.out
( cd in && "$VIRT_IOMMUFIX" --host "$host" diff ../outside.xml ../q*.xml >/dev/null 2>"$tmp/err" )
is "$(grep -c 'the diff has its path from /' err)" 0 "nothing about a file that is complete"
( cd in && "$VIRT_IOMMUFIX" --host "$host" diff "$xml" "$xml" >/dev/null 2>"$tmp/err" )
is "$(grep -c 'the diff has its path from /' err)" 1 "that the names begin at / is reported once"

# Links, and ".." after them: patch changes the file that the tool read.
mkdir -p far/sub here && copy "$xml" far/y.xml && copy "$xml" here/y.xml && ln -s ../far/sub here/link
( cd here && "$VIRT_IOMMUFIX" --host "$host" diff link/../y.xml >../out 2>/dev/null )
( cd / && patch -s -p0 <"$tmp/out" >"$tmp/patch.out" 2>&1 )
same here/y.xml "$xml" "after a link, .. does not lead to another file" &&
    [ "$(cmp -s far/y.xml "$xml"; echo $?)" = 1 ]
result "but to the one that was read" || show patch.out
copy "$xml" " lead.xml"
tool --host "$host" diff "./ lead.xml"
patch -s -p0 <out >patch.out 2>&1
result "patch finds a name that begins with a space" || show patch.out

refused "rewrite from two connections" "use one --connect only" -c test:///default -c test:///default rewrite test
tool --host "$tmp/absent" --color=never check --host "$host" --color=auto "$xml"
is "$status" 1 "of an option that is given twice the last one counts"

# On a terminal nothing of a file reaches it raw; script gives one.
if has_terminal; then
    sed "s,<name>,<title>$(printf 'a\342\200\256b\302\233c')</title><name>," "$xml" >bidi.xml
    for command in check diff rewrite plan; do
        script -qec "VIRT_IOMMUFIX_PAGER= '$VIRT_IOMMUFIX' --color=never --host '$host' $command bidi.xml" /dev/null \
            </dev/null >out 2>&1
        LC_ALL=C grep -q "$(printf '\342\200\256\|\302\233')" out
        is "$?" 1 "$command: no raw character reaches a terminal"
    done
    "$VIRT_IOMMUFIX" --host "$host" rewrite bidi.xml 2>/dev/null | LC_ALL=C grep -q "$(printf '\342\200\256')"
    result "through a pipe they go as they are"
else
    skip "a terminal" "no script(1), or no pseudo-terminal"
fi

finish
