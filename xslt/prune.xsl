<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  From a plan (plan.rng) to an XML patch (RFC 5261): it removes each placeholder
  whose device is gone from the host, and if the plan wants so each one whose group the guest does
  not use.

    xsltproc prune.xsl plan.xml
    xsltproc -stringparam domain NAME prune.xsl plans.xml
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
      <xsl:for-each select="$plans[@result = 'change']/claim[@verdict = 'remove']">
        <xsl:sort select="position()" data-type="number" order="descending"/>
        <remove sel="{@path}"/>
      </xsl:for-each>
    </diff>
  </xsl:template>
</xsl:stylesheet>
