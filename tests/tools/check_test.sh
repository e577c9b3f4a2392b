#!/usr/bin/env bash
# tools/check on a small project in which every house rule is broken once, and on a clean one.
set -euo pipefail

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
FAILED=0

complain()
{
    echo "FAILED: $*"
    FAILED=$((FAILED + 1))
}

# write FILE: standard input becomes that file
write()
{
    mkdir -p "$(dirname "$1")"
    cat >"$1"
}

# A clean project: one codec, and the checker without exceptions of its own.
make_project()
{
    mkdir -p "$1/tools" "$1/docs/decisions" && cd "$1"
    cp "$SOURCE/.clang-format" "$SOURCE/.clang-tidy" .
    cp "$SOURCE/docs/decisions/dependencies.md" docs/decisions/
    cp "$SOURCE/tools/setup" tools/
    sed "/^EXCEPTIONS='/,/^'/{/^EXCEPTIONS='/b;/^'/b;d}" "$SOURCE/tools/check" >tools/check
    chmod +x tools/check
    write codecs/good.h <<<'int good_answer(void);'
    write codecs/good.c <<'END'
#include "codecs/good.h"

int good_answer(void)
{
    return 42;
}
END
    write codecs/CMakeLists.txt <<<'add_library(codecs good.c)'
    compile codecs/good.c
}

# compile FILE...: objects and compile_commands.json, where CMake would put them
compile()
{
    local file object separator='['

    mkdir -p build/release/codecs/CMakeFiles/codecs.dir
    for file; do
        object=build/release/codecs/CMakeFiles/codecs.dir/$(basename "$file").o
        gcc -std=c17 -w -I. -c "$file" -o "$object"
        printf '%s\n{ "directory": "%s", "command": "gcc -I%s -c %s",\n  "file": "%s"\n}' \
            "$separator" "$PWD" "$PWD" "$file" "$PWD/$file"
        separator=,
    done >build/release/compile_commands.json
    echo ']' >>build/release/compile_commands.json
}

break_every_rule()
{
    write codecs/layout.c <<<'int layout_answer( void ) {return 42;}'
    write codecs/calls.c <<'END'
#include <stdlib.h>
#include <string.h>
/* strcpy(a, b) in a comment is no call */
void calls_make(char *to, const char *from);
void calls_make(char *to, const char *from)
{
    strcpy(to, "malloc(1) in a text is no call");
    free(malloc(1));
    goto end;
end:
    (void)from;
}
END
    write codecs/upward.c <<<'#include "gateway/outbox.h"'
    write codecs/pure.c <<<'#include <sqlite3.h>'
    write codecs/names.c <<<$'int other_noun;\nint names_fine;\nint NAMES_TABLE;'
    write codecs/lonely.h <<<'size_t lonely_size(void);'
    write codecs/forgotten.c <<<'int forgotten_answer;'
    write codecs/sql.c <<'END'
int sql_ask(void)
{
    return printf("SELECT * FROM t WHERE a = %s",
                  "x");
}
END
    write codecs/words.c <<<"/* TO""DO: finish; see /wor""k/main and /tm""p/x, DESIG""N.md */"
    printf 'int end_answer;' | write codecs/end.c
    {
        echo 'int long_answer(int n)'
        echo '{'
        for _ in {1..70}; do echo '    n++;'; done
        echo '    return n;'
        echo '}'
    } | write codecs/long.c
    printf 'int big_n%d;\n' {1..130} | write codecs/big.h
    {
        echo '/* clang-format off */'
        printf 'int wide_%0100d;\n' 1
        echo '/* clang-format on */'
    } | write codecs/wide.h
    write tools/script <<<$'#!/bin/bash\necho $1'
    sed -i 's/.shellcheck./shellcheck/' docs/decisions/dependencies.md
    compile codecs/{good,layout,calls,names,sql,long}.c
}

expect_findings()
{
    local expected

    while read -r expected; do
        grep -qF -- "$expected" report || complain "not found: $expected"
    done <<'END'
codecs/layout.c:1: not in the house layout: clang-format-14 -i codecs/layout.c
codecs/calls.c:7: strcpy() is banned
codecs/calls.c:8: malloc() is banned: use codecs/base/mem.h
codecs/calls.c:9: goto() is banned: return early
codecs/upward.c:1: codecs includes gateway/outbox.h: move what is needed down
codecs/pure.c:1: codecs includes sqlite3.h
codecs/names.c:1: public symbol other_noun does not start with names_
codecs/lonely.h:1: does not compile alone
codecs/forgotten.c:1: is in no CMakeLists.txt
codecs/sql.c:3: SQL put together by printing: prepare and bind
codecs/words.c:1: unfinished work
codecs/words.c:1: a path of one machine
codecs/words.c:1: a path in /tmp
codecs/words.c:1: a paper that is not in this project
codecs/end.c:0: the last line has no newline
codecs/long.c:1: function 'long_answer' exceeds recommended size
codecs/big.h:120: 130 lines where 120 are allowed
codecs/wide.h:2: table line of 110 columns
tools/script:2: Double quote
tools/setup:1: shellcheck has no reason in docs/decisions/dependencies.md
END
}

expect_no_finding()
{
    local absent

    for absent in codecs/good. codecs/calls.c:3: codecs/names.c:2: NAMES_TABLE; do
        ! grep -F -- "$absent" report || complain "found wrongly: $absent"
    done
}

# expect_exit STATUS COMMAND...
expect_exit()
{
    local status=0

    "${@:2}" >report 2>&1 || status=$?
    [[ $status == "$1" ]] || { complain "exit $status, not $1: ${*:2}" && cat report; }
}

a_clean_project_has_no_findings()
{
    make_project "$SCRATCH/clean"
    expect_exit 0 tools/check
    grep -q '^check: 0 findings in' report || complain "no summary: $(cat report)"
}

each_broken_rule_is_found()
{
    make_project "$SCRATCH/broken"
    break_every_rule
    expect_exit 1 tools/check
    expect_findings
    expect_no_finding
}

an_exception_must_except_something()
{
    make_project "$SCRATCH/exceptions"
    printf 'int good_more;' >>codecs/good.c
    sed -i "/^EXCEPTIONS='/r /dev/stdin" tools/check <<'END'
end     codecs/good.c  newline  a reason
end     codecs/  gone  a reason
END
    expect_exit 1 tools/check
    grep -qF 'exception end codecs/ gone excepts nothing' report || complain "$(cat report)"
    ! grep -F 'codecs/good.c:' report || complain "an exception did not except"
}

wrong_use_is_refused()
{
    make_project "$SCRATCH/wrong"
    expect_exit 64 tools/check --wrong
    expect_exit 66 tools/check build/nowhere
    grep -q 'is not built: cmake' report || complain "$(cat report)"
}

a_clean_project_has_no_findings
each_broken_rule_is_found
an_exception_must_except_something
wrong_use_is_refused
exit $((FAILED > 0))
