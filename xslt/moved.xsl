<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  From a plan (plan.rng) to an XML patch (RFC 5261): it rewrites the address of each claim whose
  device has another one since the host's cards moved, an attribute at a time.

    xsltproc moved.xsl plan.xml
    xsltproc -stringparam domain NAME moved.xsl plans.xml
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="xml" encoding="UTF-8" indent="yes"/>

  <!-- The domain whose plan to take; needed if there are several. -->
  <xsl:param name="domain"/>

  <xsl:template match="/plans">
    <xsl:variable name="plans" select="plan[not($domain) or domain/@name = $domain]"/>
    <xsl:if test="count($plans) != 1">
      <xsl:message terminate="yes">
        <xsl:value-of select="count($plans)"/>
        <xsl:text> plans match: a patch is for one domain</xsl:text>
      </xsl:message>
    </xsl:if>
    <diff>
      <!-- Claims are in document order, instructions in reverse document order. -->
      <xsl:apply-templates select="$plans[@result = 'change']/claim/moved/set">
        <xsl:sort select="position()" data-type="number" order="descending"/>
      </xsl:apply-templates>
    </diff>
  </xsl:template>

  <xsl:template match="set[@type]">
    <add>
      <xsl:copy-of select="@sel | @type"/>
      <xsl:value-of select="@value"/>
    </add>
  </xsl:template>

  <xsl:template match="set">
    <replace>
      <xsl:copy-of select="@sel"/>
      <xsl:value-of select="@value"/>
    </replace>
  </xsl:template>
</xsl:stylesheet>
