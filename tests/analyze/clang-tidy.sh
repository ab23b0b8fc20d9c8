#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# clang-tidy, with clang's own analyzer, over each source; its exceptions are in clang-tidy.yaml.
# From make check-analyze: COMPILE, of which the -I and -D are taken, and C_SOURCES, headers among them.

. "$srcdir/tests/cli/lib.sh"

if ! command -v clang-tidy >/dev/null 2>&1; then
    skip "clang-tidy" "there is no clang-tidy"
    finish
    exit 0
fi

eval "set -- $COMPILE"
for flag; do
    shift
    case $flag in
    -D_FORTIFY_SOURCE=*) ;;
    -I* | -D* | -std=*) set -- "$@" "$flag" ;;
    esac
done

for source in $C_SOURCES; do
    [ "${source%.c}" != "$source" ] || continue
    (
        cd "$builddir" && clang-tidy --quiet --config-file="$srcdir/tests/analyze/clang-tidy.yaml" \
            "$srcdir/$source" -- "$@"
    ) >out 2>err
    result "clang-tidy: $source" || show out
done

finish
