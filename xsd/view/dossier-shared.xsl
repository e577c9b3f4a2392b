<?xml version="1.0" encoding="UTF-8"?>
<!-- What the views of a dossier share: Dutch labels, how values are written, and "In het kort",
     the words with which a klantregisseur is told where somebody stands.

     A view includes this and says, as templates, how it writes a `block` (title, body; points:
     of points, else of facts), a `fact` (label, value; done and whole: a bar), a `point` (text),
     a `phone` (number) and a `mail` (address). A new element in the schema needs nothing
     here: its name is split into words. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:d="urn:nl:estafette:dossier:1" exclude-result-prefixes="d">

  <xsl:include href="dossier-kort.xsl"/>
  <xsl:strip-space elements="*"/>
  <xsl:decimal-format name="nl" decimal-separator="," grouping-separator="."/>

  <!-- From where it came, when that is known (codecs/view.h). -->
  <xsl:param name="richting"/>
  <xsl:param name="gemeente"/>
  <xsl:param name="gemeentecode"/>
  <xsl:param name="datum"/>
  <xsl:param name="contactNaam"/>
  <xsl:param name="contactTelefoon"/>
  <xsl:param name="contactEmail"/>
  <!-- All fines of municipalities within the term, together at most (codecs/rules.h). -->
  <xsl:param name="boetemaximum"/>

  <xsl:variable name="upper" select="'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"/>
  <xsl:variable name="lower" select="'abcdefghijklmnopqrstuvwxyz'"/>
  <xsl:variable name="peildatum" select="/d:dossier/@peildatum"/>
  <xsl:variable name="pip" select="/d:dossier/d:pip/d:versie[last()]"/>
  <xsl:variable name="termijn" select="/d:dossier/d:duo/d:gelezen/d:inburgeringstermijn"/>

  <!-- Labels: the names that splitting into words would not get right. -->

  <xsl:template match="d:bsn" mode="label">BSN</xsl:template>
  <xsl:template match="d:vnummer" mode="label">V-nummer</xsl:template>
  <xsl:template match="d:map" mode="label">MAP</xsl:template>
  <xsl:template match="d:pvt" mode="label">PVT</xsl:template>
  <xsl:template match="d:pip" mode="label">PIP</xsl:template>
  <xsl:template match="d:duo" mode="label">DUO</xsl:template>
  <xsl:template match="d:zroute" mode="label">Z-route</xsl:template>
  <xsl:template match="d:intake" mode="label">Brede intake</xsl:template>
  <xsl:template match="d:cohort" mode="label">Wet</xsl:template>
  <xsl:template match="d:email" mode="label">E-mail</xsl:template>
  <xsl:template match="d:gelezen" mode="label">Gelezen bij DUO</xsl:template>
  <xsl:template match="d:gemeld" mode="label">Gemeld aan DUO</xsl:template>
  <xsl:template match="d:gemeldAanDuo" mode="label">Gemeld aan DUO</xsl:template>
  <xsl:template match="d:boete/d:gemeentecode" mode="label">Opgelegd door gemeente</xsl:template>
  <xsl:template match="d:versie/d:gemeentecode" mode="label">Vastgesteld door gemeente</xsl:template>
  <xsl:template match="d:gelezen/d:pip" mode="label">PIP dat bij DUO geldt</xsl:template>
  <xsl:template match="d:gelezen/d:pip/d:gemeentecode" mode="label">Van gemeente</xsl:template>
  <xsl:template match="d:leerbaarheidstoetsExamennummer" mode="label">Examennummer leerbaarheidstoets</xsl:template>
  <xsl:template match="d:gelezen/d:onbekend" mode="label">Door DUO toegevoegd:</xsl:template>
  <xsl:template match="d:gemeentecode" mode="label">Gemeente</xsl:template>
  <xsl:template match="d:intensiteitB1" mode="label">Intensiteit B1-route (uren)</xsl:template>
  <xsl:template match="d:boetetotaal" mode="label">Boetetotaal volgens de afzender</xsl:template>
  <xsl:template match="d:termijnMap" mode="label">Termijn MAP</xsl:template>
  <xsl:template match="d:termijnPvt" mode="label">Termijn PVT</xsl:template>
  <xsl:template match="d:termijnMapGewijzigdOp" mode="label">Termijn MAP gewijzigd op</xsl:template>
  <xsl:template match="d:termijnPvtGewijzigdOp" mode="label">Termijn PVT gewijzigd op</xsl:template>
  <xsl:template match="d:datumEindgesprekMap" mode="label">Datum eindgesprek MAP</xsl:template>
  <xsl:template match="d:datumOndertekeningPvt" mode="label">Datum ondertekening PVT</xsl:template>
  <xsl:template match="d:datumUitstroomCoa" mode="label">Datum uitstroom COA</xsl:template>
  <xsl:template match="d:contactUaf" mode="label">Contact met UAF</xsl:template>
  <xsl:template match="d:cvGemaakt" mode="label">CV gemaakt</xsl:template>
  <xsl:template match="d:spreekvaardigheidNt2" mode="label">Spreekvaardigheid NT2</xsl:template>
  <xsl:template match="d:urenTaallesEnKnm" mode="label">Uren taalles en KNM</xsl:template>
  <xsl:template match="d:taallesEnKnmBredeIntake" mode="label">Taalles en KNM, brede intake</xsl:template>
  <xsl:template match="d:taallesEnKnmInstelling" mode="label">Taalles en KNM, instelling</xsl:template>
  <xsl:template match="d:urenTaal" mode="label">Uren taal</xsl:template>
  <xsl:template match="d:id" mode="label">Code</xsl:template>
  <xsl:template match="d:sha256" mode="label">SHA-256</xsl:template>
  <xsl:template match="d:mediatype" mode="label">Bestandstype</xsl:template>
  <xsl:template match="d:later" mode="label">Volgens latere afspraken</xsl:template>
  <xsl:template match="d:veld[@naam]" mode="label"><xsl:value-of select="@naam"/></xsl:template>

  <!-- "datumVestiging" is read as "Datum vestiging". Under `later` somebody else chose the name:
       a very long one is left alone. -->
  <xsl:template match="*|@*" mode="label">
    <xsl:variable name="name" select="local-name()"/>
    <xsl:value-of select="translate(substring($name, 1, 1), $lower, $upper)"/>
    <xsl:choose>
      <xsl:when test="string-length($name) > 80"><xsl:value-of select="substring($name, 2)"/></xsl:when>
      <xsl:otherwise>
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

  <!-- Values: codes of law and DUO in words, dates and money as Dutch people write them. -->

  <xsl:template match="d:onderdeel[not(*)]|d:examenonderdeel" mode="value">
    <xsl:call-template name="examenonderdeel"><xsl:with-param name="code" select="."/></xsl:call-template>
  </xsl:template>
  <xsl:template match="d:alfabetisering[.='A']" mode="value">analfabeet (A)</xsl:template>
  <xsl:template match="d:alfabetisering[.='AA']" mode="value">anders gealfabetiseerd (AA)</xsl:template>
  <xsl:template match="d:alfabetisering[.='NVT']" mode="value">niet van toepassing (NVT)</xsl:template>
  <xsl:template match="d:cohort[.='Wi2007']" mode="value">Wet inburgering 2007 (Wi2007)</xsl:template>
  <xsl:template match="d:cohort[.='Wi2013']" mode="value">Wet inburgering 2013 (Wi2013)</xsl:template>
  <xsl:template match="d:cohort[.='Wi2021']" mode="value">Wet inburgering 2021 (Wi2021)</xsl:template>
  <xsl:template match="d:beoordelingAanvraag[.='InBehandeling']" mode="value">in behandeling</xsl:template>
  <xsl:template match="d:redenGeenResultaat[.='Nietverwijtbaar']" mode="value">Niet verwijtbaar</xsl:template>

  <xsl:template match="d:geboortedatum" mode="value">
    <xsl:apply-templates select="." mode="date"/>
    <xsl:choose>
      <xsl:when test="string-length() = 4"> (dag en maand niet bekend)</xsl:when>
      <xsl:when test="string-length() = 7"> (dag niet bekend)</xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- A document of this dossier is called by its name; the id stays readable. -->
  <xsl:template match="d:document[not(*)]" mode="value">
    <xsl:variable name="named" select="/d:dossier/d:documenten/d:document[@id = current()]/d:naam"/>
    <xsl:choose>
      <xsl:when test="$named"><xsl:value-of select="concat($named, ' (', ., ')')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="concat(., ' (niet in dit dossier)')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="d:mediatype[.='application/pdf']" mode="value">PDF</xsl:template>
  <xsl:template match="d:mediatype[.='image/jpeg']" mode="value">JPEG</xsl:template>
  <xsl:template match="d:mediatype[.='image/png']" mode="value">PNG</xsl:template>
  <xsl:template match="d:mediatype[.='image/tiff']" mode="value">TIFF</xsl:template>
  <xsl:template match="d:omvang" mode="value">
    <xsl:choose>
      <xsl:when test="number() >= 1000000">
        <xsl:value-of select="concat(format-number(number() div 1000000, '0,0', 'nl'), ' MB')"/>
      </xsl:when>
      <xsl:when test="number() >= 1000"><xsl:value-of select="concat(round(number() div 1000), ' kB')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="concat(., ' bytes')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="d:bedrag | d:betaald | d:boetetotaal/*" mode="value">
    <xsl:call-template name="euro"><xsl:with-param name="amount" select="."/></xsl:call-template>
  </xsl:template>

  <xsl:template match="d:gemeentecode" mode="value">
    <xsl:call-template name="gemeente"><xsl:with-param name="code" select="."/></xsl:call-template>
  </xsl:template>

  <!-- References are somebody's own; never read as a date. -->
  <xsl:template match="d:kenmerk" mode="value"><xsl:value-of select="."/></xsl:template>
  <xsl:template match="d:van | d:tot | d:maand" mode="value"><xsl:apply-templates select="." mode="date"/></xsl:template>
  <xsl:template match="*|@*" mode="value">
    <xsl:choose>
      <xsl:when test="string-length() = 10"><xsl:apply-templates select="." mode="date"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- "2026-03-23" is 23 maart 2026, "2026-03" maart 2026; anything else stays what it is. -->
  <xsl:template match="*|@*" mode="date">
    <xsl:call-template name="date"><xsl:with-param name="iso" select="."/></xsl:call-template>
  </xsl:template>
  <xsl:template name="date">
    <xsl:param name="iso"/>
    <xsl:variable name="form" select="translate($iso, '012345678', '999999999')"/>
    <xsl:variable name="month" select="substring($iso, 6, 2)"/>
    <xsl:variable name="day" select="substring($iso, 9, 2)"/>
    <xsl:choose>
      <xsl:when test="($form = '9999-99-99' and $day >= 1 and $day &lt;= 31 or $form = '9999-99')
          and $month >= 1 and $month &lt;= 12">
        <xsl:if test="$day"><xsl:value-of select="concat(number($day), ' ')"/></xsl:if>
        <xsl:value-of select="substring-before(substring-after(
            ' 01januari 02februari 03maart 04april 05mei 06juni 07juli 08augustus 09september 10oktober 11november 12december ',
            concat(' ', $month)), ' ')"/>
        <xsl:value-of select="concat(' ', substring($iso, 1, 4))"/>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$iso"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="euro">
    <xsl:param name="amount"/>
    <xsl:choose>
      <xsl:when test="string(number($amount)) = 'NaN'"><xsl:value-of select="$amount"/></xsl:when>
      <xsl:otherwise>
        <xsl:value-of select="concat('€&#160;', format-number($amount, '#.##0,00', 'nl'))"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Only of who sent it the name is known. -->
  <xsl:template name="gemeente">
    <xsl:param name="code"/>
    <xsl:value-of select="$code"/>
    <xsl:if test="$gemeente and $code = $gemeentecode"> (<xsl:value-of select="$gemeente"/>)</xsl:if>
  </xsl:template>

  <xsl:template name="examenonderdeel">
    <xsl:param name="code"/>
    <xsl:choose>
      <xsl:when test="$code = 'KNM'">KNM</xsl:when>
      <xsl:when test="$code = 'LE'">lezen</xsl:when>
      <xsl:when test="$code = 'LU'">luisteren</xsl:when>
      <xsl:when test="$code = 'SC'">schrijven</xsl:when>
      <xsl:when test="$code = 'SP'">spreken</xsl:when>
      <xsl:otherwise><xsl:value-of select="$code"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="*" mode="name">
    <xsl:for-each select="d:voornamen | d:voorvoegsel | d:geslachtsnaam">
      <xsl:if test="position() > 1"><xsl:text> </xsl:text></xsl:if>
      <xsl:value-of select="."/>
    </xsl:for-each>
    <xsl:if test="d:voorletters"> (<xsl:value-of select="d:voorletters"/>)</xsl:if>
  </xsl:template>

  <!-- Days since 1 March of year 0, so that dates can be subtracted. -->
  <xsl:template name="days">
    <xsl:param name="iso"/>
    <xsl:variable name="month" select="(substring($iso, 6, 2) + 9) mod 12"/>
    <xsl:variable name="year" select="substring($iso, 1, 4) - floor($month div 10)"/>
    <xsl:value-of select="365 * $year + floor($year div 4) - floor($year div 100)
        + floor($year div 400) + floor(($month * 306 + 5) div 10) + substring($iso, 9, 2) - 1"/>
  </xsl:template>

  <xsl:template name="number-of-days">
    <xsl:param name="from"/>
    <xsl:param name="to"/>
    <xsl:variable name="first">
      <xsl:call-template name="days"><xsl:with-param name="iso" select="$from"/></xsl:call-template>
    </xsl:variable>
    <xsl:variable name="last">
      <xsl:call-template name="days"><xsl:with-param name="iso" select="$to"/></xsl:call-template>
    </xsl:variable>
    <xsl:value-of select="$last - $first"/>
  </xsl:template>

  <!-- 583 days are about 19 maanden. -->
  <xsl:template name="span">
    <xsl:param name="days"/>
    <xsl:variable name="months" select="round($days div 30.4375)"/>
    <xsl:choose>
      <xsl:when test="$days = 1">1 dag</xsl:when>
      <xsl:when test="$days &lt; 60"><xsl:value-of select="$days"/> dagen</xsl:when>
      <xsl:otherwise><xsl:value-of select="$months"/> maanden</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A person who can be called, on one line. The view says how it writes mail and phone. -->
  <xsl:template name="contact">
    <xsl:param name="naam"/>
    <xsl:param name="organisatie"/>
    <xsl:param name="telefoon"/>
    <xsl:param name="email"/>
    <xsl:value-of select="$naam"/>
    <xsl:if test="string($organisatie)">, <xsl:value-of select="$organisatie"/></xsl:if>
    <xsl:if test="string($telefoon)">
      <xsl:text>, </xsl:text>
      <xsl:call-template name="phone"><xsl:with-param name="number" select="$telefoon"/></xsl:call-template>
    </xsl:if>
    <xsl:if test="string($email)">
      <xsl:text>, </xsl:text>
      <xsl:call-template name="mail"><xsl:with-param name="address" select="$email"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="contact">
    <xsl:call-template name="contact">
      <xsl:with-param name="naam" select="d:naam"/>
      <xsl:with-param name="organisatie" select="d:organisatie"/>
      <xsl:with-param name="telefoon" select="d:telefoonnummer"/>
      <xsl:with-param name="email" select="d:email"/>
    </xsl:call-template>
  </xsl:template>

  <!-- Why a part has no content. -->
  <xsl:template match="*" mode="status">
    <xsl:choose>
      <xsl:when test="@status = 'leeg'">leeg: er is niets</xsl:when>
      <xsl:otherwise><xsl:value-of select="@status"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@reden">: <xsl:value-of select="@reden"/></xsl:if>
    <xsl:if test="@toelichting"> (<xsl:value-of select="@toelichting"/>)</xsl:if>
  </xsl:template>
</xsl:stylesheet>
