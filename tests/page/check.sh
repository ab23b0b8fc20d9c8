#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The report of 25 hosts with 200 domains in headless Chromium: no error, no request, nothing that
# axe-core finds, readable and usable with a keyboard and without its script. Needs the packages
# chromium and npm; takes two packages from the npm registry. Called by ./run check-page.
#
# From the environment: VIRT_IOMMUFIX (the tool), srcdir and builddir (tops of the trees). Pictures
# are left in $builddir/page; those in docs/ are two of them.

set -u
folder=${builddir:?}/page
mkdir -p "$folder"
folder=$(cd "$folder" && pwd) || exit 2
source=$(cd "${srcdir:?}" && pwd) || exit 2
cd "$folder" || exit 2
npm install --no-save --no-audit --no-fund --prefix "$folder" \
    axe-core@4.14.1 playwright-core@1.65.1 >npm.log 2>&1 || { cat npm.log; exit 2; }

rm -f ./*.plan report.html
for host in $(seq -w 1 25); do
    "$VIRT_IOMMUFIX" --host "$source/examples/demo-host.xml" plan --all -o "host$host.plan" \
        2>/dev/null
done
"$VIRT_IOMMUFIX" report host*.plan >report.html || exit 2
echo "# the report of 200 domains: $(stat -c %s report.html) bytes"
node "$source/tests/page/check.js" "$folder/report.html" "$folder"
