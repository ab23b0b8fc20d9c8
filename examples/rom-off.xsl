<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  A site's own stylesheet, for the option "stylesheet" of virt-iommufix diff and rewrite: in each
  placeholder it turns the device's ROM off. virt-iommufix(1) describes what comes in and
  what may go out, in the section STYLESHEETS.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

  <xsl:template match="/plans">
    <diff>
      <!-- A plan can ask for another change, or for none: then this template makes nothing. -->
      <xsl:apply-templates
        select="plan[@result = 'change' and group/member[@verdict = 'add']]"/>
    </diff>
  </xsl:template>

  <!-- The plan has the place for new hostdevs: after the last one, or as last children. -->
  <xsl:template match="plan">
    <add>
      <xsl:copy-of select="insert/@sel | insert/@pos"/>
      <xsl:apply-templates select="group/member[@verdict = 'add']"/>
    </add>
  </xsl:template>

  <!-- What is given (the option "give") must not stay hidden. -->
  <xsl:template match="member">
    <hostdev mode="subsystem" type="pci" managed="yes">
      <source>
        <xsl:copy-of select="address"/>
      </source>
      <rom bar="off"/>
      <xsl:if test="@reason != 'given'">
        <address type="unassigned"/>
      </xsl:if>
    </hostdev>
  </xsl:template>
</xsl:stylesheet>
