#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Fuzzes with clang's libFuzzer, under ASan and UBSan:
#
#   tests/fuzz/run.sh [TARGET]...       text, nodedev, plan, patch, sysfs, saved, made, nets;
#                                       default: all
#
# FUZZ_SECONDS  how long each target runs (60)
# FUZZ_DIR      folder for the build, and for the corpora, which grow from one run to the next
# FUZZ_MERGE    not empty: no fuzzing. The smallest set of inputs, old and new, that covers the same
#               replaces the files in tests/fuzz/corpus that are named by a hash
#
# An input that breaks a target is written to FUZZ_DIR/crash-TARGET-...; to run it with plain gcc:
#   make -C build fuzz-TARGET && srcdir=. build/fuzz-TARGET FILE

set -eu
LC_ALL=C.UTF-8
export LC_ALL

srcdir=$(cd "$(dirname "$0")/../.." && pwd)
export srcdir
dir=${FUZZ_DIR:-${TMPDIR:-/tmp}/iommufix-fuzz-$(id -u)}
flags='-g -O1 -fno-omit-frame-pointer -fno-sanitize-recover=undefined'
libraries='glib-2.0 libxml-2.0 libxslt libvirt json-c smartcols mount libnl-3.0'
[ $# -gt 0 ] || set -- text nodedev plan patch sysfs saved made nets

say() {
    echo "run.sh: $*" >&2
}

# Debian has clang's runtime in a package of its own.
if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
    clang -fsanitize=fuzzer,address -x c -o /dev/null - 2>/dev/null; then
    say "there is no clang with libFuzzer; on Debian 12: apt-get install clang libclang-rt-14-dev"
    exit 2
fi

build() {
    mkdir -p "$dir"
    [ -e "$srcdir/configure" ] || (cd "$srcdir" && autoreconf -fi >/dev/null 2>&1)
    [ -e "$dir/Makefile" ] || (cd "$dir" && "$srcdir/configure" -q --enable-sanitizers \
        CC=clang CFLAGS="$flags -fsanitize=fuzzer-no-link")
    make -s -C "$dir" -j"$(nproc)" libiommufix.a >"$dir/build.out" 2>&1 || {
        tail -n 40 "$dir/build.out" >&2
        exit 2
    }
    for target; do
        # shellcheck disable=SC2046,SC2086 # lists of words
        clang -std=gnu11 -D_GNU_SOURCE $flags -fsanitize=fuzzer,address,undefined \
            -I"$srcdir/src" $(pkg-config --cflags $libraries) -o "$dir/fuzz-$target" \
            "$srcdir/tests/fuzz/fuzz-$target.c" "$srcdir"/tests/fuzz/check-*.c \
            "$srcdir/tests/fuzz/setup.c" "$dir/libiommufix.a" $(pkg-config --libs $libraries)
    done
}

# engine TARGET OPTION...: runs it over the corpus, what that grew by, and the domains of the
# command tests.
engine() {
    target=$1
    shift
    case $target in
    sysfs) set -- "$@" -max_len=1024 ;;
    saved) set -- "$@" -max_len=16384 ;;
    *) set -- "$@" -max_len=4096 ;;
    esac
    "$dir/fuzz-$target" "$@" -artifact_prefix="$dir/crash-$target-" -timeout=10 \
        -rss_limit_mb=1024 -malloc_limit_mb=256 -dict="$srcdir/tests/fuzz/$target.dict" \
        "$dir/corpus/$target" "$srcdir/tests/fuzz/corpus/$target" "$srcdir/tests/data/domains" \
        >"$dir/$target.log" 2>&1 || {
        grep -v '^#' "$dir/$target.log" | tail -n 40 >&2
        return 1
    }
}

fuzz() {
    say "$1: see $dir/$1.log"
    mkdir -p "$dir/corpus/$1"
    engine "$1" -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=1 || return 1
    grep '^#.* cov: ' "$dir/$1.log" | tail -n 1
    grep -E 'number_of_executed_units|average_exec_per_sec|peak_rss' "$dir/$1.log"
}

merge() {
    corpus=$srcdir/tests/fuzz/corpus/$1
    mkdir -p "$dir/corpus/$1"
    rm -rf "$dir/merged"
    mkdir "$dir/merged"
    # What has a name is there for a reason.
    find "$corpus" -type f ! -name "$(printf '%040d' 0 | sed 's/0/[0-9a-f]/g')" \
        -exec cp {} "$dir/merged" \;
    engine "$1" -set_cover_merge=1 -use_counters=0 "$dir/merged" || return 1
    rm -rf "$corpus"
    mv "$dir/merged" "$corpus"
    say "$1: $(find "$corpus" -type f | wc -l) files in the corpus"
}

build "$@"
status=0
for one; do
    if [ -n "${FUZZ_MERGE:-}" ]; then
        merge "$one" || status=1
    else
        fuzz "$one" || status=1
    fi
done
exit "$status"
