<?xml version="1.0" encoding="UTF-8"?>
<!-- A dossier as text for a terminal. What a klantregisseur looks for stands first; behind it
     comes everything, element by element, so that nothing in a dossier stays out of sight. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:d="urn:nl:estafette:dossier:1" exclude-result-prefixes="d">

  <xsl:include href="dossier-shared.xsl"/>
  <xsl:output method="text" encoding="UTF-8"/>

  <xsl:variable name="spaces"
      select="'                                                                '"/>

  <xsl:template match="/d:dossier">
    <xsl:text>INBURGERINGSDOSSIER - stand van </xsl:text>
    <xsl:apply-templates select="@peildatum" mode="value"/>
    <xsl:text>&#10;</xsl:text>
    <xsl:if test="$gemeente">
      <xsl:value-of select="concat($richting, ' ', $gemeente)"/>
      <xsl:if test="$datum">
        <xsl:text> op </xsl:text>
        <xsl:call-template name="date"><xsl:with-param name="iso" select="$datum"/></xsl:call-template>
      </xsl:if>
      <xsl:text>&#10;</xsl:text>
    </xsl:if>
    <xsl:apply-templates select="." mode="kort"/>
    <xsl:apply-templates select="*[not(@status) or @status = 'geleverd']"/>
  </xsl:template>

  <!-- What was read at DUO, without the dossier around it. -->
  <xsl:template match="/d:gelezen">
    <xsl:variable name="title">
      <xsl:apply-templates select="." mode="label"/>
      <xsl:apply-templates select="@op" mode="mark"/>
    </xsl:variable>
    <xsl:call-template name="title"><xsl:with-param name="text" select="$title"/></xsl:call-template>
    <xsl:apply-templates select="*" mode="row"/>
    <xsl:if test="not(*)"><xsl:text>  DUO kent van deze persoon niets.&#10;</xsl:text></xsl:if>
  </xsl:template>

  <!-- Onderdelen -->

  <xsl:template match="d:pip">
    <xsl:for-each select="d:versie">
      <xsl:sort select="position()" data-type="number" order="descending"/>
      <xsl:call-template name="title">
        <xsl:with-param name="text" select="concat('PIP, versie ', last() - position() + 1, ' van ', last())"/>
      </xsl:call-template>
      <xsl:apply-templates select="*" mode="row"/>
    </xsl:for-each>
    <xsl:apply-templates select="*[not(self::d:versie)]" mode="row"/>
  </xsl:template>

  <xsl:template match="d:duo">
    <xsl:call-template name="title"><xsl:with-param name="text" select="'DUO (informatie; DUO zelf is de bron)'"/></xsl:call-template>
    <xsl:apply-templates select="*" mode="row"/>
  </xsl:template>

  <xsl:template match="*">
    <xsl:call-template name="title">
      <xsl:with-param name="text"><xsl:apply-templates select="." mode="label"/></xsl:with-param>
    </xsl:call-template>
    <xsl:apply-templates select="*" mode="row"/>
  </xsl:template>

  <!-- Label and value, or label and what is inside, further in. -->

  <xsl:template match="*" mode="row">
    <xsl:param name="indent" select="2"/>
    <xsl:variable name="label">
      <xsl:apply-templates select="." mode="label"/>
      <xsl:apply-templates select="@*" mode="mark"/>
    </xsl:variable>
    <xsl:choose>
      <xsl:when test="self::d:naam[*] and not(*[not(self::d:voornamen or self::d:voorletters
          or self::d:voorvoegsel or self::d:geslachtsnaam)])">
        <xsl:call-template name="row">
          <xsl:with-param name="indent" select="$indent"/>
          <xsl:with-param name="label" select="$label"/>
          <xsl:with-param name="value"><xsl:apply-templates select="." mode="name"/></xsl:with-param>
        </xsl:call-template>
      </xsl:when>
      <xsl:when test="*">
        <xsl:value-of select="concat(substring($spaces, 1, $indent), $label)"/>
        <!-- Only what a later version brought may hold text beside elements. -->
        <xsl:for-each select="text()"><xsl:value-of select="concat(' ', normalize-space())"/></xsl:for-each>
        <xsl:text>&#10;</xsl:text>
        <xsl:apply-templates select="*" mode="row">
          <xsl:with-param name="indent" select="$indent + 2"/>
        </xsl:apply-templates>
      </xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="row">
          <xsl:with-param name="indent" select="$indent"/>
          <xsl:with-param name="label" select="$label"/>
          <xsl:with-param name="value"><xsl:apply-templates select="." mode="value"/></xsl:with-param>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A key opens a document; nobody needs to read it. -->
  <xsl:template match="d:versleuteld" mode="row"/>

  <xsl:template match="@bijzonder" mode="mark">
    <xsl:if test=". = 'ja'"> [bijzonder persoonsgegeven]</xsl:if>
  </xsl:template>
  <xsl:template match="@op" mode="mark">
    <xsl:text> op </xsl:text><xsl:apply-templates select="." mode="value"/>
  </xsl:template>
  <xsl:template match="d:veld/@naam" mode="mark"/>
  <xsl:template match="@*" mode="mark">
    <xsl:value-of select="concat(' ', .)"/>
  </xsl:template>

  <!-- Building blocks -->

  <xsl:template name="title">
    <xsl:param name="text"/>
    <xsl:value-of select="concat('&#10;', translate($text, $lower, $upper), '&#10;')"/>
  </xsl:template>

  <xsl:template name="row">
    <xsl:param name="indent" select="2"/>
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <xsl:variable name="left" select="concat(substring($spaces, 1, $indent), $label)"/>
    <xsl:value-of select="$left"/>
    <xsl:value-of select="substring($spaces, 1, 34 - string-length($left))"/>
    <xsl:value-of select="concat('  ', $value, '&#10;')"/>
  </xsl:template>

  <xsl:template name="block">
    <xsl:param name="title"/>
    <xsl:param name="body"/>
    <xsl:param name="none"/>
    <xsl:call-template name="title"><xsl:with-param name="text" select="$title"/></xsl:call-template>
    <xsl:value-of select="$body"/>
    <xsl:if test="not(string($body))"><xsl:value-of select="concat('  ', $none, '&#10;')"/></xsl:if>
  </xsl:template>

  <xsl:template name="fact">
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <xsl:call-template name="row">
      <xsl:with-param name="label" select="$label"/>
      <xsl:with-param name="value" select="$value"/>
    </xsl:call-template>
  </xsl:template>

  <xsl:template name="point">
    <xsl:param name="text"/>
    <xsl:value-of select="concat('  - ', $text, '&#10;')"/>
  </xsl:template>

  <xsl:template name="phone">
    <xsl:param name="number"/>
    <xsl:value-of select="$number"/>
  </xsl:template>
  <xsl:template name="mail">
    <xsl:param name="address"/>
    <xsl:value-of select="$address"/>
  </xsl:template>
</xsl:stylesheet>
