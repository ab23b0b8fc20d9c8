#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The commands of docs/cookbook.md print what docs/cookbook.md shows: it is written again, with what
# they print now, and compared. "make update-golden" keeps the new one.
#
# A command is an indented "$ ..."; its output are the indented lines below it. Comments, which a
# reader does not see, set the scene:
#
#   <!-- host NAME -->                  a host of tests/data/hosts is /, and there are no files
#   <!-- then NAME -->                  the same with another host, and the files stay
#   <!-- file NAME claims ADDRESS... --> NAME.xml is a guest with these devices
#   <!-- pool NAME guest ADDRESS... -->  libvirt has this network, and a guest on it
#   <!-- libvirt NAME -->               libvirt has the host and the guests of examples/NAME.xml

. "$srcdir/tests/cli/lib.sh"

VIRT_IOMMUFIX_STATE=$tmp/state
VIRSH_DEFAULT_CONNECT_URI=test://$tmp/libvirt.xml
export VIRT_IOMMUFIX_STATE VIRSH_DEFAULT_CONNECT_URI
written=$tmp/written.md
host=none
mkdir world

# guest NAME: a definition, whose devices come from stdin
guest() {
    cat <<XML
<domain type='kvm'>
  <name>$1</name>
  <uuid>8a1f6c3e-52d4-4c0b-9e77-3d5b1a9c2f60</uuid>
  <memory unit='GiB'>8</memory>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
  </os>
  <devices>
$(cat)
  </devices>
</domain>
XML
}

# claim NAME ADDRESS...: the guest that has them
claim() {
    name=$1
    shift
    for address in "$@"; do
        echo "$address" | awk -F '[:.]' '{
            print "    <hostdev mode=\047subsystem\047 type=\047pci\047 managed=\047yes\047>"
            print "      <source>"
            printf "        <address domain=\0470x%s\047 bus=\0470x%s\047 slot=\0470x%s\047 function=\0470x%s\047/>\n",
                $1, $2, $3, $4
            print "      </source>"
            print "    </hostdev>" }'
    done | guest "$name"
}

# network NAME ADDRESS...: libvirt's network that gives a guest one of them
network() {
    echo "<network><name>$1</name><forward mode='hostdev' managed='yes'>"
    shift
    for address in "$@"; do
        echo "$address" | awk -F '[:.]' '{
            printf "<address type=\047pci\047 domain=\0470x%s\047 bus=\0470x%s\047 slot=\0470x%s\047 function=\0470x%s\047/>\n",
                $1, $2, $3, $4 }'
    done
    echo "</forward></network>"
}

# redefine GUEST FILE: the test driver forgets what a process wrote, so libvirt has it from now on.
redefine() {
    awk -v name="<name>$1</name>" -v file="$2" '
        /<domain / { inside = 1 }
        inside { text = text $0 "\n" }
        !inside { print }
        /<\/domain>/ {
            if (index(text, name)) {
                text = ""
                while ((getline line <file) > 0)
                    text = text line "\n"
            }
            printf "%s", text
            text = inside = ""
        }' libvirt.xml >redefined.xml
    mv redefined.xml libvirt.xml
}

# The tool, for which / is the host.
mkdir bin
cat >bin/virt-iommufix <<SH
#!/bin/sh
if [ "\$1 \$2" = "--sysroot /" ]; then
    shift 2
    set -- --sysroot "\$SYSROOT" "\$@"
fi
exec '$VIRT_IOMMUFIX' "\$@"
SH
chmod +x bin/virt-iommufix

# run COMMAND: as a shell would
run() {
    case $1 in
    'virt-iommufix apply --yes '*) "$VIRT_IOMMUFIX" --host libvirt.xml rewrite --quiet "${1##* }" >after.xml 2>err ;;
    esac
    SYSROOT=$tmp/sysroot/$host PATH="$tmp/bin:$PATH" sh -c "cd world && $1" 2>&1 |
        sed -e "s,$tmp/sysroot/$host,/,g" -e 's/./    &/' \
            -e 's/[0-9]\{8\}-[0-9]\{6\}-[0-9]\{6\}/20261129-080312-482915/'
    [ ! -s after.xml ] || redefine "${1##* }" after.xml
    rm -f after.xml
}

# direct WORD...: what a comment asks for
direct() {
    word=$1
    name=$2
    shift 2
    case $word in
    host)
        host=$name
        rm -f world/*
        make_sysroot "$host" >made
        ;;
    then)
        host=$name
        make_sysroot "$host" >made
        ;;
    file)
        shift
        claim "$name" "$@" >"world/$name.xml"
        ;;
    pool)
        guest=$1
        shift
        echo "    <interface type='network'><source network='$name'/></interface>" | guest "$guest" |
            sed "s/type='kvm'/type='test'/" >guest.xml
        {
            "$srcdir/tests/tools/make-host.sh" node "$srcdir/tests/data/hosts/$host.txt" guest.xml | sed '$d'
            network "$name" "$@"
            echo "</node>"
        } >libvirt.xml
        ;;
    libvirt) copy "$srcdir/examples/$name.xml" libvirt.xml ;;
    *)
        false
        result "there is no scene $word"
        ;;
    esac
}

old=
while IFS= read -r line; do
    case $line in
    '    $ '*)
        printf '%s\n' "$line"
        run "${line#'    $ '}" </dev/null
        old=yes
        continue
        ;;
    '    '*)
        [ -z "$old" ] || continue
        ;;
    '')
        [ -z "$old" ] || continue
        ;;
    *)
        [ -z "$old" ] || echo
        old=
        ;;
    esac
    printf '%s\n' "$line"
    case $line in
    '<!-- '*)
        words=${line#'<!-- '}
        # shellcheck disable=SC2086 # its words
        direct ${words%' -->'} >direct.out || show direct.out >&2
        ;;
    esac
done <"$srcdir/docs/cookbook.md" >"$written"

[ -z "${UPDATE_GOLDEN:-}" ] || copy "$written" "$srcdir/docs/cookbook.md"
same "$written" "$srcdir/docs/cookbook.md" "the commands of the cookbook print what it shows"
[ "$(grep -c '^    \$ ' "$written")" -ge 20 ]
result "and there are many"

finish
