/*
 * Bug 16: a map that tasks share without a lock.
 *
 * Symptom: now and then the process dies of "concurrent map writes"; or a url
 * is fetched twice.
 * Rule 7: state needs a mutex.
 * Look for: a map (any structure) that more than one task writes, and the gap
 * between `is it there?` and `put it there`.
 * Shows with: urls >= 2 (one task alone is benign); the race always, the map
 * corruption when one task is stopped inside a map operation, the double fetch
 * when repeats >= 1 and one task is stopped between check and set.
 * Fix: one lock around check and set; or partition, so that each map has one
 * task that uses it.
 *
 * The counts of fetches are relaxed atomics: they neither race nor order
 * anything, so the map is the only thing that is wrong here.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { URLS, REPEATS };

enum { URLS_MAX = 4, PARTITIONS = 2 };

static const char *const url_table[URLS_MAX] = {
    "https://a.example/",
    "https://b.example/",
    "https://c.example/",
    "https://d.example/",
};

struct crawl {
    hd_wg wg;
    hd_mutex mu; /* fixed: guards visited */
    hd_map *visited;
    int urls[URLS_MAX]; /* indices into url_table */
    int n;
    atomic_int fetched[URLS_MAX]; /* by index into url_table */
};

struct job {
    struct crawl *crawl;
    int url; /* fixed-partition: the number of the partition */
};

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void fetch(struct crawl *c, int url)
{
    atomic_fetch_add_explicit(&c->fetched[url], 1, memory_order_relaxed);
}

static void visit_buggy(void *arg)
{
    struct job *job = arg;
    struct crawl *c = job->crawl;
    const char *url = url_table[job->url];
    hd_defer(wg_done, &c->wg);
    if (hd_map_get(c->visited, url, NULL)) /* BUG: races... */
        return;
    hd_map_set(c->visited, url, NULL); /* ...with this. */
    fetch(c, job->url);
}

static void visit_fixed(void *arg)
{
    struct job *job = arg;
    struct crawl *c = job->crawl;
    const char *url = url_table[job->url];
    hd_defer(wg_done, &c->wg);
    hd_mutex_lock(&c->mu);
    if (hd_map_get(c->visited, url, NULL)) {
        hd_mutex_unlock(&c->mu);
        return;
    }
    hd_map_set(c->visited, url, NULL);
    hd_mutex_unlock(&c->mu);
    fetch(c, job->url);
}

/* Owns the urls whose hash is its number, and a map that is its alone. */
static void visit_partition(void *arg)
{
    struct job *job = arg;
    struct crawl *c = job->crawl;
    hd_map *visited = hd_map_make();
    hd_defer(wg_done, &c->wg);
    for (int i = 0; i < c->n; i++) {
        const char *url = url_table[c->urls[i]];
        if (url[8] % PARTITIONS != job->url) /* The hash: the first letter. */
            continue;
        if (hd_map_get(visited, url, NULL))
            continue;
        hd_map_set(visited, url, NULL);
        fetch(c, c->urls[i]);
    }
}

static void start(struct crawl *c, hd_fn *visit, int url)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->crawl = c;
    job->url = url;
    hd_wg_add(&c->wg, 1);
    hd_go(visit, job);
}

/* One task per url, as on the page. */
static void crawl(struct crawl *c, hd_fn *visit)
{
    for (int i = 0; i < c->n; i++)
        start(c, visit, c->urls[i]);
    hd_wg_wait(&c->wg);
}

static void crawl_partitioned(struct crawl *c)
{
    for (int i = 0; i < PARTITIONS; i++)
        start(c, visit_partition, i);
    hd_wg_wait(&c->wg);
}

/* n urls, the last `repeats` of which are the first one again. */
static struct crawl *crawl_new(const struct hd_input *in)
{
    struct crawl *c = hd_alloc(sizeof(*c));
    c->visited = hd_map_make();
    c->n = (int)in->param[URLS];
    for (int i = 0; i < c->n; i++)
        c->urls[i] = i < c->n - (int)in->param[REPEATS] ? i : 0;
    return c;
}

static void check(struct crawl *c)
{
    for (int i = 0; i < c->n; i++) {
        atomic_int *fetched = &c->fetched[c->urls[i]];
        hd_assert(atomic_load_explicit(fetched, memory_order_relaxed) == 1);
    }
}

static void buggy(const struct hd_input *in)
{
    struct crawl *c = crawl_new(in);
    crawl(c, visit_buggy);
    check(c);
}

static void fixed(const struct hd_input *in)
{
    struct crawl *c = crawl_new(in);
    crawl(c, visit_fixed);
    check(c);
}

static void fixed_partition(const struct hd_input *in)
{
    struct crawl *c = crawl_new(in);
    crawl_partitioned(c);
    check(c);
}

HD_SCENARIO(shared_map) = {
    .name = "16-shared-map",
    .number = 16,
    .title = "tasks share a map without synchronisation",
    .fix = "guard check and set with one mutex, or partition by url",
    .rules = {7},
    .params =
        {
            [URLS] = {"urls", 1, URLS_MAX, HD_LINEAR, 1, "urls to crawl"},
            [REPEATS] = {"repeats", 0, URLS_MAX - 1, HD_LINEAR, 1,
                         "how many of them are the first one again"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_CONCURRENT_MAP_WRITE, HD_ASSERTION},
             .help = "checks and sets with no lock"},
            {.name = "fixed",
             .run = fixed,
             .help = "one mutex around check and set"},
            {.name = "fixed-partition",
             .run = fixed_partition,
             .help = "each partition's map belongs to one task"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
