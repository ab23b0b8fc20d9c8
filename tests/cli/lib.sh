# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=sh
#
# What every command test starts with: . "$srcdir/tests/cli/lib.sh"
#
# From the environment: VIRT_IOMMUFIX (the tool), srcdir and builddir (tops of the trees),
# UPDATE_GOLDEN (not empty: golden files are written, not compared).
# Output is TAP; a test ends with `finish`.

set -u
LC_ALL=C.UTF-8
PAGER='cat'
export LC_ALL PAGER
unset NO_COLOR VIRT_IOMMUFIX_PAGER VIRSH_DEFAULT_CONNECT_URI LIBVIRT_DEFAULT_URI 2>/dev/null

tests=0
json=0
tmp=$(mktemp -d "${TMPDIR:-/tmp}/iommufix-test.XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
trap 'exit 99' HUP INT TERM
# libvirt's client gets a home of its own, so that it does not find the user's.
HOME=$tmp
XDG_CACHE_HOME=$tmp/cache
XDG_CONFIG_HOME=$tmp/config
XDG_RUNTIME_DIR=$tmp/runtime
export HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR
mkdir -p "$XDG_RUNTIME_DIR"
cd "$tmp" || exit 99

# result NAME: ok if the command before it succeeded.
result() {
    if [ $? -eq 0 ]; then
        tests=$((tests + 1))
        echo "ok $tests - $1"
    else
        tests=$((tests + 1))
        echo "not ok $tests - $1"
        return 1
    fi
}

# skip NAME REASON
skip() {
    tests=$((tests + 1))
    echo "ok $tests - $1 # SKIP $2"
}

finish() {
    [ "$json" -eq 0 ] || validate
    echo "1..$tests"
}

# validate: everything that tool printed with --json is valid.
validate() {
    if ! command -v python3 >/dev/null 2>&1; then
        skip "all JSON is valid" "there is no python3"
        return
    fi
    python3 "$srcdir/tests/tools/validate-json.py" "$srcdir/schema/virt-iommufix.schema.json" \
        "$tmp"/json.d/* >"$tmp/invalid" 2>&1
    case $? in
    77) skip "all JSON is valid" "$(cat "$tmp/invalid")" ;;
    0) result "all JSON is valid" ;;
    *)
        false
        result "all JSON is valid" || show "$tmp/invalid"
        ;;
    esac
}

# Shows a file in the log.
show() {
    sed 's/^/# /' "$1"
}

# tool ARGUMENT...: runs it; leaves its output in $tmp/out and $tmp/err, its status in $status. What
# it prints with --json is kept for finish.
tool() {
    "$VIRT_IOMMUFIX" "$@" >"$tmp/out" 2>"$tmp/err"
    status=$?
    case " $* " in
    *" --json "*)
        json=$((json + 1))
        mkdir -p "$tmp/json.d"
        cp "$tmp/out" "$tmp/json.d/$json"
        ;;
    esac
}

# is A B NAME
is() {
    [ "$1" = "$2" ]
    result "$3" || { echo "# got:      $1"; echo "# expected: $2"; }
}

# same FILE FILE NAME
same() {
    cmp -s "$1" "$2"
    result "$3" || diff -u "$2" "$1" | head -40 | sed 's/^/# /'
}

# copy FILE COPY: a copy that can be written and replaced, even if the sources are read-only.
copy() {
    rm -f "$2" && cp "$1" "$2" && chmod u+w "$2"
}

# golden FILE NAME: FILE is the same as tests/data/golden/NAME.
golden() {
    if [ -n "${UPDATE_GOLDEN:-}" ]; then
        copy "$1" "$srcdir/tests/data/golden/$2"
    fi
    same "$1" "$srcdir/tests/data/golden/$2" "$2 is unchanged"
}

# is_checked: the tool runs under ASan or valgrind, into which nothing can be preloaded.
is_checked() {
    [ -n "${MEMORY_LOGS:-}" ]
}

# under_valgrind: does tests/tools/memory.sh run the tool under valgrind?
under_valgrind() {
    [ -d "${MEMORY_LOGS:-/nonexistent}/bin" ]
}

# has_terminal: is there a script(1) that can make a pseudo-terminal?
has_terminal() {
    script -qec true /dev/null </dev/null >/dev/null 2>&1
}

# make_sysroot HOST, make_capture HOST [DOMAIN.xml...]: prints the path of what it made.
make_sysroot() {
    if [ ! -d "$tmp/sysroot/$1" ]; then
        mkdir -p "$tmp/sysroot/$1"
        "$srcdir/tests/tools/make-host.sh" sysfs "$srcdir/tests/data/hosts/$1.txt" "$tmp/sysroot/$1" || exit 99
    fi
    echo "$tmp/sysroot/$1"
}

# make_blind_sysroot HOST: the same devices, and nothing that shows what the host uses them for.
make_blind_sysroot() {
    mkdir -p "$tmp/blind/$1"
    if [ ! -d "$tmp/blind/$1/sys" ]; then
        awk '$3 == "-" || $3 ~ /^[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]$/' \
            "$srcdir/tests/data/hosts/$1.txt" >"$tmp/blind/$1.txt"
        "$srcdir/tests/tools/make-host.sh" sysfs "$tmp/blind/$1.txt" "$tmp/blind/$1" || exit 99
    fi
    echo "$tmp/blind/$1"
}

make_capture() {
    mkdir -p "$tmp/capture"
    capture_host=$1
    shift
    "$srcdir/tests/tools/make-host.sh" node "$srcdir/tests/data/hosts/$capture_host.txt" "$@" \
        >"$tmp/capture/$capture_host.xml" || exit 99
    echo "$tmp/capture/$capture_host.xml"
}

# additions: the addresses that the plan on stdin adds, on one line.
additions() {
    awk '
        /<plan / { change = /result="change"/ }
        /<member / { add = change && /verdict="add"/ }
        /<address / && add {
            split($0, q, "\"")
            printf "%s%s:%s:%s.%s", sep, substr(q[2], 3), substr(q[4], 3), substr(q[6], 3), substr(q[8], 3)
            sep = " "
            add = 0
        }
        END { if (!sep) printf "-"; print "" }'
}
