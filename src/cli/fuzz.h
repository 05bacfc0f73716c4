/*
 * fuzz.h - what the files of `heddle fuzz` share.
 *
 *     fuzz.c            the command line, the run, what is printed
 *     fuzz_build.c      the build directory, and the binary that is needed
 *     fuzz_files.c      folders of inputs
 *     fuzz_child.c      one process of an engine
 *     fuzz_libfuzzer.c  the engines: what to start, how far it is, what it
 *     fuzz_afl.c        saved
 *     fuzz_crash.c      inputs replayed and folded by signature
 *     fuzz_merge.c      --merge
 *
 * An engine works in a temporary folder and never in the user's: `in` holds the
 * inputs that it starts from, all of them without a finding, because AFL++ skips
 * the others and libFuzzer would end at the first one.  What it adds to its corpus
 * is copied to the user's folder at the end, under names made of the content, so
 * that engines share one folder.
 */
#ifndef HD_CLI_FUZZ_H
#define HD_CLI_FUZZ_H

#include <sys/types.h>
#include <time.h>

#include "../base/bytes.h"
#include "cli.h"
#include "evidence.h"

/* ---- folders of inputs (fuzz_files.c) ---- */

enum { HD_FUZZ_INPUT_MAX = 1 << 20 };

/* Formats a path; malloc'd. */
char *hd_fuzz_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct hd_fuzz_files {
    char **path;
    size_t count;
};

/* Appends the regular files of a folder, sorted by name, without hidden ones and
 * AFL++'s README.txt.  A folder that is not there has none. */
void hd_fuzz_list(const char *folder, struct hd_fuzz_files *to);
void hd_fuzz_files_free(struct hd_fuzz_files *f);

/* Whether it is a folder, or could be made one (mkdir -p); else errno. */
bool hd_fuzz_folder(const char *path);
/* Whether it is a folder that can be listed, or in which files can be made, which
 * is tried with one; else errno. */
bool hd_fuzz_readable(const char *folder);
bool hd_fuzz_writable(const char *folder);
void hd_fuzz_remove(const char *folder);
/* FOLDER/HASH, HASH being one of the content; malloc'd. */
char *hd_fuzz_name(const char *folder, const struct hd_bytes *content);
/* Writes the content there, if it is not there yet.  Else errno. */
bool hd_fuzz_add(const char *folder, const struct hd_bytes *content);

/* ---- one process of an engine (fuzz_child.c) ---- */

struct hd_fuzz_child {
    pid_t pid;   /* 0: none, or ended */
    int status;  /* of waitpid(), once it has ended */
    char *log;   /* the file that it prints into */
    off_t read;  /* how far hd_fuzz_child_read() came */
    char **argv; /* malloc'd words, NULL at the end */
    size_t args;
    /* hd_fuzz_child_end() waits a little for what it started as well: ninja, which
     * cmake does not wait for, has to write down how far it is.  Not for engines:
     * who is dead and not yet reaped by init would still count. */
    bool with_group;
};

void hd_fuzz_child_arg(struct hd_fuzz_child *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* env: NAME=VALUE words beside the own environment, NULL at the end; or NULL.
 * False: it could not be forked; errno.  A program that is not there ends with
 * status 127. */
bool hd_fuzz_child_start(struct hd_fuzz_child *c, const char *const *env);
/* Whether it still runs. */
bool hd_fuzz_child_runs(struct hd_fuzz_child *c);
/* Asks it to end, waits a little, then kills it with all that it started. */
void hd_fuzz_child_end(struct hd_fuzz_child *c);
/* Calls line() with each whole line of the log that is new, without the newline
 * and without terminal colours. */
void hd_fuzz_child_read(struct hd_fuzz_child *c,
                        void (*line)(void *to, const char *text), void *to);
/* The last line of the log that holds `word`, or the very last one; malloc'd. */
char *hd_fuzz_child_tail(const struct hd_fuzz_child *c, const char *word);
void hd_fuzz_child_free(struct hd_fuzz_child *c);

/* Between two looks at what goes on. */
void hd_fuzz_pause(void);
/* Starts it, env as above, and waits until it ends, or ends it when hd_interrupted
 * is set.  False: it could not be forked; errno. */
bool hd_fuzz_child_run(struct hd_fuzz_child *c, const char *const *env);

struct hd_fuzz;
/* The same.  HD_EXIT_OK, also when it was interrupted, or a status after one line
 * on stderr, which quotes what the log says in its last line with `word`. */
int hd_fuzz_child_wait(const struct hd_fuzz *f, struct hd_fuzz_child *c,
                       const char *const *env, const char *word);

/* ---- the run ---- */

/* An input that an engine saved. */
struct hd_fuzz_crash {
    char *path;
    uint64_t executions; /* until it was found */
    double seconds;
};

/* Where a signature that engines found went: the minimized schedule may show
 * another one, and then several go to the same finding. */
struct hd_fuzz_signature {
    char *text;
    size_t finding; /* of the job */
};

struct hd_fuzz_engine {
    const char *name;
    const char *suffix;  /* of its binaries */
    const char *program; /* that must be in PATH; NULL: the binary is all of it */
    const char *merger;  /* the same, for a merge */
    const char *missing; /* what to say if the build has no such binary */
    /* HD_EXIT_OK, or a status after one line on stderr. */
    int (*start)(struct hd_fuzz *f);
    /* Whether it still runs; updates executions and corpus_files. */
    bool (*poll)(struct hd_fuzz *f);
    /* Ends it, if it runs; adds the last crashes, and its corpus to additions.
     * HD_EXIT_OK, or a status after one line on stderr if it broke. */
    int (*stop)(struct hd_fuzz *f);
    /* Writes to `to` those of the inputs in `from` that its coverage needs. */
    int (*merge)(struct hd_fuzz *f, const char *from, const char *to);
};

extern const struct hd_fuzz_engine hd_fuzz_libfuzzer, hd_fuzz_afl;

struct hd_fuzz {
    /* The command line. */
    const struct hd_command *command;
    const char *engine_name, *flavor, *corpus, *out_dir, *crashes_dir, *json;
    uint64_t runs, seed; /* runs 0: no limit */
    double seconds;      /* 0: no limit */
    uint32_t workers, files_max;
    bool keep_going, merge, no_build, no_minimize;
    bool out_is_new; /* out_dir was not there before */
    struct hd_words seed_dirs;
    const struct hd_fuzz_engine *engine;
    struct hd_choice choice;
    /* Where things are. */
    char *binary;
    char *work, *in; /* temporary */
    /* The engine's processes: one, or one per worker. */
    struct hd_fuzz_child *child;
    size_t children;
    uint64_t executions, executions_before; /* before: of processes that ended */
    uint64_t corpus_files;
    uint64_t restarts, fruitless;
    double begin;   /* hd_now_seconds() */
    double counted; /* when the engine last told a number of executions */
    bool show; /* a progress line is due: poll() brings the numbers up to date */
    struct hd_fuzz_files additions; /* what the engine's corpus has at the end */
    struct hd_fuzz_crash *crash;
    size_t crashes, crashes_saved;   /* saved: by engines that still run */
    struct timespec crashes_changed; /* the folder, when it was read last */
    /* What was found. */
    struct hd_evidence evidence;
    struct hd_slot slot;
    struct hd_results results;
    struct hd_fuzz_signature *signature;
    size_t signatures;
    uint64_t unreplayed;
    uint64_t with_findings; /* inputs of the corpus, in a merge */
};

/* Notes a saved input, unless its name is known.  Whether it was not. */
bool hd_fuzz_crash_add(struct hd_fuzz *f, const char *path, uint64_t executions,
                       double seconds);
static inline struct hd_job_result *hd_fuzz_job(struct hd_fuzz *f)
{
    return &f->results.job[0];
}

/* ---- the other files ---- */

/* Sets f->binary and builds it.  HD_EXIT_OK, or a status after one line; also
 * HD_EXIT_OK, perhaps without a binary, if hd_interrupted is set. */
int hd_fuzz_build(struct hd_fuzz *f);

/* Sorts the inputs of f->corpus and f->seed_dirs: those without a finding are
 * copied to f->in, the others become findings.  HD_EXIT_OK or a status. */
int hd_fuzz_sort_inputs(struct hd_fuzz *f);
/* If `in` is empty: makes one input that has no finding.  False: there seems to be
 * none.  If each input has a finding, the first one's is folded. */
bool hd_fuzz_benign(struct hd_fuzz *f);
/* Replays what engines saved. */
void hd_fuzz_fold(struct hd_fuzz *f);

int hd_fuzz_merge(struct hd_fuzz *f);

#endif
