#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./run, with a tree that builds nothing, and packages that are all there or all missing.

. "$srcdir/tests/cli/lib.sh"

unset BUILD_DIR MAKEFLAGS MFLAGS
mkdir "a path"
copy "$srcdir/run" "a path/run"
sh "a path/run" demo >out 2>err
is "$? $(grep -c "cannot build where a path has a space: $PWD/a path/build" err)" "2 1" \
    "a tree in a path with a space is refused, and the path is named"
BUILD_DIR="$tmp/b c" sh "$srcdir/run" check >out 2>err
is "$? $(grep -c "has a space: $tmp/b c" err)" "2 1" "so is a BUILD_DIR with a space"

sh "$srcdir/run" help >words 2>err
is "$? $(grep -c 'check-distro SUITE' words) $(cat err)" "0 1 " "help prints the words"
sh "$srcdir/run" frobnicate >out 2>err
is "$? $(head -n 1 err)" "2 run: unknown word: frobnicate" "an unknown word is named"
sed 1d err >rest
same rest words "and the words are printed"
sh "$srcdir/run" >out 2>err
is "$?$(cat out)" 2 "no word is an error"
same err words "that prints the words, too"

# A tree whose Makefile prints what a test driver does.
mkdir -p tree/build bin
copy "$srcdir/run" tree/run
: >tree/configure.ac
: >tree/configure
cat >tree/build/Makefile <<'MAKE'
all:
check:
	@cat lines; exit $(STATUS)
MAKE
cat >tree/build/lines <<'LINES'
PASS: tests/cli/one.sh 1 - it works
SKIP: tests/cli/one.sh 2 - another # SKIP there is no terminal
SKIP: tests/cli/two.sh 1 - a third # SKIP there is no terminal
SKIP: tests/integration/three.sh only root can
FAIL: tests/cli/two.sh 2 - it fails
# PASS: 1
# SKIP: 3
# FAIL: 1
LINES
printf '#!/bin/sh\necho install ok installed\n' >bin/dpkg-query
chmod +x bin/dpkg-query
old_path=$PATH
PATH=$tmp/bin:$PATH
STATUS=0 sh tree/run check >out 2>err
is "$? $(cat out)" "0 1 passed, 1 failed, 3 skipped" "check ends with its sum"
is "$(grep skipped err)" "run: skipped tests/cli/one.sh and 1 more: there is no terminal
run: skipped tests/integration/three.sh: only root can" "each reason to skip is printed once"
STATUS=1 sh tree/run check >out 2>err
is "$? $(grep -c '^FAIL: tests/cli/two.sh 2 - it fails' err)" "2 1" "a test that fails is named"

# The demo, from the tree that is tested.
: >script
if [ ! -w "$srcdir" ]; then
    skip "the demo" "a tree that is read-only would be built again"
elif ! "$PTY" script true >/dev/null 2>&1; then
    skip "the demo" "there is no terminal"
else
    BUILD_DIR=$builddir sh "$srcdir/run" demo >out 2>err
    is "$? $(cat err)" "0 run: building" "the demo runs, without a warning" || show out
    # A guest that will not start, the chain to what a host uses, the question, the result.
    for words in 'gaming: incomplete, will not start$' '-> /home' '\[y/N\] y$' ': 1 changed'; do
        grep -q -e "$words" out
        result "it shows $words" || show out
    done
    grep -v -e "test://$srcdir" -e "$builddir/" out | awk 'length > 100' >wide
    is "$(cat wide)" "" "it fits 100 columns"
fi

# An ordinary user without sudo, on a system without the packages.
printf '#!/bin/sh\nexit 1\n' >bin/dpkg-query
printf '#!/bin/sh\necho 1000\n' >bin/id
chmod +x bin/id
for program in awk cat dirname grep nproc sed sh; do
    ln -s "$(PATH=$old_path command -v "$program")" "bin/$program"
done
for word in demo check; do
    PATH=$tmp/bin sh tree/run "$word" >"out.$word" 2>"err.$word"
    is "$? $(wc -l <"err.$word")" "2 2" "$word: without root and sudo, two lines"
    grep -q '^apt-get update && apt-get install -y .* gcc .* check' "err.$word"
    result "$word: one is a command for demo and check" || show "err.$word"
done
is "$(sed 1d err.check)" "$(sed 1d err.demo)" "it is the same command"
PATH=$old_path

finish
