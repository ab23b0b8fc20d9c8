#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# How long it takes to show the change of one domain of a libvirt connection (to its test driver),
# compared with other tools.
#
#   VIRT_IOMMUFIX=path MEASURE=path peers.sh       (or: ./run bench)
#
# DOMAINS (20) domains of 8 KB, 1 hostdev to add each. Only this tool finds out which one:
# the others get it as an argument.

. "$(dirname "$0")/lib.sh"
domains=${DOMAINS:-20}
uri=test://$tmp/host.xml

# The bare minimum of a stylesheet that does it: all is copied, one hostdev is added.
write_stylesheet() {
    cat <<XML
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
  </xsl:template>
  <xsl:template match="hostdev[last()]">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
$(hostdev 1 2 9)
  </xsl:template>
</xsl:stylesheet>
XML
}

have() {
    command -v "$1" >/dev/null 2>&1 || {
        echo "  ($1 is not installed: left out)"
        return 1
    }
}

one_round() {
    "$MEASURE" sh diff.sh >>'diff, a run each.times'
    "$MEASURE" "$VIRT_IOMMUFIX" -c "$uri" diff --all >>'diff --all, one run.times'
    [ -z "$pipeline" ] || "$MEASURE" sh pipeline.sh >>"$pipeline.times"
    [ -z "$virt_xml" ] || "$MEASURE" sh virt-xml.sh >>"$virt_xml.times"
}

make_domain no | sed "s/type='kvm'/type='test'/" >lacking
{
    make_host | sed '$d'
    i=0
    while [ "$i" -lt "$domains" ]; do
        sed "s/NAME/guest$i/g; s/UUID/$(printf '00000000-0000-4000-8000-%012d' "$i")/" lacking
        i=$((i + 1))
    done
    echo "</node>"
} >host.xml
write_stylesheet >add.xsl

i=0
while [ "$i" -lt "$domains" ]; do
    echo "'$VIRT_IOMMUFIX' -c '$uri' diff guest$i" >>diff.sh
    echo "virsh -c '$uri' dumpxml guest$i | xsltproc add.xsl -" >>pipeline.sh
    echo "virt-xml -c '$uri' guest$i --add-device --hostdev 0000:01:00.2 --print-diff" >>virt-xml.sh
    i=$((i + 1))
done

printf '\n%s domains of a connection (%s rounds):\n' "$domains" "$rounds"
pipeline=
virt_xml=
if have virsh && have xsltproc; then
    pipeline='virsh dumpxml | xsltproc'
fi
if have virt-xml; then
    virt_xml='virt-xml --print-diff'
fi

one_round
rm -f ./*.times
i=0
while [ "$i" -lt "$rounds" ]; do
    one_round
    i=$((i + 1))
done
start_table 'The change of each, shown:' 'a domain'
for name in 'diff, a run each' 'diff --all, one run' "$pipeline" "$virt_xml"; do
    [ -z "$name" ] || row "$name" "$domains"
done
