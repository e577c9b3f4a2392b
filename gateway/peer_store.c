/* peer_store -- see peer_store.h. */
#include "gateway/peer_store.h"

#include <string.h>

#include "gateway/audit.h"
#include "gateway/clock.h"
#include "gateway/sql.h"

static bool load_row(sqlite3_stmt *stmt, struct registry *registry, struct fault *fault)
{
    SCOPED_BUF struct buf card = { 0 };
    SCOPED_PEER struct peer *peer = NULL;
    struct fault why = { 0 };
    enum peer_state state;

    sql_bytes(stmt, 2, &card);
    if (!peer_state_from_name(sql_text(stmt, 1), &state)
        || !peer_create(card.data, card.size, state, &peer, &why))
        return fault_set(fault, FAULT_STORE, "peer %s: its card no longer reads: %.200s",
                         sql_text(stmt, 0), why.text);
    registry_put(registry, peer);
    return true;
}

bool peer_store_load(sqlite3 *db, struct registry *registry, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault,
                   "SELECT oin, state, card FROM peer WHERE state <> 'verwijderd'", ""))
        return false;
    while (sql_row(stmt, &row, fault)) {
        if (!row)
            return true;
        if (!load_row(stmt, registry, fault))
            return false;
    }
    return false;
}

bool peer_store_put(sqlite3 *db, const char *actor, const struct peer *peer,
                    struct fault *fault)
{
    char fingerprint[DIGEST_HEX];
    int64_t now = clock_now();

    digest_hex(&peer->fingerprint, fingerprint);
    return sql_do(
               db, fault,
               "INSERT INTO peer (oin, state, card, added, changed) VALUES (?, ?, ?, ?, ?)"
               " ON CONFLICT (oin) DO UPDATE SET state = excluded.state, card = excluded.card,"
               " changed = excluded.changed, failures = 0, next_try = 0",
               "ttbii", peer->card.oin, peer_state_name(peer->state),
               (const void *)peer->signed_card.data, peer->signed_card.size, now, now)
           && audit_add(db, actor, "peer", peer->card.oin, fault, "card %s: %s", fingerprint,
                        peer_state_name(peer->state));
}

bool peer_store_move(sqlite3 *db, const char *actor, const struct peer *peer,
                     enum peer_state to, struct fault *fault)
{
    const char *from_name = peer_state_name(peer->state), *to_name = peer_state_name(to);

    if (!peer_state_arrow(peer->state, to))
        return fault_set(fault, FAULT_STATE, "peer %s is %s: it cannot become %s",
                         peer->card.oin, from_name, to_name);
    if (!sql_do(db, fault,
                "UPDATE peer SET state = ?1, changed = ?2, failures = 0, next_try = 0,"
                " aanlevering = CASE ?1 WHEN 'verwijderd' THEN 'ask' ELSE aanlevering END"
                " WHERE oin = ?3 AND state = ?4",
                "titt", to_name, (int64_t)clock_now(), peer->card.oin, from_name))
        return false;
    if (sqlite3_changes(db) != 1)
        return fault_set(fault, FAULT_STATE, "peer %s is no longer %s", peer->card.oin,
                         from_name);
    return audit_add(db, actor, "peer", peer->card.oin, fault, "%s -> %s", from_name, to_name);
}

bool peer_store_clock(sqlite3 *db, const char *oin, int failures, int64_t next_try,
                      struct fault *fault)
{
    return sql_do(db, fault, "UPDATE peer SET failures = ?, next_try = ? WHERE oin = ?", "iit",
                  (int64_t)failures, next_try, oin);
}

bool peer_store_failures(sqlite3 *db, const char *oin, int *failures, struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    if (!sql_query(db, &stmt, fault, "SELECT failures FROM peer WHERE oin = ?", "t", oin)
        || !sql_row(stmt, &row, fault))
        return false;
    *failures = row ? sqlite3_column_int(stmt, 0) : 0;
    return true;
}

bool peer_store_set_policy(sqlite3 *db, const char *actor, const char *oin, const char *policy,
                           struct fault *fault)
{
    if (strcmp(policy, "ask") != 0 && strcmp(policy, "auto") != 0)
        return fault_set(fault, FAULT_USAGE, "aanlevering: ask or auto");
    return sql_do(db, fault, "UPDATE peer SET aanlevering = ? WHERE oin = ?", "tt", policy,
                  oin)
           && audit_add(db, actor, "peer", oin, fault, "aanlevering: %s", policy);
}

bool peer_store_policy(sqlite3 *db, const char *oin, char policy[PEER_POLICY_SIZE],
                       struct fault *fault)
{
    SCOPED_SQL sqlite3_stmt *stmt = NULL;
    bool row;

    policy[0] = '\0';
    if (!sql_query(db, &stmt, fault, "SELECT aanlevering FROM peer WHERE oin = ?", "t", oin)
        || !sql_row(stmt, &row, fault))
        return false;
    if (row)
        sql_copy(stmt, 0, policy, PEER_POLICY_SIZE);
    return true;
}
