<?xml version="1.0" encoding="UTF-8"?>
<!-- A dossier as text for a terminal. What a klantregisseur looks for stands first; behind it
     comes everything, element by element, so that nothing in a dossier stays out of sight. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:d="urn:nl:estafette:dossier:1" exclude-result-prefixes="d">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:strip-space elements="*"/>

  <xsl:variable name="spaces"
      select="'                                                                '"/>
  <xsl:variable name="upper" select="'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"/>
  <xsl:variable name="lower" select="'abcdefghijklmnopqrstuvwxyz'"/>

  <xsl:template match="/d:dossier">
    <xsl:text>INBURGERINGSDOSSIER - stand van </xsl:text>
    <xsl:apply-templates select="@peildatum" mode="value"/>
    <xsl:text>&#10;</xsl:text>
    <xsl:apply-templates select="d:persoon"/>
    <xsl:call-template name="summary"/>
    <xsl:call-template name="parts"/>
    <xsl:apply-templates select="d:pip[@status='geleverd']"/>
    <xsl:apply-templates select="d:handhaving[@status='geleverd']"/>
    <xsl:apply-templates select="d:intake[@status='geleverd'] | d:voortgang[@status='geleverd']
        | d:duo[@status='geleverd'] | d:documenten[@status='geleverd'] | d:uitbreiding | d:later"/>
  </xsl:template>

  <!-- Persoon -->

  <xsl:template match="d:persoon">
    <xsl:call-template name="title"><xsl:with-param name="text" select="'Persoon'"/></xsl:call-template>
    <xsl:call-template name="row">
      <xsl:with-param name="label" select="'Naam'"/>
      <xsl:with-param name="value"><xsl:apply-templates select="d:naam" mode="name"/></xsl:with-param>
    </xsl:call-template>
    <xsl:apply-templates select="*[not(self::d:naam)]" mode="row">
      <xsl:with-param name="indent" select="2"/>
    </xsl:apply-templates>
  </xsl:template>

  <xsl:template match="d:naam" mode="name">
    <xsl:for-each select="d:voornamen | d:voorvoegsel | d:geslachtsnaam">
      <xsl:if test="position() &gt; 1"><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="."/>
    </xsl:for-each>
    <xsl:if test="d:voorletters"> (<xsl:value-of select="d:voorletters"/>)</xsl:if>
  </xsl:template>

  <!-- In het kort -->

  <xsl:template name="summary">
    <xsl:variable name="pip" select="d:pip/d:versie[last()]"/>
    <xsl:variable name="term" select="d:duo/d:gelezen/d:inburgeringstermijn"/>
    <xsl:call-template name="title"><xsl:with-param name="text" select="'In het kort'"/></xsl:call-template>
    <xsl:if test="$pip">
      <xsl:call-template name="row">
        <xsl:with-param name="label" select="'Leerroute'"/>
        <xsl:with-param name="value">
          <xsl:value-of select="$pip/d:leerroute"/>
          <xsl:if test="$pip/d:niveau">, niveau <xsl:value-of select="$pip/d:niveau"/></xsl:if>
          <xsl:text> (PIP van </xsl:text>
          <xsl:apply-templates select="$pip/d:dagtekening" mode="value"/>
          <xsl:text>, gemeente </xsl:text>
          <xsl:value-of select="$pip/d:gemeentecode"/>
          <xsl:text>)</xsl:text>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:if test="$term">
      <xsl:call-template name="row">
        <xsl:with-param name="label" select="'Termijn volgens DUO'"/>
        <xsl:with-param name="value">
          <xsl:apply-templates select="$term/d:startdatum" mode="value"/>
          <xsl:text> tot </xsl:text>
          <xsl:apply-templates select="$term/d:einddatum" mode="value"/>
          <xsl:text>, gelezen </xsl:text>
          <xsl:apply-templates select="d:duo/d:gelezen/@op" mode="value"/>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:for-each select="d:voortgang/d:map | d:voortgang/d:pvt">
      <xsl:call-template name="row">
        <xsl:with-param name="label" select="translate(local-name(), $lower, $upper)"/>
        <xsl:with-param name="value">
          <xsl:choose>
            <xsl:when test="d:gehaald='ja'">
              <xsl:text>gehaald </xsl:text><xsl:apply-templates select="d:datumBehaald" mode="value"/>
            </xsl:when>
            <xsl:when test="d:gerealiseerdeStartdatum">
              <xsl:text>loopt sinds </xsl:text>
              <xsl:apply-templates select="d:gerealiseerdeStartdatum" mode="value"/>
            </xsl:when>
            <xsl:otherwise>nog niet gestart</xsl:otherwise>
          </xsl:choose>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:for-each select="d:voortgang/d:traject[d:uren/d:gerealiseerd]">
      <xsl:call-template name="row">
        <xsl:with-param name="label" select="'Uren'"/>
        <xsl:with-param name="value">
          <xsl:value-of select="d:uren/d:gerealiseerd"/>
          <xsl:if test="d:uren/d:gecontracteerd"> van <xsl:value-of select="d:uren/d:gecontracteerd"/></xsl:if>
          <xsl:text>: </xsl:text><xsl:value-of select="d:naam"/>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:if test="d:handhaving/d:boete">
      <xsl:call-template name="row">
        <xsl:with-param name="label" select="'Boetes'"/>
        <xsl:with-param name="value">
          <xsl:value-of select="count(d:handhaving/d:boete)"/>
          <xsl:text>, tellend totaal </xsl:text>
          <xsl:call-template name="euro">
            <xsl:with-param name="amount"><xsl:call-template name="counting"/></xsl:with-param>
          </xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- Onderdelen -->

  <xsl:template name="parts">
    <xsl:call-template name="title"><xsl:with-param name="text" select="'Onderdelen'"/></xsl:call-template>
    <xsl:for-each select="*[@status]">
      <xsl:call-template name="row">
        <xsl:with-param name="label"><xsl:call-template name="label"/></xsl:with-param>
        <xsl:with-param name="value">
          <xsl:value-of select="@status"/>
          <xsl:if test="@reden">: <xsl:value-of select="@reden"/></xsl:if>
          <xsl:if test="@toelichting"> (<xsl:value-of select="@toelichting"/>)</xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="d:pip">
    <xsl:for-each select="d:versie">
      <xsl:call-template name="title">
        <xsl:with-param name="text" select="concat('PIP, versie ', position(), ' van ', last())"/>
      </xsl:call-template>
      <xsl:apply-templates select="*" mode="row"><xsl:with-param name="indent" select="2"/></xsl:apply-templates>
    </xsl:for-each>
    <xsl:apply-templates select="d:opmerking | d:later" mode="row"><xsl:with-param name="indent" select="2"/></xsl:apply-templates>
  </xsl:template>

  <xsl:template match="d:handhaving">
    <xsl:call-template name="title"><xsl:with-param name="text" select="'Handhaving'"/></xsl:call-template>
    <xsl:apply-templates select="*[not(self::d:boete or self::d:boetetotaal)]" mode="row">
      <xsl:with-param name="indent" select="2"/>
    </xsl:apply-templates>
    <xsl:apply-templates select="d:boete" mode="row"><xsl:with-param name="indent" select="2"/></xsl:apply-templates>
    <xsl:variable name="counting">
      <xsl:for-each select=".."><xsl:call-template name="counting"/></xsl:for-each>
    </xsl:variable>
    <xsl:call-template name="row">
      <xsl:with-param name="label" select="'Boetes die tellen, opgeteld'"/>
      <xsl:with-param name="value">
        <xsl:call-template name="euro"><xsl:with-param name="amount" select="$counting"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:apply-templates select="d:boetetotaal" mode="row"><xsl:with-param name="indent" select="2"/></xsl:apply-templates>
    <xsl:if test="d:boetetotaal and number(d:boetetotaal/d:totaal) != number($counting)">
      <xsl:text>  LET OP: het opgegeven totaal is niet de som van de boetes die tellen.&#10;</xsl:text>
    </xsl:if>
  </xsl:template>

  <!-- Fines that were withdrawn, annulled or waived do not count. Context: d:dossier. -->
  <xsl:template name="counting">
    <xsl:value-of select="format-number(sum(d:handhaving/d:boete[not(d:status='ingetrokken'
        or d:status='vernietigd' or d:status='kwijtgescheiden')]/d:bedrag), '0.00')"/>
  </xsl:template>

  <xsl:template match="d:intake | d:voortgang | d:duo | d:documenten | d:uitbreiding | d:dossier/d:later">
    <xsl:call-template name="title">
      <xsl:with-param name="text"><xsl:call-template name="label"/></xsl:with-param>
    </xsl:call-template>
    <xsl:apply-templates select="*" mode="row"><xsl:with-param name="indent" select="2"/></xsl:apply-templates>
  </xsl:template>

  <!-- Everything else: label and value, or label and what is inside, further in. -->

  <xsl:template match="*" mode="row">
    <xsl:param name="indent"/>
    <xsl:variable name="label">
      <xsl:call-template name="label"/>
      <xsl:apply-templates select="@*" mode="mark"/>
    </xsl:variable>
    <xsl:choose>
      <xsl:when test="self::d:naam and *">
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
  <xsl:template match="@*" mode="mark">
    <xsl:value-of select="concat(' ', .)"/>
  </xsl:template>

  <xsl:template match="d:bedrag | d:betaald | d:boetetotaal/*" mode="value">
    <xsl:call-template name="euro"><xsl:with-param name="amount" select="."/></xsl:call-template>
  </xsl:template>
  <xsl:template match="*|@*" mode="value">
    <xsl:choose>
      <xsl:when test="translate(., '0123456789', '9999999999') = '9999-99-99'">
        <xsl:value-of select="concat(substring(., 9, 2), '-', substring(., 6, 2), '-', substring(., 1, 4))"/>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
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

  <xsl:template name="euro">
    <xsl:param name="amount"/>
    <xsl:value-of select="concat('€ ', translate($amount, '.', ','))"/>
  </xsl:template>

  <!-- "datumVestiging" is read as "Datum vestiging". -->
  <xsl:template name="label">
    <xsl:variable name="name" select="local-name()"/>
    <xsl:choose>
      <xsl:when test="contains(' bsn map pvt pip duo ', concat(' ', $name, ' '))">
        <xsl:value-of select="translate($name, $lower, $upper)"/>
      </xsl:when>
      <xsl:when test="$name = 'vnummer'">V-nummer</xsl:when>
      <xsl:when test="$name = 'zroute'">Z-route</xsl:when>
      <xsl:when test="$name = 'intensiteitB1'">Intensiteit B1-route</xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="translate(substring($name, 1, 1), $lower, $upper)"/>
        <xsl:call-template name="words">
          <xsl:with-param name="rest" select="substring($name, 2)"/>
        </xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="words">
    <xsl:param name="rest"/>
    <xsl:variable name="first" select="substring($rest, 1, 1)"/>
    <xsl:if test="$first">
      <xsl:if test="contains($upper, $first)"><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="translate($first, $upper, $lower)"/>
      <xsl:call-template name="words">
        <xsl:with-param name="rest" select="substring($rest, 2)"/>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
