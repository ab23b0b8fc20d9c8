#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# All Python, read by pycodestyle.

. "$srcdir/tests/cli/lib.sh"

if ! command -v pycodestyle >/dev/null 2>&1; then
    skip "pycodestyle" "there is no pycodestyle"
    finish
    exit 0
fi

cd "$srcdir" || exit 99
for script in tests/tools/*.py ansible/plugins/*/*.py; do
    # E402: in a module, imports come after its documentation; Ansible asks for that.
    pycodestyle --max-line-length=110 --ignore=E402,W503 "$script" >"$tmp/out" 2>&1
    result "pycodestyle: $script" || show "$tmp/out"
done

finish
