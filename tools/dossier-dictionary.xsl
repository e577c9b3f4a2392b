<?xml version="1.0" encoding="UTF-8"?>
<!-- xsd/dossier.xsd as the data dictionary of docs/dossier.md. The parameter `list` is the
     address of xsd/bijlage-b.tsv as XML: <list><item id="" ... gegeven=""/></list>. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:xs="http://www.w3.org/2001/XMLSchema">

  <xsl:output method="text" encoding="UTF-8"/>
  <xsl:param name="list"/>
  <xsl:variable name="items" select="document($list)/list/item"/>
  <xsl:key name="simple" match="/xs:schema/xs:simpleType" use="@name"/>
  <xsl:key name="complex" match="/xs:schema/xs:complexType" use="@name"/>

  <xsl:template match="/xs:schema">
    <xsl:apply-templates select="xs:element/xs:complexType/xs:sequence/xs:element[key('complex', @type)
        and @type != 'later']" mode="part"/>
    <xsl:text>### The dossier itself&#10;&#10;</xsl:text>
    <xsl:call-template name="head"/>
    <xsl:apply-templates select="xs:element/xs:complexType" mode="rows"/>
    <xsl:text>&#10;### Shared by several elements&#10;&#10;</xsl:text>
    <xsl:call-template name="head"/>
    <xsl:apply-templates select="xs:attributeGroup | xs:complexType" mode="shared"/>
    <xsl:text>&#10;## Types and codes&#10;&#10;</xsl:text>
    <xsl:text>| type | meaning | form |&#10;|---|---|---|&#10;</xsl:text>
    <xsl:apply-templates select="xs:simpleType" mode="type">
      <xsl:sort select="@name"/>
    </xsl:apply-templates>
    <xsl:call-template name="bijlage-b"/>
  </xsl:template>

  <!-- Tables of elements -->

  <xsl:template name="head">
    <xsl:text>| element | meaning | type, length | times | bijlage B | doelgroep | DUO |&#10;</xsl:text>
    <xsl:text>|---|---|---|---|---|---|---|&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="xs:element" mode="part">
    <xsl:value-of select="concat('### ', @name, '&#10;&#10;')"/>
    <xsl:call-template name="meaning"><xsl:with-param name="of" select="key('complex', @type)"/></xsl:call-template>
    <xsl:variable name="carried"><xsl:call-template name="carried"/></xsl:variable>
    <xsl:if test="$carried != ''"> Bijlage B: <xsl:value-of select="translate($carried, '&#10;', ' ')"/>.</xsl:if>
    <xsl:text>&#10;&#10;</xsl:text>
    <xsl:call-template name="head"/>
    <xsl:apply-templates select="key('complex', @type)" mode="rows"/>
    <xsl:text>&#10;</xsl:text>
  </xsl:template>

  <!-- A type that is no part: used by name from several places. -->
  <xsl:template match="xs:complexType | xs:attributeGroup" mode="shared">
    <xsl:if test="not(/xs:schema/xs:element//xs:element[@type = current()/@name and @type != 'later'])">
      <xsl:value-of select="concat('| &lt;a id=&quot;t-', @name, '&quot;&gt;&lt;/a&gt;**', @name, '** | ')"/>
      <xsl:call-template name="meaning"/>
      <xsl:text> | </xsl:text>
      <xsl:apply-templates select="xs:simpleContent/xs:extension" mode="type-cell"/>
      <xsl:if test=".//xs:any">elements of another namespace, 1..100</xsl:if>
      <xsl:text> |  |  |  |  |&#10;</xsl:text>
      <xsl:apply-templates select="." mode="rows">
        <xsl:with-param name="path" select="concat(@name, '/')"/>
      </xsl:apply-templates>
    </xsl:if>
  </xsl:template>

  <xsl:template match="*" mode="rows">
    <xsl:param name="path"/>
    <xsl:apply-templates select="*[not(self::xs:annotation)]" mode="rows">
      <xsl:with-param name="path" select="$path"/>
    </xsl:apply-templates>
  </xsl:template>

  <xsl:template match="xs:attributeGroup[@ref]" mode="rows">
    <xsl:value-of select="concat('| `@status`, `@reden`, `@toelichting` | zie [', @ref, '](#t-', @ref, ') |  |  |  |  |  |&#10;')"/>
  </xsl:template>

  <xsl:template match="xs:element | xs:attribute" mode="rows">
    <xsl:param name="path"/>
    <xsl:variable name="own">
      <xsl:value-of select="$path"/><xsl:if test="self::xs:attribute">@</xsl:if><xsl:value-of select="@name"/>
    </xsl:variable>
    <xsl:value-of select="concat('| `', $own, '` | ')"/>
    <xsl:call-template name="meaning"/>
    <xsl:text> | </xsl:text>
    <xsl:apply-templates select="." mode="type-cell"/>
    <xsl:text> | </xsl:text>
    <xsl:call-template name="times"/>
    <xsl:text> | </xsl:text>
    <xsl:variable name="carried"><xsl:call-template name="carried"/></xsl:variable>
    <xsl:call-template name="lines"><xsl:with-param name="rest" select="$carried"/></xsl:call-template>
    <xsl:text> | </xsl:text>
    <xsl:call-template name="doelgroep"/>
    <xsl:text> | </xsl:text>
    <xsl:value-of select="translate(xs:annotation/xs:appinfo[@source='duo'], ' ', '&#160;')"/>
    <xsl:text> |&#10;</xsl:text>
    <xsl:apply-templates select="xs:complexType" mode="rows">
      <xsl:with-param name="path" select="concat($own, '/')"/>
    </xsl:apply-templates>
  </xsl:template>

  <!-- Cells -->

  <xsl:template name="meaning">
    <xsl:param name="of" select="."/>
    <xsl:value-of select="normalize-space($of/xs:annotation/xs:documentation)"/>
  </xsl:template>

  <xsl:template match="xs:element | xs:attribute | xs:extension" mode="type-cell">
    <xsl:variable name="name" select="concat(@type, @base)"/>
    <xsl:choose>
      <!-- A part has a table of its own. -->
      <xsl:when test="ancestor::xs:element[not(ancestor::*/@name)] and $name != 'later' and key('complex', $name)">
        <xsl:value-of select="concat('[', $name, '](#', $name, ')')"/>
      </xsl:when>
      <xsl:when test="$name != ''">
        <xsl:value-of select="concat('[', $name, '](#t-', $name, ')')"/>
        <xsl:apply-templates select="key('simple', $name)" mode="length"/>
      </xsl:when>
      <xsl:when test="xs:simpleType"><xsl:apply-templates select="xs:simpleType" mode="form"/></xsl:when>
      <xsl:when test="xs:complexType/xs:simpleContent">
        <xsl:apply-templates select="xs:complexType/xs:simpleContent/xs:extension" mode="type-cell"/>
      </xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="xs:simpleType" mode="length">
    <xsl:variable name="most" select="xs:restriction/xs:maxLength/@value"/>
    <xsl:if test="$most">
      <xsl:text> </xsl:text>
      <xsl:if test="xs:restriction/xs:minLength"><xsl:value-of select="xs:restriction/xs:minLength/@value"/>..</xsl:if>
      <xsl:value-of select="$most"/>
    </xsl:if>
    <xsl:if test="xs:restriction/xs:enumeration">, code</xsl:if>
  </xsl:template>

  <xsl:template name="times">
    <xsl:choose>
      <xsl:when test="self::xs:attribute[@use='required']">1</xsl:when>
      <xsl:when test="self::xs:attribute">0..1</xsl:when>
      <xsl:otherwise>
        <xsl:variable name="least" select="concat(@minOccurs, substring('1', 1, not(@minOccurs)))"/>
        <xsl:variable name="most" select="concat(@maxOccurs, substring('1', 1, not(@maxOccurs)))"/>
        <xsl:value-of select="$least"/>
        <xsl:if test="$least != $most"><xsl:value-of select="concat('..', $most)"/></xsl:if>
        <xsl:if test="ancestor::xs:choice">, choice</xsl:if>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- The items of bijlage B an element carries, a line each. -->
  <xsl:template name="carried">
    <xsl:variable name="ids" select="concat(' ', xs:annotation/xs:appinfo[@source='bijlage-b'], ' ')"/>
    <xsl:for-each select="$items[contains($ids, concat(' ', @id, ' '))]">
      <xsl:if test="position() &gt; 1"><xsl:text>&#10;</xsl:text></xsl:if>
      <xsl:value-of select="concat(@id, ' ', @gegeven)"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="lines">
    <xsl:param name="rest"/>
    <xsl:choose>
      <xsl:when test="contains($rest, '&#10;')">
        <xsl:value-of select="concat(substring-before($rest, '&#10;'), '&lt;br&gt;')"/>
        <xsl:call-template name="lines">
          <xsl:with-param name="rest" select="substring-after($rest, '&#10;')"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$rest"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="doelgroep">
    <xsl:variable name="ids" select="concat(' ', xs:annotation/xs:appinfo[@source='bijlage-b'], ' ')"/>
    <xsl:variable name="mine" select="$items[contains($ids, concat(' ', @id, ' '))]"/>
    <xsl:choose>
      <xsl:when test="$mine[@doelgroep != $mine[1]/@doelgroep]">beide</xsl:when>
      <xsl:otherwise><xsl:value-of select="$mine[1]/@doelgroep"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Types -->

  <xsl:template match="xs:simpleType" mode="type">
    <xsl:value-of select="concat('| &lt;a id=&quot;t-', @name, '&quot;&gt;&lt;/a&gt;', @name, ' | ')"/>
    <xsl:call-template name="meaning"/>
    <xsl:text> | </xsl:text>
    <xsl:apply-templates select="." mode="form"/>
    <xsl:text> |&#10;</xsl:text>
  </xsl:template>

  <xsl:template match="xs:simpleType" mode="form">
    <xsl:if test="not(xs:restriction/xs:enumeration)">
      <xsl:value-of select="translate(substring-after(xs:restriction/@base, 'xs:'), ' ', '')"/>
      <xsl:apply-templates select="." mode="length"/>
    </xsl:if>
    <xsl:for-each select="xs:restriction/xs:pattern">
      <xsl:value-of select="concat(', `', @value, '`')"/>
    </xsl:for-each>
    <xsl:for-each select="xs:union">
      <xsl:value-of select="concat(@memberTypes, ', or ')"/>
      <xsl:for-each select="xs:simpleType">
        <xsl:if test="position() &gt; 1">, or </xsl:if>
        <xsl:apply-templates select="." mode="form"/>
      </xsl:for-each>
    </xsl:for-each>
    <xsl:for-each select="xs:restriction/xs:enumeration">
      <xsl:if test="position() &gt; 1">&lt;br&gt;</xsl:if>
      <xsl:value-of select="concat('`', @value, '`')"/>
      <xsl:if test="xs:annotation/xs:documentation">
        <xsl:text> </xsl:text><xsl:call-template name="meaning"/>
      </xsl:if>
      <xsl:if test="xs:annotation/xs:appinfo[@source='duo']">
        <xsl:value-of select="concat(' DUO: ', xs:annotation/xs:appinfo[@source='duo'], '.')"/>
      </xsl:if>
    </xsl:for-each>
  </xsl:template>

  <!-- Bijlage B, and where each item is -->

  <xsl:template name="bijlage-b">
    <xsl:variable name="schema" select="/xs:schema"/>
    <xsl:text>&#10;## Bijlage B: where is what&#10;&#10;</xsl:text>
    <xsl:text>| item | what | of | direction | doelgroep | element |&#10;|---|---|---|---|---|---|&#10;</xsl:text>
    <xsl:for-each select="$items">
      <xsl:variable name="id" select="concat(' ', @id, ' ')"/>
      <xsl:value-of select="concat('| ', @id, ' | ', @gegeven, ' | ', @onderdeel, ' | ', @richting, ' | ', @doelgroep, ' | ')"/>
      <xsl:for-each select="$schema//xs:element[xs:annotation/xs:appinfo[@source='bijlage-b'
          and contains(concat(' ', ., ' '), $id)]]">
        <xsl:if test="position() &gt; 1">&lt;br&gt;</xsl:if>
        <xsl:text>`</xsl:text>
        <xsl:for-each select="ancestor-or-self::*[@name]">
          <xsl:if test="position() &gt; 1">/</xsl:if>
          <xsl:value-of select="@name"/>
        </xsl:for-each>
        <xsl:text>`</xsl:text>
      </xsl:for-each>
      <xsl:if test="@deel = '-'">does not go along: it is for whoever gives the course</xsl:if>
      <xsl:if test="@waarom_meer != '-'"><xsl:value-of select="concat('&lt;br&gt;', @waarom_meer)"/></xsl:if>
      <xsl:text> |&#10;</xsl:text>
    </xsl:for-each>
  </xsl:template>
</xsl:stylesheet>
