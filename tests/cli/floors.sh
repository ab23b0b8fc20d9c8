#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The floors of src/ (CONTRIBUTING.md): no file includes from a higher one, and each
# library is called where it belongs.

. "$srcdir/tests/cli/lib.sh"

floor_of() {
    case $1 in
    error | pci-address | pci-class | term | file | file-new | file-replace | libvirt-state | sandbox | sysfs | \
        editor | interrupt | progress | prompt) echo 1 ;;
    xml-table | xml-sax | xml-check | xml-text | xml-path | xml-doc | edit | edit-lines | domain | hostdev-alias | qemu-arguments | \
        topology | domain-needs | elsewhere | network | storage-pool) echo 2 ;;
    topology-nodedev | topology-sysfs | host-use-nodedev | host-use-sysfs | use-* | \
        nodedev-*) echo 3 ;;
    host-use | host-use-*) echo 2 ;;
    plan-show) echo 6 ;;
    plan | plan-* | stylesheet | \
        stylesheet-builtin | rewrite | xml-patch | xml-patch-* | xml-kept | xml-style | xml-expect | \
        xml-verify | xml-tree | inverse | inverse-* | diff | capture-xml | guests | need) echo 4 ;;
    connection | connection-* | capture | guard | hook-file | host | report-* | record | \
        redefine | store | store-*) echo 5 ;;
    allowance | apply-plan | command | interactive | interactive-edit | options | positional | \
        propose | recover | session | takeback | tally | target | walk | write-job | write-run | cmd-* | main) echo 6 ;;
    *) echo 0 ;;
    esac
}

for source in "$srcdir"/src/*.[ch]; do
    name=$(basename "$source" | sed 's/\.[ch]$//')
    own=$(floor_of "$name")
    [ "$own" -gt 0 ]
    result "$(basename "$source") stands on a floor"

    sed -n 's/^#include "\(.*\)\.h"$/\1/p' "$source" | while read -r used; do
        [ "$(floor_of "$used")" -le "$own" ] || echo "$used"
    done >above
    is "$(cat above)" "" "$(basename "$source") uses nothing from above"
done

# only LIBRARY-PATTERN FILE...: the headers are included in these files alone.
only() {
    pattern=$1
    shift
    (cd "$srcdir/src" && grep -l "^#include <$pattern" ./*.[ch] | sed 's,^\./,,' | sort) >users
    printf '%s\n' "$@" | sort >allowed
    same users allowed "<$pattern...> is included in $*"
}

only libvirt/ connection.c connection-define.c connection-guests.c connection-internal.h
only libxslt/ stylesheet.c
only json record.c report-json.c report-json-internal.h report-line.c
only libsmartcols report-groups.c report-log.c
only libmount use-mountinfo.c
only libxml/ main.c plan-approval.h plan-file.h plan-xml.h rewrite.c stylesheet.c stylesheet.h \
    xml-doc.c xml-doc.h xml-patch.h xml-sax.c xml-style.h xml-text.c xml-tree.c xml-tree.h

finish
