/*
 * What C11's atomics and fences order (C17, 5.1.2.4 and 7.17.4), as heddle's race
 * detector sees it; and the annotations of tsan_interface.h.  Each rule with the
 * case that is ordered and its neighbour that is not.
 */
#include "race_script.h"

/* What is expected where task 2 reads, or task 3, what task 1 wrote. */
#define TWO "2 read, 1 write; "
#define THREE "3 read, 1 write; "

static void a_release_store_and_an_acquire_load(void **state)
{
    (void)state;
    static const char store[] = "lbs", load[] = "cabs", all[] = "rcalbs";
    char text[32];
    for (size_t i = 0; i + 1 < sizeof all; i++)
        for (size_t k = 0; k + 1 < sizeof all; k++) {
            snprintf(text, sizeof text, "1w 1s%c 2l%c 2r", all[i], all[k]);
            bool ordered = strchr(store, all[i]) && strchr(load, all[k]);
            expect_races(text, ordered ? "" : TWO);
        }
}

static void the_side_that_comes_first_learns_nothing(void **state)
{
    (void)state;
    expect_races("2la 1w 1sl 2r", TWO); /* loaded before it was stored */
    expect_races("1sl 1w 2la 2r", TWO); /* written after it was stored */
    expect_races("1w 2r 1sl 2la", TWO); /* too early, and then in order */
    expect_races("1w 1sl 2La 2r", TWO); /* another object */
    expect_races("1sl 2la 2w 1r", "1 read, 2 write; "); /* the other way */
}

static void order_is_transitive(void **state)
{
    (void)state;
    expect_races("1w 1sl 2la 2Sl 3La 3r", "");
    expect_races("1w 1sl 2lr 2Sl 3La 3r", THREE);
    expect_races("1w 1sl 2la 2Sr 3La 3r", THREE);
}

static void a_read_modify_write_continues_a_sequence(void **state)
{
    (void)state;
    expect_races("1w 1sl 2xr 3la 3r", "");
    expect_races("1w 1sl 2xr 2xr 3la 3r", "");
    expect_races("1w 1sl 2crr 3la 3r", ""); /* so does a compare and swap */
    expect_races("1w 1sl 2xr 2r", TWO);     /* it learns nothing itself */
}

static void a_store_of_another_task_ends_it(void **state)
{
    (void)state;
    expect_races("1w 1sl 2sr 3la 3r", THREE);
    expect_races("1w 1sl 2sl 3la 3r", THREE);
    expect_races("1w 1sl 2la 2sl 3la 3r", "");    /* it hands on what it knows */
    expect_races("1w 1sl 2sr 1sr 3la 3r", THREE); /* interrupted for good */
    expect_races("1w 1sl 2drr 3la 3r", "");       /* a failed one stores nothing */
}

static void a_relaxed_store_of_the_same_task_continues_it(void **state)
{
    (void)state;
    expect_races("1w 1sl 1sr 3la 3r", "");
    expect_races("1w 1sl 2xr 1sr 3la 3r", "");
    expect_races("1sl 1w 1sr 3la 3r", THREE); /* but adds nothing to it */
    expect_races("1w 1xl 1sr 3la 3r", "");    /* headed by a read-modify-write */
}

static void several_heads(void **state)
{
    (void)state;
    expect_races("1w 2W 1xl 2xl 3la 3r 3R", "");
    expect_races("1w 2W 1xl 2xr 3la 3r 3R", "3 read, 2 write; ");
    /* A store keeps the sequence of its own task alone. */
    expect_races("1w 2W 1xl 2xl 2sr 3la 3R 3r", THREE);
    expect_races("1w 2W 1xl 2xl 1sr 3la 3r 3R", "3 read, 2 write; ");
    expect_races("1w 1xl 2xl 2sr 3xl 2la 2r", TWO); /* also beside a later one */
    /* One that has learnt the others stands for them. */
    expect_races("1w 1xl 2xb 2sr 3la 3r", "");
    expect_races("1w 1xl 2xl 2sr 3la 3r", THREE);
    expect_races("1w 1xl 2W 2xb 1W 1xl 3la 3r", "1 write, 2 write; ");
}

static void a_refcount(void **state)
{
    (void)state;
    expect_races("1r 1xl 2r 2xl 3xa 3w", "");
    expect_races("1r 1xl 2r 2xl 3xr 3fa 3w", "");
    expect_races("1r 1xl 2r 2xl 3xr 3w", "3 write, 2 read; 3 write, 1 read; ");
    expect_races("1r 1xl 2r 2xr 3xa 3w", "3 write, 2 read; ");
}

static void a_compare_and_swap(void **state)
{
    (void)state;
    expect_races("1w 1cla 2la 2r", "");
    expect_races("1w 1sl 2car 2r", "");
    expect_races("1w 1sl 2cra 2r", TWO); /* the order of the failure is not used */
    expect_races("1w 1sl 2dra 2r", "");
    expect_races("1w 1sl 2dar 2r", TWO);
    expect_races("1w 1dla 2la 2r", TWO); /* a failed one releases nothing */
}

static void an_acquire_fence(void **state)
{
    (void)state;
    expect_races("1w 1sl 2lr 2fa 2r", "");
    expect_races("1w 1sl 2lr 2fb 2r", "");
    expect_races("1w 1sl 2lr 2fs 2r", "");
    expect_races("1w 1sl 2lr 2fl 2r", TWO);
    expect_races("1w 1sl 2fa 2lr 2r", TWO); /* before the load */
    expect_races("1w 1sl 2lr 2r 2fa", TWO); /* after the access */
    expect_races("1w 1sl 2Lr 2fa 2r", TWO); /* of another object */
    expect_races("1w 1sl 2xr 2fa 2r", "");  /* what it read counts as well */
    expect_races("1w 1sl 2drr 2fa 2r", "");
    expect_races("1w 1sl 2lr 2fa 2Sl 3La 3r", "");       /* and is handed on */
    expect_races("1w 2W 1sl 2Sl 3lr 3Lr 3fa 3r 3R", ""); /* several loads */
}

static void a_release_fence(void **state)
{
    (void)state;
    expect_races("1w 1fl 1sr 2la 2r", "");
    expect_races("1w 1fb 1sr 2la 2r", "");
    expect_races("1w 1fs 1sr 2la 2r", "");
    expect_races("1w 1fa 1sr 2la 2r", TWO);
    expect_races("1fl 1w 1sr 2la 2r", TWO); /* written after the fence */
    expect_races("1w 1sr 1fl 2la 2r", TWO); /* stored before it */
    expect_races("1w 1fl 1xr 2la 2r", "");
    expect_races("1w 1fl 1crr 2la 2r", "");
    expect_races("1w 1fl 1drr 2la 2r", TWO);   /* that stores nothing */
    expect_races("1w 1fl 1sr 1Sr 2La 2r", ""); /* any store after it */
    expect_races("1w 1fl 1sr 2xr 3la 3r", ""); /* a sequence like another */
    expect_races("1w 1fl 1sr 2sr 3la 3r", THREE);
    expect_races("1w 1fl 2W 2xl 1xr 3la 3r 3R", ""); /* beside another head */
}

static void two_fences(void **state)
{
    (void)state;
    expect_races("1w 1fl 1sr 2lr 2fa 2r", "");
    expect_races("1w 1fs 1sr 2lr 2fs 2r", "");
    expect_races("1w 1fs 2fs 2r", TWO); /* alone they order nothing */
    expect_races("1w 1fs 1sr 2fs 2r", TWO);
    expect_races("1w 1fs 2lr 2fs 2r", TWO);
}

static void atomics_that_overwrite_plain_values(void **state)
{
    (void)state;
    expect_races("1p 1Sl 2La 2sr", "");
    expect_races("1p 2sr", "2 atomic write, 1 write; ");
    expect_races("1p 1sl 2la", ""); /* the load is behind what it acquires */
    expect_races("1p 1sl 2lr", "2 atomic read, 1 write; ");
    expect_races("1p 1sl 2xa", "");
    expect_races("1p 1sl 2xl", "2 atomic write, 1 write; ");
    /* A failed compare and swap only reads. */
    expect_races("2drr 3la", "");
    expect_races("2drr 3p", "3 write, 2 atomic read; ");
    expect_races("1p 2drr", "2 atomic read, 1 write; ");
}

/* ---- annotations ---- */

static void acquire_and_release(void **state)
{
    (void)state;
    expect_races("1w 1+ 2- 2r", "");
    expect_races("1w 2- 1+ 2r", TWO);
    expect_races("1+ 1w 2- 2r", TWO);
    expect_races("1w 2W 1+ 2+ 3- 3r 3R", ""); /* releases add up */
}

static void a_mutex_of_the_programs_own(void **state)
{
    (void)state;
    expect_races("1( 1w 1) 2( 2r 2)", "");
    expect_races("1( 1w 1) 2? 2r", TWO); /* the lock was not taken */
    expect_races("1( 1) 1w 2( 2r 2)", TWO);
    /* How it is made counts for nothing. */
    expect_races("1w 2[ 2r 2] 2R", "");
    expect_races("1w 1Sl 2[ 2La 2] 2r", TWO);
    expect_races("1w 1Sl 2La 2r", "");
}

static void ignored_accesses(void **state)
{
    (void)state;
    expect_races("1{ 1w 1} 2r", "");
    expect_races("1w 2{ 2r 2}", "");
    expect_races("1{ 1{ 1} 1w 1} 2r", ""); /* they nest */
    expect_races("1{ 1} 1w 2r", TWO);
    expect_races("1} 1w 2r", TWO); /* one too many is none */
    expect_races("1} 1{ 1w 1} 2r", "");
    expect_races("1{ 2w 3r 1}", "3 read, 2 write; "); /* for one task alone */
    expect_races("1w 1{ 1sl 1} 2{ 2la 2} 2r", "");    /* but atomics do order */
    expect_races("1{ 1w 2r", ""); /* never ended: it ends with the execution */
    expect_races("1w 2r", TWO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_release_store_and_an_acquire_load),
        cmocka_unit_test(the_side_that_comes_first_learns_nothing),
        cmocka_unit_test(order_is_transitive),
        cmocka_unit_test(a_read_modify_write_continues_a_sequence),
        cmocka_unit_test(a_store_of_another_task_ends_it),
        cmocka_unit_test(a_relaxed_store_of_the_same_task_continues_it),
        cmocka_unit_test(several_heads),
        cmocka_unit_test(a_refcount),
        cmocka_unit_test(a_compare_and_swap),
        cmocka_unit_test(an_acquire_fence),
        cmocka_unit_test(a_release_fence),
        cmocka_unit_test(two_fences),
        cmocka_unit_test(atomics_that_overwrite_plain_values),
        cmocka_unit_test(acquire_and_release),
        cmocka_unit_test(a_mutex_of_the_programs_own),
        cmocka_unit_test(ignored_accesses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
