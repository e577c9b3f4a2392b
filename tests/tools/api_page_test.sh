#!/usr/bin/env bash
# docs/api.md: up to date with gateway/api.json.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=$1
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
FAILED=0

# exits STATUS ARGUMENT...: in a copy that may be changed
exits()
{
    local status=0

    "$SCRATCH/tools/api-page" "${@:2}" >"$SCRATCH/words" 2>&1 || status=$?
    [[ $status == "$1" ]] || {
        echo "FAILED: exit $status, not $1: ${*:2}: $(tail -n 20 "$SCRATCH/words")"
        FAILED=$((FAILED + 1))
    }
}

mkdir "$SCRATCH/tools" "$SCRATCH/docs"
cp "$ROOT/tools/api-page" "$SCRATCH/tools"
cp "$ROOT/docs/api.md" "$SCRATCH/docs"
exits 0 --check "$BUILD"
sed -i 's/klantregisseur, beheer, lezer/iedereen/' "$SCRATCH/docs/api.md"
exits 1 --check "$BUILD"
exits 0 "$BUILD"
exits 0 --check "$BUILD"
cmp "$ROOT/docs/api.md" "$SCRATCH/docs/api.md" || FAILED=$((FAILED + 1))
exits 64 --chekc
exits 66 "$SCRATCH"
exit $((FAILED > 0))
