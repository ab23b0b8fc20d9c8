#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a test so that no memory error is missed, whatever exit statuses the test expects:
#
#   memory.sh asan COMMAND... TEST        the binaries are built with --enable-sanitizers
#   memory.sh valgrind COMMAND... TEST    valgrind runs the binaries
#
# make check-asan and make check-valgrind put this in front of each test. Every error is written to
# a file. If there are files when TEST has ended, they are printed and the exit status is 1.
#
# A script finds this file under the names of our binaries (VIRT_IOMMUFIX, APPLY_STYLESHEET).
# Called by such a name, it runs that binary. Standard input, output, error and, if there was no
# error, exit status are the binary's own.
#
# valgrind takes over a second for each run, and the scripts make thousands. So valgrind takes a
# sample: in each script the first run of each kind. A kind is the command and the names of its
# options. VALGRIND_RUNS=2 is the first two runs of each kind, VALGRIND_RUNS=all every run; a script
# can set it for one run. CONTRIBUTING.md says what covers the other runs.

set -u

# kind ARGUMENT...: prints the kind of a run: the words and the names of options.
kind() {
    for argument; do
        case $argument in
        -*) printf '%s ' "${argument%%=*}" ;;
        *[!a-z]*) ;;
        *) printf '%s ' "$argument" ;;
        esac
    done
    echo
}

# is_sampled BINARY ARGUMENT...: does valgrind run this?
is_sampled() {
    limit=${VALGRIND_RUNS:-1}
    [ "$limit" != all ] || return 0
    kind=$(kind "$@")
    count=$(grep -cxFe "$kind" "$MEMORY_LOGS/bin/kinds")
    [ "${count:-0}" -lt "$limit" ] || return 1
    echo "$kind" >>"$MEMORY_LOGS/bin/kinds"
}

# valgrind_run BINARY ARGUMENT...: its log names the command; without an error it is removed.
# valgrind warns of ioctls that it does not know, those of loop devices, and the log would not be
# empty; lax-ioctls keeps it silent. Warnings of commands of bpf(2) go out afterwards. Names of inlined functions would take a tenth of the time.
valgrind_run() {
    log=$(mktemp "$MEMORY_LOGS/valgrind.XXXXXX") || exit 99
    G_SLICE=always-malloc G_DEBUG=gc-friendly CK_FORK=no \
        valgrind -q --vgdb=no --log-file="$log" --error-exitcode=99 --num-callers=30 \
        --sim-hints=lax-ioctls --read-inline-info=no \
        --leak-check=full --show-leak-kinds=definite,indirect,possible \
        --errors-for-leak-kinds=definite,indirect,possible \
        --suppressions="$srcdir/tests/tools/valgrind.supp" "$@"
    run_status=$?
    sed -i '/^--[0-9]*-- WARNING: unhandled eBPF command/d' "$log"
    if [ -s "$log" ]; then
        echo "command: $*" >>"$log"
    else
        rm -f "$log"
    fi
    return "$run_status"
}

name=${0##*/}
if [ "$name" != memory.sh ]; then
    is_sampled "$name" "$@" || exec "$builddir/$name" "$@"
    valgrind_run "$builddir/$name" "$@"
    exit
fi

tool=$1
shift
for test; do :; done
MEMORY_LOGS=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-memory.XXXXXX") || exit 99
trap 'rm -rf "$MEMORY_LOGS"' EXIT
trap 'exit 99' HUP INT TERM
# Some tests run the tool as another user.
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
    : >"$MEMORY_LOGS/bin/kinds"
    chmod 666 "$MEMORY_LOGS/bin/kinds"
    for binary in virt-iommufix apply-stylesheet; do
        ln -s "$srcdir/tests/tools/memory.sh" "$MEMORY_LOGS/bin/$binary"
    done
    VIRT_IOMMUFIX=$MEMORY_LOGS/bin/virt-iommufix
    APPLY_STYLESHEET=$MEMORY_LOGS/bin/apply-stylesheet
    export VIRT_IOMMUFIX APPLY_STYLESHEET
    ;;
esac

# A script finds our binaries by itself; a test that is one of them is run whole.
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
