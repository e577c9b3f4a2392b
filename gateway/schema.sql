-- Everything that must not be lost. Bodies are sealed bytes; columns named *_sealed are under the
-- home key, *_index are HMACs; the rest is ids, kinds, OINs, times, sizes, digests and states.
-- Times are seconds since 1970 (UTC).

CREATE TABLE peer (
    oin         TEXT PRIMARY KEY,
    state       TEXT NOT NULL CHECK (state IN ('voorgesteld', 'actief', 'geschorst', 'verwijderd')),
    card        BLOB NOT NULL,               -- signed XML as it was received
    added       INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    failures    INTEGER NOT NULL DEFAULT 0,  -- connection failures in a row: one clock per peer
    next_try    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE overdracht (
    id            TEXT PRIMARY KEY,
    rol           TEXT NOT NULL CHECK (rol IN ('verstrekker', 'ontvanger')),
    state         TEXT NOT NULL CHECK (state IN ('gesignaleerd', 'verzocht', 'ontvangen', 'gevraagd',
                      'verzonden', 'bezorgd', 'overgenomen', 'geweigerd', 'afgewezen', 'ingetrokken',
                      'verlopen')),
    peer          TEXT NOT NULL REFERENCES peer (oin),
    gemeentecode  TEXT NOT NULL,             -- theirs
    eigen_code    TEXT NOT NULL,             -- ours
    persoon_sealed BLOB NOT NULL,            -- JSON: naam, geboortedatum
    bsn_index     BLOB,
    vnummer_index BLOB,
    reden         TEXT NOT NULL DEFAULT '',
    created       INTEGER NOT NULL,
    changed       INTEGER NOT NULL
) STRICT;
CREATE INDEX overdracht_bsn ON overdracht (bsn_index);
CREATE INDEX overdracht_vnummer ON overdracht (vnummer_index);

CREATE TABLE outbox (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    overdracht  TEXT NOT NULL REFERENCES overdracht (id),
    soort       TEXT NOT NULL,
    peer        TEXT NOT NULL REFERENCES peer (oin),
    state       TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'refused', 'expired',
                    'cancelled')),
    settled_by  TEXT NOT NULL CHECK (settled_by IN ('receipt', 'status', 'person')),
    sealed      BLOB NOT NULL,
    canonical   BLOB NOT NULL,               -- digest
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try    INTEGER NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    receipt     BLOB,
    settled     INTEGER
) STRICT;
CREATE INDEX outbox_due ON outbox (state, next_try, seq);
CREATE INDEX outbox_overdracht ON outbox (overdracht, seq);

-- A receipt must name sealed bytes that were really sent; sealing again gives other bytes.
CREATE TABLE outbox_sent (
    outbox  INTEGER NOT NULL REFERENCES outbox (seq),
    sealed  BLOB NOT NULL,                   -- digest
    PRIMARY KEY (outbox, sealed)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    seq         INTEGER PRIMARY KEY,
    sender      TEXT NOT NULL,
    id          TEXT NOT NULL,
    overdracht  TEXT NOT NULL,
    soort       TEXT NOT NULL,
    code        TEXT NOT NULL,               -- '' : aangenomen; else why it was refused
    sealed      BLOB,                        -- only what was accepted is kept
    sealed_digest BLOB NOT NULL,
    canonical   BLOB NOT NULL,               -- digest
    receipt     BLOB NOT NULL,               -- replayed byte for byte, for ever
    received    INTEGER NOT NULL,
    signer      BLOB NOT NULL,               -- fingerprint of the signing certificate
    tls_client  BLOB NOT NULL,               -- fingerprint of the TLS client certificate
    UNIQUE (sender, id)
) STRICT;
CREATE INDEX inbox_overdracht ON inbox (overdracht, seq);

-- Each row's hash covers the row before it: a changed or removed row shows.
CREATE TABLE audit (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    action  TEXT NOT NULL,
    object  TEXT NOT NULL,
    detail  TEXT NOT NULL,
    hash    BLOB NOT NULL
) STRICT;
CREATE INDEX audit_object ON audit (object, seq);

-- What a request over the local bus was answered, so that a repeat changes nothing twice.
CREATE TABLE request (
    id      TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    asked   BLOB NOT NULL,                   -- HMAC of what was asked
    reply   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX request_at ON request (at);
