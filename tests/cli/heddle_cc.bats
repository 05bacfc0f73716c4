#!/usr/bin/env bats
# The compiler driver, by hand: each form in which a compiler is called.
# label: slow

bats_require_minimum_version 1.5.0
load helper
load cc_helper

# What most of these compile.
program() {
    cat >prog.c <<'END'
#include <pthread.h>
#include <stdio.h>
static int x;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static void *work(void *arg)
{
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&m);
        x++;
        pthread_mutex_unlock(&m);
    }
    return arg;
}
int main(void)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    printf("x is %d\n", x);
    return 0;
}
END
}

# refused TEXT COMMAND...: exit status 2, and one line on stderr that holds the text.
refused() {
    local text=$1
    shift
    split 2 "$@"
    [ "$(wc -l <err)" -eq 1 ] || { cat err; return 1; }
    grep -qF -e "$text" err || { cat err; return 1; }
    grep -q '^heddle-c[c+]*: ' err
}

# is_program FILE: prints what it should, and heddle is in it.
is_program() {
    [ "$("./$1")" = "x is 100" ]
    readelf -sW "$1" | grep -q 'FUNC *GLOBAL DEFAULT .* hd__program_begin$'
    readelf -SW "$1" | grep -q ' hd_text '
}

# calls FUNCTION FILE: how often the assembly text calls it.
calls() {
    grep -cE "call.*[[:space:]]$1(@PLT)?\$" "$2" || [ $? -eq 1 ]
}

@test "compiled and linked in one step, in each flavor" {
    program
    for flavor in none race asan tsan; do
        heddle-cc --heddle-flavor=$flavor -Wall -Wextra -Werror prog.c -o prog
        is_program prog
        nm --defined-only prog >symbols
        # What only the runtimes of ASan and TSan define, and what heddle does in front
        # of the latter; heddle's own functions for accesses.
        found=$(grep -oE ' (__tsan_read4|__wrap___tsan_read4|__tsan_switch_to_fiber|__asan_init)$' \
            symbols | LC_ALL=C sort -u | tr -d '\n')
        case $flavor in
        none) expected="" ;;
        race) expected=" __tsan_read4" ;;
        asan) expected=" __asan_init __tsan_read4" ;;
        tsan) expected=" __tsan_read4 __tsan_switch_to_fiber __wrap___tsan_read4" ;;
        esac
        [ "$found" = "$expected" ]
    done
}

@test "compiled and linked in two steps, without a warning" {
    program
    for flavor in none race asan tsan; do
        cc -Werror -Wall -c prog.c 2>err
        [ ! -s err ]
        cc -Werror -Wall prog.o -o prog -lpthread 2>err
        [ ! -s err ]
        is_program prog
    done
}

@test "race is the flavor if none is named, and the option wins over the environment" {
    program
    heddle-cc -S prog.c -o default.s
    HEDDLE_FLAVOR='' heddle-cc -S prog.c -o empty.s
    HEDDLE_FLAVOR=none heddle-cc -S --heddle-flavor=race prog.c -o option.s
    cmp default.s empty.s
    cmp default.s option.s
    [ "$(calls __tsan_write4 default.s)" -gt 0 ]
    HEDDLE_FLAVOR=none heddle-cc -S prog.c -o none.s
    [ "$(calls __tsan_write4 none.s)" -eq 0 ]
}

@test "several sources, and objects of other flavors' names, in one line" {
    cat >one.c <<'END'
int two(void);
int main(void)
{
    return two() - 2;
}
END
    echo 'int three; int two(void) { return 2 + three; }' >two.c
    heddle-cc one.c two.c -o both
    ./both
    heddle-cc -c one.c two.c
    heddle-cc one.o two.c -o both
    ./both
    heddle-cc one.o two.o
    ./a.out
}

@test "C++: one step, two steps, and by the extension of the file" {
    cat >prog.cpp <<'END'
#include <atomic>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
static std::mutex m;
static int x;
static std::atomic<int> y;
int main()
{
    auto f = [] {
        for (int i = 0; i < 25; i++) {
            std::lock_guard<std::mutex> held(m);
            x++;
            y++;
        }
    };
    std::thread a(f), b(f);
    a.join();
    b.join();
    try {
        throw std::string("x is ");
    } catch (const std::string &s) {
        std::cout << s << x + y << "\n";
    }
}
END
    for flavor in none race asan tsan; do
        cxx -std=c++17 -Wall -Werror prog.cpp -o prog
        is_program prog
        cxx -Werror -c prog.cpp
        cxx -Werror prog.o -o prog
        is_program prog
    done
    cc -c prog.cpp -o prog.o
    cc prog.o -lstdc++ -o prog
    is_program prog
}

@test "optimization is taken back, unless it is asked for" {
    echo 'int x; void f(void) { x++; x++; x++; }' >x.c
    for level in -O -O1 -O2 -O3 -Os -Oz -Og -Ofast; do
        heddle-cc $level -Wno-deprecated -S x.c -o x.s
        [ "$(calls __tsan_read4 x.s)" -eq 3 ]
        [ "$(calls __tsan_write4 x.s)" -eq 3 ]
    done
    HEDDLE_KEEP_O=1 heddle-cc -O2 -S x.c -o kept.s
    [ "$(calls __tsan_write4 kept.s)" -eq 1 ]
    heddle-cc --heddle-keep-O -O2 -S x.c -o option.s
    cmp kept.s option.s
    HEDDLE_KEEP_O=0 heddle-cc -O2 -S x.c -o zero.s
    cmp x.s zero.s
}

@test "other flags of the user count" {
    cat >x.c <<'END'
#ifdef NDEBUG
#error NDEBUG
#endif
#if __STDC_VERSION__ != 201112L
#error version
#endif
int x;
END
    heddle-cc -std=c11 -c x.c
    run ! heddle-cc -std=c11 -DNDEBUG -c x.c
    run ! heddle-cc -c x.c
    heddle-cc -std=c11 -g0 -c x.c
    run ! grep -q debug_info <(readelf -SW x.o)
}

@test "a check that the user takes from the sanitizer stays away" {
    cat >x.c <<'END'
int main(int argc, char **argv)
{
    int most = 0x7fffffff;
    return argv[0][0] == 0 || most + argc > 0;
}
END
    cc() { heddle-cc --heddle-flavor=asan -g "$@"; }
    cc x.c -o x
    run ! ./x
    cc -fno-sanitize=signed-integer-overflow x.c -o x
    ./x
    cc -fno-sanitize=signed-integer-overflow -c x.c
    cc -fno-sanitize=signed-integer-overflow x.o -o x
    ./x
}

@test "what works everywhere is no error of memory, unless the user asks for it" {
    cat >x.c <<'END'
#include <stdio.h>
struct pair { int first, second; };
static int takes_a_pointer(int *p) { return *p; }
int main(int argc, char **argv)
{
    int numbers[3] = {0};
    struct pair *nothing = argc > 99 ? (void *)argv : NULL;
    int *unaligned = (int *)((char *)numbers + argc);
    int (*other_type)(void *) = (int (*)(void *))takes_a_pointer;
    size_t offset = (char *)&nothing->second - (char *)nothing;
    return *unaligned + other_type(numbers) + (offset != sizeof(int));
}
END
    cc() { heddle-cc --heddle-flavor=asan -g "$@"; }
    cc x.c -o x
    ./x
    cc -c x.c
    cc x.o -o x
    ./x
    for check in alignment function null; do
        cc -fsanitize=$check x.c -o x
        run ! ./x
        cc -fsanitize=$check -c x.c
        cc -fsanitize=$check x.o -o x
        run ! ./x
    done
}

@test "a fortified C library does not warn, and its functions are seen" {
    printf '#include <string.h>\nvoid f(char *a, const char *b) { char t[9]; strcpy(t, b); strcpy(a, t); }\n' >x.c
    heddle-cc -O2 -D_FORTIFY_SOURCE=2 -Wp,-D_FORTIFY_SOURCE=2 -Wall -Werror -S x.c
    [ "$(calls strcpy x.s)" -eq 2 ]
}

@test "what stops before the linker: -E, -S, -M, -MM, -fsyntax-only, -c with -MD" {
    program
    heddle-cc -E prog.c | grep -q 'int main(void)'
    heddle-cc -E -dM - </dev/null | grep -q '__clang_major__ 19'
    heddle-cc -M prog.c | grep -q '^prog.o:.*prog.c'
    heddle-cc -MM prog.c >deps
    [ "$(cat deps)" = "prog.o: prog.c" ]
    heddle-cc -fsyntax-only prog.c
    heddle-cc -MMD -MF deps -MT here -c prog.c -o here.o
    [ "$(cat deps)" = "here: prog.c" ]
    [ -s here.o ]
}

@test "-x, standard input, and files without an ending" {
    program
    cp prog.c plain
    heddle-cc -x c plain -o prog
    is_program prog
    heddle-cc -xc - -o prog <prog.c
    is_program prog
    heddle-cc -x c plain -x none -o prog
    is_program prog
    heddle-cc -x c -c plain -o plain.o
    [ -s plain.o ]
}

@test "a header is compiled and not linked, and serves" {
    echo 'static inline int seven(void) { return 7; }' >seven.h
    echo 'int main(void) { return seven() - 7; }' >x.c
    heddle-cc seven.h -o seven.h.pch
    heddle-cc -include-pch seven.h.pch x.c -o x
    ./x
    heddle-cc -x c-header seven.h -o other.pch
    [ -s other.pch ]
}

@test "assembly goes through" {
    cat >six.s <<'END'
.globl six
six: mov $6, %eax
 ret
.section .note.GNU-stack,""
END
    sed -e '1i #define SEVEN 7' -e 's/six/seven/; s/6/SEVEN/' six.s >seven.S
    echo 'int six(void), seven(void); int main(void) { return 13 - six() - seven(); }' >x.c
    heddle-cc -Werror x.c six.s seven.S -o x 2>err
    [ ! -s err ]
    ./x
}

@test "response files: options, inputs, quotes, one inside the other, one that is not there" {
    mkdir 'a dir'
    program
    mv prog.c 'a dir/pro"g.c'
    cat >args.rsp <<'END'
-DNAME="two words" 'a dir/pro\"g.c'
   @more.rsp
END
    printf -- '-o\nprog\\ one -O2' >more.rsp
    heddle-cc @args.rsp
    is_program 'prog one'
    # -c in a file, and a quoted one that is part of a name.
    printf -- '-c "a dir/pro\\"g.c" -o prog.o' >c.rsp
    heddle-cc @c.rsp
    printf 'prog.o -o "x -c"' >link.rsp
    heddle-cc @link.rsp
    is_program 'x -c'
    # An option of ours.
    printf -- '--heddle-flavor=none -S "a dir/pro\\"g.c" -o none.s' >ours.rsp
    heddle-cc @ours.rsp
    [ "$(calls __tsan_write4 none.s)" -eq 0 ]
    run -1 heddle-cc @nothing.rsp
    [[ $output == *"@nothing.rsp"* ]]
    # Refusals look into it.
    echo "-static prog.o" >static.rsp
    refused -static heddle-cc @static.rsp
}

@test "paths with spaces, quotes and dollars; folders that other words name" {
    program
    mkdir -p "o'ne \"two\" \$x" -- -include
    echo '#define Y 1' >-include/y.h
    cp prog.c "o'ne \"two\" \$x/pr og.c"
    cd "o'ne \"two\" \$x"
    heddle-cc -I ../-include -include y.h 'pr og.c' -o 'pr og'
    is_program 'pr og'
    heddle-cc -c 'pr og.c' -o "p'r og.o"
    heddle-cc "p'r og.o" -o 'pr og'
    is_program 'pr og'
}

@test "questions are the compiler's to answer" {
    [ "$(heddle-cc --version | head -1)" = "$(clang-19 --version | head -1)" ]
    [ "$(heddle-c++ -dumpversion)" = "$(clang++-19 -dumpversion)" ]
    [ "$(heddle-cc -print-search-dirs)" = "$(clang-19 -print-search-dirs)" ]
    [ "$(heddle-cc -print-file-name=libc.so.6)" = "$(clang-19 -print-file-name=libc.so.6)" ]
    [ "$(heddle-cc -dumpmachine)" = "$(clang-19 -dumpmachine)" ]
    heddle-cc -v 2>&1 | grep -q 'clang version 19'
    run ! heddle-cc -V
    run ! heddle-cc
    [[ $output == *"no input files"* ]]
    echo 'int main(void) { return 0; }' >x.c
    heddle-cc '-###' x.c 2>&1 | grep -q '"-tsan-instrument-read-before-write=1"'
    heddle-cc -v x.c -o x 2>err
    grep -q libheddle.a err
}

@test "errors of the compiler and of the linker keep their status" {
    echo 'int main(void) { return nothing; }' >x.c
    split 1 heddle-cc x.c
    grep -q "use of undeclared identifier 'nothing'" err
    echo 'int f(void); int main(void) { return f(); }' >x.c
    split 1 heddle-cc x.c
    grep -q 'undefined symbol: f' err
    split 1 heddle-cc nowhere.c
    grep -q "no such file or directory: 'nowhere.c'" err
}

@test "what is refused is refused in one line" {
    program
    refused "there is no flavor fast: it is none, race, asan or tsan" \
        heddle-cc --heddle-flavor=fast prog.c
    HEDDLE_FLAVOR=Race refused "there is no flavor Race" heddle-cc -c prog.c
    refused "unknown option --heddle-flavour=race" heddle-cc --heddle-flavour=race prog.c
    refused "-static is not possible" heddle-cc -static prog.c
    refused "-static is not possible" heddle-c++ -static-pie prog.c
    refused "-fsanitize=thread does not go with flavor race" \
        heddle-cc -fsanitize=thread -c prog.c
    refused "-fsanitize=address does not go with flavor tsan" \
        heddle-cc --heddle-flavor=tsan -fsanitize=undefined,address prog.c
    [ ! -e a.out ]
    # What fits: the flavor's own, and a static object or library.
    heddle-cc --heddle-flavor=asan -fsanitize=address prog.c -o prog
    is_program prog
    heddle-cc --heddle-flavor=tsan -fsanitize=thread prog.c -o prog
    is_program prog
    heddle-cc -static -c prog.c
    heddle-cc -static-libgcc prog.c -o prog
    is_program prog
}

@test "-r and -nostdlib link without our parts" {
    program
    echo 'int y; void g(void) { y++; }' >y.c
    for flavor in none race asan tsan; do
        cc -c prog.c y.c
        cc -r prog.o y.o -o all.o
        run ! grep -q ' hd_text ' <(readelf -SW all.o)
        cc all.o -o prog
        is_program prog
        # Compiled in the same step.
        cc -r prog.c y.c -o all.o
        run ! grep -Eq ' hd_text | __asan_report_error$' <(readelf -SsW all.o)
        cc all.o -o prog
        is_program prog
    done
    flavor=none
    echo 'void _start(void) { for (;;) ; }' >start.c
    cc -nostdlib start.c -o bare
    run ! grep -q ' hd_text ' <(readelf -SW bare)
}

@test "the linker is the user's to choose" {
    program
    heddle-cc prog.c -o prog
    readelf -p .comment prog | grep -q LLD
    for flavor in none race asan tsan; do
        heddle-cc --heddle-flavor=$flavor -fuse-ld=bfd prog.c -o prog
        run ! grep -q LLD <(readelf -p .comment prog)
        is_program prog
    done
}

@test "a program has a build-id, is position independent, and exports what libraries need" {
    echo 'int main(void) { return 0; }' >x.c
    common="pthread_mutex_lock pthread_create sem_wait mtx_lock thrd_create tss_create
            hd_chan_send hd_benign_race"
    for flavor in none race asan tsan; do
        heddle-cc --heddle-flavor=$flavor x.c -o x
        readelf -n x | grep -q 'Build ID: [0-9a-f]\{16\}'
        readelf -h x | grep -q 'Type: *DYN'
        names=$common
        [ $flavor = none ] || names+=" __tsan_read4 __tsan_func_entry __wrap_memcpy __wrap_strlen"
        [ $flavor != tsan ] || names+=" __wrap___tsan_read4 __wrap___tsan_atomic32_load"
        readelf --dyn-syms -W x >symbols
        for name in $names; do
            # Ours, which are strong; the sanitizers' own pthread functions are weak.
            grep -qE "GLOBAL DEFAULT +[0-9]+ $name\$" symbols ||
                { echo "$flavor: $name is not exported"; return 1; }
        done
    done
}

@test "the manual has every option and every variable" {
    root=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}
    refused "unknown option" heddle-cc --heddle-help
    options=$(grep -oE -e '--heddle-[a-zA-Z-]+' err | sort -u | grep -v help)
    [ "$(wc -w <<<"$options")" -eq 4 ]
    for option in $options; do
        grep -q -e "^\.It Fl ${option#-}" "$root/docs/heddle-cc.1"
    done
    variables=$(grep -ohE '"HEDDLE_[A-Z_]+"' "$root"/src/cc/*.c | tr -d '"' | sort -u)
    [ "$(wc -w <<<"$variables")" -eq 4 ]
    for variable in $variables; do
        grep -qE "^\.It Ev (HEDDLE_CC , Ev )?$variable" "$root/docs/heddle-cc.1"
        grep -q "\`${variable}[=\`]" "$root/docs/heddle-cc.md"
    done
}

@test "<heddle/...> is found" {
    printf '#include <heddle/heddle.h>\n#include <heddle/fuzz.h>\n' >x.c
    heddle-cc -Wall -Werror -c x.c
    cp x.c x.cpp
    heddle-c++ -Wall -Werror -c x.cpp
}
