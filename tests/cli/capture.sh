#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A capture gives the same groups and plans as the host that it was taken from, by --host and by
# libvirt's test driver. It holds none of the host's secrets.

. "$srcdir/tests/cli/lib.sh"

# plans FILE ARGUMENT...: what plan --json prints, apart from the host and the commands for it.
plans() {
    plans_of=$1
    shift
    "$VIRT_IOMMUFIX" "$@" --json 2>"$tmp/plans.err" |
        sed '/^      "host":/d; s/: virt-iommufix .*/"/; s/"virsh -c [^ ]* /"virsh /' >"$plans_of"
}

# agree OPTION VALUE CAPTURE NAME: the same groups and plans, over the host's fixtures.
agree() {
    "$VIRT_IOMMUFIX" "$1" "$2" groups >groups.host 2>/dev/null
    "$VIRT_IOMMUFIX" --host "$3" groups >groups.capture 2>/dev/null
    same groups.capture groups.host "$4: groups is the same"
    "$VIRT_IOMMUFIX" "$1" "$2" groups --json 2>/dev/null | grep -v '^      "name":' >json.host
    "$VIRT_IOMMUFIX" --host "$3" groups --json 2>/dev/null | grep -v '^      "name":' >json.capture
    same json.capture json.host "$4: groups --json is the same except for the host's name"

    # Under valgrind this run covers each fixture on a connection; corpus.sh covers the other sources.
    runs=${VALGRIND_RUNS:-1}
    [ "$1" != -c ] || runs=all
    VALGRIND_RUNS=$runs plans plan.host "$1" "$2" plan "$srcdir/tests/data/domains/$host"--*.xml
    mv plans.err err.host
    plans plan.capture --host "$3" plan "$srcdir/tests/data/domains/$host"--*.xml
    mv plans.err err
    same plan.capture plan.host "$4: every plan is the same"
    # Apart from the host in the commands that they ask for.
    for messages in err err.host; do
        sed 's/virt-iommufix \(-c\|--host\|--sysroot\) [^ ]*/virt-iommufix/g' "$messages" >"$messages.any"
    done
    same err.any err.host.any "$4: and so are its messages"
}

# capture NAME ARGUMENT...: takes one into NAME.xml; it is the same a second time.
capture() {
    file=$1.xml
    shift
    tool "$@"
    cp out "$file"
    is "$status" 0 "$file: capture exits with 0" || show err
    tool "$@"
    same out "$file" "$file: a second one has the same bytes"
    case " $* " in
    *" --domains "*) tool --host "$file" capture --domains ;;
    *) tool --host "$file" capture ;;
    esac
    same out "$file" "$file: the capture of the capture has the same bytes"
    xmllint --noout "$file" 2>err
    result "$file: it is well-formed" || show err
}

# opens FILE: libvirt reads every device of it.
opens() {
    sed -n 's,^    <name>\(pci_.*\)</name>,nodedev-dumpxml \1,p' "$1" >"$tmp/names"
    virsh -c "test://$tmp/$1" "$(tr '\n' ';' <"$tmp/names")" >out 2>err
    result "$1: virsh opens it" || show err
    is "$(grep -c '^  <name>pci_' out)" "$(grep -c . "$tmp/names")" "$1: and finds each device"
    is "$(grep -c '<address domain=' out)" "$(sed '/^  <iommuGroup/,$d' "$1" | grep -c '<address domain=')" \
        "$1: and the members of their groups"
}

for description in "$srcdir"/tests/data/hosts/*.txt; do
    host=$(basename "$description" .txt)
    root=$(make_blind_sysroot "$host")
    capture "$host-sysfs" --sysroot "$root" capture
    agree --sysroot "$root" "$host-sysfs.xml" "$host (sysfs)"
    opens "$host-sysfs.xml"

    node=$(make_capture "$host")
    capture "$host-file" --host "$node" capture
    agree --host "$node" "$host-file.xml" "$host (capture)"
    opens "$host-file.xml"

    # The test driver does not open every file that make-host.sh writes.
    if virsh -c "test://$node" list >/dev/null 2>&1; then
        capture "$host-libvirt" -c "test://$node" capture
        agree -c "test://$node" "$host-libvirt.xml" "$host (connection)"
        opens "$host-libvirt.xml"
    fi
done

# What hangs on the devices, of each kind that libvirt lists: its test driver reads it, and each
# verdict of the tool follows from it as before.
for host in desktop-intel server-storage server-network; do
    root=$(make_sysroot "$host")
    capture "$host-carried" --sysroot "$root" capture
    opens "$host-carried.xml"
    sed -n 's,^    <name>\([^p].*\)</name>,nodedev-dumpxml \1,p' "$host-carried.xml" >names
    virsh -c "test://$tmp/$host-carried.xml" "$(tr '\n' ';' <names)" >out 2>err
    is "$(grep -c '^  <name>' out)" "$(grep -c . names)" "$host: virsh finds each disk, interface, USB device and display" ||
        show err
done
grep -q '<thing id=.usb/1-2./>' desktop-intel-carried.xml && grep -q '<name>drm_card0<' desktop-intel-carried.xml &&
    grep -q '<name>scsi_host_host2<' desktop-intel-carried.xml && grep -q '<block>/dev/sdi<' server-storage-carried.xml
result "a capture names them"

for line in '<identity path=.0000:00:01.0/00.0.>' '  <subsystem vendor=.0x1043. product=.0x8514./>' \
    '  <serial kind=.nvme. value=.S4EWNX0R./>' '  <serial kind=.mac. value=.00:e0:4c:68:00:01./>'; do
    grep -q "^      $line$" desktop-intel-carried.xml
    result "it has what a device is known by: $line"
done

# What libvirt can't say.
grep -q '^        <member name=.AMDI0095:00./>$' odd-names-sysfs.xml
result "a member that is no PCI device keeps its name"
grep -q "^        <member name='0xa:0xd:0x95.0x0'/>\|^        <member name='0x000a:0x0d:0x95.0x0'/>" odd-names-file.xml
result "and one that libvirt misread keeps what libvirt made of it"
is "$(grep -c '<driver/>' gpu-desktop-libvirt.xml)" "$(grep -c "<name>pci_" gpu-desktop-libvirt.xml)" \
    "from the test driver every driver is unknown"
is "$(grep -c '<driver/>' gpu-desktop-sysfs.xml)" 0 "from sysfs none is"

# Domains.
host=demo
demo=$srcdir/examples/demo-host.xml
capture demo --host "$demo" capture --domains
capture demo-libvirt -c "test://$demo" capture --domains
for from in "--host $demo demo.xml" "-c test://$demo demo-libvirt.xml"; do
    # shellcheck disable=SC2086 # an option, its value and a file
    set -- $from
    plans plan.host "$1" "$2" plan --all
    plans plan.capture --host "$3" plan --all
    same plan.capture plan.host "$3: the plans of all domains are the same"
    is "$(grep -c '"name"' plan.capture)" 8 "$3: of eight domains"
    is "$(virsh -c "test://$tmp/$3" list --all --name | grep -c .)" 8 "$3: virsh has them too"
done
tool --host "$demo" rewrite router
cp out router.xml
tool --host demo.xml rewrite router
same out router.xml "a domain's text is byte for byte that of its host"
tool --host "$demo" capture
grep -q '<domain ' out
[ $? -eq 1 ]
result "without --domains there are none"

# Of domains in other forms of text.
capture text --host "$(make_capture gpu-desktop "$srcdir"/tests/data/domains/gpu-desktop--*.xml)" capture --domains
plans plan.host --host "$tmp/capture/gpu-desktop.xml" plan --all
plans plan.capture --host text.xml plan --all
same plan.capture plan.host "domains in every form of text: the plans are the same"

# Secrets.
cat >secrets.xml <<'XML'
<node>
<domain type='kvm'>
  <name>secretive</name>
  <uuid>6a3f1c1e-94f2-4a10-8f3f-5b7f5f1c2d3e</uuid>
  <memory>1000</memory>
  <os><type>hvm</type></os>
  <metadata><my:note xmlns:my="urn:my">kept</my:note></metadata>
  <devices>
    <disk type='network' device='disk'>
      <source protocol='https' name='x'>
        <host name='h' port='443'/>
        <cookies>
          <cookie name='session'>SECRET1</cookie>
        </cookies>
      </source>
      <target dev='vda' bus='virtio'/>
    </disk>
    <graphics type='vnc' port='5901' passwd='SECRET2' passwdValidTo='2030-01-01T00:00:00'/>
    <graphics type='spice' port='5902'
              passwd = "SECRET3>" connected='keep'/>
  </devices>
</domain>
</node>
XML
sed '/<cookies>/,/<\/cookies>/d; s/ passwd=.SECRET2.//; s/port=.5902.$/&@/; s/^ *passwd = "SECRET3>"//' secrets.xml |
    awk '/^<node>/ { print; next } /@$/ { sub(/@$/, ""); printf "%s", $0; next } { print }' >expected.xml
capture no-secrets --host secrets.xml capture --domains
same no-secrets.xml expected.xml "passwords and cookies are gone, and nothing else"
is "$(grep -c SECRET no-secrets.xml)" 0 "no secret is left"
capture no-secrets-libvirt -c "test://$tmp/secrets.xml" capture --domains
is "$(grep -c SECRET no-secrets-libvirt.xml)" 0 "none comes over a connection"
is "$(virsh -c "test://$tmp/no-secrets.xml" list --all --name | grep -c .)" 1 "virsh opens it"

# A domain that is none is left out, the others are there.
{
    echo "<node><domain type='kvm'><name>a<b/></name></domain>"
    sed 1d secrets.xml
} >nameless.xml
tool --host nameless.xml capture --domains
is "$status" 2 "a domain that can't be read: exits with 2"
is "$(grep -c '^virt-iommufix: domain .* of nameless.xml is not in the capture: the domain has no <name>' err)" 1 \
    "a domain that cannot be read is reported" || show err
same out no-secrets.xml "and the rest is printed, whole"
tool --host nameless.xml capture
is "$status" 0 "without --domains nobody looks at it"

sed "s/type='kvm'/type='ch'/" secrets.xml >foreign.xml
tool --host foreign.xml capture --domains
is "$status $(grep -c "^virt-iommufix: secretive: the type of this domain is 'ch'\. A libvirt .* cannot open the capture$" err)" "0 1" \
    "a type that libvirt may not know is reported" || show err

tool --sysroot "$(make_sysroot no-iommu)" capture
is "$status $(grep -c 'has no IOMMU groups (of [0-9]* PCI devices)' err)" "0 1" \
    "a host without IOMMU groups is captured, and a message reports it"
is "$(grep -c iommuGroup out)" 0 "without groups"
tool --host "$demo" capture
is "$(cat err)" "" "else there is nothing to say"

# refused NAME PATTERN ARGUMENT...
refused() {
    name=$1
    pattern=$2
    shift 2
    tool "$@"
    is "$status $(cat out)" "2 " "$name: exits with 2, stdout is empty"
    is "$(wc -l <err) $(grep -c "^virt-iommufix: $pattern" err)" "1 1" "$name: says why" || show err
}
refused "--domains of a sysfs tree" "--domains: a sysfs tree has no domains" --sysroot / capture --domains
refused "two connections" "capture prints one host: use one --connect only" \
    -c test:///default -c test:///default capture
refused "an argument" "capture: unexpected argument: a" --host "$demo" capture a
refused "a host that is none" "cannot use .* as a host" \
    --host "$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml" capture
"$VIRT_IOMMUFIX" --host "$demo" capture --domains >/dev/full 2>err
is "$? $(grep -c '^virt-iommufix: cannot write to standard output: ' err)" "2 1" "a full disk: exits with 2"

# A sysfs tree may call its things as it likes.
odd=$tmp/odd
cp -R "$(make_sysroot gpu-desktop)" "$odd"
gpu=$(readlink -f "$odd/sys/bus/pci/devices/0000:01:00.0")
rm -f "$gpu/driver"
ln -s "../$(printf "d'<&\033\377\342\200\256x")" "$gpu/driver"
host="gpu-desktop"
capture odd-driver --sysroot "$odd" capture
agree --sysroot "$odd" odd-driver.xml "a driver with an odd name"
opens odd-driver.xml

if has_terminal; then
    sed "s,<my:note,$(printf '<a>\342\200\256</a>')&," secrets.xml >bidi.xml
    script -qec "'$VIRT_IOMMUFIX' --host bidi.xml capture --domains" /dev/null </dev/null >out 2>&1
    LC_ALL=C grep -q "$(printf '\342\200\256')" out
    is "$? $(grep -c 'u{202e}' out)" "1 1" "no raw character reaches a terminal"
else
    skip "a terminal" "no script(1), or no pseudo-terminal"
fi

finish
