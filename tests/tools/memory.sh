#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a test so that no error of memory goes by, whatever the test makes of exit statuses:
#
#   memory.sh asan COMMAND... TEST        the binaries are built with --enable-sanitizers
#   memory.sh valgrind COMMAND... TEST    the binaries are run by valgrind
#
# Is what make check-asan and make check-valgrind put before each test. Every error is written to
# a file; if there are files when TEST is over, they are shown and the exit status is 1.
#
# Called by the name of one of our binaries, it runs that by valgrind: so it stands in
# VIRT_IOMMUFIX and APPLY_STYLESHEET. Standard input, output, error and, if there was no error,
# exit status are the binary's own.

set -u

# valgrind_run BINARY ARGUMENT...: its log names the command; without an error it is removed.
valgrind_run() {
    # Some tests run the tool as another user.
    log=$(mktemp "$MEMORY_LOGS/valgrind.XXXXXX") || exit 99
    G_SLICE=always-malloc G_DEBUG=gc-friendly CK_FORK=no \
        valgrind -q --vgdb=no --log-file="$log" --error-exitcode=99 --num-callers=30 \
        --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible \
        --suppressions="$srcdir/tests/tools/valgrind.supp" "$@"
    run_status=$?
    if [ -s "$log" ]; then
        echo "command: $*" >>"$log"
    else
        rm -f "$log"
    fi
    return "$run_status"
}

name=${0##*/}
if [ "$name" != memory.sh ]; then
    valgrind_run "$builddir/$name" "$@"
    exit
fi

tool=$1
shift
for test; do :; done
MEMORY_LOGS=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-memory.XXXXXX") || exit 99
trap 'rm -rf "$MEMORY_LOGS"' EXIT
trap 'exit 99' HUP INT TERM
chmod 1777 "$MEMORY_LOGS"
export MEMORY_LOGS

case $tool in
asan)
    # 99: what no test takes for an answer of the tool.
    ASAN_OPTIONS=detect_leaks=1:exitcode=99:log_path=$MEMORY_LOGS/asan
    LSAN_OPTIONS=exitcode=99
    UBSAN_OPTIONS=print_stacktrace=1:exitcode=99:log_path=$MEMORY_LOGS/asan
    export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
    ;;
valgrind)
    mkdir "$MEMORY_LOGS/bin"
    for binary in virt-iommufix apply-stylesheet; do
        ln -s "$srcdir/tests/tools/memory.sh" "$MEMORY_LOGS/bin/$binary"
    done
    VIRT_IOMMUFIX=$MEMORY_LOGS/bin/virt-iommufix
    APPLY_STYLESHEET=$MEMORY_LOGS/bin/apply-stylesheet
    export VIRT_IOMMUFIX APPLY_STYLESHEET
    ;;
esac

# A script finds our binaries by itself; a test that is one of them is run here.
case $tool:$test in
*.sh | asan:*) "$@" ;;
valgrind:*) valgrind_run "$@" ;;
esac
status=$?

for log in "$MEMORY_LOGS"/*; do
    if [ -f "$log" ] && [ -s "$log" ]; then
        status=1
        sed 's/^/# /' "$log"
    fi
done
exit "$status"
