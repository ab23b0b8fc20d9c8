#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The rooms of src/ (CONTRIBUTING.md): a file includes only from its own room and from rooms
# below it, by "ROOM/NAME.h"; and each library is called in the rooms where it belongs.

. "$srcdir/tests/cli/lib.sh"

# Rooms on one floor do not know each other.
floor_of() {
    case $1 in
    base) echo 1 ;;
    xml) echo 2 ;;
    domain | use) echo 3 ;;
    host) echo 4 ;;
    plan) echo 5 ;;
    report | write) echo 6 ;;
    cli) echo 7 ;;
    *) echo 0 ;;
    esac
}

is "$(cd "$srcdir/src" && echo *)" "base cli domain host plan report use write xml" "src/ is nine rooms"

for folder in "$srcdir"/src/*/; do
    room=$(basename "$folder")
    floor=$(floor_of "$room")

    grep -H '^#include "' "$folder"*.[ch] | sed 's,.*/\([^/]*\):#include "\(.*\)"$,\1 \2,' |
        while read -r source used; do
            below=$(floor_of "${used%%/*}")
            if [ "$below" -eq 0 ] || { [ "${used%%/*}" != "$room" ] && [ "$below" -ge "$floor" ]; }; then
                echo "$source: $used"
            fi
        done >above
    is "$(cat above)" "" "$room uses nothing from above, and nothing from beside"
done

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
only libxml/ cli plan xml

finish
