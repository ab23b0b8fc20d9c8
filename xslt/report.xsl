<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!--
  The page of `virt-iommufix report`: from a report document (xslt/report.rng), one HTML file
  that needs nothing else. All of it can be read, filtered and printed without its script, which
  adds the search.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:strip-space elements="*"/>
  <xsl:preserve-space elements="line"/>

  <!-- Those of the document, and the numbers of those that are in parts of the page. -->
  <xsl:variable name="domains" select="/report/plans/plan | /report/plans/failed"/>
  <xsl:variable name="totals" select="/report/totals"/>

  <!-- ==== A part of the page: what becomes of its hosts, without the frame ==== -->

  <xsl:template match="/report[@part = 'html']">
    <xsl:apply-templates select="plans"/>
  </xsl:template>

  <xsl:template match="/report[@part = 'markdown']">
    <xsl:apply-templates select="plans" mode="markdown"/>
  </xsl:template>

  <!-- ==== The page ==== -->

  <xsl:template match="/report[@format = 'html']">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="referrer" content="no-referrer"/>
        <title>IOMMU groups: <xsl:call-template name="title"/></title>
        <style><xsl:value-of select="style"/></style>
      </head>
      <body>
        <header>
          <h1>IOMMU groups</h1>
          <p><xsl:call-template name="title"/></p>
          <xsl:call-template name="filter"/>
        </header>
        <main>
          <xsl:apply-templates select="plans"/>
          <p id="none" role="status"/>
        </main>
        <footer>
          <p>Made by virt-iommufix <xsl:value-of select="@tool"/>. A guest gets the devices of an
          IOMMU group all together or not at all. A placeholder takes a device from the host while
          the guest runs; the guest never sees it.</p>
        </footer>
        <script><xsl:value-of select="script"/></script>
      </body>
    </html>
  </xsl:template>

  <!-- A checkbox for each result that occurs: rules of the style sheet do the rest. -->
  <xsl:template name="filter">
    <fieldset>
      <legend>Show</legend>
      <xsl:call-template name="choice">
        <xsl:with-param name="name">change</xsl:with-param>
        <xsl:with-param name="words">will change</xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="choice">
        <xsl:with-param name="name">refused</xsl:with-param>
        <xsl:with-param name="words">refused</xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="choice">
        <xsl:with-param name="name">no-iommu</xsl:with-param>
        <xsl:with-param name="words">without an IOMMU group</xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="choice">
        <xsl:with-param name="name">failed</xsl:with-param>
        <xsl:with-param name="words">not read</xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="choice">
        <xsl:with-param name="name">complete</xsl:with-param>
        <xsl:with-param name="words">complete</xsl:with-param>
      </xsl:call-template>
      <xsl:call-template name="choice">
        <xsl:with-param name="name">skipped</xsl:with-param>
        <xsl:with-param name="words">skipped</xsl:with-param>
      </xsl:call-template>
      <span id="tools" hidden="hidden">
        <label>Search <input type="search" id="search"/></label>
        <button type="button" id="open">Open all</button>
      </span>
    </fieldset>
  </xsl:template>

  <xsl:template name="choice">
    <xsl:param name="name"/>
    <xsl:param name="words"/>
    <xsl:variable name="count" select="count($domains[@result = $name]) +
                                       count($domains[self::failed and $name = 'failed']) +
                                       sum($totals/@*[name() = $name])"/>
    <xsl:if test="$count > 0">
      <label class="{$name}">
        <input type="checkbox" id="show-{$name}" checked="checked"/>
        <xsl:text> </xsl:text>
        <b><xsl:value-of select="$count"/></b>
        <xsl:value-of select="concat(' ', $words)"/>
      </label>
    </xsl:if>
  </xsl:template>

  <xsl:template match="plans">
    <section class="host">
      <h2><xsl:call-template name="host"/></h2>
      <p><xsl:call-template name="origin"/></p>
      <xsl:apply-templates select="failed | plan[@result = 'refused' or @result = 'no-iommu']"/>
      <xsl:apply-templates select="plan[@result = 'change']"/>
      <xsl:apply-templates select="plan[@result = 'complete' or @result = 'skipped']"/>
      <xsl:if test="@command and plan[@result = 'change']">
        <p>To write the changes of this host, there: <code><xsl:value-of select="@command"/></code></p>
      </xsl:if>
    </section>
  </xsl:template>

  <xsl:template match="failed">
    <details class="domain failed">
      <summary>
        <h3><xsl:value-of select="@name"/></h3>
        <xsl:text> </xsl:text>
        <span class="badge">not read</span>
      </summary>
      <p><xsl:value-of select="@message"/></p>
    </details>
  </xsl:template>

  <xsl:template match="plan">
    <details class="domain {@result}">
      <summary>
        <h3><xsl:value-of select="domain/@name"/></h3>
        <xsl:text> </xsl:text>
        <span class="badge"><xsl:call-template name="result"/></span>
        <xsl:text> </xsl:text>
        <span class="what"><xsl:call-template name="what"/></span>
        <xsl:apply-templates select="group" mode="strip"/>
      </summary>
      <xsl:apply-templates select="group"/>
      <xsl:variable name="remarks" select="claim[@sentence] | note[@sentence]"/>
      <xsl:if test="$remarks">
        <ul class="remarks"><xsl:apply-templates select="$remarks"/></ul>
      </xsl:if>
      <xsl:if test="diff/line">
        <details>
          <summary>Diff</summary>
          <pre tabindex="0"><xsl:apply-templates select="diff/line"/></pre>
        </details>
      </xsl:if>
    </details>
  </xsl:template>

  <!-- A group at a glance, in the line of its domain: a mark for each member. -->
  <xsl:template match="group" mode="strip">
    <xsl:text> </xsl:text>
    <span class="strip" role="img">
      <xsl:attribute name="aria-label">
        <xsl:text>group </xsl:text>
        <xsl:value-of select="@number"/>
        <xsl:text>: </xsl:text>
        <xsl:for-each select="member">
          <xsl:if test="position() > 1">, </xsl:if>
          <xsl:call-template name="verdict"/>
        </xsl:for-each>
      </xsl:attribute>
      <xsl:for-each select="member">
        <i class="{@verdict}"><xsl:call-template name="mark"/></i>
      </xsl:for-each>
    </span>
  </xsl:template>

  <xsl:template match="group">
    <section class="group">
      <h4>Group <xsl:value-of select="@number"/></h4>
      <ul><xsl:apply-templates select="member"/></ul>
    </section>
  </xsl:template>

  <xsl:template match="member">
    <li class="{@verdict}">
      <p>
        <i><xsl:call-template name="mark"/></i>
        <xsl:text> </xsl:text>
        <b><xsl:call-template name="verdict"/></b>
        <xsl:text> </xsl:text>
        <code><xsl:call-template name="address"/></code>
      </p>
      <p><xsl:call-template name="device"/></p>
      <xsl:if test="@sentence and not(@reason = 'missing')">
        <p><xsl:call-template name="words"/></p>
      </xsl:if>
      <xsl:apply-templates select="evidence"/>
    </li>
  </xsl:template>

  <xsl:template match="evidence">
    <p class="chain"><xsl:call-template name="use"/></p>
  </xsl:template>

  <xsl:template match="claim | note">
    <li class="{@verdict}">
      <xsl:if test="address">
        <code><xsl:call-template name="address"/></code>
        <xsl:text> </xsl:text>
      </xsl:if>
      <xsl:call-template name="words"/>
      <xsl:if test="self::claim"> (<code><xsl:value-of select="@path"/></code>)</xsl:if>
      <xsl:apply-templates select="evidence"/>
    </li>
  </xsl:template>

  <xsl:template match="line">
    <xsl:choose>
      <xsl:when test="starts-with(., '+')"><ins><xsl:value-of select="."/></ins></xsl:when>
      <xsl:when test="starts-with(., '-')"><del><xsl:value-of select="."/></del></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>


  <!-- ==== Markdown, for a pull request: the text of what these templates make ==== -->

  <xsl:template match="/report[@format = 'markdown']">
    <xsl:text># IOMMU groups: </xsl:text>
    <xsl:call-template name="title"/>
    <xsl:apply-templates select="plans" mode="markdown"/>
  </xsl:template>

  <xsl:template match="plans" mode="markdown">
    <xsl:text>&#10;&#10;## </xsl:text>
    <xsl:call-template name="plain">
      <xsl:with-param name="text"><xsl:call-template name="host"/></xsl:with-param>
    </xsl:call-template>
    <xsl:text>&#10;&#10;</xsl:text>
    <xsl:call-template name="plain">
      <xsl:with-param name="text"><xsl:call-template name="origin"/></xsl:with-param>
    </xsl:call-template>
    <xsl:text>&#10;&#10;| domain | result | |&#10;|---|---|---|</xsl:text>
    <xsl:for-each select="plan">
      <xsl:text>&#10;| </xsl:text>
      <xsl:call-template name="plain">
        <xsl:with-param name="text" select="domain/@name"/>
      </xsl:call-template>
      <xsl:text> | </xsl:text>
      <xsl:call-template name="result"/>
      <xsl:text> | </xsl:text>
      <xsl:call-template name="what"/>
      <xsl:text> |</xsl:text>
    </xsl:for-each>
    <xsl:for-each select="failed">
      <xsl:text>&#10;| </xsl:text>
      <xsl:call-template name="plain"><xsl:with-param name="text" select="@name"/></xsl:call-template>
      <xsl:text> | not read | </xsl:text>
      <xsl:call-template name="plain"><xsl:with-param name="text" select="@message"/></xsl:call-template>
      <xsl:text> |</xsl:text>
    </xsl:for-each>
    <xsl:apply-templates select="plan[@result = 'refused' or @result = 'no-iommu']" mode="markdown"/>
    <xsl:apply-templates select="plan[@result = 'change']" mode="markdown"/>
  </xsl:template>

  <xsl:template match="plan" mode="markdown">
    <xsl:text>&#10;&#10;### </xsl:text>
    <xsl:call-template name="plain"><xsl:with-param name="text" select="domain/@name"/></xsl:call-template>
    <xsl:text>: </xsl:text>
    <xsl:call-template name="result"/>
    <xsl:text>&#10;</xsl:text>
    <xsl:apply-templates select="group/member[@verdict = 'add' or @verdict = 'refuse']" mode="markdown"/>
    <xsl:apply-templates select="claim[@sentence] | note[@sentence]" mode="markdown"/>
    <!-- In HTML, in which nothing of the diff can end the block. -->
    <xsl:if test="diff/line">
      <xsl:text>&#10;&#10;&lt;details>&lt;summary>Diff&lt;/summary>&#10;&#10;&lt;pre lang="diff"></xsl:text>
      <xsl:for-each select="diff/line">
        <xsl:text>&#10;</xsl:text>
        <xsl:call-template name="plain">
          <xsl:with-param name="text" select="."/>
          <xsl:with-param name="special">&amp;&lt;></xsl:with-param>
        </xsl:call-template>
      </xsl:for-each>
      <xsl:text>&#10;&lt;/pre>&#10;&lt;/details></xsl:text>
    </xsl:if>
  </xsl:template>

  <xsl:template match="member | claim | note" mode="markdown">
    <xsl:text>&#10;- </xsl:text>
    <xsl:if test="parent::group">group <xsl:value-of select="../@number"/>: </xsl:if>
    <xsl:call-template name="plain">
      <xsl:with-param name="text">
        <xsl:call-template name="address"/>
        <xsl:if test="device">
          <xsl:text> (</xsl:text>
          <xsl:call-template name="device"/>
          <xsl:text>)</xsl:text>
        </xsl:if>
        <xsl:text> </xsl:text>
        <xsl:choose>
          <xsl:when test="@verdict = 'add'">is added.</xsl:when>
          <xsl:otherwise><xsl:call-template name="words"/></xsl:otherwise>
        </xsl:choose>
        <xsl:for-each select="evidence">
          <xsl:text> </xsl:text>
          <xsl:call-template name="use"/>
          <xsl:text>.</xsl:text>
        </xsl:for-each>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- @text without what Markdown, or HTML in it, takes for markup. In halves: a call for each
       character would be a call in a call, as deep as the text is long. -->
  <xsl:template name="plain">
    <xsl:param name="text"/>
    <xsl:param name="special">\`*_{}[]&lt;>#|~&amp;!$</xsl:param>
    <xsl:variable name="length" select="string-length($text)"/>
    <xsl:choose>
      <xsl:when test="translate($text, $special, '') = $text"><xsl:value-of select="$text"/></xsl:when>
      <xsl:when test="$length > 1">
        <xsl:call-template name="plain">
          <xsl:with-param name="text" select="substring($text, 1, floor($length div 2))"/>
          <xsl:with-param name="special" select="$special"/>
        </xsl:call-template>
        <xsl:call-template name="plain">
          <xsl:with-param name="text" select="substring($text, floor($length div 2) + 1)"/>
          <xsl:with-param name="special" select="$special"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:when test="$text = '&lt;'">&amp;lt;</xsl:when>
      <xsl:when test="$text = '>'">&amp;gt;</xsl:when>
      <xsl:when test="$text = '&amp;'">&amp;amp;</xsl:when>
      <xsl:otherwise>\<xsl:value-of select="$text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- ==== Words, for both ==== -->

  <xsl:template name="count">
    <xsl:param name="of"/>
    <xsl:param name="one"/>
    <xsl:param name="many" select="concat($one, 's')"/>
    <xsl:value-of select="concat($of, ' ')"/>
    <xsl:choose>
      <xsl:when test="$of = 1"><xsl:value-of select="$one"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$many"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "200 domains of 20 hosts" -->
  <xsl:template name="title">
    <xsl:call-template name="count">
      <xsl:with-param name="of" select="count($domains) + sum($totals/@*[not(name() = 'hosts')])"/>
      <xsl:with-param name="one">domain</xsl:with-param>
    </xsl:call-template>
    <xsl:text> of </xsl:text>
    <xsl:call-template name="count">
      <xsl:with-param name="of" select="count(/report/plans) + sum($totals/@hosts)"/>
      <xsl:with-param name="one">host</xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- Of a plan. -->
  <xsl:template name="result">
    <xsl:choose>
      <xsl:when test="@result = 'change'">will change</xsl:when>
      <xsl:when test="@result = 'no-iommu'">no IOMMU group</xsl:when>
      <xsl:when test="@result = 'complete' and @starts = 'no'">complete, but will not start</xsl:when>
      <xsl:when test="@result = 'complete' and @starts = 'unknown'">complete, but it is not known whether it starts</xsl:when>
      <xsl:otherwise><xsl:value-of select="@result"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What a plan does, and where: "adds 3 placeholders; refused for 1 device". -->
  <xsl:template name="what">
    <xsl:variable name="adds" select="count(group/member[@verdict = 'add'])"/>
    <xsl:variable name="removes" select="count(claim[@verdict = 'remove'])"/>
    <xsl:variable name="manages" select="count(claim[manage])"/>
    <xsl:variable name="moves" select="count(claim[moved/set])"/>
    <xsl:variable name="refuses" select="count(group/member[@verdict = 'refuse']) +
                                         count(claim[@verdict = 'refuse'])"/>
    <xsl:if test="@result = 'change'">
      <xsl:if test="$adds > 0">
        <xsl:text>adds </xsl:text>
        <xsl:call-template name="count">
          <xsl:with-param name="of" select="$adds"/>
          <xsl:with-param name="one">placeholder</xsl:with-param>
        </xsl:call-template>
      </xsl:if>
      <xsl:if test="$removes > 0">
        <xsl:if test="$adds > 0">; </xsl:if>
        <xsl:text>removes </xsl:text>
        <xsl:call-template name="count">
          <xsl:with-param name="of" select="$removes"/>
          <xsl:with-param name="one">placeholder</xsl:with-param>
        </xsl:call-template>
      </xsl:if>
      <xsl:if test="$manages > 0">
        <xsl:if test="$adds + $removes > 0">; </xsl:if>
        <xsl:text>makes </xsl:text>
        <xsl:call-template name="count">
          <xsl:with-param name="of" select="$manages"/>
          <xsl:with-param name="one">device</xsl:with-param>
        </xsl:call-template>
        <xsl:text> managed</xsl:text>
      </xsl:if>
      <xsl:if test="$moves > 0">
        <xsl:if test="$adds + $removes + $manages > 0">; </xsl:if>
        <xsl:text>moves </xsl:text>
        <xsl:call-template name="count">
          <xsl:with-param name="of" select="$moves"/>
          <xsl:with-param name="one">device</xsl:with-param>
        </xsl:call-template>
      </xsl:if>
    </xsl:if>
    <xsl:if test="@result = 'refused'">
      <xsl:text>because of </xsl:text>
      <xsl:call-template name="count">
        <xsl:with-param name="of" select="$refuses"/>
        <xsl:with-param name="one">device</xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- Of <plans>. -->
  <xsl:template name="host">
    <xsl:choose>
      <xsl:when test="@host"><xsl:value-of select="@host"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@file"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="origin">
    <xsl:call-template name="count">
      <xsl:with-param name="of" select="count(plan | failed)"/>
      <xsl:with-param name="one">domain</xsl:with-param>
    </xsl:call-template>
    <xsl:if test="@time">, planned <xsl:value-of select="@time"/></xsl:if>
    <xsl:if test="@file">, from <xsl:value-of select="@file"/></xsl:if>
  </xsl:template>

  <!-- Of a member. -->
  <xsl:template name="verdict">
    <xsl:choose>
      <xsl:when test="@reason = 'placeholder'">placeholder</xsl:when>
      <xsl:when test="@verdict = 'add'">is added</xsl:when>
      <xsl:when test="@verdict = 'refuse'">refused</xsl:when>
      <xsl:when test="@verdict = 'remove'">is removed</xsl:when>
      <xsl:when test="@verdict = 'skip'">left out</xsl:when>
      <xsl:otherwise><xsl:value-of select="@verdict"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="mark">
    <xsl:choose>
      <xsl:when test="@verdict = 'add'">+</xsl:when>
      <xsl:when test="@verdict = 'refuse'">✕</xsl:when>
      <xsl:when test="@verdict = 'remove'">−</xsl:when>
      <xsl:when test="@verdict = 'skip'">·</xsl:when>
      <xsl:otherwise>✓</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Of a claim or member: "0000:01:00.1", or a name. -->
  <xsl:template name="address">
    <xsl:choose>
      <xsl:when test="address">
        <xsl:value-of select="concat(substring(address/@domain, 3), ':', substring(address/@bus, 3),
                              ':', substring(address/@slot, 3), '.',
                              substring(address/@function, 3))"/>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "audio device TU104 HD Audio Controller, snd_hda_intel" -->
  <xsl:template name="device">
    <xsl:for-each select="device">
      <xsl:value-of select="@class-words"/>
      <xsl:if test="@product"><xsl:value-of select="concat(' ', @product)"/></xsl:if>
      <xsl:choose>
        <xsl:when test="@driver"><xsl:value-of select="concat(', ', @driver)"/></xsl:when>
        <xsl:when test="@driver-state = 'none'">, no driver</xsl:when>
        <xsl:otherwise>, driver unknown</xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
  </xsl:template>

  <!-- The sentence of a reason, its code, what to do, and how to override a refusal. -->
  <xsl:template name="words">
    <xsl:value-of select="concat(@sentence, ' (', @reason, ').')"/>
    <xsl:if test="@remedy and not(@verdict = 'add')">
      <xsl:value-of select="concat(' ', @remedy, '.')"/>
    </xsl:if>
    <xsl:if test="@verdict = 'refuse' and evidence[@lift = 'never']"> This cannot be overridden.</xsl:if>
    <xsl:if test="@verdict = 'refuse' and evidence[@lift = 'by-name'] and not(evidence[@lift = 'never'])">
      <xsl:text> If the host does not need it, add --allow-member </xsl:text>
      <xsl:call-template name="address"/>
      <xsl:text>.</xsl:text>
    </xsl:if>
  </xsl:template>

  <!-- "used: sda → sda1 → /", or what else claims the device. -->
  <xsl:template name="use">
    <xsl:choose>
      <xsl:when test="@lift = 'nothing'">Also used by: </xsl:when>
      <xsl:when test="@reason = 'unknown-use'">Unknown: </xsl:when>
      <xsl:otherwise>Used: </xsl:otherwise>
    </xsl:choose>
    <xsl:for-each select="step">
      <xsl:if test="position() > 1"> → </xsl:if>
      <xsl:value-of select="@name"/>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
