#!/usr/bin/env bash
# duosim, the program: made with flags, run, spoken to, asked over TLS, stopped and started.
set -euo pipefail

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
DUOSIM=$1/tools/duosim
PKI=$SOURCE/tools/demo-pki
SCRATCH=$(mktemp -d)
cd "$SCRATCH"
FAILED=0
DUO=00000004000000044000
ALMELO=00000001002220647000
BSN=999990019
RUNNING=

trap '[[ -z $RUNNING ]] || kill "$RUNNING" 2>/dev/null; rm -rf "$SCRATCH"' EXIT

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

# certificate NAME OIN: NAME.pem and NAME.key under pki-NAME
certificate()
{
    "$PKI" init "pki-$1" --name "Root $1" --key ec >/dev/null
    "$PKI" crl "pki-$1" --out "pki-$1/crl.pem" >/dev/null
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -config /dev/null \
        -keyout "$1.key" -out "$1.csr" -subj "/O=$1/CN=localhost/serialNumber=$2" 2>/dev/null
    "$PKI" issue "pki-$1" "$1.csr" --purpose tls-server --san IP:127.0.0.1 --out "$1.pem" \
        >/dev/null
}

free_port()
{
    local port
    while port=$((10240 + RANDOM % 20000)); do
        (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# start: runs it and waits until it takes commands
start()
{
    local tries=0

    "$DUOSIM" run duo 2>>log &
    RUNNING=$!
    until echo today | "$DUOSIM" say duo >/dev/null 2>&1; do
        tries=$((tries + 1))
        if ((tries > 500)) || ! kill -0 "$RUNNING" 2>/dev/null; then
            cat log && exit 1
        fi
        sleep 0.02
    done
}

stop()
{
    kill "$RUNNING"
    wait "$RUNNING" || complain "it ended with $?"
    RUNNING=
}

# says WORDS COMMAND: the answer to the command holds those words
says()
{
    local answer

    answer=$("$DUOSIM" say duo <<<"$2" 2>&1) || true
    [[ $answer == *"$1"* ]] || complain "'$2' says '$answer', not '$1'"
}

# refused STATUS WORDS ARGUMENT...
refused()
{
    local status=0 words

    words=$("$DUOSIM" "${@:3}" </dev/null 2>&1) || status=$?
    [[ $status == "$1" ]] || complain "exit $status, not $1: ${*:3}: $words"
    [[ $words == *"$2"* ]] || complain "'$words' does not say '$2'"
}

# ask PATH: the answer as it comes over TLS
ask()
{
    printf 'GET /v1/%s HTTP/1.1\r\nHost: duo\r\nbron: %s\r\ndoel: %s\r\n%s\r\n%s\r\n\r\n' \
        "$1" $ALMELO $DUO 'berichtId: 2f0c4d2e-6a51-4c0e-9b1a-3e4d5c6b7a89' \
        'Connection: close' |
        openssl s_client -quiet -connect "127.0.0.1:$PORT" -cert almelo.pem \
            -key almelo.key -CAfile pki-duo/root.pem -verify_return_error 2>/dev/null
}

make()
{
    certificate duo $DUO
    certificate almelo $ALMELO
    PORT=$(free_port)
    "$DUOSIM" init duo --oin $DUO --listen "127.0.0.1:$PORT" --certificate duo.pem \
        --key duo.key --anchor pki-almelo/root.pem --crl pki-almelo/crl.pem \
        --gemeente "0141,$ALMELO," --retry-ms 50
    [[ $(stat -c %a duo) == 700 ]] || complain "the folder is open to others"
}

play()
{
    local answer

    start
    says 2026-03-02 'today 2026-03-02'
    says '' "person {\"bsn\":\"$BSN\",\"gemeentecode\":\"0141\",\"vestiging\":\"2024-01-10\"}"
    says SCOPE-3 "scope $BSN 0141"
    says 'nobody has that BSN' 'show 999990020'
    says 'unknown command' dance
    says 'PIP-12' rules
    answer=$(ask instellingen)
    [[ $answer == *'200 OK'*'API-Version: 1.2.0'*Taalhuis* ]] || complain "asked: $answer"
    answer=$(ask "personen/$BSN/PIP")
    [[ $answer == *'404 Not Found'* ]] || complain "asked: $answer"
    refused 78 'already' run duo
    stop
    start
    says $BSN persons # the state was on disk
    stop
    ! grep -q "$BSN" log || complain "the log holds a BSN"
}

make
play
refused 69 'no stand-in runs' say duo
refused 64 'needed' init duo
refused 64 'CODE,OIN,URL' init other --gemeente 0141
refused 64 'not init, run or say' dance duo
refused 78 'oin' init other --certificate duo.pem --key duo.key --listen 127.0.0.1:0
refused 66 'No such file' run nowhere
[[ $("$DUOSIM" --help) == *duplicate-keys* ]] || complain "--help tells of no misbehaviour"
exit $((FAILED > 0))
