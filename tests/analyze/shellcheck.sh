#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every shell script, read by shellcheck; its exceptions are in .shellcheckrc.

. "$srcdir/tests/cli/lib.sh"

if ! command -v shellcheck >/dev/null 2>&1; then
    skip "shellcheck" "there is no shellcheck"
    finish
    exit 0
fi

cd "$srcdir" || exit 99
for script in run .ci/run systemd/drift.in completions/virt-iommufix debian/tests/demo debian/tests/libvirtd tests/*/*.sh tests/*/*/*.sh; do
    shellcheck "$script" >"$tmp/out" 2>&1
    result "shellcheck: $script" || show "$tmp/out"
done

finish
