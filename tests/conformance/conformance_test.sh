#!/usr/bin/env bash
# What passes between us and DUO, held against DUO's own specifications by programs of others:
# ajv reads the OpenAPI files. First every deviation that can be planted must be found. Where
# DUO's files are not at hand, files made from our own tables stand in for them.
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
}

# They are not part of the project.
look_for_specifications()
{
    [[ ! -f $SPECIFICATIONS/PIP.yml ]] || return 0
    echo "SKIPPED: no PIP.yml in ESTAFETTE_DUO ($SPECIFICATIONS): held against our own tables"
    SPECIFICATIONS=$OUT/tables
    rm -rf "$SPECIFICATIONS"
    mkdir "$SPECIFICATIONS"
    "$BUILD/tests/conformance_tables" "$SPECIFICATIONS" || complain "no files of our tables"
}

# install_modules FROM TO MODULE: exactly as the lock file says, kept until that changes
install_modules()
{
    mkdir -p "$2"
    if [[ -d $2/node_modules/$3 ]] &&
        cmp -s "$1/package-lock.json" "$2/package-lock.json"; then
        return
    fi
    cp "$1/package.json" "$1/package-lock.json" "$2"
    (cd "$2" && npm ci --ignore-scripts --no-audit --no-fund --fetch-timeout=60000) \
        >"$2/npm.log" 2>&1 || { rm -f "$2/package-lock.json" && return 1; }
}

planted_deviations_are_found()
{
    node "$HERE/plant.mjs" "$OUT" "$SPECIFICATIONS" >"$OUT/plant.log" 2>&1 ||
        complain "$(cat "$OUT/plant.log")"
    tail -1 "$OUT/plant.log"
}

# play FOLDER [PORT]: our client, our listener and a stand-in, with taps in the line
play()
{
    rm -rf "${OUT:?}/$1"
    "$BUILD/tests/conformance_play" "$HERE" "$OUT/$1" "${@:2}" >"$OUT/$1.log" 2>&1 ||
        complain "$(tail -n 20 "$OUT/$1.log")"
}

all_that_passes_is_as_duo_specifies_it()
{
    play play
    mkdir "$OUT/play/all"
    cp "$OUT"/play/asked/*.json "$OUT"/play/{told,answers}/*.json "$OUT/play/all"
    node "$HERE/conform.mjs" "$OUT" "$SPECIFICATIONS" "$OUT/play/all" --every \
        >"$OUT/conform.log" 2>&1 || complain "$(tail -n 20 "$OUT/conform.log")"
    tail -1 "$OUT/conform.log"
}

# one changed exchange among those that passed: the whole run must end with 1
a_deviation_that_passes_fails_the_run()
{
    sed -i '0,/"berichtId"/s//"berichtID-"/' "$OUT/play/all/asked-0002.json"
    ! node "$HERE/conform.mjs" "$OUT" "$SPECIFICATIONS" "$OUT/play/all" >"$OUT/changed.log" ||
        complain "a header that was taken away was not missed"
    rm "$OUT/play/all/"{told,answer}-*.json
    ! node "$HERE/conform.mjs" "$OUT" "$SPECIFICATIONS" "$OUT/play/all" --every \
        >>"$OUT/changed.log" || complain "an operation that nobody used was not missed"
    grep -q 'header berichtId is missing' "$OUT/changed.log" || complain "berichtId: not said"
    grep -q 'nobody used POST /notificaties' "$OUT/changed.log" || complain "unused: not said"
}

# Prism makes its answers from DUO's files and refuses (422) what does not fit them; it adds
# members of its own, which we must bear.
our_client_gets_on_with_a_stand_in_of_others()
{
    local port

    [[ $SPECIFICATIONS != "$OUT/tables" ]] || return 0 # it plays whole specifications only
    install_modules "$HERE/mock" "$OUT/mock" @stoplight/prism-cli ||
        { echo "SKIPPED: npm ci failed in mock: Prism played no DUO" && return; }
    rm -f "$OUT/mock/line"
    mkfifo "$OUT/mock/line"
    node "$HERE/mock/mock.mjs" "$OUT/mock" "$SPECIFICATIONS" \
        <"$OUT/mock/line" >"$OUT/mock/says" 2>&1 &
    exec 9>"$OUT/mock/line"
    for ((i = 0; i < 600; i++)); do
        ! grep -q '^port ' "$OUT/mock/says" || break
        kill -0 $! 2>/dev/null || break
        sleep 0.1
    done
    port=$(sed -n 's/^port //p' "$OUT/mock/says")
    if [[ -n $port ]]; then
        play prism "$port"
        echo "$(find "$OUT/prism/asked" -name '*.json' | wc -l) exchanges with Prism"
    else
        complain "Prism does not start: $(tail -n 5 "$OUT/mock/says")"
    fi
    exec 9>&-
    wait $! || true
}

need
install_modules "$HERE" "$OUT" ajv || skip "npm ci failed"
look_for_specifications
planted_deviations_are_found
all_that_passes_is_as_duo_specifies_it
a_deviation_that_passes_fails_the_run
our_client_gets_on_with_a_stand_in_of_others
exit $((FAILED > 0))
