#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./run, before it installs or builds anything.

. "$srcdir/tests/cli/lib.sh"

unset BUILD_DIR
mkdir "a path"
copy "$srcdir/run" "a path/run"
sh "a path/run" demo >out 2>err
is "$? $(grep -c "cannot build where a path has a space: $PWD/a path/build" err)" "2 1" \
    "a tree in a path with a space is refused, and the path is named"
BUILD_DIR="$tmp/b c" sh "$srcdir/run" check >out 2>err
is "$? $(grep -c "has a space: $tmp/b c" err)" "2 1" "so is a BUILD_DIR with a space"

sh "$srcdir/run" frobnicate >out 2>err
is "$? $(grep -c 'check-distro SUITE' err)" "2 1" "an unknown word shows the words"

finish
