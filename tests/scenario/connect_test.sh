#!/usr/bin/env bash
# docs/connect.md, followed by somebody who has never seen this before: two gateways, and every
# block of the page run as it stands there, in order. As root the reader is another user, with
# the role of a klantregisseur, and cannot enter the homes.
set -euo pipefail

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=$1
PKI=$SOURCE/tools/demo-pki
SCRATCH=$(mktemp -d)
READER=daemon
DAEMONS=()
FAILED=0

# shellcheck disable=SC2317 # it is the trap
finish()
{
    ((${#DAEMONS[@]} == 0)) || kill "${DAEMONS[@]}" 2>/dev/null || true
    wait
    rm -rf "$SCRATCH"
}
trap finish EXIT
cd "$SCRATCH"
chmod 755 .

estafette()
{
    "$BUILD/tools/estafette" "$@"
}

free_port()
{
    local port

    while port=$((10240 + RANDOM % 20000)); do
        (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# What the page says of [local] and [rollen], in these homes.
let_the_reader_in()
{
    mkdir -m 700 "sockets-$1"
    sed -i "s|^;sockets = .*|sockets = $SCRATCH/sockets-$1|" "$1/estafette.ini"
    ((EUID != 0)) ||
        sed -i "s|^;klantregisseur = .*|klantregisseur = $READER|" "$1/estafette.ini"
}

# make_home name OIN gemeentecode Naam
make_home()
{
    local port purpose

    port=$(free_port)
    "$PKI" init "pki-$1" --name "Root $4" --key ec
    "$PKI" crl "pki-$1" --out "pki-$1/crl.pem"
    estafette -C "$1" init --oin "$2" --naam "Gemeente $4" --gemeentecode "$3" --key ec \
        --omgeving test --listen "127.0.0.1:$port" --endpoint "https://127.0.0.1:$port"
    for purpose in tls-server ondertekenen verzegelen; do
        "$PKI" issue "pki-$1" "$1/certificates/$purpose.csr" --purpose "$purpose" \
            --out "$1-$purpose.pem"
    done
    let_the_reader_in "$1"
}

# trust_and_start name other
trust_and_start()
{
    local authority purpose tries=0

    for authority in "$1" "$2"; do
        estafette -C "$1" trust add "pki-$authority/root.pem"
        estafette -C "$1" trust crl "pki-$authority/crl.pem"
    done
    for purpose in tls-server ondertekenen verzegelen; do
        estafette -C "$1" certificate install "$1-$purpose.pem"
    done
    "$BUILD/gateway/estafetted" -C "$1" 2>"$1.log" &
    DAEMONS+=($!)
    until estafette -C "$1" status; do
        tries=$((tries + 1))
        ((tries < 500)) || { cat "$1.log" && exit 1; }
        sleep 0.02
    done
}

# introduce name other
introduce()
{
    local fingerprint

    estafette -C "$2" peer card --out "$2.kaart.xml"
    fingerprint=$(estafette -C "$2" --json peer card |
        sed -n 's/^ *"fingerprint": "\([0-9a-f]*\)".*/\1/p')
    estafette -C "$1" peer add "$2.kaart.xml" --fingerprint "$fingerprint"
}

build_the_world()
{
    make_home almelo 00000099000000001000 0141 Almelo
    make_home utrecht 00000099000000002000 0344 Utrecht
    trust_and_start almelo utrecht
    trust_and_start utrecht almelo
    introduce almelo utrecht
    introduce utrecht almelo
    estafette -C almelo peer ping Utrecht
    estafette -C utrecht peer ping Almelo
}

# What a vendor has: the command, the example, a dossier, a folder of his own.
set_the_desk()
{
    mkdir bin desk
    cp "$BUILD/tools/estafette" bin
    cp "$SOURCE/docs/examples/estafette.py" bin
    cp "$SOURCE/tests/golden/dossiers/gezinsmigrant.xml" desk/dossier.xml
    chmod -R a+rX bin desk
    ((EUID != 0)) || chown -R "$READER" desk
}

as_reader()
{
    local who=()

    ((EUID != 0)) || who=(setpriv --reuid="$READER" --regid="$READER" --clear-groups)
    (cd desk && env -i PATH="$SCRATCH/bin:/usr/local/bin:/usr/bin:/bin" \
        PYTHONPATH="$SCRATCH/bin" LC_ALL=C.UTF-8 \
        PYTHONDONTWRITEBYTECODE=1 ESTAFETTE_HOME="$SCRATCH/sockets-$AT" "${who[@]}" "$@")
}

# Blocks of shell and Python to block-NN.LANGUAGE.PLACE, in the order of the page.
take_blocks()
{
    awk '
    match($0, /^<!-- at: [a-z]+ -->$/) { place = $3 }
    /^```$/ && out { close(out); out = ""; next }
    /^```(sh|python)$/ {
        out = sprintf("block-%02d.%s.%s", ++count, substr($0, 4), place ? place : "almelo")
        place = ""; next
    }
    out { print > out }' "$SOURCE/docs/connect.md"
}

# What was sent has arrived, before the reader looks there.
arrive()
{
    local tries=0

    until estafette -C utrecht --json overdracht list | grep -q '"ontvangen"'; do
        tries=$((tries + 1))
        ((tries < 500)) || { cat almelo.log utrecht.log && return 1; }
        sleep 0.02
    done
}

# Nothing is on its way any more: the same person may be sent again.
settle()
{
    local tries=0

    while estafette -C almelo --json outbox list | grep -q '"state": "\(queued\|sending\)"'; do
        tries=$((tries + 1))
        ((tries < 500)) || { cat almelo.log utrecht.log && return 1; }
        sleep 0.02
    done
}

run_block()
{
    local language

    AT=${1##*.} language=${1#*.} language=${language%.*}
    chmod a+r "$1"
    settle
    [[ $AT != utrecht ]] || arrive
    case $language in
    sh) as_reader bash -euo pipefail "../$1" ;;
    python) as_reader /usr/bin/python3 -W error "../$1" ;;
    esac >"$1.out" 2>&1 || {
        echo "FAILED: $1"
        cat "$1" "$1.out"
        FAILED=$((FAILED + 1))
    }
}

# block words...: the output of a block has them
says()
{
    grep -qF -- "$2" "$1".*.out || {
        echo "FAILED: $1 does not say: $2"
        cat "$1".*.out
        FAILED=$((FAILED + 1))
    }
}

if ((EUID == 0)) && ! command -v setpriv >/dev/null; then
    echo "SKIPPED: no setpriv" && exit 0
fi
[[ -x /usr/bin/python3 ]] || { echo "SKIPPED: no /usr/bin/python3" && exit 0; }
build_the_world >setup.log 2>&1 || { cat setup.log && exit 1; }
set_the_desk
take_blocks
for block in block-*; do
    run_block "$block"
done
COUNT=$(find . -name 'block-*.out' | wc -l)
says block-02 'Gemeente Almelo'
says block-08 'Proefpersoon'
says block-08 'nothing more happens'
says block-09 'overgenomen'
says block-11 'unknown - no handover ffffffff'
says block-12 '"size"'
[[ $COUNT == 12 ]] || { echo "FAILED: $COUNT blocks" && FAILED=$((FAILED + 1)); }
echo "connect: $COUNT blocks of docs/connect.md, $FAILED failed"
exit $((FAILED > 0))
