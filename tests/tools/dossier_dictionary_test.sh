#!/usr/bin/env bash
# docs/dossier.md: up to date with the schema, and what it shows is right.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
ESTAFETTE=$1/tools/estafette
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

the_page_is_up_to_date()
{
    "$ROOT/tools/dossier-dictionary" --check >"$SCRATCH/diff" 2>&1 ||
        complain "$(tail -n 20 "$SCRATCH/diff")"
}

# exits STATUS ARGUMENT...: in a copy that may be changed
exits()
{
    local status=0

    "$SCRATCH/copy/tools/dossier-dictionary" "${@:2}" >"$SCRATCH/words" 2>&1 || status=$?
    [[ $status == "$1" ]] ||
        complain "exit $status, not $1: ${*:2}: $(tail -n 3 "$SCRATCH/words")"
}

a_changed_schema_is_noticed_and_repaired()
{
    mkdir -p "$SCRATCH/copy/tools" "$SCRATCH/copy/docs"
    cp "$ROOT"/tools/dossier-dictionary* "$SCRATCH/copy/tools"
    cp "$ROOT/docs/dossier.md" "$SCRATCH/copy/docs"
    cp -r "$ROOT/xsd" "$SCRATCH/copy"
    exits 0 --check
    sed -i 's/Hele uren, 1 tot/Gehele uren, 1 tot/' "$SCRATCH/copy/xsd/dossier.xsd"
    exits 1 --check
    grep -q '^+.*Gehele uren' "$SCRATCH/words" || complain "it does not show the change"
    exits 0
    exits 0 --check
    sed -i 's/^VL-GEM-01\t/&Anders: /' "$SCRATCH/copy/xsd/bijlage-b.tsv"
    exits 1 --check
    sed -i '/^<!-- From here/d' "$SCRATCH/copy/docs/dossier.md"
    exits 1
    exits 64 --chekc
}

# A dictionary: no element of the schema is without a meaning.
every_row_has_a_meaning()
{
    awk -F ' *[|] *' '/^<!-- From here/ { on = 1 }
        on && /^[|] `/ && $3 == "" { print $2 }' "$ROOT/docs/dossier.md" >"$SCRATCH/mute"
    [[ ! -s $SCRATCH/mute ]] || complain "without a meaning: $(tr '\n' ' ' <"$SCRATCH/mute")"
    (($(grep -c '^| `' "$ROOT/docs/dossier.md") > 350)) || complain "too few rows"
}

every_link_inside_has_an_end()
{
    local anchor

    while read -r anchor; do
        grep -qF "<a id=\"$anchor\">" "$ROOT/docs/dossier.md" ||
            complain "nothing is called $anchor"
    done < <(grep -o '(#t-[A-Za-z0-9]*)' "$ROOT/docs/dossier.md" | tr -d '(#)' | sort -u)
}

the_example_is_a_good_dossier()
{
    awk '/^```$/ { exit } on; /^```xml$/ { on = 1 }' "$ROOT/docs/dossier.md" >"$SCRATCH/x.xml"
    "$ESTAFETTE" dossier check "$SCRATCH/x.xml" >"$SCRATCH/words" 2>&1 ||
        complain "$(cat "$SCRATCH/words")"
}

# Each field of DUO that the schema names is in DUO's own specification of that API.
what_duo_calls_it_is_what_duo_calls_it()
{
    local duo=${ESTAFETTE_CORPUS:-$ROOT/../shared/corpus}/../duo/openapi field count=0

    if [[ ! -d $duo ]]; then
        echo "SKIPPED: no specifications of DUO at $duo (ESTAFETTE_CORPUS)"
        return
    fi
    while read -r field; do
        count=$((count + 1))
        grep -qE "^ +${field##*.}:" "$duo/${field%%.*}.yml" || complain "DUO has no $field"
    done < <(grep -o '<xs:appinfo source="duo">[^<]*[.][^<]*' "$ROOT/xsd/dossier.xsd" |
        sed 's/.*>//' | tr ' ' '\n' | sort -u)
    ((count > 60)) || complain "only $count fields of DUO"
}

the_page_is_up_to_date
a_changed_schema_is_noticed_and_repaired
every_row_has_a_meaning
every_link_inside_has_an_end
the_example_is_a_good_dossier
what_duo_calls_it_is_what_duo_calls_it
exit $((FAILED > 0))
