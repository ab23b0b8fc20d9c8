#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The tool has every protection of linker and kernel that configure found a flag for (HARDENED).

. "$srcdir/tests/cli/lib.sh"

# Not VIRT_IOMMUFIX, which can be a script.
binary=$builddir/virt-iommufix

# asked FLAG NAME: was FLAG given? If not, the test NAME is skipped.
asked() {
    case " ${HARDENED:-}" in
    *" $1"*) ;;
    *) skip "$2" "configure did not set $1"; return 1 ;;
    esac
    command -v readelf >/dev/null 2>&1 || { skip "$2" "there is no readelf (binutils)"; return 1; }
}

name="it is a position independent executable"
if asked -pie "$name"; then
    readelf -W -h -d "$binary" >elf
    grep -q '^ *Type: *DYN ' elf && grep -q '(FLAGS_1).*\bPIE\b' elf
    result "$name" || show elf
fi

name="what the linker fills in is bound at the start, then read only (full RELRO)"
if asked -Wl,-z,relro "$name" && asked -Wl,-z,now "$name"; then
    readelf -W -l -d "$binary" >elf
    grep -q '^ *GNU_RELRO ' elf && grep -q '(FLAGS.*\(\bNOW\|BIND_NOW\)\b' elf
    result "$name" || show elf
fi

name="neither its stack nor anything writable can be executed"
if asked -pie "$name"; then
    readelf -W -l "$binary" >elf
    is "$(awk '
        $1 == "GNU_STACK" && $7 != "RW"
        $1 == "GNU_STACK" { found = 1 }
        $1 == "LOAD" && $7 $8 ~ /W/ && $7 $8 ~ /E/
        END { if (!found) print "no GNU_STACK" }' elf)" "" "$name"
fi

name="functions with buffers guard their stack"
if asked -fstack-protector-strong "$name"; then
    readelf -W --dyn-syms "$binary" >elf
    grep -q ' __stack_chk_fail\b' elf
    result "$name" || show elf
fi

name="calls of libc are checked (_FORTIFY_SOURCE)"
if asked -D_FORTIFY_SOURCE= "$name"; then
    readelf -W --dyn-syms "$binary" >elf
    grep -q ' __[a-z]*_chk\b' elf
    result "$name" || show elf
fi

finish
