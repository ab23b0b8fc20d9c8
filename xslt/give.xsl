<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  From a plan (plan.rng) to an XML patch (RFC 5261), for what the guest is to get: each placeholder
  that is given becomes a device of the guest, and the device beside which another function of its
  card comes gets multifunction="on". What is added is in complete-groups.xsl.

    xsltproc give.xsl plan.xml
    xsltproc -stringparam domain NAME give.xsl plans.xml
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
      <xsl:apply-templates select="$plans[@result = 'change']/claim/*[self::give or self::multifunction]">
        <xsl:sort select="position()" data-type="number" order="descending"/>
      </xsl:apply-templates>
    </diff>
  </xsl:template>

  <!-- Without an address of its own, libvirt chooses one. -->
  <xsl:template match="give">
    <remove sel="{@sel}"/>
  </xsl:template>

  <xsl:template match="give[guest]">
    <xsl:variable name="sel" select="@sel"/>
    <replace sel="{$sel}/@type">pci</replace>
    <xsl:for-each select="guest/address/@*">
      <add sel="{$sel}" type="@{name()}">
        <xsl:value-of select="."/>
      </add>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="multifunction[@type]">
    <add>
      <xsl:copy-of select="@sel | @type"/>
      <xsl:text>on</xsl:text>
    </add>
  </xsl:template>

  <xsl:template match="multifunction">
    <replace>
      <xsl:copy-of select="@sel"/>
      <xsl:text>on</xsl:text>
    </replace>
  </xsl:template>
</xsl:stylesheet>
