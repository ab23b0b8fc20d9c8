#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# cppcheck over the sources and the unit tests; its exceptions are in cppcheck.txt.

. "$srcdir/tests/cli/lib.sh"

name="cppcheck"
if command -v cppcheck >/dev/null 2>&1; then
    # What cppcheck takes no comments in, it gets without them.
    sed 's/ *#.*//; /^$/d' "$srcdir/tests/analyze/cppcheck.txt" >exceptions
    (
        cd "$srcdir" && cppcheck --quiet --error-exitcode=1 --inconclusive --std=c11 \
            --enable=warning,performance,portability,style --library=gtk --library=posix \
            --suppressions-list="$tmp/exceptions" -D_GNU_SOURCE -DG_LOG_DOMAIN='""' \
            -I src src tests/unit tests/tools/apply-stylesheet.c
    ) >out 2>&1
    result "$name" || show out
else
    skip "$name" "there is no cppcheck"
fi

finish
