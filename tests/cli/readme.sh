#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The examples of README.md print what README.md shows.

. "$srcdir/tests/cli/lib.sh"

# An example is an indented "$ virt-iommufix ..." and the indented lines below it.
awk '
    BEGIN { expected = "elsewhere" }
    /^    \$ virt-iommufix / {
        expected = "expected." ++n
        print substr($0, 7) > ("command." n)
        printf "" > expected
        next
    }
    /^    / { print substr($0, 5) > expected; next }
    /./ { expected = "elsewhere" }' "$srcdir/README.md"

examples=0
for command in command.*; do
    n=${command#command.}
    examples=$((examples + 1))
    sed "s,^virt-iommufix,'$VIRT_IOMMUFIX'," "$command" >run.sh
    (cd "$srcdir" && sh "$tmp/run.sh") >"got.$n" 2>&1
    same "got.$n" "expected.$n" "README: $(cat "$command")"
done
[ "$examples" -ge 3 ]
result "README has its examples"

finish
