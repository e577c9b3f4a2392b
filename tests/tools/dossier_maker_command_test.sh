#!/usr/bin/env bash
# dossier_maker_command_test -- the built dossier-maker: xmllint agrees with our verdict, the
# same seed gives the same file, mistakes end with 64. BUILD is the argument.
set -euo pipefail

BUILD=$1
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
MAKER=$BUILD/tools/dossier-maker
TMP=$(mktemp -d)
trap 'rm -rf "$TMP"' EXIT

fail()
{
    echo "FAILED: $*" >&2
    exit 1
}

valid()
{
    xmllint --noout --nonet --schema "$ROOT/xsd/dossier.xsd" "$@" 2>"$TMP/xmllint"
}

# expect CODE ARGUMENT...
expect()
{
    local code=0

    "$MAKER" "${@:2}" >"$TMP/out" 2>"$TMP/err" || code=$?
    [[ $code == "$1" ]] || fail "exit $code instead of $1: ${*:2}"
}

command -v xmllint >/dev/null || fail "xmllint is missing: run tools/setup"

expect 0 --seed 1 --count 40 --out "$TMP/made"
[[ $(find "$TMP/made" -name '0*.xml' | wc -l) == 40 ]] || fail "not forty files"
valid "$TMP"/made/*.xml || fail "xmllint refuses what we make: $(head -3 "$TMP/xmllint")"

expect 0 --seed 7
cmp -s "$TMP/out" "$TMP/made/000007.xml" || fail "the same seed, other bytes"

# A rule lies beyond the schema: xmllint lets it through, unless it is the schema's own.
"$MAKER" --list-rules >"$TMP/rules"
while read -r rule; do
    expect 0 --seed 3 --break "$rule"
    cp "$TMP/out" "$TMP/$rule.xml"
done <"$TMP/rules"
valid "$TMP/schema.xml" && fail "xmllint accepts a broken schema"
rm "$TMP/schema.xml"
valid "$TMP"/*.xml || fail "a rule broke the schema: $(head -3 "$TMP/xmllint")"

expect 0 --count 20 --check
grep -q '^20 dossiers, .*; 0 refused' "$TMP/out" || fail "$(cat "$TMP/out")"
expect 1 --count 3 --check --break elfproef
expect 0 --help
expect 64 --count 2
expect 64 --break nothing-of-the-kind
expect 64 --route C1
expect 64 --date 2021-01-01
expect 64 --seed x
expect 64 --seed 1 more
expect 74 --out /proc/nowhere
echo "ok"
