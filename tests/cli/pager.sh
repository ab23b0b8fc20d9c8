#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# On a terminal a pager shows long output; anywhere else there is none.

. "$srcdir/tests/cli/lib.sh"

host=$srcdir/examples/demo-host.xml
unset PAGER VIRT_IOMMUFIX_PAGER NO_COLOR 2>/dev/null
TERM=xterm
export TERM
: >answers
"$builddir/pty" answers true
if [ $? -eq 77 ]; then
    echo "1..0 # SKIP there is no terminal to be had"
    exit 0
fi

# on_terminal ARGUMENT...: as tool(), on a terminal; what it prints is in $tmp/out.
on_terminal() {
    "$builddir/pty" answers "$VIRT_IOMMUFIX" --host "$host" "$@" >"$tmp/out" 2>"$tmp/err"
    status=$?
}

# paged NAME: did the pager show all of it, and nothing else?
paged() {
    [ -s out ] && ! grep -v '^paged:' out >rest
    result "$1" || show out
}

unpaged() {
    [ -s out ] && ! grep '^paged:' out >rest
    result "$1" || show out
}

# shellcheck disable=SC2089 # the tool reads the quotes
VIRT_IOMMUFIX_PAGER='sed -u "s/^/paged:/"'
# shellcheck disable=SC2090
export VIRT_IOMMUFIX_PAGER
on_terminal check --all
is "$status" 1 "the exit status stays"
paged "check is paged"
grep -q '^paged:virt-iommufix: ' out
result "with its messages" || show out
on_terminal diff gaming
paged "diff is paged"
on_terminal diff router
is "$(grep -c '^paged:  If the host does not need it:' out)" 1 "messages break at sentences, as on a terminal" || show out
on_terminal groups
paged "groups is paged"
"$VIRT_IOMMUFIX" --host "$host" plan gaming -o saved.plan 2>/dev/null
on_terminal plan show saved.plan
paged "plan show is paged"
on_terminal plan gaming
unpaged "plan is not: a document is for programs"
on_terminal rewrite gaming
unpaged "rewrite is not"
on_terminal diff --no-pager gaming
unpaged "--no-pager"
tool --host "$host" groups
unpaged "a pipe or file has none"
TERM=dumb on_terminal groups
unpaged "a terminal that is dumb has none"

for pager in '' cat 'no-such-pager' 'an "open quote'; do
    VIRT_IOMMUFIX_PAGER=$pager on_terminal groups
    unpaged "VIRT_IOMMUFIX_PAGER='$pager': printed as it is"
    is "$status" 0 "VIRT_IOMMUFIX_PAGER='$pager': the exit status"
done
PAGER='cat' on_terminal groups
paged "VIRT_IOMMUFIX_PAGER goes before PAGER"
unset VIRT_IOMMUFIX_PAGER
PAGER='sed -u s/^/paged:/' on_terminal groups
paged "PAGER"
PAGER='head -n 1' on_terminal groups
[ "$(wc -l <out)" -eq 1 ]
result "a pager that is left early ends the tool without a word" || show out
if command -v less >/dev/null 2>&1; then
    unset LESS
    on_terminal check web
    grep -q 'web' out
    result "less prints what fits the screen, and ends" || show out
else
    skip "less" "there is no less"
fi

finish
