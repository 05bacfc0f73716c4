#!/usr/bin/env bats
# The documentation is tested: every command that a page shows is run, and what the
# pages list is held against the code.
#
# A ```console block of docs/*.md or README.md holds commands (lines that begin with
# `$ `) and what they print.  All commands of a page run one after the other in one
# empty folder.  `# exit N` at the end of a command, or on a line of its own behind it,
# says its exit status; without it that is 0.  What stands below a command is compared
# with its stdout and stderr: `...` stands for any text, and a command with nothing
# below it may print what it likes.  A block "```c NAME" is put into a file of that name.

load helper

setup_file() {
    export DOCS_ROOT="${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"
}

# A glob that matches the text and takes `...` for anything.
glob_of() {
    sed -e 's/[][\\*?]/\\&/g' -e 's/\.\.\./*/g'
}

# Prints nothing if command and output are as the page says.
check() {
    local place=$1 command=$2 want=$3 expected=$4 status=0 got pattern
    got=$(bash -c "$command" 2>&1 </dev/null) || status=$?
    if [ "$status" -ne "$want" ]; then
        echo "$place: exit status $status, not $want: $command"
        echo "$got"
        return
    fi
    [ -n "$expected" ] || return 0
    pattern=$(glob_of <<<"$expected")
    # shellcheck disable=SC2053 # it is a pattern
    [[ $got == $pattern ]] || echo "$place: $command prints
$got
where the page says
$expected"
}

# Runs a page's commands in the current folder; $ran counts them, stdout complains.
run_page() {
    local page=$1 name line number=0 inside=0 command='' place='' want=0 expected=''
    local file=''
    name=$(basename "$page")
    flush() {
        [ -z "$command" ] || check "$place" "$command" "$want" "${expected%$'\n'}"
        command='' expected='' want=0
    }
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        case $inside:$line in
        '0:```console') inside=1 ;;
        '0:```c '*)
            inside=2 file=${line#'```c '}
            : >"$file"
            ;;
        '2:```') inside=0 ;;
        2:*) printf '%s\n' "$line" >>"$file" ;;
        '1:```')
            flush
            inside=0
            ;;
        '1:$ '*)
            flush
            place=$name:$number command=${line#'$ '}
            if [[ $command =~ ^(.*[^ ])\ +'# exit '([0-9]+)$ ]]; then
                command=${BASH_REMATCH[1]} want=${BASH_REMATCH[2]}
            fi
            echo "$place" >>"$RAN"
            ;;
        '1:# exit '[0-9]*) want=${line#'# exit '} ;;
        1:*) expected+=$line$'\n' ;;
        esac
    done <"$page"
    [ "$inside" -eq 0 ] || echo "$name: a console block has no end"
}

# run_pages PAGE...: each in an empty folder of its own; fails if there were complaints.
run_pages() {
    local page complaints=$BATS_TEST_TMPDIR/complaints
    RAN=$BATS_TEST_TMPDIR/ran
    PATH="$(dirname "$HEDDLE"):$PATH"
    export RAN PATH
    : >"$RAN"
    for page in "$@"; do
        cd "$(mktemp -d -p "$BATS_TEST_TMPDIR")" || return 1
        run_page "$page"
    done >"$complaints"
    if [ -s "$complaints" ]; then
        cat "$complaints"
        return 1
    fi
}

# block LINE...: a console block, with whatever ends it.
block() {
    printf '%s\n' '```console' "$@"
}

@test "every command that a page shows does what the page says" {
    run_pages "$DOCS_ROOT"/docs/*.md "$DOCS_ROOT"/README.md
    # None of the pages that show commands lost them.
    for page in architecture formats strategy-{plan,random,pct,pos,dfs}; do
        grep -q "^$page.md:" "$RAN" || { echo "$page.md shows no command"; return 1; }
    done
}

@test "a page that is wrong is noticed" {
    block '$ false' '```' >status.md
    block '$ echo one two' 'one three' '```' >output.md
    block '$ true # exit 1' '$ true' '# exit 2' '```' >exits.md
    block '$ true' >open.md
    for page in status output exits open; do
        run run_pages "$BATS_TEST_TMPDIR/$page.md"
        [ "$status" -eq 1 ]
        [[ $output == *"$page.md:"* ]]
    done
}

@test "a page that is right passes" {
    {
        block '$ echo "a[1]* two"; echo; echo end' 'a[1]* ...' '...' 'end' \
            '$ exit 3 # exit 3' '$ false' '# exit 1' '```' '$ false'
        block '$ echo x y' 'x y' '```'
    } >right.md
    run_pages "$BATS_TEST_TMPDIR/right.md"
    [ "$(wc -l <"$RAN")" -eq 4 ]
}

@test "oracles.md has a paragraph for each class" {
    classes=$(sed -n 's/^ *X([A-Z_]*, "\([a-z-]*\)".*/\1/p' \
        "$DOCS_ROOT/include/heddle/class.h")
    [ "$(wc -l <<<"$classes")" -ge 19 ]
    for class in $classes; do
        grep -q "\*\*\`$class\`\*\*" "$DOCS_ROOT/docs/oracles.md" ||
            { echo "no paragraph for $class"; return 1; }
    done
}

@test "each strategy has a page, and strategies.md names it" {
    names=$(sed -n 's/^ *\.name = "\([a-z]*\)",$/\1/p' "$DOCS_ROOT"/src/strategy/*.c)
    [ "$(wc -l <<<"$names")" -ge 5 ]
    for name in $names; do
        [ -f "$DOCS_ROOT/docs/strategy-$name.md" ] || { echo "no page: $name"; return 1; }
        grep -q "(strategy-$name.md)" "$DOCS_ROOT/docs/strategies.md"
    done
}

@test "the manual has every command and every option" {
    manual=$DOCS_ROOT/docs/heddle.1
    commands=$("$HEDDLE" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
    [ "$(wc -w <<<"$commands")" -ge 7 ]
    for command in $commands; do
        # The command's own part of the manual.
        part=$(sed -n "/^\.Ss heddle $command\$/,/^\.S[sh] /p" "$manual")
        [ -n "$part" ] || { echo "no part for $command"; return 1; }
        for option in $("$HEDDLE" "$command" --help | sed -n 's/^  \(-[a-z-]*\) .*/\1/p'); do
            [ "$option" = --help ] || grep -Eq -e "Fl ${option#-}( |\$)" <<<"$part" ||
                { echo "heddle $command $option is not in heddle.1"; return 1; }
        done
    done
}

@test "every link between the pages leads somewhere" {
    links=0
    for page in "$DOCS_ROOT"/docs/*.md "$DOCS_ROOT"/README.md; do
        while read -r link; do
            links=$((links + 1))
            [ -e "$(dirname "$page")/$link" ] ||
                { echo "$page: no $link"; return 1; }
        done < <(grep -o '](\([^):#]*\))' "$page" | sed 's/^](//; s/)$//')
    done
    [ "$links" -ge 10 ]
}
