#!/usr/bin/env bash
# The sample dossiers, by the published schema alone and by the command; and each is described.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
ESTAFETTE=$1/tools/estafette
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

for sample in "$ROOT"/tests/golden/dossiers/*.xml; do
    words=$(xmllint --nonet --noout --schema "$ROOT/xsd/dossier.xsd" "$sample" 2>&1) ||
        complain "xmllint: $words"
    words=$("$ESTAFETTE" dossier check "$sample" 2>&1) || complain "$words"
    grep -qF "| \`${sample##*/}\` |" "$ROOT/tests/golden/dossiers/README.md" ||
        complain "README.md does not tell what ${sample##*/} shows"
    grep -q "dossiers/${sample##*/}" "$ROOT/docs/dossier.md" ||
        complain "docs/dossier.md does not name ${sample##*/}"
done
exit $((FAILED > 0))
