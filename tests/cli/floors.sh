#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The rooms of src/: their include lines, "ROOM/NAME.h", are the arrows of the drawing in
# CONTRIBUTING.md, and no arrow leads back up; each library is called where it belongs;
# files and functions are short, and the names of functions tell their file.

. "$srcdir/tests/cli/lib.sh"

# A line of the drawing: a room, and after the arrow the rooms that it uses.
sed -n 's/^    \([a-z][a-z]*\)\( *-> \(.*\)\)\{0,1\}$/\1 \3/p' "$srcdir/CONTRIBUTING.md" >drawing
is "$(cd "$srcdir/src" && echo *)" "base cli domain host plan report use write xml" "src/ is nine rooms"
is "$(cut -d' ' -f1 drawing | sort | xargs)" "base cli domain host plan report use write xml" \
    "CONTRIBUTING draws them all"

below=
while read -r room uses; do
    below="$below $room"
    for used in $uses; do
        case " $below " in *" $used "*) echo "$room: $used" ;; esac
    done
done <drawing >back
is "$(cat back)" "" "no arrow of the drawing leads back up"

while read -r room uses; do
    (cd "$srcdir/src/$room" && sed -n 's,^#include "\([^/"]*\)\(/[^"]*\)*"$,\1,p' ./*.[ch]) | sort -u |
        grep -vx "$room" >used
    # shellcheck disable=SC2086 # a list of words
    printf '%s\n' $uses | grep . | sort >drawn
    same used drawn "$room/ uses the rooms that the drawing says"
done <drawing

# only LIBRARY-PATTERN ROOM...: the headers are included in these rooms alone.
only() {
    pattern=$1
    shift
    (cd "$srcdir/src" && grep -l "^#include <$pattern" ./*/*.[ch] | cut -d/ -f2 | sort -u) >users
    printf '%s\n' "$@" | sort >allowed
    same users allowed "<$pattern...> is included in $*"
}

only libvirt/ host
only libxslt/ xml
only json report write
only libsmartcols cli report
only libmount use
only netlink/ use
only libxml/ base cli host plan report use xml

# A name tells where a function is.
for file in "$srcdir"/src/*/*.c; do
    header=${file%.c}.h
    [ -e "$header" ] || header=
    # shellcheck disable=SC2086 # none or one
    awk '
        FNR == 1 {
            name = FILENAME
            sub(/.*\/src\//, "", name)
            is_header = name ~ /\.h$/
            word = name
            sub(/.*\//, "", word)
            sub(/\.c$/, "", word)
            gsub(/-/, "", word)
        }
        is_header {
            if (/^typedef (struct|enum|union) .*;$/ || /^\} ifx[A-Za-z0-9]*;$/) {
                type = $NF
                sub(/;/, "", type)
                types[tolower(type)]
            }
            next
        }
        /^ifx[A-Za-z0-9]*\(/ && before !~ /^static / {
            called = $0
            sub(/\(.*/, "", called)
            fits = index(tolower(called), "ifx" word) == 1
            for (type in types)
                fits = fits || index(tolower(called), type) == 1
            if (!fits)
                print "name: " name ": " called
        }
        /^\{/ { start = FNR }
        /^\}/ {
            if (start && FNR - start - 1 > 55)
                print "function: " name ":" start ": " FNR - start - 1
            start = 0
        }
        { before = $0 }
        END {
            if (FNR > 500)
                print "file: " name ": " FNR
        }' $header "$file"
done >breaches
is "$(grep '^file: ' breaches)" "" "no .c has more than 500 lines"
is "$(grep '^function: ' breaches)" "" "no function has more than 55 lines"
is "$(grep '^name: ' breaches)" "" \
    "the name of an exported function begins with its file's name or with a type of its header"

finish
