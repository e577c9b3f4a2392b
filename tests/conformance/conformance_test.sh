#!/usr/bin/env bash
# What passes between us and DUO, held against DUO's own specifications by programs of others:
# ajv reads the OpenAPI files. First every deviation that can be planted must be found.
set -euo pipefail

BUILD=$(cd "$1" && pwd -P)
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SPECIFICATIONS=${ESTAFETTE_DUO:-$HERE/../../../shared/duo/openapi}
OUT=$BUILD/conformance
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

skip()
{
    echo "SKIPPED: $*: nothing was held against DUO's specifications"
    exit 0
}

need()
{
    local tool

    for tool in node npm; do
        command -v $tool >/dev/null || skip "no $tool (tools/setup says what it takes)"
    done
    [[ -f $SPECIFICATIONS/PIP.yml ]] || skip "no PIP.yml in ESTAFETTE_DUO ($SPECIFICATIONS)"
}

# Exactly as the lock file says, kept until that changes.
install_modules()
{
    mkdir -p "$OUT"
    if [[ -d $OUT/node_modules/ajv ]] &&
        cmp -s "$HERE/package-lock.json" "$OUT/package-lock.json"; then
        return
    fi
    cp "$HERE/package.json" "$HERE/package-lock.json" "$OUT"
    (cd "$OUT" && npm ci --ignore-scripts --no-audit --no-fund --fetch-timeout=60000) \
        >"$OUT/npm.log" 2>&1 || { rm -f "$OUT/package-lock.json" && skip "npm ci failed"; }
}

planted_deviations_are_found()
{
    node "$HERE/plant.mjs" "$OUT" "$SPECIFICATIONS" >"$OUT/plant.log" 2>&1 ||
        complain "$(cat "$OUT/plant.log")"
    tail -1 "$OUT/plant.log"
}

need
install_modules
planted_deviations_are_found
exit $((FAILED > 0))
