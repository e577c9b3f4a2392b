#!/usr/bin/env bash
# The page of a dossier as people meet it: on a desk, on a telephone, and printed. Every
# sample, and one whose text is long and nasty, is opened in a headless Chromium (look.mjs).
# What was seen stays in BUILD/look: a picture of each, and its print.
set -euo pipefail

BUILD=$(cd "$1" && pwd -P)
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
GOLDEN=$HERE/../golden/dossiers
ESTAFETTE=$BUILD/tools/estafette
OUT=$BUILD/look
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

skip()
{
    echo "SKIPPED: $*: nobody has looked at the page (tools/setup says what it takes)"
    exit 0
}

need_tools()
{
    local tool

    for tool in chromium node npm pdftotext; do
        command -v $tool >/dev/null || skip "no $tool"
    done
}

# axe-core, exactly as the lock file says, kept until that changes.
install_axe()
{
    AXE=$OUT/node_modules/axe-core/axe.min.js
    mkdir -p "$OUT"
    if [[ -f $AXE ]] && cmp -s "$HERE/package-lock.json" "$OUT/package-lock.json"; then
        return
    fi
    cp "$HERE/package.json" "$HERE/package-lock.json" "$OUT"
    (cd "$OUT" && npm ci --ignore-scripts --no-audit --no-fund --fetch-timeout=60000) \
        >"$OUT/npm.log" 2>&1 || { rm -f "$OUT/package-lock.json" && skip "npm ci failed"; }
}

show()
{
    "$ESTAFETTE" dossier show "$1" --html >"$OUT/$2.html" || complain "no page of $2"
    PAGES+=("$OUT/$2.html")
}

# The samples, and one with text that breaks pages.
make_pages()
{
    local file long nasty

    PAGES=()
    rm -f "$OUT"/*.html "$OUT"/*.png "$OUT"/*.pdf
    for file in "$GOLDEN"/*.xml; do
        show "$file" "$(basename "$file" .xml)"
    done
    long=$(printf '%0150d' 0)
    nasty='\&lt;/bdi\&gt;\&lt;script src=\&quot;https://example.org/x\&quot;\&gt;\&amp;lt; '
    sed -E -e "s#<(wensen|verslag|uitkomst|inhoud)>[^<]*<#<\1>$nasty$long<#" \
        -e "s#<(geslachtsnaam|straat|intensiteit)>[^<]*<#<\1>$nasty${long:70}<#" \
        "$GOLDEN/asielstatushouder.xml" >"$OUT/nasty.xml"
    show "$OUT/nasty.xml" nasty
}

look()
{
    node "$HERE/look.mjs" "$AXE" "$OUT" "$@" >"$OUT/look.log" 2>&1
}

every_page_is_in_order()
{
    look "${PAGES[@]}" || complain "$(cat "$OUT/look.log")"
    tail -1 "$OUT/look.log"
}

# Whose it is stands on each sheet, and what is folded on the screen is on paper.
the_print_is_whole()
{
    local text=$OUT/print.txt sheets heads

    pdftotext -layout "$OUT/asielstatushouder.pdf" "$text"
    sheets=$(tr -cd '\f' <"$text" | wc -c)
    heads=$(grep -c 'Inburgeringsdossier van .* stand van' "$text" || true)
    ((sheets > 3 && heads == sheets)) || complain "$heads heads on $sheets sheets"
    grep -q "Pagina $sheets van $sheets" "$text" || complain "the sheets have no number"
    grep -q 'Vaste klantregisseur; elke zes weken' "$text" ||
        complain "an older version of the PIP is not on paper"
}

# refused WHAT SED: a page with this change must be found out
refused()
{
    sed "$2" "$OUT/gezinsmigrant.html" >"$OUT/changed.html"
    ! cmp -s "$OUT/changed.html" "$OUT/gezinsmigrant.html" || complain "$1: nothing changed"
    ! look "$OUT/changed.html" || complain "not noticed: $1"
    grep -qi -- "$1" "$OUT/look.log" || complain "not said: $1: $(cat "$OUT/look.log")"
}

what_is_not_in_order_is_noticed()
{
    refused 'fetches something\|browser says' 's|<main|<img src="https://example.org/">&|'
    refused 'on a desk: script' 's|<main|<script>document.title = ""</script>&|'
    refused 'a link elsewhere' 's|href="#kort"|href="https://example.org/"|'
    refused 'has no style' 's|font: 1rem/1.5|font: 2rem/1.5|'
    refused 'html-has-lang' 's|<html lang="nl">|<html>|'
    refused 'scrolls sideways' "s|<h2 id=.kort-kop|<pre>$(printf '%0300d' 0)</pre>&|"
}

need_tools
install_axe
make_pages
every_page_is_in_order
the_print_is_whole
what_is_not_in_order_is_noticed
exit $((FAILED > 0))
