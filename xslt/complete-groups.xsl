<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  From a plan (plan.rng) to an XML patch (RFC 5261): each member with the verdict "add"
  becomes a hostdev that libvirt detaches from the host and does not show to the guest. With the
  reason "given" the guest gets it, at the place that the plan found, or that libvirt chooses.

    xsltproc complete-groups.xsl plan.xml
    xsltproc -stringparam domain NAME complete-groups.xsl plans.xml
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
      <xsl:apply-templates
        select="$plans[@result = 'change' and group/member[@verdict = 'add']]"/>
    </diff>
  </xsl:template>

  <xsl:template match="plan">
    <add>
      <xsl:copy-of select="insert/@sel | insert/@pos"/>
      <xsl:apply-templates select="group/member[@verdict = 'add']"/>
    </add>
  </xsl:template>

  <xsl:template match="member">
    <hostdev mode="subsystem" type="pci" managed="yes">
      <xsl:if test="@iommufd">
        <driver iommufd="{@iommufd}"/>
      </xsl:if>
      <source>
        <xsl:copy-of select="address"/>
      </source>
      <xsl:choose>
        <xsl:when test="guest">
          <address type="pci">
            <xsl:copy-of select="guest/address/@*"/>
          </address>
        </xsl:when>
        <xsl:when test="@reason != 'given'">
          <address type="unassigned"/>
        </xsl:when>
      </xsl:choose>
    </hostdev>
  </xsl:template>
</xsl:stylesheet>
