<?xml version="1.0" encoding="UTF-8"?>
<!-- "In het kort": where does this person stand? Included by dossier-shared.xsl.

     Nothing here is a judgement: each line repeats what stands further down, so that a
     klantregisseur need not read all of it to know what to do first. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:d="urn:nl:estafette:dossier:1" exclude-result-prefixes="d">

  <xsl:template match="d:dossier" mode="kort">
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Wie'"/>
      <xsl:with-param name="body"><xsl:apply-templates select="d:persoon" mode="kort"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Route en termijn'"/>
      <xsl:with-param name="body">
        <xsl:call-template name="route"/>
        <xsl:call-template name="termijn"/>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Klaar'"/>
      <xsl:with-param name="points" select="true()"/>
      <xsl:with-param name="none" select="'Nog niets bekend.'"/>
      <xsl:with-param name="body"><xsl:call-template name="klaar"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Nog open'"/>
      <xsl:with-param name="points" select="true()"/>
      <xsl:with-param name="none" select="'Niets bekend dat nog open staat.'"/>
      <xsl:with-param name="body"><xsl:call-template name="open"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Boetes'"/>
      <xsl:with-param name="body">
        <xsl:apply-templates select="d:handhaving" mode="kort"/>
        <xsl:apply-templates select="d:duo/d:gelezen" mode="boetes"/>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Contact'"/>
      <xsl:with-param name="none" select="'Geen contactpersonen genoemd.'"/>
      <xsl:with-param name="body"><xsl:call-template name="contacten"/></xsl:with-param>
    </xsl:call-template>
    <xsl:call-template name="block">
      <xsl:with-param name="title" select="'Niet meegegeven'"/>
      <xsl:with-param name="none" select="'Alle onderdelen zijn meegegeven.'"/>
      <xsl:with-param name="body">
        <xsl:for-each select="*[@status != 'geleverd']">
          <xsl:call-template name="fact">
            <xsl:with-param name="label"><xsl:apply-templates select="." mode="label"/></xsl:with-param>
            <xsl:with-param name="value"><xsl:apply-templates select="." mode="status"/></xsl:with-param>
          </xsl:call-template>
        </xsl:for-each>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- Wie -->

  <xsl:template match="d:persoon" mode="kort">
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Naam'"/>
      <xsl:with-param name="value"><xsl:apply-templates select="d:naam" mode="name"/></xsl:with-param>
    </xsl:call-template>
    <xsl:for-each select="d:geboortedatum | d:bsn | d:vnummer">
      <xsl:call-template name="fact">
        <xsl:with-param name="label"><xsl:apply-templates select="." mode="label"/></xsl:with-param>
        <xsl:with-param name="value"><xsl:apply-templates select="." mode="value"/></xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Doelgroep'"/>
      <xsl:with-param name="value">
        <xsl:value-of select="d:doelgroep"/>
        <xsl:if test="d:gedetailleerdeDoelgroep != d:doelgroep">
          <xsl:value-of select="concat(' (', d:gedetailleerdeDoelgroep, ')')"/>
        </xsl:if>
        <xsl:if test="d:cohort != 'Wi2021'">, <xsl:apply-templates select="d:cohort" mode="value"/></xsl:if>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:if test="d:contact/d:voorkeurstaal">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Taal'"/>
        <xsl:with-param name="value">
          <xsl:value-of select="d:contact/d:voorkeurstaal"/>
          <xsl:if test="d:contact/d:tolkNodig = 'ja'">, tolk nodig</xsl:if>
          <xsl:if test="d:contact/d:tolkNodig = 'nee'">, geen tolk nodig</xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:if test="d:gezinsleden/d:gezinslid">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Verhuist mee'"/>
        <xsl:with-param name="value">
          <xsl:for-each select="d:gezinsleden/d:gezinslid">
            <xsl:if test="position() > 1">; </xsl:if>
            <xsl:apply-templates select="d:naam" mode="name"/>
            <xsl:value-of select="concat(', ', d:relatie)"/>
            <xsl:if test="d:dossierVolgt = 'ja'"> (dossier volgt)</xsl:if>
          </xsl:for-each>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- Route en termijn -->

  <xsl:template name="route">
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Leerroute'"/>
      <xsl:with-param name="value">
        <xsl:choose>
          <xsl:when test="$pip">
            <xsl:value-of select="$pip/d:leerroute"/>
            <xsl:if test="$pip/d:niveau">, niveau <xsl:value-of select="$pip/d:niveau"/></xsl:if>
            <xsl:text> (PIP van </xsl:text>
            <xsl:apply-templates select="$pip/d:dagtekening" mode="value"/>
            <xsl:text>, gemeente </xsl:text>
            <xsl:apply-templates select="$pip/d:gemeentecode" mode="value"/>
            <xsl:text>)</xsl:text>
          </xsl:when>
          <xsl:when test="d:pip/@status = 'leeg'">nog geen: er is geen PIP</xsl:when>
          <xsl:otherwise>niet bekend; PIP <xsl:apply-templates select="d:pip" mode="status"/></xsl:otherwise>
        </xsl:choose>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:for-each select="d:voortgang/d:routewijziging">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Gewijzigd'"/>
        <xsl:with-param name="value">
          <xsl:apply-templates select="d:datum" mode="value"/>
          <xsl:value-of select="concat(': ', d:soort, ', van ', d:van, ' naar ', d:naar)"/>
          <xsl:if test="d:niveau">, niveau <xsl:value-of select="d:niveau"/></xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="termijn">
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Termijn'"/>
      <xsl:with-param name="value">
        <xsl:choose>
          <xsl:when test="$termijn">
            <xsl:apply-templates select="$termijn/d:startdatum" mode="value"/>
            <xsl:text> tot </xsl:text>
            <xsl:apply-templates select="$termijn/d:einddatum" mode="value"/>
            <xsl:text> (bij DUO gelezen op </xsl:text>
            <xsl:apply-templates select="d:duo/d:gelezen/@op" mode="value"/>
            <xsl:text>)</xsl:text>
          </xsl:when>
          <xsl:otherwise>niet bekend; te lezen bij DUO</xsl:otherwise>
        </xsl:choose>
      </xsl:with-param>
    </xsl:call-template>
    <xsl:apply-templates select="$termijn" mode="kort"/>
    <xsl:apply-templates select="d:duo/d:gelezen/d:verlenging | d:voortgang/d:verlenging" mode="kort"/>
    <xsl:for-each select="d:duo/d:gelezen/d:inburgeringsplicht[d:indicatorInburgeringsplicht = 'nee']">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Inburgeringsplicht'"/>
        <xsl:with-param name="value">
          <xsl:text>nee</xsl:text>
          <xsl:if test="d:redenGeenInburgeringsplicht">: <xsl:value-of select="d:redenGeenInburgeringsplicht"/></xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="d:inburgeringstermijn" mode="kort">
    <xsl:variable name="whole">
      <xsl:call-template name="number-of-days">
        <xsl:with-param name="from" select="d:startdatum"/>
        <xsl:with-param name="to" select="d:einddatum"/>
      </xsl:call-template>
    </xsl:variable>
    <xsl:variable name="gone">
      <xsl:call-template name="number-of-days">
        <xsl:with-param name="from" select="d:startdatum"/>
        <xsl:with-param name="to" select="$peildatum"/>
      </xsl:call-template>
    </xsl:variable>
    <xsl:if test="$whole > 0">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Op de peildatum'"/>
        <xsl:with-param name="done" select="$gone"/>
        <xsl:with-param name="whole" select="$whole"/>
        <xsl:with-param name="value">
          <xsl:choose>
            <xsl:when test="$gone &lt; 0">nog niet begonnen</xsl:when>
            <xsl:when test="$gone >= $whole">verstreken</xsl:when>
            <xsl:otherwise>
              <xsl:call-template name="span"><xsl:with-param name="days" select="$gone"/></xsl:call-template>
              <xsl:value-of select="concat(' voorbij (', floor(100 * $gone div $whole), '%), nog ')"/>
              <xsl:call-template name="span"><xsl:with-param name="days" select="$whole - $gone"/></xsl:call-template>
            </xsl:otherwise>
          </xsl:choose>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:if test="d:verlengingsgrondomschrijving | d:verlengingsgrondcode">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Verlengd wegens'"/>
        <xsl:with-param name="value">
          <xsl:value-of select="(d:verlengingsgrondomschrijving | d:verlengingsgrondcode)[last()]"/>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template match="d:gelezen/d:verlenging" mode="kort">
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Verlenging bij DUO'"/>
      <xsl:with-param name="value">
        <xsl:apply-templates select="d:beoordelingAanvraag" mode="value"/>
        <xsl:text>, aanvraag van </xsl:text>
        <xsl:apply-templates select="d:ontvangstdatum" mode="value"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="d:voortgang/d:verlenging" mode="kort">
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Verlenging gevraagd'"/>
      <xsl:with-param name="value">
        <xsl:apply-templates select="d:datumVerzoek" mode="value"/>
        <xsl:value-of select="concat(': ', d:reden)"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="*" mode="kort"/>

  <!-- Klaar -->

  <xsl:template name="klaar">
    <xsl:variable name="read" select="d:duo/d:gelezen"/>
    <xsl:if test="d:intake/d:gesprek">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:text>Brede intake: </xsl:text>
          <xsl:value-of select="count(d:intake/d:gesprek)"/>
          <xsl:text> gesprek</xsl:text>
          <xsl:if test="count(d:intake/d:gesprek) > 1">ken, laatste</xsl:if>
          <xsl:text> op </xsl:text>
          <xsl:apply-templates select="d:intake/d:gesprek[last()]/d:datum" mode="value"/>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:for-each select="d:intake/d:leerbaarheidstoets[d:afgenomen = 'ja']">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:text>Leerbaarheidstoets</xsl:text>
          <xsl:if test="d:datumAfname"> op <xsl:apply-templates select="d:datumAfname" mode="value"/></xsl:if>
          <xsl:if test="d:resultaat">: <xsl:value-of select="d:resultaat"/></xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:apply-templates select="d:voortgang/d:map | d:voortgang/d:pvt" mode="klaar"/>
    <xsl:apply-templates select="d:voortgang/d:traject/d:uren | d:voortgang/d:zroute" mode="klaar"/>
    <xsl:for-each select="$read/d:examen[d:resultaat = 'Geslaagd']">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:text>Examen </xsl:text>
          <xsl:apply-templates select="d:onderdeel" mode="value"/>
          <xsl:if test="d:niveau"><xsl:value-of select="concat(' op ', d:niveau)"/></xsl:if>
          <xsl:text>: geslaagd op </xsl:text>
          <xsl:apply-templates select="d:examendatum" mode="value"/>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:for-each select="$read/d:vrijstelling[d:oordeel = 'Toekenning'] | $read/d:ontheffing[d:oordeel = 'Toekenning']">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:apply-templates select="." mode="label"/>
          <xsl:value-of select="concat(', ', d:soort)"/>
          <xsl:if test="d:examenonderdeel">: <xsl:apply-templates select="d:examenonderdeel" mode="value"/></xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:for-each select="$read/d:diploma | $read/d:certificaat">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:apply-templates select="." mode="label"/>
          <xsl:text> van </xsl:text>
          <xsl:apply-templates select="." mode="value"/>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="*" mode="klaar"/>
  <xsl:template match="d:map[d:gehaald = 'ja'] | d:pvt[d:gehaald = 'ja']" mode="klaar">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:apply-templates select="." mode="label"/>
        <xsl:text> gehaald</xsl:text>
        <xsl:if test="d:datumBehaald"> op <xsl:apply-templates select="d:datumBehaald" mode="value"/></xsl:if>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="d:traject/d:uren[d:gerealiseerd >= d:gecontracteerd]" mode="klaar">
    <xsl:call-template name="uren"/>
  </xsl:template>
  <xsl:template match="d:zroute[d:afgerond = 'ja']" mode="klaar">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:text>Z-route afgerond</xsl:text>
        <xsl:if test="d:datumAfronding"> op <xsl:apply-templates select="d:datumAfronding" mode="value"/></xsl:if>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template name="uren">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:value-of select="concat('Uren: ', d:gerealiseerd)"/>
        <xsl:if test="d:gecontracteerd"> van <xsl:value-of select="d:gecontracteerd"/></xsl:if>
        <xsl:value-of select="concat(', ', ../d:naam)"/>
        <xsl:if test="d:bekendTot"> (bekend tot <xsl:apply-templates select="d:bekendTot" mode="value"/>)</xsl:if>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- Nog open -->

  <xsl:template name="open">
    <xsl:if test="d:pip/@status = 'leeg'">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:text>PIP: nog niet vastgesteld</xsl:text>
          <xsl:if test="d:intake/d:vestiging">
            <xsl:text>; tien weken lopen vanaf de vestiging op </xsl:text>
            <xsl:apply-templates select="d:intake/d:vestiging/d:datumVestiging" mode="value"/>
          </xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:if test="d:intake/@status = 'leeg' or d:intake[@status = 'geleverd' and not(d:gesprek) and not($pip)]">
      <xsl:call-template name="point"><xsl:with-param name="text" select="'Brede intake: geen gesprek bekend'"/></xsl:call-template>
    </xsl:if>
    <xsl:for-each select="d:intake[not(d:leerbaarheidstoets/d:afgenomen = 'ja')]/d:leerbaarheidstoets[last()]">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:text>Leerbaarheidstoets: niet afgenomen</xsl:text>
          <xsl:if test="d:redenNietAfgenomen"> (<xsl:value-of select="d:redenNietAfgenomen"/>)</xsl:if>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:call-template name="onderdeel-open">
      <xsl:with-param name="label" select="'MAP'"/>
      <xsl:with-param name="course" select="d:voortgang/d:map"/>
      <xsl:with-param name="agreed" select="d:pip/d:versie[d:map][last()]/d:map"/>
      <xsl:with-param name="ended" select="d:duo/d:gelezen/d:datumEindgesprekMap"/>
      <xsl:with-param name="term" select="d:duo/d:gelezen/d:termijnMap"/>
    </xsl:call-template>
    <xsl:call-template name="onderdeel-open">
      <xsl:with-param name="label" select="'PVT'"/>
      <xsl:with-param name="course" select="d:voortgang/d:pvt"/>
      <xsl:with-param name="agreed" select="d:pip/d:versie[d:pvt][last()]/d:pvt"/>
      <xsl:with-param name="ended" select="d:duo/d:gelezen/d:datumOndertekeningPvt"/>
      <xsl:with-param name="term" select="d:duo/d:gelezen/d:termijnPvt"/>
    </xsl:call-template>
    <xsl:apply-templates select="d:voortgang/d:traject/d:uren | d:voortgang/d:zroute" mode="open"/>
    <xsl:call-template name="examens-open"/>
    <xsl:apply-templates select="d:voortgang/d:toets | d:voortgang/d:lopend
        | $pip/d:bezwaar | d:handhaving/d:boete/d:bezwaar
        | d:duo/d:gelezen/d:verlenging" mode="open"/>
  </xsl:template>

  <xsl:template name="onderdeel-open">
    <xsl:param name="label"/>
    <xsl:param name="course"/>
    <xsl:param name="agreed"/>
    <xsl:param name="ended"/>
    <xsl:param name="term"/>
    <xsl:if test="($course or $agreed or $term) and not($course/d:gehaald = 'ja') and not($ended)">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:value-of select="concat($label, ': ')"/>
          <xsl:choose>
            <xsl:when test="$course/d:gerealiseerdeStartdatum">
              <xsl:text>loopt sinds </xsl:text>
              <xsl:apply-templates select="$course/d:gerealiseerdeStartdatum" mode="value"/>
            </xsl:when>
            <xsl:when test="$course">nog niet gehaald</xsl:when>
            <xsl:otherwise>voortgang niet bekend</xsl:otherwise>
          </xsl:choose>
          <xsl:choose>
            <xsl:when test="$term">, termijn volgens DUO <xsl:apply-templates select="$term" mode="value"/></xsl:when>
            <xsl:when test="$agreed/d:uiterlijkBehaaldOp">
              <xsl:text>, uiterlijk </xsl:text>
              <xsl:apply-templates select="$agreed/d:uiterlijkBehaaldOp" mode="value"/>
            </xsl:when>
          </xsl:choose>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- The Z-route has no examinations; a diploma or certificate ends them. -->
  <xsl:template name="examens-open">
    <xsl:variable name="codes">
      <xsl:call-template name="examen-open"><xsl:with-param name="code" select="'LE'"/></xsl:call-template>
      <xsl:call-template name="examen-open"><xsl:with-param name="code" select="'LU'"/></xsl:call-template>
      <xsl:call-template name="examen-open"><xsl:with-param name="code" select="'SC'"/></xsl:call-template>
      <xsl:call-template name="examen-open"><xsl:with-param name="code" select="'SP'"/></xsl:call-template>
      <xsl:call-template name="examen-open"><xsl:with-param name="code" select="'KNM'"/></xsl:call-template>
    </xsl:variable>
    <xsl:variable name="read" select="d:duo/d:gelezen"/>
    <xsl:if test="string($codes) and not($pip/d:leerroute = 'Z-route') and not(d:pip/@status = 'leeg')
        and not($read/d:diploma or $read/d:certificaat)">
      <xsl:call-template name="point">
        <xsl:with-param name="text">
          <xsl:choose>
            <xsl:when test="$read">Examens nog niet gehaald volgens DUO: <xsl:value-of select="substring($codes, 3)"/></xsl:when>
            <xsl:otherwise>Examens: niet bekend; te lezen bij DUO</xsl:otherwise>
          </xsl:choose>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="examen-open">
    <xsl:param name="code"/>
    <xsl:variable name="read" select="d:duo/d:gelezen"/>
    <xsl:if test="not($read/d:examen[d:onderdeel = $code and d:resultaat = 'Geslaagd'] or
        ($read/d:vrijstelling | $read/d:ontheffing)[d:oordeel = 'Toekenning'
        and (d:examenonderdeel = $code or d:soort = 'geheel')])">
      <xsl:text>, </xsl:text>
      <xsl:call-template name="examenonderdeel"><xsl:with-param name="code" select="$code"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="open"/>
  <xsl:template match="d:traject/d:uren[d:gerealiseerd and not(d:gerealiseerd >= d:gecontracteerd)]" mode="open">
    <xsl:call-template name="uren"/>
  </xsl:template>
  <xsl:template match="d:zroute[not(d:afgerond = 'ja')]" mode="open">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:text>Z-route</xsl:text>
        <xsl:if test="d:startdatum">, sinds <xsl:apply-templates select="d:startdatum" mode="value"/></xsl:if>
        <xsl:text>: </xsl:text>
        <xsl:call-template name="uren-zroute">
          <xsl:with-param name="what" select="'taal'"/>
          <xsl:with-param name="done" select="d:urenTaal"/>
          <xsl:with-param name="agreed" select="$pip/d:zroute/d:urenTaal"/>
        </xsl:call-template>
        <xsl:if test="d:urenParticipatie or $pip/d:zroute/d:urenParticipatie">, </xsl:if>
        <xsl:call-template name="uren-zroute">
          <xsl:with-param name="what" select="'participatie'"/>
          <xsl:with-param name="done" select="d:urenParticipatie"/>
          <xsl:with-param name="agreed" select="$pip/d:zroute/d:urenParticipatie"/>
        </xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template name="uren-zroute">
    <xsl:param name="what"/>
    <xsl:param name="done"/>
    <xsl:param name="agreed"/>
    <xsl:if test="$done or $agreed">
      <xsl:value-of select="number(concat('0', $done))"/>
      <xsl:if test="$agreed"> van <xsl:value-of select="$agreed"/></xsl:if>
      <xsl:value-of select="concat(' uren ', $what)"/>
    </xsl:if>
  </xsl:template>
  <xsl:template match="d:toets[translate(d:datum, '-', '') > translate(/d:dossier/@peildatum, '-', '')]" mode="open">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:text>Op </xsl:text>
        <xsl:apply-templates select="d:datum" mode="value"/>
        <xsl:text>: </xsl:text>
        <xsl:apply-templates select="d:onderdeel" mode="value"/>
        <xsl:if test="d:uitslag">, <xsl:value-of select="d:uitslag"/></xsl:if>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="d:lopend" mode="open">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:value-of select="d:wat"/>
        <xsl:if test="d:verwachtOp"> Verwacht op <xsl:apply-templates select="d:verwachtOp" mode="value"/>.</xsl:if>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="d:bezwaar[d:status = 'termijn loopt' or d:status = 'ingediend'
      or d:status = 'beroep' or d:status = 'hoger beroep']" mode="open">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:text>Bezwaar tegen </xsl:text>
        <xsl:choose>
          <xsl:when test="parent::d:boete">een boete: </xsl:when>
          <xsl:otherwise>het PIP: </xsl:otherwise>
        </xsl:choose>
        <xsl:value-of select="d:status"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>
  <xsl:template match="d:gelezen/d:verlenging[d:beoordelingAanvraag = 'InBehandeling']" mode="open">
    <xsl:call-template name="point">
      <xsl:with-param name="text">
        <xsl:text>DUO beslist nog over de verlenging van </xsl:text>
        <xsl:apply-templates select="d:ontvangstdatum" mode="value"/>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <!-- Boetes -->

  <!-- Fines that were withdrawn, annulled or waived do not count. -->
  <xsl:template match="d:handhaving" mode="kort">
    <xsl:variable name="counting" select="d:boete[not(d:status = 'ingetrokken'
        or d:status = 'vernietigd' or d:status = 'kwijtgescheiden')]"/>
    <xsl:variable name="owed" select="$counting[d:status = 'opgelegd' or d:status = 'deels betaald']"/>
    <xsl:variable name="total" select="sum($counting/d:bedrag)"/>
    <xsl:choose>
      <xsl:when test="@status = 'achtergehouden'">
        <xsl:call-template name="fact">
          <xsl:with-param name="label" select="'Opgelegd'"/>
          <xsl:with-param name="value">niet bekend; <xsl:apply-templates select="." mode="status"/></xsl:with-param>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="fact">
          <xsl:with-param name="label" select="'Opgelegd'"/>
          <xsl:with-param name="value">
            <xsl:choose>
              <xsl:when test="d:boete">
                <xsl:call-template name="euro"><xsl:with-param name="amount" select="$total"/></xsl:call-template>
                <xsl:value-of select="concat(' (', count($counting))"/>
                <xsl:choose>
                  <xsl:when test="count($counting) = 1"> boete die meetelt</xsl:when>
                  <xsl:otherwise> boetes die meetellen</xsl:otherwise>
                </xsl:choose>
                <xsl:if test="count(d:boete) > count($counting)">
                  <xsl:value-of select="concat(', ', count(d:boete) - count($counting), ' niet meer')"/>
                </xsl:if>
                <xsl:text>)</xsl:text>
              </xsl:when>
              <xsl:otherwise>geen boetes</xsl:otherwise>
            </xsl:choose>
          </xsl:with-param>
        </xsl:call-template>
        <xsl:call-template name="ruimte"><xsl:with-param name="total" select="$total"/></xsl:call-template>
        <xsl:if test="$owed">
          <xsl:call-template name="fact">
            <xsl:with-param name="label" select="'Nog te betalen'"/>
            <xsl:with-param name="value">
              <xsl:call-template name="euro">
                <xsl:with-param name="amount" select="sum($owed/d:bedrag) - sum($owed/d:betaald)"/>
              </xsl:call-template>
            </xsl:with-param>
          </xsl:call-template>
        </xsl:if>
        <xsl:if test="d:waarschuwing">
          <xsl:call-template name="fact">
            <xsl:with-param name="label" select="'Waarschuwingen'"/>
            <xsl:with-param name="value" select="count(d:waarschuwing)"/>
          </xsl:call-template>
        </xsl:if>
        <xsl:if test="d:boetetotaal and number(d:boetetotaal/d:totaal) != $total">
          <xsl:call-template name="fact">
            <xsl:with-param name="label" select="'LET OP'"/>
            <xsl:with-param name="value">
              <xsl:text>de afzender noemt als totaal </xsl:text>
              <xsl:apply-templates select="d:boetetotaal/d:totaal" mode="value"/>
              <xsl:text>; dat is niet de som van de boetes die meetellen</xsl:text>
            </xsl:with-param>
          </xsl:call-template>
        </xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="ruimte">
    <xsl:param name="total"/>
    <xsl:call-template name="fact">
      <xsl:with-param name="label" select="'Ruimte in deze termijn'"/>
      <xsl:with-param name="value">
        <xsl:choose>
          <xsl:when test="$total > $boetemaximum">geen; er is meer opgelegd dan het maximum van </xsl:when>
          <xsl:otherwise>
            <xsl:text>nog </xsl:text>
            <xsl:call-template name="euro"><xsl:with-param name="amount" select="$boetemaximum - $total"/></xsl:call-template>
            <xsl:text> van </xsl:text>
          </xsl:otherwise>
        </xsl:choose>
        <xsl:call-template name="euro"><xsl:with-param name="amount" select="$boetemaximum"/></xsl:call-template>
      </xsl:with-param>
    </xsl:call-template>
  </xsl:template>

  <xsl:template match="d:gelezen" mode="boetes">
    <xsl:if test="d:boete">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Boetes van DUO zelf'"/>
        <xsl:with-param name="value">
          <xsl:call-template name="euro"><xsl:with-param name="amount" select="sum(d:boete/d:bedrag)"/></xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
  </xsl:template>

  <!-- Contact -->

  <xsl:template name="contacten">
    <xsl:if test="$contactNaam">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Gemeente die overdraagt'"/>
        <xsl:with-param name="value">
          <xsl:call-template name="contact">
            <xsl:with-param name="naam" select="$contactNaam"/>
            <xsl:with-param name="telefoon" select="$contactTelefoon"/>
            <xsl:with-param name="email" select="$contactEmail"/>
          </xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:if>
    <xsl:for-each select="d:persoon/d:contact[d:telefoonnummer | d:email]">
      <xsl:call-template name="fact">
        <xsl:with-param name="label" select="'Betrokkene'"/>
        <xsl:with-param name="value">
          <xsl:call-template name="contact">
            <xsl:with-param name="naam"><xsl:apply-templates select="../d:naam" mode="name"/></xsl:with-param>
            <xsl:with-param name="telefoon" select="d:telefoonnummer"/>
            <xsl:with-param name="email" select="d:email"/>
          </xsl:call-template>
        </xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
    <xsl:for-each select=".//d:contactpersoon | .//d:wie">
      <xsl:call-template name="fact">
        <xsl:with-param name="label">
          <xsl:choose>
            <xsl:when test="self::d:wie">Over wat loopt</xsl:when>
            <xsl:when test="../d:naam"><xsl:value-of select="../d:naam"/></xsl:when>
            <xsl:otherwise><xsl:apply-templates select=".." mode="label"/></xsl:otherwise>
          </xsl:choose>
        </xsl:with-param>
        <xsl:with-param name="value"><xsl:apply-templates select="." mode="contact"/></xsl:with-param>
      </xsl:call-template>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
