#!/usr/bin/env bash
# Root may do what a gateway's own user may not, so what works as root proves little about
# files, sockets and processes. As root this runs the tests that touch those once more as
# `nobody`, from a copy that `nobody` can read; as anybody else the whole suite already is that
# test.
set -euo pipefail

BUILD=$1
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
FAILED=0

# program, and its argument: the faults in short form
TESTS='
home
keys
config
store
outbox
upload
bus
control
tls
cli_home
cli_daemon
at_rest
exchange
machine_denied
machine_reload
machine_disk
machine_faults 9
'

copy()
{
    local test

    mkdir -p "$FOLDER/bin" "$FOLDER/source/tests" "$FOLDER/source/gateway"
    cp "$BUILD/gateway/estafetted" "$BUILD/tools/estafette" "$FOLDER/bin"
    while read -r test _; do
        [[ -z $test ]] || cp "$BUILD/tests/${test}_test" "$FOLDER/bin"
    done <<<"$TESTS"
    cp -R "$SOURCE/tests/golden" "$FOLDER/source/tests"
    cp "$SOURCE"/gateway/*.sql "$FOLDER/source/gateway"
    chmod -R a+rX "$FOLDER"
}

# as_nobody COMMAND...
as_nobody()
{
    (cd / && env -i PATH="$PATH" HOME=/ ESTAFETTE_SOURCE="$FOLDER/source" \
        ESTAFETTE_COMMAND="$FOLDER/bin/estafette" \
        ESTAFETTED_COMMAND="$FOLDER/bin/estafetted" \
        setpriv --reuid=nobody --regid=nogroup --clear-groups "$@")
}

run()
{
    local log=$FOLDER/$1.log

    if ! as_nobody "$FOLDER/bin/$1_test" "${@:2}" >"$log" 2>&1 </dev/null; then
        cat "$log"
        echo "FAILED as nobody: $*"
        FAILED=$((FAILED + 1))
    fi
    grep -h 'SKIPPED:\|^faults tried' "$log" | sed "s/^/$1: /" || true
    if [[ $1 == machine_denied ]] && grep -q SKIPPED "$log"; then
        echo "FAILED: what is denied was not tried"
        FAILED=$((FAILED + 1))
    fi
}

if ((EUID != 0)); then
    echo "unprivileged: not root, so every test already runs as somebody without privileges"
    exit 0
fi
command -v setpriv >/dev/null || { echo "SKIPPED: no setpriv" && exit 0; }
FOLDER=$(mktemp -d)
trap 'rm -rf "$FOLDER"' EXIT
chmod 755 "$FOLDER"
copy
COUNT=0
while read -r -a words; do
    ((${#words[@]})) || continue
    run "${words[@]}"
    COUNT=$((COUNT + 1))
done <<<"$TESTS"
echo "unprivileged: $COUNT programs as nobody, $FAILED failed"
exit $((FAILED > 0))
