#!/usr/bin/env bash
# docs/rules.md and docs/duo-rules.md: up to date with the tables of the rules.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=$1
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

# exits STATUS ARGUMENT...: in a copy that may be changed
exits()
{
    local status=0

    "$SCRATCH/copy/tools/rules-page" "${@:2}" >"$SCRATCH/words" 2>&1 || status=$?
    [[ $status == "$1" ]] ||
        complain "exit $status, not $1: ${*:2}: $(tail -n 3 "$SCRATCH/words")"
}

the_page_is_up_to_date()
{
    "$ROOT/tools/rules-page" --check "$BUILD" >"$SCRATCH/diff" 2>&1 ||
        complain "$(tail -n 20 "$SCRATCH/diff")"
}

a_page_that_lags_is_noticed_and_repaired()
{
    mkdir -p "$SCRATCH/copy/tools" "$SCRATCH/copy/docs"
    cp "$ROOT/tools/rules-page" "$SCRATCH/copy/tools"
    cp "$ROOT/docs/rules.md" "$ROOT/docs/duo-rules.md" "$SCRATCH/copy/docs"
    exits 0 --check "$BUILD"
    sed -i '/elfproef/s/ refuse / warn /' "$SCRATCH/copy/docs/rules.md"
    exits 1 --check "$BUILD"
    exits 0 "$BUILD"
    exits 0 --check "$BUILD"
    sed -i '/MAP-9/s/ weiger / let op /' "$SCRATCH/copy/docs/duo-rules.md"
    exits 1 --check "$BUILD"
    exits 0 "$BUILD"
    exits 0 --check "$BUILD"
    sed -i '/^<!-- From here/d' "$SCRATCH/copy/docs/rules.md"
    exits 1 "$BUILD"
    exits 64 --chekc
    exits 66 "$SCRATCH"
}

every_setting_is_named()
{
    local setting

    while read -r setting; do
        grep -qF "| \`$setting\` |" "$ROOT/docs/rules.md" ||
            complain "docs/rules.md does not name the setting $setting"
    done < <(sed -n 's/^ *{ "regels", *"\([a-z_]*\)".*/\1/p' "$ROOT/gateway/config.c")
}

the_page_is_up_to_date
a_page_that_lags_is_noticed_and_repaired
every_setting_is_named
exit $((FAILED > 0))
