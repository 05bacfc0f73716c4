# Shared by the tests of heddle-cc, after helper.bash.

# The compilers are in PATH, and nothing around the test chooses for them.
setup_file() {
    export DIR="${HEDDLE_BUILD:-$(dirname "$(dirname "$HEDDLE")")}/bin"
    unset HEDDLE_FLAVOR HEDDLE_CC HEDDLE_CXX HEDDLE_KEEP_O
    PATH=$DIR:$PATH
}

# In the flavor of a loop.
# shellcheck disable=SC2154
cc() { heddle-cc --heddle-flavor="$flavor" "$@"; }
# shellcheck disable=SC2154
cxx() { heddle-c++ --heddle-flavor="$flavor" "$@"; }
