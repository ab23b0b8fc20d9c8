#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the hosts of tests/data/uses.txt use their devices for: the reasons and chains of each domain,
# the devices it gains, and the exit status.

. "$srcdir/tests/cli/lib.sh"

if under_valgrind; then
    echo "1..0 # SKIP uses-words.sh shows valgrind the same hosts and domains"
    exit 0
fi

# One line for each piece of evidence, and for each claim and member without: address, reason,
# reason of the evidence, lift, steps. Tabs between.
cat >rows.xsl <<'XSL'
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="text"/>
  <xsl:template match="/">
    <xsl:apply-templates select="//claim[address] | //member[address]"/>
  </xsl:template>
  <xsl:template match="claim | member">
    <xsl:if test="not(evidence)">
      <xsl:call-template name="head"/>
      <xsl:text>&#9;&#9;&#10;</xsl:text>
    </xsl:if>
    <xsl:for-each select="evidence">
      <xsl:for-each select=".."><xsl:call-template name="head"/></xsl:for-each>
      <xsl:value-of select="concat(@reason, '&#9;', @lift)"/>
      <xsl:for-each select="step"><xsl:value-of select="concat('&#9;', @name)"/></xsl:for-each>
      <xsl:text>&#10;</xsl:text>
    </xsl:for-each>
  </xsl:template>
  <xsl:template name="head">
    <xsl:for-each select="address">
      <xsl:value-of select="concat(substring(@domain, 3), ':', substring(@bus, 3), ':')"/>
      <xsl:value-of select="concat(substring(@slot, 3), '.', substring(@function, 3))"/>
    </xsl:for-each>
    <xsl:value-of select="concat('&#9;', @reason, '&#9;')"/>
  </xsl:template>
</xsl:stylesheet>
XSL

# says ADDRESS REASON CHAIN: is there such a line in rows?
says() {
    awk -F '\t' -v address="$1" -v want="$2" -v chain="$3" '
        # 192.168.1.2 is 192.168.1.2/24, and dm-0 is dm-0 (luks)
        function is_step(text, word) {
            return text == word || index(text, word " ") == 1 ||
                word !~ /^\// && index(text, word "/") == 1
        }
        function one_of(code, codes) { return index("|" codes "|", "|" code "|") }
        BEGIN {
            mark = match(want, /[!?]$/) ? substr(want, RSTART) : ""
            if (mark != "")
                want = substr(want, 1, RSTART - 1)
            claim = sub(/^claim-in-use:/, "", want)
            n = chain == "-" ? 0 : split(chain, step, " > ")
        }
        $1 != address { next }
        claim && $2 != "claim-in-use" { next }
        !one_of($3, want) && (claim || !one_of($2, want)) { next }
        mark == "!" && $4 != "never" || mark == "" && $4 == "never" { next }
        {
            found = 1
            for (i = 5; i <= NF && found <= n; i++)
                if (is_step($i, step[found]))
                    found++
            if (found > n)
                done = 1
        }
        END { exit !done }' rows
}

examine() {
    name=$1
    xml=$srcdir/tests/data/domains/$1.xml
    sysroot=$(make_sysroot "${1%%--*}")
    tool --sysroot "$sysroot" diff "$xml"
    is "$status" "$2" "$name: diff's exit status" || show err
    if [ "$3" = - ]; then
        is "$(cat out)" "" "$name: there is no diff"
    else
        [ -s out ]
        result "$name: there is a diff"
    fi
    tool --sysroot "$sysroot" plan "$xml"
    is "$(additions <out)" "$3" "$name: adds what it should"
    xmllint --noout --relaxng "$srcdir/xslt/plan.rng" out 2>rng.err
    result "$name: the plan is valid" || show rng.err
    xsltproc rows.xsl out >rows
}

while read -r first second rest; do
    case $first in
    '' | '#'*) ;;
    *--*) examine "$first" "$second" "$rest" ;;
    *)
        says "$first" "$second" "$rest"
        result "$name: $first is $second ($rest)" || show rows
        ;;
    esac
done <"$srcdir/tests/data/uses.txt"

finish
