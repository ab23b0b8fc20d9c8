<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  From a plan (plan.rng) to an XML patch (RFC 5261): it sets managed="yes" on each claim
  that the plan wants managed, so that libvirt detaches the device from the host by itself.

    xsltproc managed.xsl plan.xml
    xsltproc -stringparam domain NAME managed.xsl plans.xml
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
      <xsl:apply-templates select="$plans[@result = 'change']/claim/manage">
        <xsl:sort select="position()" data-type="number" order="descending"/>
      </xsl:apply-templates>
    </diff>
  </xsl:template>

  <xsl:template match="manage[@type]">
    <add>
      <xsl:copy-of select="@sel | @type"/>
      <xsl:text>yes</xsl:text>
    </add>
  </xsl:template>

  <xsl:template match="manage">
    <replace>
      <xsl:copy-of select="@sel"/>
      <xsl:text>yes</xsl:text>
    </replace>
  </xsl:template>
</xsl:stylesheet>
