/* store -- see store.h. */
#include "gateway/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "codecs/base/mem.h"
#include "gateway/log.h"
#include "gateway/sql.h"

extern const char schema_sql[], schema_2_sql[], schema_3_sql[], schema_4_sql[];

/* What brings a database from version n to n + 1; a new one gets them all. */
static const char *const UPGRADES[STORE_SCHEMA_VERSION] = { schema_sql, schema_2_sql,
                                                            schema_3_sql, schema_4_sql };

/* One waiting caller. Lives on the caller's stack until `finished`. */
struct job {
    store_work *work;
    void *argument;
    struct fault *fault;
    bool good, finished;
    struct job *next;
};

struct store {
    char *path;
    sqlite3 *db; /* NULL after a failed COMMIT, until it could be opened anew */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t arrived, done;
    struct job *first, **last;
    bool stopping;
};

/* --- opening ---------------------------------------------------------------------------- */

static const char *const PRAGMAS[] = {
    "PRAGMA locking_mode = EXCLUSIVE", /* before WAL: no shared memory, no second opener */
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 67108864",
};

static bool run_text(sqlite3 *db, const char *text, struct fault *fault)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return fault_set(fault, FAULT_STORE, "database: %s", sqlite3_errmsg(db));
}

static void harden(sqlite3 *db)
{
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 32 << 20);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

static bool read_number(sqlite3 *db, const char *pragma, int64_t *number, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, pragma, "") || !sql_row(stmt, &row, fault))
        return false;
    *number = row ? sqlite3_column_int64(stmt, 0) : 0;
    return true;
}

static bool quick_check(sqlite3 *db, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, "PRAGMA quick_check(1)", "")
        || !sql_row(stmt, &row, fault))
        return false;
    if (row && strcmp(sql_text(stmt, 0), "ok") == 0)
        return true;
    return fault_set(fault, FAULT_STORE, "database is damaged: restore a backup");
}

/* A table that is made anew leaves nobody behind who referred to a row of the old one. */
static bool check_references(sqlite3 *db, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, "PRAGMA foreign_key_check", "")
        || !sql_row(stmt, &row, fault))
        return false;
    return !row
           || fault_set(fault, FAULT_STORE,
                        "database: a row of %s refers to nothing: restore a backup",
                        sql_text(stmt, 0));
}

static bool upgrade_steps(sqlite3 *db, int64_t before, struct fault *fault)
{
    char version[64];

    for (int64_t i = before; i < STORE_SCHEMA_VERSION; i++)
        if (!run_text(db, UPGRADES[i], fault))
            return false;
    snprintf(version, sizeof(version), "PRAGMA user_version = %d", STORE_SCHEMA_VERSION);
    return run_text(db, version, fault) && check_references(db, fault);
}

/* To make a table anew its references must be off, which can only be said outside a
 * transaction. After a fault the caller closes the connection: nothing has happened. */
static bool upgrade_from(sqlite3 *db, int64_t before, struct fault *fault)
{
    return run_text(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", fault)
           && upgrade_steps(db, before, fault) && run_text(db, "COMMIT", fault)
           && run_text(db, "PRAGMA foreign_keys = ON", fault);
}

static bool upgrade(sqlite3 *db, struct fault *fault)
{
    int64_t version;

    if (!read_number(db, "PRAGMA user_version", &version, fault))
        return false;
    if (version > STORE_SCHEMA_VERSION)
        return fault_set(
            fault, FAULT_CONFIG,
            "database has schema version %lld, this program knows %d: use the newer "
            "program",
            (long long)version, STORE_SCHEMA_VERSION);
    return version == STORE_SCHEMA_VERSION || upgrade_from(db, version, fault);
}

/* With exclusive locking the first write lock is kept: a second daemon fails here. */
static bool take_lock(sqlite3 *db, const char *path, struct fault *fault)
{
    if (sqlite3_exec(db, "BEGIN IMMEDIATE; COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return true;
    if ((sqlite3_errcode(db) & 0xff) != SQLITE_BUSY)
        return fault_set(fault, FAULT_STORE, "%s: %s", path, sqlite3_errmsg(db));
    fault_set(fault, FAULT_STATE, "%s: another daemon already runs on this home", path);
    return fault_advise(fault, "stop the other one first, or leave it running");
}

static bool apply_pragmas(sqlite3 *db, const char *path, struct fault *fault)
{
    for (size_t i = 0; i < sizeof(PRAGMAS) / sizeof(PRAGMAS[0]); i++) {
        if (sqlite3_exec(db, PRAGMAS[i], NULL, NULL, NULL) == SQLITE_OK)
            continue;
        if ((sqlite3_errcode(db) & 0xff) == SQLITE_BUSY)
            return take_lock(db, path, fault);
        return fault_set(fault, FAULT_STORE, "%s: %s", path, sqlite3_errmsg(db));
    }
    return true;
}

static bool prepare_db(sqlite3 *db, const char *path, struct fault *fault)
{
    harden(db);
    return apply_pragmas(db, path, fault) && take_lock(db, path, fault) && upgrade(db, fault)
           && quick_check(db, fault);
}

static bool open_db(const char *path, sqlite3 **db, struct fault *fault)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW
                | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX;
    mode_t old = umask(077);
    int result = sqlite3_open_v2(path, db, flags, NULL);

    umask(old);
    if (result == SQLITE_OK && prepare_db(*db, path, fault))
        return true;
    if (result != SQLITE_OK)
        fault_set(fault, FAULT_STORE, "%s: %s", path, sqlite3_errstr(result));
    sqlite3_close(*db);
    *db = NULL;
    return false;
}

/* --- the thread ------------------------------------------------------------------------- */

static void run_job(sqlite3 *db, struct job *job)
{
    if (sqlite3_get_autocommit(db)) { /* an earlier job's error ended the whole transaction */
        job->good =
            fault_set(job->fault, FAULT_STORE, "database: transaction was rolled back");
        return;
    }
    job->good =
        run_text(db, "SAVEPOINT job", job->fault) && job->work(db, job->argument, job->fault);
    if (job->good) {
        job->good = run_text(db, "RELEASE job", job->fault);
        return;
    }
    if (sqlite3_get_autocommit(db) == 0)
        (void)sqlite3_exec(db, "ROLLBACK TO job; RELEASE job", NULL, NULL, NULL);
}

/* Some errors (disk full) make SQLite roll back the whole transaction by itself; then COMMIT
 * fails too, and nobody in the batch is told a success that did not happen. */
static bool run_batch(sqlite3 *db, struct job *jobs, struct fault *fault)
{
    if (!run_text(db, "BEGIN IMMEDIATE", fault))
        return false;
    for (struct job *job = jobs; job; job = job->next)
        run_job(db, job);
    return run_text(db, "COMMIT", fault);
}

static void fail_batch(struct job *jobs, const struct fault *fault)
{
    for (struct job *job = jobs; job; job = job->next)
        if (job->good) {
            job->good = false;
            *job->fault = *fault;
        }
}

static void reopen(struct store *store)
{
    struct fault fault = { 0 };

    sqlite3_close(store->db);
    store->db = NULL;
    if (!open_db(store->path, &store->db, &fault))
        log_error("store: cannot be opened again: %s", fault.text);
}

static void serve_batch(struct store *store, struct job *jobs)
{
    struct fault fault = { 0 };

    if (!store->db)
        reopen(store);
    if (!store->db) {
        for (struct job *job = jobs; job; job = job->next)
            job->good = fault_set(job->fault, FAULT_STORE, "database: cannot be opened");
        return;
    }
    for (struct job *job = jobs; job; job = job->next)
        job->good = true; /* until its work or the commit says otherwise */
    if (run_batch(store->db, jobs, &fault))
        return;
    log_error("store: commit failed, outcome unknown, opening anew: %s", fault.text);
    fail_batch(jobs, &fault);
    reopen(store);
}

static struct job *wait_for_jobs(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    while (!store->first && !store->stopping)
        pthread_cond_wait(&store->arrived, &store->lock);
    struct job *jobs = store->first;
    store->first = NULL;
    store->last = &store->first;
    pthread_mutex_unlock(&store->lock);
    return jobs;
}

static void tell_callers(struct store *store, struct job *jobs)
{
    pthread_mutex_lock(&store->lock);
    while (jobs) {
        struct job *next = jobs->next; /* the caller's stack may go once `finished` is seen */
        jobs->finished = true;
        jobs = next;
    }
    pthread_cond_broadcast(&store->done);
    pthread_mutex_unlock(&store->lock);
}

static void *serve(void *argument)
{
    struct store *store = argument;
    struct job *jobs;

    while ((jobs = wait_for_jobs(store))) {
        serve_batch(store, jobs);
        tell_callers(store, jobs);
    }
    return NULL;
}

/* --- the outside ------------------------------------------------------------------------ */

bool store_open(const char *path, struct store **store, struct fault *fault)
{
    sqlite3 *db = NULL;

    if (!open_db(path, &db, fault))
        return false;
    *store = mem_alloc(sizeof(**store));
    (*store)->path = mem_copy(path);
    (*store)->db = db;
    (*store)->last = &(*store)->first;
    pthread_mutex_init(&(*store)->lock, NULL);
    pthread_cond_init(&(*store)->arrived, NULL);
    pthread_cond_init(&(*store)->done, NULL);
    if (pthread_create(&(*store)->thread, NULL, serve, *store) != 0)
        abort(); /* no threads: as good as no memory */
    return true;
}

bool store_inspect(const char *path, sqlite3 **db, struct fault *fault)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
                | SQLITE_OPEN_NOMUTEX;
    int result = sqlite3_open_v2(path, db, flags, NULL);

    if (result == SQLITE_OK) {
        harden(*db);
        if (apply_pragmas(*db, path, fault) && take_lock(*db, path, fault))
            return true;
    } else {
        fault_set(fault, FAULT_STORE, "%s: %s", path, sqlite3_errstr(result));
    }
    sqlite3_close(*db);
    *db = NULL;
    return false;
}

bool store_run(struct store *store, store_work *work, void *argument, struct fault *fault)
{
    struct job job = { .work = work, .argument = argument, .fault = fault };

    pthread_mutex_lock(&store->lock);
    *store->last = &job;
    store->last = &job.next;
    pthread_cond_signal(&store->arrived);
    while (!job.finished)
        pthread_cond_wait(&store->done, &store->lock);
    pthread_mutex_unlock(&store->lock);
    return job.good;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    pthread_mutex_lock(&store->lock);
    store->stopping = true;
    pthread_cond_signal(&store->arrived);
    pthread_mutex_unlock(&store->lock);
    pthread_join(store->thread, NULL);
    sqlite3_close(store->db);
    pthread_cond_destroy(&store->arrived);
    pthread_cond_destroy(&store->done);
    pthread_mutex_destroy(&store->lock);
    free(store->path);
    free(store);
}
