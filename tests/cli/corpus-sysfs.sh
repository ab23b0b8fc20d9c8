#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# corpus.sh with sysfs trees as hosts. A test of its own, so that both can run at once.

source=sysfs
. "$srcdir/tests/cli/corpus.sh"
