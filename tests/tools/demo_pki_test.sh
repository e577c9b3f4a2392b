#!/usr/bin/env bash
# tools/demo-pki: what it issues passes openssl's strictest verification, and what it should
# not issue it refuses.
set -euo pipefail

PKI=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools" && pwd -P)/demo-pki
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
cd "$SCRATCH"
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

# request FILE KEY-OPTIONS...: a request with the subject a municipality has
request()
{
    openssl req -new -noenc -utf8 -config /dev/null -keyout /dev/null -out "$1" \
        -subj '/C=NL/O=Gemeente Súdwest/CN=test/serialNumber=00000099000000001000' \
        "${@:2}" 2>/dev/null
}

# strictly PKI CERTIFICATE PURPOSE: does it pass with everything switched on?
strictly()
{
    openssl verify -x509_strict -check_ss_sig -crl_check_all -policy_check -auth_level 2 \
        -extended_crl -trusted "$1/root.pem" -CRLfile "$1/crl.pem" -purpose "$3" "$2" 2>&1
}

# says FILE TEXT: the certificate holds that text
says()
{
    openssl x509 -in "$1" -noout -text | grep -qF -- "$2" || complain "$1 does not say: $2"
}

# refused STATUS WORDS ARGUMENT...: that exit status, and these words to the operator
refused()
{
    local status=0 words

    words=$("$PKI" "${@:3}" 2>&1) || status=$?
    [[ $status == "$1" ]] || complain "exit $status, not $1: ${*:3}: $words"
    [[ $words == *"$2"* ]] || complain "'$words' does not say '$2'"
}

make_requests()
{
    request rsa.csr -newkey rsa:3072 -addext subjectAltName=DNS:localhost,IP:127.0.0.1
    request ec.csr -newkey ec -pkeyopt ec_paramgen_curve:P-256
    request small.csr -newkey rsa:2048
    request curve.csr -newkey ec -pkeyopt ec_paramgen_curve:secp256k1
    request greedy.csr -newkey ec -pkeyopt ec_paramgen_curve:P-256 \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
        -addext subjectAltName=DNS:localhost,email:a@example.org
}

what_is_issued_verifies_strictly()
{
    local kind purpose

    for kind in rsa ec; do
        "$PKI" init "pki $kind" --name "Root é/+= ($kind)" --key "$kind" >/dev/null
        "$PKI" crl "pki $kind" --out "pki $kind/crl.pem" >/dev/null
        for purpose in tls-server tls-client ondertekenen verzegelen; do
            "$PKI" issue "pki $kind" rsa.csr --purpose $purpose --out "$kind-$purpose.pem" \
                >/dev/null
            strictly "pki $kind" "$kind-$purpose.pem" any || complain "$kind $purpose"
        done
        strictly "pki $kind" "$kind-tls-server.pem" sslserver || complain "$kind sslserver"
        strictly "pki $kind" "$kind-tls-server.pem" sslclient || complain "$kind sslclient"
    done
    says rsa-tls-server.pem 'TLS Web Server Authentication, TLS Web Client Authentication'
    says rsa-tls-server.pem 'DNS:localhost, IP Address:127.0.0.1'
    says rsa-tls-server.pem 'serialNumber = 00000099000000001000'
    says rsa-ondertekenen.pem 'Digital Signature'
    says rsa-verzegelen.pem 'Key Encipherment'
}

an_ec_key_seals_by_agreement()
{
    "$PKI" issue 'pki ec' ec.csr --purpose verzegelen --out agreement.pem >/dev/null
    says agreement.pem 'Key Agreement'
}

a_request_cannot_ask_for_more_than_names()
{
    "$PKI" issue 'pki ec' greedy.csr --purpose ondertekenen --out greedy.pem >/dev/null
    says greedy.pem 'CA:FALSE'
    ! openssl x509 -in greedy.pem -noout -text | grep -E 'Certificate Sign|DNS:' ||
        complain "a request got what it asked for"
}

serial_numbers_differ()
{
    local serials

    serials=$(for file in ./*.pem pki*/root.pem; do
        openssl x509 -in "$file" -noout -serial
    done | sort | uniq -d)
    [[ -z $serials ]] || complain "twice: $serials"
}

revoked_is_revoked()
{
    "$PKI" revoke 'pki rsa' rsa-tls-client.pem
    strictly 'pki rsa' rsa-tls-client.pem any >/dev/null || complain "revoked before the CRL"
    "$PKI" crl 'pki rsa' --out 'pki rsa/crl.pem' >/dev/null
    [[ $(strictly 'pki rsa' rsa-tls-client.pem any) == *'certificate revoked'* ]] ||
        complain "revoked, and still accepted"
    strictly 'pki rsa' rsa-tls-server.pem any >/dev/null || complain "its neighbour is refused"
    refused 65 'Already revoked' revoke 'pki rsa' rsa-tls-client.pem
}

a_moved_authority_still_works()
{
    mv 'pki ec' moved
    "$PKI" crl moved --out moved/crl.pem >/dev/null
    strictly moved ec-ondertekenen.pem any >/dev/null || complain "moved: not accepted"
}

what_should_not_be_is_refused()
{
    refused 73 'authority already' init moved --name x --key ec
    refused 64 'rsa or ec' init other --name x --key dsa
    refused 64 '--name is missing' init other --key ec
    refused 64 'unknown option: --force' init other --name x --key ec --force 1
    refused 64 'unknown command' sign moved
    refused 66 'is no authority' crl nowhere --out x.pem
    refused 66 'cannot be read' issue moved nothing.csr --purpose verzegelen --out x.pem
    refused 64 '--purpose is one of: tls-server' issue moved ec.csr --purpose all --out x.pem
    refused 65 'names no host: add --san' issue moved ec.csr --purpose tls-server --out x.pem
    refused 65 'DNS:name or IP:address' issue moved greedy.csr --purpose tls-server --out x.pem
    refused 65 'at least 3072 bits, not 2048' issue moved small.csr --purpose verzegelen \
        --out x.pem
    refused 65 'neither RSA nor P-256' issue moved curve.csr --purpose verzegelen --out x.pem
    refused 64 'number of days' issue moved ec.csr --purpose verzegelen --days 0 --out x.pem
    refused 65 'is not from moved' revoke moved rsa-ondertekenen.pem
    refused 66 'is no certificate' revoke moved ec.csr
    [[ ! -e x.pem && ! -e other ]] || complain "a refusal left something behind"
}

make_requests
what_is_issued_verifies_strictly
an_ec_key_seals_by_agreement
a_request_cannot_ask_for_more_than_names
serial_numbers_differ
revoked_is_revoked
a_moved_authority_still_works
what_should_not_be_is_refused
exit $((FAILED > 0))
