#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The SATA controller of the chipset. Its neighbours are chipset devices with drivers of the host:
# the tool takes them only if --allow-member names them.

host=chipset
. "$srcdir/tests/lab/lib.sh"

together "$chipset_lpc" "$chipset_sata" "$chipset_smbus"

guest board "$chipset_sata"
definition board >"$tmp/before"
tool apply --yes board
ends 3 "apply refuses parts of the board"
says "platform-function"
says "--allow-member $chipset_lpc"
says "--allow-member $chipset_smbus"
definition board >"$tmp/after"
same "$tmp/after" "$tmp/before" "the definition is untouched"
tool apply --yes --allow-member "$chipset_lpc" board
ends 3 "and refuses when only one of them is allowed"
vsh undefine board

allow="--allow-member $chipset_lpc --allow-member $chipset_smbus"
completes managed "$chipset_sata" "$chipset_lpc" "$chipset_smbus"
completes unmanaged "unmanaged:$chipset_sata" "$chipset_lpc" "$chipset_smbus"

finish
