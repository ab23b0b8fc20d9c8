#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# rewrite --in-place: what it writes, what it leaves alone, and what it reports.

. "$srcdir/tests/cli/lib.sh"

host=$(make_capture gpu-desktop)
# The tree may be read-only, and its files with it.
domains=$tmp/originals
mkdir "$domains" && cp "$srcdir"/tests/data/domains/gpu-desktop--*.xml "$domains" && chmod 644 "$domains"/* || exit 99
lacking=$domains/gpu-desktop--gpu-only.xml
complete=$domains/gpu-desktop--gpu-complete.xml
refused=$domains/gpu-desktop--sata.xml

in_place() {
    tool --host "$host" rewrite --in-place "$@"
}

# untouched FILE ORIGINAL NAME: the text is the old one, and nothing else is in the folder.
untouched() {
    same "$1" "$2" "$3: the file is as it was"
    is "$(find "$(dirname "$1")" -name '.virt-iommufix*')" "" "$3: there is no temporary"
}

# Every form of text, in one run: what patch makes of the diff is what is written.
mkdir many patched
for domain in "$domains"/gpu-desktop--*.xml; do
    cp "$domain" many/ && cp "$domain" patched/
done
(cd patched && "$VIRT_IOMMUFIX" --host "$host" diff ./*.xml 2>/dev/null | patch -s -p0) >patch.out 2>&1
result "patch takes the diff of all" || show patch.out
(cd patched && rm -f ./*.orig)
in_place many/*.xml
is "$status" 3 "many files, some of them refused: the status is 3" || show err
is "$(cat out)" "" "many files: stdout is empty"
diff -r many patched >diff.out
result "many files: each is what patch makes of its diff" || show diff.out
is "$(tail -n 1 err | sed 's/[0-9][0-9]*/N/g')" \
    "virt-iommufix: N domains: N changed, N complete, N complete but will not start, N refused, N skipped, N failed." \
    "many files: the summary says how many were written"
is "$(find many -name '.*' -type f)" "" "many files: no temporary is left"
in_place many/*.xml
is "$(tail -n 1 err | grep -c ": 0 changed,")" 1 "a second run changes nothing"

# Nothing to do: the file is not even touched.
cp "$complete" complete.xml && chmod 640 complete.xml
before=$(ls -i complete.xml)
in_place complete.xml
is "$status $(tail -n 1 err)" "0 virt-iommufix: 1 domain: 1 complete." "a complete domain"
is "$(ls -i complete.xml)" "$before" "a complete domain: the file is the same one"
cp "$refused" refused.xml
before=$(ls -i refused.xml)
in_place refused.xml
is "$status $(tail -n 1 err)" "3 virt-iommufix: 1 domain: 1 refused." "a refused domain"
is "$(ls -i refused.xml)" "$before" "a refused domain: the file is the same one"
untouched refused.xml "$refused" "a refused domain"

# One that fails does not stop the others.
cp "$lacking" one.xml && cp "$lacking" two.xml && echo "<network/>" >network.xml
in_place one.xml ./absent.xml network.xml refused.xml two.xml
is "$status $(tail -n 1 err)" \
    "2 virt-iommufix: 5 domains: 2 changed, 0 complete, 1 refused, 2 failed." "failures among others"
same one.xml two.xml "failures among others: the files before and after them are written"
same one.xml patched/gpu-desktop--gpu-only.xml "and right"

# Mode and links. What a link points to is replaced.
mkdir far && cp "$lacking" far/file.xml && chmod 604 far/file.xml && ln -s far/file.xml link.xml
in_place ./link.xml
is "$status $(find link.xml far/file.xml -type l) $(find far -type f -perm 604)" \
    "0 link.xml far/file.xml" "a link stays, and a mode"
same far/file.xml one.xml "what the link points to is replaced"
mkdir "s p" && cp "$lacking" "s p/a b.xml"
in_place "s p/a b.xml"
same "s p/a b.xml" one.xml "a name with spaces"

# What a new file would lose: the message has the command that writes into the old one.
cp "$lacking" "s p/attribute.xml"
if setcap cap_net_raw+ep "s p/attribute.xml" 2>/dev/null; then
    before=$(ls -i "s p/attribute.xml")
    in_place --only-needed --allow-member 0000:01:00.1 "s p/attribute.xml"
    is "$status $(head -n 1 err)" \
        "3 virt-iommufix: s p/attribute.xml: refused: a new file would differ in its extended attribute security.capability. To write into the old one: virt-iommufix rewrite --host=$host --allow-member=0000:01:00.1 --only-needed 's p/attribute.xml' >'s p/attribute.xml.new' && cat 's p/attribute.xml.new' >'s p/attribute.xml'" \
        "an extended attribute"
    untouched "s p/attribute.xml" "$lacking" "an extended attribute"
    # shellcheck disable=SC2016 # for the inner shell
    sed -n '1s/.*old one: virt-iommufix/"$VIRT_IOMMUFIX"/p' err >command.sh
    sh command.sh 2>/dev/null
    tool --host "$host" rewrite --only-needed --allow-member 0000:01:00.1 "$lacking"
    same "s p/attribute.xml" out "the command completes the file"
    is "$(ls -i "s p/attribute.xml")" "$before" "and it is the same file"
else
    skip "an extended attribute" "setcap cannot give it one"
fi

# What is no name of a file.
usage() {
    in_place "$2"
    is "$status $(cat out)$(grep -c "$3" err)" "2 1" "$1" || show err
}
usage "the name of a domain" gaming "gaming: --in-place changes files, and this names a domain"
usage "standard input" - "in-place cannot change standard input"
usage "--all" --all "unknown option --all"
tool --host "$host" rewrite --in-place
is "$status" 2 "no file at all"
cp "$lacking" before.xml
in_place before.xml gaming
is "$status" 2 "the name of a domain among files"
untouched before.xml "$lacking" "the name of a domain among files"
tool rewrite --in-place before.xml
is "$status $(grep -c 'which host is .* for?' err)" "2 1" "no host"

# What is no regular file is not waited for.
mkfifo pipe.xml
in_place pipe.xml
is "$status $(head -n 1 err)" "2 virt-iommufix: cannot write pipe.xml: it is not a regular file" \
    "a pipe"
in_place /dev/null ./far/
is "$(head -n 1 err)" "virt-iommufix: cannot write /dev/null: it is not a regular file" "a device"
is "$(sed -n 2p err)" "virt-iommufix: cannot write ./far/: it is a directory" "a folder"

# What libvirt keeps, and how it is done instead.
way='To change the domain: virt-iommufix apply'
for folder in /etc/libvirt /run/libvirt /var/run/libvirt /var/lib/libvirt; do
    in_place "$folder/qemu/no-such-domain.xml"
    is "$status $(grep -c "refused: it is below .*libvirt, where libvirt ignores a change\. $way NAME$" err)" "3 1" \
        "below $folder" || show err
done
for folder in /etc/libvirt.d /srv/etc/libvirt; do
    in_place "$folder/no-such-domain.xml"
    is "$status $(grep -c refused err)" "2 0" "$folder is not libvirt's" || show err
done
if [ -e /etc/libvirt/libvirt.conf ]; then
    ln -s /etc/libvirt/libvirt.conf conf.xml
    in_place conf.xml
    is "$status $(grep -c '^virt-iommufix: conf.xml: refused: it is below /etc/libvirt, where' err)" "3 1" \
        "a link to what is below /etc/libvirt"
else
    skip "a link to what is below /etc/libvirt" "there is no file in it"
fi
{
    cat <<XML
<!--
WARNING: THIS IS AN AUTO-GENERATED FILE. CHANGES TO IT ARE LIKELY TO BE
OVERWRITTEN AND LOST. Changes to this xml configuration should be made using:
  virsh edit gpu-only
or other application using the libvirt API.
-->

XML
    cat "$lacking"
} >marked.xml
cp marked.xml marked
in_place marked.xml
is "$status $(grep -c "marked.xml: refused: libvirt generated this file and overwrites it\. $way gpu-only$" err)" "3 1" \
    "libvirt's mark" || show err
untouched marked.xml marked "libvirt's mark"
sed 's,<name>,<!-- AUTO-GENERATED --><name>,' "$lacking" >remark.xml
in_place remark.xml
is "$status" 0 "the mark's word inside of the domain"

# Limits: of the process, of the reader, of a disk, of a folder.
mkdir limit && cp "$lacking" limit/vm.xml
(ulimit -f 1 && exec "$VIRT_IOMMUFIX" --host "$host" rewrite --in-place limit/vm.xml) >out 2>err
is "$? $(head -n 1 err)" "2 virt-iommufix: cannot write limit/vm.xml: File too large" \
    "the limit of the process"
untouched limit/vm.xml "$lacking" "the limit of the process"
{ cat "$lacking"; head -c 17000000 /dev/zero | tr '\0' ' '; } >limit/big.xml
in_place limit/big.xml
is "$status $(grep -c 'limit/big.xml: it is larger than 16 MiB$' err)" "2 1" "a file that is too large"
is "$(wc -c <limit/big.xml)" "$((17000000 + $(wc -c <"$lacking")))" "a file that is too large is left alone"

# Mounts of its own, which end with the shell.
mkdir full ro
cat >mounts.sh <<'SH'
set -e
mount -t tmpfs -o size=8k none full
cp "$1" full/vm.xml
cat /dev/zero >full/rest 2>/dev/null || true
status=0
"$VIRT_IOMMUFIX" --host "$2" rewrite --in-place full/vm.xml 2>err.full || status=$?
cmp "$1" full/vm.xml
ls -A full >names.full
echo "$status" >status.full
mount -t tmpfs none ro
cp "$1" ro/vm.xml
mount -o remount,bind,ro ro
status=0
"$VIRT_IOMMUFIX" --host "$2" rewrite --in-place ro/vm.xml 2>err.ro || status=$?
cmp "$1" ro/vm.xml
echo "$status" >status.ro
SH
if unshare -m mount -t tmpfs none full 2>/dev/null || unshare -rm mount -t tmpfs none full 2>/dev/null; then
    [ "$(id -u)" -eq 0 ] && own=-m || own=-rm
    unshare "$own" sh mounts.sh "$lacking" "$host" >mounts.out 2>&1
    result "a full and a read-only disk leave the file alone" || show mounts.out
    is "$(cat status.full) $(head -n 1 err.full)" \
        "2 virt-iommufix: cannot write full/vm.xml: No space left on device" "a full disk"
    is "$(cat names.full)" "$(printf 'rest\nvm.xml')" "a full disk: there is no temporary"
    is "$(cat status.ro) $(head -n 1 err.ro)" \
        "2 virt-iommufix: cannot write ro/vm.xml: Read-only file system" "a read-only disk"
else
    skip "a full and a read-only disk" "nothing can be mounted here"
fi

# as_nobody ARGUMENT...: like in_place, by a user who has no rights.
as_nobody() {
    setpriv --reuid=65534 --regid=65534 --clear-groups -- \
        "$VIRT_IOMMUFIX" --host "$host" rewrite --in-place "$@" >out 2>err
    status=$?
}
if [ "$(id -u)" -eq 0 ] && chmod 755 "$tmp" &&
    setpriv --reuid=65534 --regid=65534 --clear-groups -- "$VIRT_IOMMUFIX" --version >/dev/null 2>&1; then
    mkdir closed open && chmod 777 open
    for folder in closed open; do
        cp "$lacking" "$folder/mine.xml" && cp "$lacking" "$folder/roots.xml"
        chown 65534:65534 "$folder/mine.xml"
        chmod 666 "$folder/roots.xml"
    done
    as_nobody closed/mine.xml
    is "$status $(head -n 1 err)" \
        "2 virt-iommufix: cannot write closed/mine.xml: cannot make a file beside it: Permission denied" \
        "a folder without permission"
    as_nobody open/roots.xml
    is "$status $(head -n 1 err)" \
        "2 virt-iommufix: cannot write open/roots.xml: cannot keep its owner and group: Operation not permitted" \
        "an owner that can't be kept"
    chmod 444 open/mine.xml
    as_nobody open/mine.xml
    is "$status $(head -n 1 err)" "2 virt-iommufix: cannot write open/mine.xml: Permission denied" \
        "a file that may not be written"
    untouched closed/mine.xml "$lacking" "a folder without permission"
    untouched open/roots.xml "$lacking" "an owner that can't be kept"
    untouched open/mine.xml "$lacking" "a file that may not be written"
    chmod 644 open/mine.xml
    as_nobody open/mine.xml
    is "$status" 0 "one's own file in an open folder"
    in_place closed/mine.xml
    is "$status $(stat -c %u:%g closed/mine.xml)" "0 65534:65534" "root keeps the owner"
else
    skip "rights" "this is not root, or there is no setpriv"
fi

# Without --in-place files may still be pipes.
"$VIRT_IOMMUFIX" --host "$host" rewrite "$lacking" >expected
for given in - /dev/stdin; do
    "$VIRT_IOMMUFIX" --host "$host" rewrite "$given" <"$lacking" >out
    same out expected "rewrite $given, from a file"
    # shellcheck disable=SC2002 # a pipe is what it is about
    cat "$lacking" | "$VIRT_IOMMUFIX" --host "$host" rewrite "$given" >out
    same out expected "rewrite $given, from a pipe"
done
cat "$lacking" >pipe.xml &
"$VIRT_IOMMUFIX" --host "$host" rewrite pipe.xml >out
same out expected "rewrite of a named pipe"
wait
for command in check diff; do
    "$VIRT_IOMMUFIX" --host "$host" "$command" "$lacking" >from-file 2>&1
    cat "$lacking" >pipe.xml &
    "$VIRT_IOMMUFIX" --host "$host" "$command" pipe.xml >out 2>&1
    wait
    is "$(sed "s,pipe.xml,FILE," out | tail -n +3)" \
        "$(sed "s,$lacking,FILE," from-file | tail -n +3)" "$command of a named pipe"
done

finish
