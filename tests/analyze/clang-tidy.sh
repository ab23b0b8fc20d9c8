#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# clang-tidy, with clang's own analyzer, over each source; its exceptions are in clang-tidy.yaml.
# It takes -I, -D and -std from the compiler's flags.

. "$srcdir/tests/analyze/lib.sh"

if ! command -v clang-tidy >/dev/null 2>&1; then
    skip "clang-tidy" "there is no clang-tidy"
    finish
    exit 0
fi

# analyze SOURCE
analyze() {
    source=$1
    eval "set -- $COMPILE"
    for flag; do
        shift
        case $flag in
        -D_FORTIFY_SOURCE=*) ;;
        -I* | -D* | -std=*) set -- "$@" "$flag" ;;
        esac
    done
    cd "$builddir" && clang-tidy --quiet --config-file="$srcdir/tests/analyze/clang-tidy.yaml" \
        "$srcdir/$source" -- "$@"
}

each_source "clang-tidy" analyze

finish
