<?xml version="1.0" encoding="UTF-8"?>
<!-- A dossier as one page that stands alone: nothing is fetched, nothing runs.

     Text of the dossier becomes text, never markup; the one address it may put into a link is a
     telephone number or mail address of a closed form. "In het kort" stands first; behind it
     comes everything, laid out by its form: rows, tables of what repeats, headed blocks. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:d="urn:nl:estafette:dossier:1" exclude-result-prefixes="d">

  <xsl:include href="dossier-shared.xsl"/>
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <!-- dossier.css, and its SHA-256 in base64 (codecs/view.c). -->
  <xsl:param name="css"/>
  <xsl:param name="cssHash"/>

  <xsl:variable name="letters" select="concat($upper, $lower, '0123456789')"/>

  <!-- Children that fit on one line, by parent; and children of one name, by parent. -->
  <xsl:key name="row" use="generate-id(..)" match="*[not(*)] | *[text()] | d:versleuteld | d:adres
      | d:naam[not(*[not(self::d:voornamen or self::d:voorletters or self::d:voorvoegsel or self::d:geslachtsnaam)])]
      | d:contactpersoon[not(*[not(self::d:naam or self::d:organisatie or self::d:telefoonnummer or self::d:email)])]
      | d:wie[not(*[not(self::d:naam or self::d:organisatie or self::d:telefoonnummer or self::d:email)])]"/>
  <xsl:key name="alike" use="concat(generate-id(..), ' ', name())" match="*"/>
  <!-- Cells of a table, by the parent of its rows. -->
  <xsl:key name="column" use="concat(generate-id(../..), ' ', name(..), ' ', name())" match="*"/>

  <xsl:template match="/d:dossier">
    <xsl:variable name="who"><xsl:apply-templates select="d:persoon/d:naam" mode="name"/></xsl:variable>
    <xsl:variable name="when"><xsl:apply-templates select="@peildatum" mode="value"/></xsl:variable>
    <html lang="nl">
      <head>
        <meta http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'sha256-{$cssHash}'; base-uri 'none'; form-action 'none'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="referrer" content="no-referrer"/>
        <meta name="robots" content="noindex, nofollow, noarchive"/>
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no"/>
        <title>Inburgeringsdossier van <xsl:value-of select="concat($who, ', stand van ', $when)"/></title>
        <style><xsl:value-of select="$css"/></style>
      </head>
      <body>
        <a class="skip" href="#inhoud">Naar de inhoud</a>
        <p class="runner" aria-hidden="true">
          <span>Inburgeringsdossier van <bdi><xsl:value-of select="$who"/></bdi></span>
          <span>stand van <xsl:value-of select="$when"/></span>
        </p>
        <header>
          <h1><span class="kind">Inburgeringsdossier</span><xsl:text> </xsl:text><bdi><xsl:value-of select="$who"/></bdi></h1>
          <p>
            <xsl:value-of select="concat('Stand van ', $when)"/>
            <xsl:call-template name="origin"/>
          </p>
        </header>
        <nav aria-label="Op deze pagina">
          <ul>
            <li><a href="#kort">In het kort</a></li>
            <xsl:for-each select="*">
              <li>
                <a href="#deel-{local-name()}"><xsl:apply-templates select="." mode="label"/></a>
                <xsl:if test="@status != 'geleverd'"><xsl:value-of select="concat(' (', @status, ')')"/></xsl:if>
              </li>
            </xsl:for-each>
            <li><a href="#herkomst">Herkomst</a></li>
          </ul>
        </nav>
        <main id="inhoud" tabindex="-1">
          <section id="kort" aria-labelledby="kort-kop">
            <h2 id="kort-kop">In het kort</h2>
            <div class="cards"><xsl:apply-templates select="." mode="kort"/></div>
          </section>
          <xsl:apply-templates select="*" mode="part"/>
          <xsl:call-template name="herkomst"/>
        </main>
        <footer>
          <p>Deze pagina bevat persoonsgegevens. Bewaar haar niet langer dan nodig is en geef haar alleen
            aan wie met de overname van dit dossier is belast.</p>
        </footer>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="origin">
    <xsl:if test="$gemeente">
      <xsl:text>. </xsl:text>
      <bdi><xsl:value-of select="concat($richting, ' ', $gemeente)"/></bdi>
      <xsl:if test="$datum">
        <xsl:text> op </xsl:text>
        <xsl:call-template name="date"><xsl:with-param name="iso" select="$datum"/></xsl:call-template>
      </xsl:if>
    </xsl:if>
    <xsl:text>.</xsl:text>
  </xsl:template>

  <!-- Onderdelen -->

  <xsl:template match="*" mode="part">
    <section id="deel-{local-name()}" class="part" aria-labelledby="kop-{local-name()}">
      <h2 id="kop-{local-name()}"><xsl:apply-templates select="." mode="label"/></h2>
      <xsl:choose>
        <xsl:when test="@status != 'geleverd'">
          <p class="status"><xsl:apply-templates select="." mode="status"/></p>
        </xsl:when>
        <xsl:otherwise><xsl:apply-templates select="." mode="content"/></xsl:otherwise>
      </xsl:choose>
    </section>
  </xsl:template>

  <xsl:template match="*" mode="content">
    <xsl:apply-templates select="." mode="inside"/>
  </xsl:template>

  <xsl:template match="d:duo" mode="content">
    <p class="note">Dit is informatie van
      <xsl:choose>
        <xsl:when test="d:gelezen/@op"><xsl:apply-templates select="d:gelezen/@op" mode="value"/></xsl:when>
        <xsl:otherwise>de gemeente die overdraagt</xsl:otherwise>
      </xsl:choose>
      <xsl:text>; DUO zelf is de bron.</xsl:text></p>
    <xsl:apply-templates select="." mode="inside"/>
  </xsl:template>

  <!-- The newest version first; older ones folded. -->
  <xsl:template match="d:pip" mode="content">
    <xsl:for-each select="d:versie">
      <xsl:sort select="position()" data-type="number" order="descending"/>
      <xsl:variable name="title">
        <xsl:value-of select="concat('Versie ', last() - position() + 1, ' van ', last(), ': ')"/>
        <xsl:apply-templates select="d:dagtekening" mode="value"/>
        <xsl:text>, gemeente </xsl:text>
        <xsl:apply-templates select="d:gemeentecode" mode="value"/>
      </xsl:variable>
      <xsl:choose>
        <xsl:when test="position() = 1">
          <h3><xsl:value-of select="$title"/></h3>
          <xsl:apply-templates select="." mode="inside"><xsl:with-param name="level" select="4"/></xsl:apply-templates>
        </xsl:when>
        <xsl:otherwise>
          <details>
            <summary><h3><xsl:value-of select="$title"/></h3></summary>
            <xsl:apply-templates select="." mode="inside"><xsl:with-param name="level" select="4"/></xsl:apply-templates>
          </details>
        </xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
    <xsl:if test="*[not(self::d:versie)]">
      <dl><xsl:apply-templates select="*[not(self::d:versie) and not(*)]" mode="row"/></dl>
      <xsl:apply-templates select="*[not(self::d:versie) and *]" mode="block"/>
    </xsl:if>
  </xsl:template>

  <xsl:template name="herkomst">
    <section id="herkomst" class="part" aria-labelledby="herkomst-kop">
      <h2 id="herkomst-kop">Herkomst</h2>
      <p>
        <xsl:choose>
          <xsl:when test="$gemeente">
            <bdi><xsl:value-of select="concat($richting, ' ', $gemeente)"/></bdi>
            <xsl:if test="$gemeentecode"><xsl:value-of select="concat(' (gemeentecode ', $gemeentecode, ')')"/></xsl:if>
            <xsl:if test="$datum">
              <xsl:text> op </xsl:text>
              <xsl:call-template name="date"><xsl:with-param name="iso" select="$datum"/></xsl:call-template>
            </xsl:if>
            <xsl:text>.</xsl:text>
          </xsl:when>
          <xsl:otherwise>Gemaakt van een bestand: van wie het komt, staat er niet in.</xsl:otherwise>
        </xsl:choose>
        <xsl:text> Het dossier geeft de stand van </xsl:text>
        <xsl:apply-templates select="@peildatum" mode="value"/>
        <xsl:value-of select="concat(' en volgt versie ', @versie, ' van het schema.')"/>
      </p>
      <xsl:if test="d:pip/d:versie">
        <table role="table">
          <caption>Versies van het PIP</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">Vastgesteld op</th>
              <th role="columnheader" scope="col">Gemeente</th>
              <th role="columnheader" scope="col">Leerroute</th>
              <th role="columnheader" scope="col">Kenmerk</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            <xsl:for-each select="d:pip/d:versie">
              <xsl:sort select="position()" data-type="number" order="descending"/>
              <tr role="row">
                <td role="cell" data-label="Vastgesteld op"><xsl:apply-templates select="d:dagtekening" mode="value"/></td>
                <td role="cell" data-label="Gemeente"><xsl:apply-templates select="d:gemeentecode" mode="value"/></td>
                <td role="cell" data-label="Leerroute">
                  <xsl:value-of select="d:leerroute"/>
                  <xsl:if test="d:niveau"><xsl:value-of select="concat(', ', d:niveau)"/></xsl:if>
                </td>
                <td role="cell" data-label="Kenmerk">
                  <bdi><xsl:value-of select="d:kenmerk"/></bdi>
                  <xsl:if test="not(d:kenmerk)">-</xsl:if>
                </td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </xsl:if>
    </section>
  </xsl:template>

  <!-- What is inside an element: rows first, then what repeats or goes deeper. Rows within a row
       stand in a block only, so that the blocks of a part keep their order. -->

  <xsl:template match="*" mode="inside">
    <xsl:param name="level" select="3"/>
    <xsl:param name="titled" select="/.."/>
    <xsl:variable name="rows" select="key('row', generate-id()) | *[$level > 3 and * and not(text())
        and count(*) = count(key('row', generate-id()))
        and count(key('alike', concat(generate-id(..), ' ', name()))) = 1]"/>
    <xsl:if test="$rows[not(self::d:versleuteld)][generate-id() != generate-id($titled)]">
      <dl><xsl:apply-templates select="$rows[generate-id() != generate-id($titled)]" mode="row"/></dl>
    </xsl:if>
    <xsl:for-each select="*[count(. | $rows) > count($rows)]">
      <xsl:variable name="alike" select="key('alike', concat(generate-id(..), ' ', name()))"/>
      <xsl:if test="generate-id() = generate-id($alike[1])">
        <xsl:call-template name="group">
          <xsl:with-param name="group" select="$alike"/>
          <xsl:with-param name="level" select="$level"/>
        </xsl:call-template>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <!-- Elements of one name: a table when they are flat and not too wide, else blocks. -->
  <xsl:template name="group">
    <xsl:param name="group"/>
    <xsl:param name="level"/>
    <xsl:variable name="columns" select="$group/*[not(self::d:versleuteld)][generate-id()
        = generate-id(key('column', concat(generate-id(../..), ' ', name(..), ' ', name()))[1])]"/>
    <xsl:choose>
      <xsl:when test="count($group) > 1 and count($columns) &lt;= 6 and not($group[not(*)])
          and not($group/*[*][not(self::d:versleuteld)])">
        <xsl:call-template name="table">
          <xsl:with-param name="group" select="$group"/>
          <xsl:with-param name="columns" select="$columns"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise>
        <xsl:apply-templates select="$group" mode="block"><xsl:with-param name="level" select="$level"/></xsl:apply-templates>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="table">
    <xsl:param name="group"/>
    <xsl:param name="columns"/>
    <table role="table">
      <caption>
        <xsl:apply-templates select="$group[1]" mode="label"/>
        <xsl:value-of select="concat(' (', count($group), ')')"/>
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <xsl:for-each select="$columns">
            <th role="columnheader" scope="col"><xsl:apply-templates select="." mode="label"/></th>
          </xsl:for-each>
        </tr>
      </thead>
      <tbody role="rowgroup">
        <xsl:for-each select="$group">
          <xsl:variable name="row" select="."/>
          <tr role="row">
            <xsl:for-each select="$columns">
              <xsl:variable name="label"><xsl:apply-templates select="." mode="label"/></xsl:variable>
              <td role="cell" data-label="{$label}">
                <xsl:call-template name="cell">
                  <xsl:with-param name="row" select="$row"/>
                  <xsl:with-param name="name" select="name()"/>
                </xsl:call-template>
                <xsl:if test="position() = 1"><xsl:apply-templates select="$row/@*" mode="mark"/></xsl:if>
              </td>
            </xsl:for-each>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </xsl:template>

  <xsl:template name="cell">
    <xsl:param name="row"/>
    <xsl:param name="name"/>
    <xsl:for-each select="$row/*[name() = $name]">
      <xsl:if test="position() > 1"><br/></xsl:if>
      <xsl:apply-templates select="." mode="written"/>
    </xsl:for-each>
    <xsl:if test="not($row/*[name() = $name])">-</xsl:if>
  </xsl:template>

  <!-- One headed block, called by its name or date when it has one. -->
  <xsl:template match="*" mode="block">
    <xsl:param name="level" select="3"/>
    <xsl:variable name="titled" select="(d:naam[not(*)] | d:datum | d:besluitdatum)[1]"/>
    <div class="block">
      <xsl:element name="h{$level}">
        <xsl:apply-templates select="." mode="label"/>
        <xsl:if test="$titled">: <bdi><xsl:apply-templates select="$titled" mode="value"/></bdi></xsl:if>
        <xsl:apply-templates select="@*" mode="mark"/>
      </xsl:element>
      <xsl:apply-templates select="." mode="inside">
        <xsl:with-param name="titled" select="$titled"/>
        <xsl:with-param name="level" select="$level + number($level &lt; 6)"/>
      </xsl:apply-templates>
    </div>
  </xsl:template>

  <xsl:template match="*" mode="row">
    <div>
      <dt><xsl:apply-templates select="." mode="label"/><xsl:apply-templates select="@*" mode="mark"/></dt>
      <dd><xsl:apply-templates select="." mode="written"/></dd>
    </div>
  </xsl:template>
  <!-- A key opens a document; nobody needs to read it. -->
  <xsl:template match="d:versleuteld" mode="row"/>

  <!-- How a row or cell is written: text, or rows within a row. -->
  <xsl:template match="*" mode="written">
    <xsl:choose>
      <xsl:when test="* and not(text())"><dl><xsl:apply-templates select="*" mode="row"/></dl></xsl:when>
      <!-- Only what a later version brought may hold text beside elements. -->
      <xsl:when test="*">
        <bdi><xsl:for-each select=".//text()"><xsl:value-of select="concat(., ' ')"/></xsl:for-each></bdi>
        <xsl:apply-templates select=".//*/@*" mode="mark"/>
      </xsl:when>
      <xsl:otherwise><bdi><xsl:apply-templates select="." mode="value"/></bdi></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
  <xsl:template mode="written"
      match="d:naam[*][not(*[not(self::d:voornamen or self::d:voorletters or self::d:voorvoegsel or self::d:geslachtsnaam)])]">
    <bdi><xsl:apply-templates select="." mode="name"/></bdi>
  </xsl:template>
  <xsl:template mode="written"
      match="d:contactpersoon[*][not(*[not(self::d:naam or self::d:organisatie or self::d:telefoonnummer or self::d:email)])]
      | d:wie[*][not(*[not(self::d:naam or self::d:organisatie or self::d:telefoonnummer or self::d:email)])]">
    <xsl:apply-templates select="." mode="contact"/>
  </xsl:template>
  <xsl:template match="d:sha256" mode="written"><span class="digest"><xsl:value-of select="."/></span></xsl:template>
  <xsl:template match="d:adres" mode="written">
    <bdi>
      <xsl:for-each select="*">
        <xsl:if test="self::d:postcode or self::d:woonplaats and not(../d:postcode)">,</xsl:if>
        <xsl:if test="position() > 1"><xsl:text> </xsl:text></xsl:if>
        <xsl:value-of select="."/>
      </xsl:for-each>
    </bdi>
  </xsl:template>
  <xsl:template match="d:telefoonnummer" mode="written">
    <xsl:call-template name="phone"><xsl:with-param name="number" select="."/></xsl:call-template>
  </xsl:template>
  <xsl:template match="d:email" mode="written">
    <xsl:call-template name="mail"><xsl:with-param name="address" select="."/></xsl:call-template>
  </xsl:template>

  <xsl:template match="@bijzonder" mode="mark">
    <xsl:if test=". = 'ja'"><xsl:text> </xsl:text><strong class="special">bijzonder persoonsgegeven</strong></xsl:if>
  </xsl:template>
  <xsl:template match="@op" mode="mark">
    <xsl:text> op </xsl:text><xsl:apply-templates select="." mode="value"/>
  </xsl:template>
  <xsl:template match="d:veld/@naam" mode="mark"/>
  <xsl:template match="@*" mode="mark">
    <xsl:text> </xsl:text>
    <span class="mark"><xsl:apply-templates select="." mode="label"/>: <xsl:value-of select="."/></span>
  </xsl:template>

  <!-- Building blocks of "In het kort" -->

  <xsl:template name="block">
    <xsl:param name="title"/>
    <xsl:param name="body"/>
    <xsl:param name="none"/>
    <xsl:param name="points" select="false()"/>
    <div class="card">
      <h3><xsl:value-of select="$title"/></h3>
      <xsl:choose>
        <xsl:when test="not(string($body))"><p><xsl:value-of select="$none"/></p></xsl:when>
        <xsl:when test="$points"><ul><xsl:copy-of select="$body"/></ul></xsl:when>
        <xsl:otherwise><dl><xsl:copy-of select="$body"/></dl></xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

  <xsl:template name="fact">
    <xsl:param name="label"/>
    <xsl:param name="value"/>
    <xsl:param name="done"/>
    <xsl:param name="whole"/>
    <div>
      <dt><bdi><xsl:value-of select="$label"/></bdi></dt>
      <dd>
        <bdi><xsl:copy-of select="$value"/></bdi>
        <xsl:if test="$done >= 0 and $done &lt;= $whole">
          <progress aria-hidden="true" max="{number($whole)}" value="{number($done)}"/>
        </xsl:if>
      </dd>
    </div>
  </xsl:template>

  <xsl:template name="point">
    <xsl:param name="text"/>
    <li><bdi><xsl:copy-of select="$text"/></bdi></li>
  </xsl:template>

  <!-- Links only of a closed form: digits with one plus in front, and letters, digits and . _ + -
       around one @. Anything else is shown as it is. -->

  <xsl:template name="phone">
    <xsl:param name="number"/>
    <xsl:variable name="dial" select="translate($number, ' ()-', '')"/>
    <xsl:variable name="digits">
      <xsl:choose>
        <xsl:when test="starts-with($dial, '+')"><xsl:value-of select="substring($dial, 2)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="$dial"/></xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:choose>
      <xsl:when test="string-length($digits) >= 3 and string-length($digits) &lt;= 15
          and translate($digits, '0123456789', '') = ''">
        <a href="tel:{$dial}"><xsl:value-of select="$number"/></a>
      </xsl:when>
      <xsl:otherwise><bdi><xsl:value-of select="$number"/></bdi></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="mail">
    <xsl:param name="address"/>
    <xsl:variable name="local" select="substring-before($address, '@')"/>
    <xsl:variable name="host" select="substring-after($address, '@')"/>
    <xsl:choose>
      <xsl:when test="string-length($local) > 0 and string-length($host) > 0
          and string-length($address) &lt;= 241
          and translate($local, concat($letters, '._+-'), '') = ''
          and translate($host, concat($letters, '.-'), '') = ''">
        <a href="mailto:{$address}"><xsl:value-of select="$address"/></a>
      </xsl:when>
      <xsl:otherwise><bdi><xsl:value-of select="$address"/></bdi></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
