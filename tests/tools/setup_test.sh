#!/usr/bin/env bash
# tools/setup with a Debian that is made of three small scripts: what it asks for, and when.
set -euo pipefail

SETUP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../tools" && pwd -P)/setup
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
chmod 755 "$SCRATCH"
cd "$SCRATCH"
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

# A machine: `have` lists "package version", `archive` what apt-get can give after an update.
# What apt-get was asked is kept in `asked`.
make_machine()
{
    mkdir -p bin
    cat >bin/dpkg-query <<'END'
#!/bin/sh
sed 's/^/ii  /' have
exit 1
END
    cat >bin/apt-get <<'END'
#!/bin/sh
echo "$*" >>asked
case $1 in
update) touch updated ;;
install) [ ! -e updated ] || cat archive >>have ;;
esac
END
    cp "$SETUP" setup
    chmod 755 bin/* setup
}

# machine_has PATTERN: all packages in a version of the far future, but those that match
machine_has()
{
    rm -f updated asked archive
    "$SETUP" --list | grep -vE "^($1)\$" | sed 's/$/ 999/' >have
    touch asked archive
    chmod 666 have asked archive
}

# exits STATUS ARGUMENT...: as root, or as whoever runs the test
exits()
{
    local status=0

    PATH=$SCRATCH/bin:$PATH ./setup "${@:2}" >words 2>&1 || status=$?
    [[ $status == "$1" ]] || complain "exit $status, not $1: setup ${*:2}: $(cat words)"
}

says()
{
    grep -qF -- "$1" words || complain "'$(cat words)' does not say '$1'"
}

nothing_missing_means_nothing_done()
{
    machine_has none
    exits 0
    [[ ! -s words && ! -s asked ]] || complain "it was busy: $(cat words asked)"
}

what_is_missing_is_named()
{
    machine_has 'strace|libxml2-dev'
    exits 1 --check
    says 'missing: libxml2-dev strace'
    exits 1 --check --run
    says 'missing: libxml2-dev'
    machine_has none
    sed -i 's/^libssl-dev .*/libssl-dev 3.0.17-1~deb12u2/' have
    exits 1 --check
    says 'missing: libssl-dev'
}

without_root_it_prints_the_line_to_run()
{
    local status=0 user=()

    ((EUID != 0)) || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    machine_has 'strace'
    PATH=$SCRATCH/bin:$PATH "${user[@]}" ./setup >words 2>&1 || status=$?
    [[ $status == 77 ]] || complain "exit $status, not 77"
    says 'apt-get update && apt-get install --yes --no-install-recommends strace'
    [[ ! -s asked ]] || complain "apt-get was asked: $(cat asked)"
}

the_lists_are_refreshed_only_when_that_is_needed()
{
    machine_has 'strace'
    echo 'strace 6.1' >archive
    touch updated
    exits 0
    ! grep -q update asked || complain "updated without need"
    machine_has 'strace'
    echo 'strace 6.1' >archive
    exits 0
    [[ $(grep -c . asked) == 3 ]] || complain "install, update, install; not: $(cat asked)"
    machine_has 'strace'
    exits 1
    says "absent or too old even now"
}

# The test that looks at pages skips without them.
what_only_one_test_looks_with_may_lack()
{
    machine_has 'poppler-utils'
    exits 0
    says 'without poppler-utils nobody looks at the page'
    exits 0 --check
    exits 0 --run
    [[ ! -s words ]] || complain "it is none of --run: $(cat words)"
}

wrong_use_is_refused()
{
    exits 64 --everything
    says 'unknown argument: --everything'
}

make_machine
nothing_missing_means_nothing_done
what_is_missing_is_named
without_root_it_prints_the_line_to_run
((EUID != 0)) || the_lists_are_refreshed_only_when_that_is_needed
what_only_one_test_looks_with_may_lack
wrong_use_is_refused
exit $((FAILED > 0))
