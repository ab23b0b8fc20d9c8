<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  A site's own stylesheet, for the option "stylesheet" of virt-iommufix diff and rewrite: each
  placeholder also says that its device's ROM is not to be read. virt-iommufix(1) tells
  under STYLESHEETS what comes in and what may go out.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

  <xsl:template match="/plans">
    <diff>
      <!-- A plan can ask for another change, or for none: then nothing is made here. -->
      <xsl:apply-templates
        select="plan[@result = 'change' and group/member[@verdict = 'add']]"/>
    </diff>
  </xsl:template>

  <!-- The plan says where new hostdevs go: behind the last one, or as last children. -->
  <xsl:template match="plan">
    <add>
      <xsl:copy-of select="insert/@sel | insert/@pos"/>
      <xsl:apply-templates select="group/member[@verdict = 'add']"/>
    </add>
  </xsl:template>

  <xsl:template match="member">
    <hostdev mode="subsystem" type="pci" managed="yes">
      <source>
        <xsl:copy-of select="address"/>
      </source>
      <rom bar="off"/>
      <address type="unassigned"/>
    </hostdev>
  </xsl:template>
</xsl:stylesheet>
