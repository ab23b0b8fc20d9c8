#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# gcc -fanalyzer over each source.

. "$srcdir/tests/analyze/lib.sh"

case $(${COMPILE%% *} --version | head -n 1) in
gcc* | *-gcc*) ;;
*)
    skip "gcc -fanalyzer" "the compiler is not gcc"
    finish
    exit 0
    ;;
esac

# analyze SOURCE
analyze() {
    cd "$builddir" && eval "$COMPILE" -fanalyzer -Werror -c -o /dev/null "$srcdir/$1"
}

each_source "gcc -fanalyzer" analyze

finish
