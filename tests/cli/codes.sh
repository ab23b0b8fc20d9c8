#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every reason code is tested: in tests/data/golden, in tests/data/uses.txt, in moved.sh, or here.

. "$srcdir/tests/cli/lib.sh"

domains=$srcdir/tests/data/domains

# says WORDS ARGUMENT...: check prints them; advice on its own line counts as the next sentence.
says() {
    words=$1
    shift
    tool "$@"
    sed ':a
        N
        $!ba
        s/\n  *\([A-Z]\)/. \1/g' out >joined
    cat out joined | grep -q -- "$words"
    result "$words" || show out
}

# domain NAME DEVICES
domain() {
    echo "<domain type='kvm'><name>$1</name><memory>1024</memory><os><type>hvm</type></os>
<devices>$2</devices></domain>" >"$1.xml"
}

says 'is in no IOMMU group (no-iommu)' --sysroot "$(make_sysroot no-iommu)" \
    check "$domains/no-iommu--gpu.xml"
says 'skipped: only that driver knows placeholders (not-qemu)' \
    --sysroot "$(make_sysroot gpu-desktop)" check "$domains/gpu-desktop--xen.xml"
for driver in kvm xen-usb; do
    says 'not for VFIO, so the guest will not start (legacy-driver). Remove that <driver>: vi ' \
        --sysroot "$(make_sysroot gpu-desktop)" check --allow-member 0000:00:14.0 \
        "$domains/gpu-desktop--driver-$driver.xml"
    says ': complete, but will not start$' --sysroot "$(make_sysroot gpu-desktop)" \
        check --allow-member 0000:00:14.0 "$domains/gpu-desktop--driver-$driver.xml"
done
says 'Device_of_unknown_class\|class unknown, no driver) is missing, but the guest starts without it (not-needed)' \
    --sysroot "$(make_sysroot storage-network)" check --only-needed \
    "$domains/storage-network--no-class.xml"
says '^    AMDI0010:00 is in the group, .* (not-pci)' --sysroot "$(make_sysroot odd-members)" \
    check "$domains/odd-members--platform.xml"
says 'does not answer, so no guest can start that declares it (no-answer). Turn the host off' \
    --sysroot "$(make_sysroot desktop-dead)" check "$domains/desktop-dead--claimed.xml"
says '^    0000:02:00.0 (.*) does not answer.*(no-answer)' --sysroot "$(make_sysroot desktop-dead)" \
    check "$domains/desktop-dead--blocking.xml"
says ': complete$' --sysroot "$(make_sysroot desktop-dead)" \
    check "$domains/desktop-dead--member.xml"
says 'guest takes /domain/devices/hostdev\[2\], so the guest will not start (goes-with). Remove one of the two: vi ' \
    --sysroot "$(make_sysroot workstation-vmd)" check "$domains/workstation-vmd--both.xml"
says 'Remove them first with "echo 0 >/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs"' \
    --sysroot "$(make_sysroot server-vfs)" check "$domains/server-vfs--physical-function.xml"
says '(unknown-member). Look for it: lspci -s ' --sysroot "$(make_sysroot odd-members)" \
    check "$domains/odd-members--unknown.xml"

# An address that holds another kind of device than the domain declares, or than its neighbour
moved='Another card seems to have its address now. Correct it: vi moved.xml$'
domain moved "<interface type='hostdev' managed='yes'><mac address='52:54:00:00:00:01'/>
    <source><address type='pci' domain='0' bus='2' slot='0' function='0'/></source></interface>"
says "$moved" --sysroot "$(make_sysroot desktop-intel)" check moved.xml
hostdevs=
for function in 0 1; do
    hostdevs="$hostdevs<hostdev mode='subsystem' type='pci' managed='yes'><source>
        <address domain='0' bus='2' slot='0' function='$function'/></source></hostdev>"
done
domain moved "$hostdevs"
says "$moved" --sysroot "$(make_sysroot desktop-intel)" check moved.xml
domain moved "<hostdev mode='subsystem' type='pci' managed='yes'><source>
    <address domain='0' bus='2' slot='0' function='0'/></source></hostdev>"
says '(claim-in-use). Unmount it first: umount /home' --sysroot "$(make_sysroot desktop-intel)" \
    check moved.xml

# What needs a host with networks and other domains
domain team "
  <interface type='network'><mac address='52:54:00:00:00:01'/><source network='vfs'/>
    <model type='virtio'/><teaming type='persistent'/><alias name='ua-one'/></interface>
  <interface type='network'><source network='vfs'/><teaming type='transient' persistent='ua-one'/>
  </interface>
  <hostdev mode='subsystem' type='pci' managed='yes'>
    <source><address domain='0' bus='1' slot='0' function='0'/></source></hostdev>"
domain rival "
  <hostdev mode='subsystem' type='pci' managed='yes'>
    <source><address domain='0' bus='1' slot='0' function='1'/></source></hostdev>"
{
    sed '$d' "$(make_capture gpu-desktop team.xml rival.xml)"
    echo "<network><name>vfs</name><forward mode='hostdev' managed='yes'>
        <address type='pci' domain='0' bus='1' slot='0' function='0'/>
        <address type='pci' domain='0' bus='3' slot='0x10' function='0'/></forward></network>
        </node>"
} >host.xml
for host in "--host host.xml" "-c test://$tmp/host.xml"; do
    # shellcheck disable=SC2086 # an option and its value
    says 'domain rival.* also uses 0000:01:00.1; .*(claimed-elsewhere)' $host check team
    # shellcheck disable=SC2086
    says 'network vfs may give 0000:01:00.0 to any of its guests (network-pool)' $host check team
    # shellcheck disable=SC2086
    says '/interface\[1\] gets its device from the network vfs.*2, 9 (network-pool)' $host check team
    # shellcheck disable=SC2086
    says '/interface\[1\] has <teaming>.*(teaming)' $host check team
done
tool --host host.xml plan team
xmllint --noout --relaxng "$srcdir/xslt/plan.rng" out 2>rng.err
result "the plan is valid" || show rng.err
tool --host host.xml plan --json team
grep -q '"reason":"teaming"' out && grep -q '"subject":"vfs"' out
result "and its JSON has the notes" || show out

tool --sysroot "$(make_sysroot gpu-desktop)" plan --give=0000:01:00.1 \
    "$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml"
is "$(grep -c 'verdict="add" reason="given"' out)" 1 "a given device (given)" || show out

sed -n 's/^ *\[IFX_REASON_[A-Z_]*\] = { "\([^"]*\)".*/\1/p' "$srcdir/src/plan/plan-words.c" >codes
while read -r code; do
    grep -rqw -e "$code" "$srcdir/tests/data/golden" "$srcdir/tests/data/uses.txt" \
        "$srcdir/tests/cli/moved.sh" "$srcdir/tests/cli/codes.sh" ||
        echo "$code"
done <codes >unmet
[ -s codes ] && [ ! -s unmet ]
result "every reason code is met" || show unmet

finish
