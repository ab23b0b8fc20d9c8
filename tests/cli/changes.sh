#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --managed, --prune and --give: what they change in claims, alone and together with additions.

. "$srcdir/tests/cli/lib.sh"

sysroot=$(make_sysroot gpu-desktop)
domains=$srcdir/tests/data/domains
valid=true
command -v virt-xml-validate >/dev/null || valid=false

# becomes NAME FILE OPTION...: rewrite turns FILE into `expected`; so does the diff; the new text
# needs no change; the plan fits its schema.
becomes() {
    name=$1
    file=$2
    shift 2
    tool --sysroot "$sysroot" rewrite "$@" "$file"
    is "$status" 0 "$name: rewrite"
    cp out new.xml
    same new.xml expected "$name: as expected"

    copy "$file" patched.xml
    tool --sysroot "$sysroot" diff "$@" patched.xml
    patch -s -p0 <out >/dev/null 2>&1
    same patched.xml expected "$name: the diff, applied"

    tool --sysroot "$sysroot" diff "$@" new.xml
    is "$status $(cat out)" "0 " "$name: a second run changes nothing"

    tool --sysroot "$sysroot" plan "$@" "$file"
    cp out plan.xml
    if command -v xmllint >/dev/null; then
        xmllint --noout --relaxng "$srcdir/xslt/plan.rng" plan.xml 2>/dev/null
        result "$name: the plan fits its schema"
    else
        skip "$name: the plan fits its schema" "no xmllint"
    fi
    if $valid; then
        virt-xml-validate new.xml domain >/dev/null 2>&1
        result "$name: libvirt's schema takes it"
    else
        skip "$name: libvirt's schema takes it" "no virt-xml-validate"
    fi
}

# managed: each kind of claim, replaced where it is there, added where it is not

complete=$domains/gpu-desktop--gpu-complete.xml
copy "$complete" expected
becomes "all are managed already" "$complete" --managed

sed "s/managed='yes'/managed='no'/" "$complete" >unmanaged.xml
becomes "hostdevs, managed='no'" unmanaged.xml --managed
grep -q '(unmanaged)' err
is "$?" 1 "which does not ask for --managed again" || show err

sed "s/ managed='yes'//" "$complete" >absent.xml
becomes "hostdevs, without managed" absent.xml --managed

sed "s/managed='yes'/managed=\"no\"/" "$complete" >quotes.xml
sed "s/managed='yes'/managed=\"yes\"/" "$complete" >expected
becomes "hostdevs, in double quotes" quotes.xml --managed

tr -d '\n' <absent.xml >line.xml
tr -d '\n' <"$complete" >expected
becomes "hostdevs, on one line" line.xml --managed

sed "/<interface type='hostdev'/s/ managed='[a-z]*'//" \
    "$domains/gpu-desktop--interface-hostdev.xml" >interface.xml
sed "/<interface type='hostdev'/s/>/ managed='yes'>/" interface.xml >expected
becomes "an interface" interface.xml --managed

# To detach a vGPU from its driver would destroy it.
tool --sysroot "$(make_sysroot server-vgpu)" rewrite --managed "$domains/server-vgpu--unmanaged.xml"
same out "$domains/server-vgpu--unmanaged.xml" "a device whose own driver serves VFIO stays unmanaged"

sed "/<source type='pci'/s/ managed='[a-z]*'//" "$domains/gpu-desktop--nvme-disk.xml" >nvme.xml
tool --sysroot "$sysroot" rewrite --managed nvme.xml
is "$status $(cmp out nvme.xml)" "0 " "libvirt manages an NVMe disk without being asked"
sed "s/<disk type='nvme'/<disk type='file'/
    /<source type='pci'/,/<\/source>/ {
        s/<source type='pci'/<source file='\/x'\/><backingStore type='nvme'><format type='raw'\/>&/
        s/<\/source>/&<backingStore\/><\/backingStore>/
    }" nvme.xml >backing.xml
sed "s/\(<source type='pci'[^>]*\)>/\1 managed='yes'>/" backing.xml >expected
becomes "an NVMe disk below another: on its source" backing.xml --managed

# with what is added

only=$domains/gpu-desktop--gpu-only.xml
tool --sysroot "$sysroot" rewrite "$only"
cp out expected
sed "s/managed='yes'/managed='no'/" "$only" >only-unmanaged.xml
becomes "placeholders, and the claim beside them" only-unmanaged.xml --managed
tool --sysroot "$sysroot" rewrite only-unmanaged.xml
is "$(grep -c "managed='no'" out)" 1 "without --managed a claim keeps its way"

# prune: what is gone, and nothing else

gone=$domains/gpu-desktop--placeholder-gone.xml
awk '/<hostdev/ { n++ } n == 5 { if (/<\/hostdev>/) n++; next } { print }' "$gone" >expected
becomes "a placeholder that is gone" "$gone" --prune
tool --sysroot "$sysroot" diff "$gone"
is "$status $(cat out)" "3 " "without --prune it refuses"
grep -q "Remove it: virt-iommufix --sysroot [^ ]* rewrite --in-place --prune [^ ]*$" err
result "and says what helps" || show err
tool --sysroot "$sysroot" diff --prune "$gone"
grep -q "0000:09:00.0 (/domain/devices/hostdev\[5\]) .* and is removed (placeholder-gone)$" err
result "what is removed is reported" || show err
tool --sysroot "$sysroot" check "$gone"
grep -q "will not start" out
result "check says that the guest will not start" || show out

# The last hostdev is removed, and new ones come after the one that stays.
awk '/<hostdev/ { n++ } n == 3 || n == 4 { next } { print }' "$gone" >both.xml
tool --sysroot "$sysroot" rewrite --prune both.xml
is "$status $(grep -c "bus='0x09'" out) $(grep -c "type='unassigned'" out)" "0 0 2" \
    "a placeholder goes, others come"
cp out expected
becomes "one goes, others come" both.xml --prune --managed

# Nothing but a placeholder that is gone
awk '/<hostdev/ { n++ } n >= 1 && n <= 4 { next } { print }' "$gone" >alone.xml
awk '/<hostdev/, /<\/hostdev>/ { next } { print }' "$gone" >expected
becomes "the only hostdev goes" alone.xml --prune

# A device that the guest should get is never taken out.
tool --sysroot "$sysroot" diff --prune "$domains/gpu-desktop--claim-gone.xml"
is "$status $(cat out)" "3 " "a claim that is gone is refused as before"
sed "s/bus='0x09'/bus='0x02'/" "$gone" >orphan.xml
tool --sysroot "$sysroot" diff --prune orphan.xml
is "$status $(cat out)" "0 " "a placeholder without a device of its group stays"
grep -q placeholder-orphan err
result "and is reported" || show err

awk '/<hostdev/ { n++ } n == 5 { if (/<\/hostdev>/) n++; next } { print }' orphan.xml >expected
becomes "unless that is wanted" orphan.xml --prune=orphans
tool --sysroot "$sysroot" diff orphan.xml
grep -q 'remove the placeholder: virt-iommufix --sysroot [^ ]* rewrite --in-place --prune=orphans [^ ]*$' err
result "the remedy is that" || show err
tool --sysroot "$sysroot" diff --prune=orphans "$gone"
is "$status $(grep -c '^-.*<hostdev' out)" "0 1" "what is gone goes, too"
tool --sysroot "$sysroot" diff --prune=all "$gone"
is "$status $(cat err)" "2 virt-iommufix: --prune=all: use gone or orphans" "neither gone nor orphans"
# The host uses the device: to remove the placeholder mends that.
sed "s/bus='0x02' slot='0x00' function='0x0'/bus='0x00' slot='0x1f' function='0x3'/" orphan.xml >used.xml
tool --sysroot "$sysroot" diff used.xml
is "$status" 3 "a placeholder for a device of the chipset is refused"
awk '/<hostdev/ { n++ } n == 5 { if (/<\/hostdev>/) n++; next } { print }' used.xml >expected
becomes "unless it is an orphan, and removed" used.xml --prune=orphans

# Each group that the domain claims is asked; group numbers may have gaps.
capture=$(make_capture gpu-desktop)
tool --host "$capture" diff --prune "$gone"
is "$status" 0 "a capture of all groups will do"
cp out whole
# without GROUP: the capture without the devices of that group
without() {
    awk -v group="number=.$1[^0-9]" '/<device>/ { hold = "" ; on = 1 }
        on { hold = hold $0 "\n" }
        /<\/device>/ { if (hold !~ group) printf "%s", hold; on = 0; next }
        !on { print }' "$capture"
}
without 3 >partial.xml
tool --host partial.xml diff --prune "$gone"
is "$status" 0 "and so will one without a group that the domain does not claim" || show err
same out whole "with the same change"
without 2 >partial.xml
tool --host partial.xml diff --prune "$gone"
is "$status $(cat out)" "3 " "a group that the domain claims is missing: refused"
grep -q '(claim-gone)' err
result "because of the claim" || show err
# A group lists the device, but there is no such node device.
sed "/<iommuGroup number=.2.>/a <address domain='0x0000' bus='0x09' slot='0x00' function='0x0'/>" \
    "$capture" >listed.xml
tool --host listed.xml diff --prune "$gone"
is "$status $(cat out) $(grep -c '0000:09:00.0 .*(unknown-member)' err)" "3  1" \
    "a placeholder whose device a group lists stays" || show err

# give: what the guest gets, beside its card or where libvirt wants

# given NAME FILE FUNCTION...: `expected` is FILE with these functions of the card in the slot of the
# guest's first hostdev.
beside="<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function="
given() {
    sed "s|$beside'0x0'/>|$beside'0x0' multifunction='on'/>|" "$1" >expected
    shift
    for function; do
        awk -v number="'0x$function'" -v new="$beside'0x$function'/>" '
            /<hostdev/ { mine = 0 }
            index($0, "function=" number) { mine = 1 }
            mine && sub(/<address type=.unassigned.\/>/, new) { mine = 0 }
            { print }' expected >expected.new
        mv expected.new expected
    done
}
tool --sysroot "$sysroot" rewrite "$only"
cp out hidden.xml
given hidden.xml 1
becomes "the audio device of a card" "$only" --give 0000:01:00.1
given hidden.xml 1 2 3
becomes "a whole card" "$only" --give card
becomes "a whole card that was hidden" hidden.xml --give card
cp expected whole.xml
given hidden.xml 2
becomes "one that was hidden" hidden.xml --give=01:00.2
cp new.xml two.xml
given hidden.xml 2 3
becomes "one more, beside those that are there" two.xml --give=01:00.3

# where NAME ADDRESS: what comes where the card has ADDRESS in the guest, has no place
where() {
    sed "s|$beside'0x0'/>|$2|" "$only" >elsewhere.xml
    tool --sysroot "$sysroot" rewrite elsewhere.xml
    awk '/bus=.0x01. .*function=.0x1./ { mine = 1 } /<\/hostdev/ { mine = 0 }
        mine && /unassigned/ { next } { print }' out >expected
    becomes "$1" elsewhere.xml --give 01:00.1
}
where "libvirt chooses where the card is" ""
where "the card is not function 0" "$beside'0x1'/>"
where "another device is in the slot" "$beside'0x0'/>\\n    <\\/hostdev>\\n    <hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x1'/></source>$beside'0x2'/>"
where "the address is more than that" "<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0'><zpci uid='0x1' fid='0x0'/></address>"

# denied PATTERN OPTION...: the card is refused for a reason like PATTERN.
denied() {
    pattern=$1
    shift
    tool --sysroot "$sysroot" diff "$@" "$only"
    is "$status $(cat out) $(grep -c "$pattern" err)" "3  1" "$*" || show err
}
denied '0000:00:01.0 .* is a bridge, which no guest can use (bridge)$' --give 0000:00:01.0
tool --sysroot "$sysroot" diff --give 0000:02:00.0 --give 0000:01:00.1 "$only"
is "$status $(grep -c '^virt-iommufix: --give 0000:02:00.0 has no effect: ' err)" "0 1" \
    "an address in no group of the domain is reported" || show err
tool --sysroot "$sysroot" diff --give 0000:01:00.9 "$only"
is "$status $(grep -c 'not a PCI address such as 0000:01:00.1, and not card$' err)" "2 1" \
    "neither an address nor card"

# A guest that has the group by iommufd needs that for all.
sed "s|<source>|<driver iommufd='yes'/>&|" "$only" >iommufd.xml
tool --sysroot "$sysroot" rewrite --give 0000:01:00.1 iommufd.xml
is "$(grep -c "<driver iommufd='yes'/>" out)" 2 "a guest that has the group by iommufd"

finish
