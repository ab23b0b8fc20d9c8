#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# gcc -fanalyzer over each source. From make check-analyze: COMPILE, the compiler with its
# flags, and C_SOURCES, headers among them.

. "$srcdir/tests/cli/lib.sh"

case $(${COMPILE%% *} --version | head -n 1) in
gcc* | *-gcc*) ;;
*)
    skip "gcc -fanalyzer" "the compiler is not gcc"
    finish
    exit 0
    ;;
esac

for source in $C_SOURCES; do
    [ "${source%.c}" != "$source" ] || continue
    # shellcheck disable=SC2086 # COMPILE is a command with its arguments
    (cd "$builddir" && eval "$COMPILE" -fanalyzer -Werror -c -o "$tmp/out.o" "$srcdir/$source") >out 2>&1
    result "gcc -fanalyzer: $source" || show out
done

finish
