#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --stylesheet: a site's own stylesheet does its work. A stylesheet that is broken, takes too much
# memory or time, or reads files is an error that changes nothing.

. "$srcdir/tests/cli/lib.sh"

# Its limits stop valgrind too, which opens files of its own; ASan looks on there.
if under_valgrind; then
    echo "1..0 # SKIP valgrind can't run within the limits of a site's stylesheet"
    exit 0
fi

# What ASan keeps of freed memory counts as memory that a stylesheet takes.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=16
export ASAN_OPTIONS

sysroot=$(make_sysroot gpu-desktop)
copy "$srcdir/tests/data/domains/gpu-desktop--gpu-only.xml" guest.xml
copy "$srcdir/tests/data/domains/gpu-desktop--gpu-complete.xml" complete.xml

# stylesheet NAME CONTENT: NAME.xsl
stylesheet() {
    printf '<xsl:stylesheet version="1.0" xmlns:xsl="%s">%s</xsl:stylesheet>\n' \
        http://www.w3.org/1999/XSL/Transform "$2" >"$1.xsl"
}

# fails NAME WORDS: diff with NAME.xsl fails, says WORDS, prints and writes nothing.
fails() {
    tool --sysroot "$sysroot" diff --stylesheet "$1.xsl" guest.xml
    is "$status $(cat out)" "2 " "$1: an error, and no output"
    grep -qF -- "$2" err
    result "$1: says '$2'" || show err
    is "$(grep -c "^virt-iommufix: " err)" "$(wc -l <err)" "$1: whole lines"
}

# patch NAME PATCH: NAME.xsl makes this patch.
patch_is() {
    stylesheet "$1" "<xsl:template match='/'>$2</xsl:template>"
}

# What it is for

tool --sysroot "$sysroot" diff --stylesheet "$srcdir/examples/rom-off.xsl" guest.xml
is "$status" 0 "rom-off.xsl: diff"
is "$(grep -c "^+      <rom bar='off'/>" out)" 3 "rom-off.xsl: each placeholder has a <rom>"
tool --sysroot "$sysroot" rewrite --stylesheet "$srcdir/examples/rom-off.xsl" guest.xml
mv out changed.xml
tool --sysroot "$sysroot" check changed.xml
is "$status" 0 "rom-off.xsl: the new text is complete"
if command -v virt-xml-validate >/dev/null; then
    virt-xml-validate changed.xml domain >/dev/null 2>&1
    result "rom-off.xsl: libvirt's schema takes it"
else
    skip "rom-off.xsl: libvirt's schema takes it" "no virt-xml-validate"
fi
tool --sysroot "$sysroot" diff --stylesheet "$srcdir/examples/rom-off.xsl" complete.xml
is "$status $(cat out)" "0 " "rom-off.xsl: nothing for a complete domain"

mkdir "a folder"
copy "$srcdir/examples/rom-off.xsl" "a folder/base.xsl"
stylesheet "a folder/site" '<xsl:import href="base.xsl"/>'
tool --sysroot "$sysroot" diff --stylesheet "a folder/site.xsl" guest.xml
is "$status $(grep -c '^+.*<rom' out)" "0 3" "a stylesheet imports another from its folder"

# added MORE: the instructions that complete the domain, with MORE after them
added() {
    echo "<diff><add><xsl:copy-of select='plans/plan/insert/@*'/>
        <xsl:for-each select='plans/plan/group/member[@verdict = \"add\"]'>
        <hostdev mode='subsystem' type='pci' managed='yes'><source><xsl:copy-of
        select='address'/></source><address type='unassigned'/></hostdev>
        </xsl:for-each></add>$1</diff>"
}
patch_is whole "$(added "<remove sel='/domain/devices/emulator'/>
    <add sel='/domain/name' type='@note'>yes</add>
    <replace sel='/domain/@type'>qemu</replace>")"
tool --sysroot "$sysroot" rewrite guest.xml
sed -e "s/type='kvm'/type='qemu'/" -e '/<emulator>/d' -e "s/<name>/<name note='yes'>/" \
    out >expected.xml
tool --sysroot "$sysroot" rewrite --stylesheet whole.xsl guest.xml
is "$status" 0 "attributes and removals: rewrite"
same out expected.xml "attributes and removals: as the patch says"

# What it prints

patch_is talk "<xsl:message>first</xsl:message><xsl:message>

    second &#x202e;
    third
</xsl:message><xsl:message>first</xsl:message>$(added "")"
tool --sysroot "$sysroot" diff --stylesheet talk.xsl guest.xml
is "$status $(grep -c '^+    <hostdev' out)" "0 3" "talk: diff"
grep -v ' domain: ' err >messages
printf 'virt-iommufix: talk.xsl: %s\n' first 'second \u{202e}' third >expected
same messages expected "talk: each line of xsl:message is printed once, and escaped"
patch_is flood "<xsl:for-each select='//@*'><xsl:for-each select='//@*'><xsl:message><xsl:value-of
    select='generate-id()'/><xsl:value-of select='generate-id(..)'/></xsl:message></xsl:for-each>
    </xsl:for-each>$(added "")"
tool --sysroot "$sysroot" diff --stylesheet flood.xsl guest.xml
grep -qx 'virt-iommufix: flood.xsl: more messages were left out' err && [ "$(wc -c <err)" -lt 50000 ]
result "flood: the messages end" || show err

# What it must not do

stylesheet document '<xsl:template match="/"><diff><xsl:copy-of
    select="document(&quot;/etc/passwd&quot;)"/></diff></xsl:template>'
fails document "read rights for /etc/passwd denied"
stylesheet relative '<xsl:template match="/"><diff><xsl:copy-of
    select="document(&quot;guest.xml&quot;)"/></diff></xsl:template>'
fails relative "denied"
stylesheet write '<xsl:template match="/"><xsl:document href="written.xml"><a/></xsl:document>
    </xsl:template>'
fails write "write rights for written.xml denied"
[ ! -e written.xml ]
result "write: no file is there"
stylesheet network '<xsl:import href="http://127.0.0.1:9/x.xsl"/>'
fails network "not the network"
stylesheet network-document '<xsl:template match="/"><diff><xsl:copy-of
    select="document(&quot;http://127.0.0.1:9/x.xml&quot;)"/></diff></xsl:template>'
fails network-document "denied"
echo '<!DOCTYPE xsl:stylesheet [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY i "inner">]>' >entities
stylesheet message '<xsl:template match="/"><xsl:message terminate="yes">E</xsl:message></xsl:template>'
{ cat entities; sed 's/>E</>\&e;</' message.xsl; } >file-entity.xsl
fails file-entity "an entity or DTD needs the file file:///etc/passwd"
{ cat entities; sed 's/>E</>\&i;</' message.xsl; } >own-entity.xsl
fails own-entity "the stylesheet made no patch: inner"
stylesheet imports-entity '<xsl:import href="file-entity.xsl"/>'
fails imports-entity "an entity or DTD needs the file file:///etc/passwd"
stylesheet includes-entity '<xsl:include href="file-entity.xsl"/>'
fails includes-entity "an entity or DTD needs the file file:///etc/passwd"
{ echo '<!DOCTYPE xsl:stylesheet [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'; cat message.xsl; } >parameter.xsl
stylesheet imports-parameter '<xsl:import href="parameter.xsl"/>'
fails imports-parameter "an entity or DTD needs the file file:///etc/passwd"
mkfifo fifo
stylesheet imports-fifo '<xsl:import href="fifo"/>'
fails imports-fifo "cannot read fifo: it is not a regular file"
stylesheet includes-zero '<xsl:include href="/dev/zero"/>'
fails includes-zero "cannot read /dev/zero: it is not a regular file"
stylesheet includes-folder '<xsl:include href="a%20folder"/>'
fails includes-folder "cannot read a folder: it is a directory"
truncate -s 2M large
stylesheet includes-large '<xsl:include href="large"/>'
fails includes-large "cannot read large: it is larger than 1 MiB"

# Where it ends

stylesheet recursion '<xsl:template match="/" name="x"><xsl:call-template name="x"/></xsl:template>'
fails recursion "infinite template recursion"
all='//node()|//@*'
stylesheet operations "<xsl:template match='/'><diff><xsl:for-each select='$all'>
    <xsl:for-each select='$all'><xsl:for-each select='$all'><xsl:for-each select='$all'>
    <xsl:if test='false()'/>
    </xsl:for-each></xsl:for-each></xsl:for-each></xsl:for-each></diff></xsl:template>"
fails operations "it took more than 10000000 steps"
stylesheet nodes "<xsl:template match='/'><diff><xsl:for-each select='$all'>
    <xsl:for-each select='$all'><xsl:for-each select='$all'><xsl:for-each select='$all'>
    <add><b x='12345678901234567890123456789012345678901234567890'/></add>
    </xsl:for-each></xsl:for-each></xsl:for-each></xsl:for-each></diff></xsl:template>"
fails nodes "256 MiB of memory"
many="\$s,\$s,\$s,\$s,\$s,\$s,\$s,\$s,\$s,\$s"
stylesheet output "<xsl:template match='/'><diff><xsl:variable name='s' select='&quot;$(
    )012345678901234567890123456789&quot;'/><xsl:call-template name='x'><xsl:with-param name='s' select='\$s'/>
    <xsl:with-param name='n' select='7'/></xsl:call-template></diff></xsl:template>
    <xsl:template name='x'><xsl:param name='s'/><xsl:param name='n'/>
    <xsl:if test='\$n = 1'><xsl:value-of select='\$s'/></xsl:if>
    <xsl:if test='\$n &gt; 1'><xsl:call-template name='x'>
    <xsl:with-param name='s' select='concat($many)'/>
    <xsl:with-param name='n' select='\$n - 1'/></xsl:call-template></xsl:if></xsl:template>"
fails output "its result is larger than 16 MiB"
stylesheet slow "<xsl:template match='/'><diff><xsl:call-template name='x'>
    <xsl:with-param name='s' select='&quot;aaaaaaaa&quot;'/><xsl:with-param name='n' select='20'/>
    </xsl:call-template></diff></xsl:template>
    <xsl:template name='x'><xsl:param name='s'/><xsl:param name='n'/>
    <xsl:if test='\$n = 1'>
    <xsl:value-of select='contains(\$s, concat(substring(\$s, 1, 2000000), &quot;b&quot;))'/></xsl:if>
    <xsl:if test='\$n &gt; 1'><xsl:call-template name='x'>
    <xsl:with-param name='s' select='concat(\$s, \$s)'/>
    <xsl:with-param name='n' select='\$n - 1'/></xsl:call-template></xsl:if></xsl:template>"
fails slow "it ran longer than 10 seconds"
cp "$srcdir/examples/rom-off.xsl" stuck.xsl
stylesheet waits '<xsl:import href="stuck.xsl"/>'
if is_checked; then
    skip "waits: says 'it ran longer than 10 seconds'" "nothing can be preloaded into what ASan runs"
else
    LD_PRELOAD=$STUCK STUCK_AT=stuck.xsl
    export LD_PRELOAD STUCK_AT
    fails waits "it ran longer than 10 seconds"
    unset LD_PRELOAD STUCK_AT
fi

# What is broken

fails missing "cannot read missing.xsl: No such file or directory"
: >empty.xsl
fails empty "empty.xsl"
echo junk >junk.xsl
fails junk "Start tag expected"
echo '<a/>' >other.xsl
fails other "is not a stylesheet"
stylesheet pattern '<xsl:template match="/["/>'
fails pattern "failed to compile '/['"
stylesheet import '<xsl:import href="nowhere.xsl"/>'
fails import "nowhere.xsl"
stylesheet self '<xsl:import href="self.xsl"/>'
fails self "recursion"
stylesheet stops '<xsl:template match="/"><xsl:message terminate="yes">not this
domain</xsl:message></xsl:template>'
fails stops "the stylesheet made no patch: not this domain"
patch_is text "text"
fails text "its result is not XML"
patch_is roots "<a/><b/>"
fails roots "its result is not XML"
mkdir folder.xsl
fails folder "folder.xsl"

# Outside of the language: the instruction is named

patch_is root "<patch/>"
fails root "the patch's root is <patch>, not <diff>"
patch_is second "<diff><remove sel='/domain/devices/emulator'/><move/></diff>"
fails second "instruction 2 of the patch: <move> is no instruction"
patch_is stray "<diff>text</diff>"
fails stray "instruction 1 of the patch: only instructions are allowed here, no text"
patch_is nothing "<diff><remove sel='/domain/devices/hostdev[9]'/></diff>"
fails nothing "instruction 1 of the patch: '/domain/devices/hostdev[9]' matches nothing"
patch_is xpath "<diff><remove sel='//hostdev'/></diff>"
fails xpath "instruction 1 of the patch: '//hostdev' is not of the form"
patch_is order "<diff><remove sel='/domain/name'/><remove sel='/domain/devices'/></diff>"
fails order "instruction 2 of the patch: its target is not before"

# What it makes is the same domain, and complete.

patch_is incomplete "<diff><remove sel='/domain/devices/emulator'/></diff>"
fails incomplete "leaves the domain incomplete: it does not add 0000:01:00.1"
patch_is uuid "$(added "<remove sel='/domain/uuid'/>")"
fails uuid "makes another domain of it"
patch_is nameless "$(added "<remove sel='/domain/name'/>")"
fails nameless "what the stylesheet makes is no domain"

# A stylesheet that can't be used ends a run of many at once.
tool --sysroot "$sysroot" diff --stylesheet missing.xsl guest.xml guest.xml guest.xml
is "$status $(wc -l <err)" "2 1" "a stylesheet that cannot be read is reported once"

finish
