-- Version 3: DUO. A handover whose other side is not known yet; rows of the outbox that go to DUO,
-- also outside any handover; DUO's notifications; the work list. The two tables whose columns may
-- now be NULL are made anew (sqlite.org/lang_altertable.html, 7): foreign keys are off meanwhile.

CREATE TABLE overdracht_3 (
    id            TEXT PRIMARY KEY,
    rol           TEXT NOT NULL CHECK (rol IN ('verstrekker', 'ontvanger')),
    state         TEXT NOT NULL CHECK (state IN ('gesignaleerd', 'verzocht', 'ontvangen', 'gevraagd',
                      'verzonden', 'bezorgd', 'overgenomen', 'geweigerd', 'afgewezen', 'ingetrokken',
                      'verlopen')),
    peer          TEXT REFERENCES peer (oin), -- NULL: not known yet
    gemeentecode  TEXT NOT NULL,             -- theirs; '' while it is not known
    eigen_code    TEXT NOT NULL,             -- ours
    persoon_sealed BLOB NOT NULL,            -- JSON: naam, geboortedatum, bsn, vnummer
    bsn_index     BLOB,
    vnummer_index BLOB,
    reden         TEXT NOT NULL DEFAULT '',
    created       INTEGER NOT NULL,
    changed       INTEGER NOT NULL,
    oorzaak       TEXT NOT NULL DEFAULT '',  -- what began it: SS121, BRP, ...
    vestiging     TEXT NOT NULL DEFAULT ''   -- date of settlement, YYYY-MM-DD
) STRICT;
INSERT INTO overdracht_3 (id, rol, state, peer, gemeentecode, eigen_code, persoon_sealed, bsn_index,
                          vnummer_index, reden, created, changed)
    SELECT id, rol, state, peer, gemeentecode, eigen_code, persoon_sealed, bsn_index,
           vnummer_index, reden, created, changed FROM overdracht;
DROP TABLE overdracht;
ALTER TABLE overdracht_3 RENAME TO overdracht;
CREATE INDEX overdracht_bsn ON overdracht (bsn_index);
CREATE INDEX overdracht_vnummer ON overdracht (vnummer_index);

CREATE TABLE outbox_3 (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    overdracht  TEXT REFERENCES overdracht (id), -- NULL: outside a handover
    soort       TEXT NOT NULL,               -- kind of message; for DUO the name of the operation
    peer        TEXT REFERENCES peer (oin),  -- NULL: DUO
    state       TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'refused', 'expired',
                    'cancelled')),
    settled_by  TEXT NOT NULL CHECK (settled_by IN ('receipt', 'status', 'person')),
    sealed      BLOB NOT NULL,               -- for DUO under the home key: address and body
    canonical   BLOB NOT NULL,               -- digest; for DUO an HMAC of what is sealed
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try    INTEGER NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    receipt     BLOB,                        -- for DUO under the home key: what it answered
    settled     INTEGER,
    signer      BLOB,                        -- fingerprint of our signing certificate
    sealed_for  BLOB,                        -- fingerprint of the peer's sealing certificate
    CHECK (peer IS NOT NULL OR settled_by = 'status')
) STRICT;
INSERT INTO outbox_3 (seq, id, overdracht, soort, peer, state, settled_by, sealed, canonical, created,
                      expires, attempts, next_try, reason, receipt, settled, signer, sealed_for)
    SELECT seq, id, overdracht, soort, peer, state, settled_by, sealed, canonical, created,
           expires, attempts, next_try, reason, receipt, settled, signer, sealed_for FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_3 RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (state, next_try, seq);
CREATE INDEX outbox_overdracht ON outbox (overdracht, seq);

-- Connection failures in a row: one clock for DUO, as a peer has one.
CREATE TABLE duo_clock (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    failures    INTEGER NOT NULL,
    next_try    INTEGER NOT NULL
) STRICT;
INSERT INTO duo_clock (one, failures, next_try) VALUES (1, 0, 0);

CREATE TABLE notificatie (
    seq         INTEGER PRIMARY KEY,
    bron        TEXT NOT NULL,
    id          TEXT NOT NULL,               -- berichtId
    content     BLOB NOT NULL,               -- HMAC of the body
    gebeurtenis TEXT NOT NULL,
    geregistreerd TEXT NOT NULL,             -- as DUO wrote it
    persoon_sealed BLOB NOT NULL,            -- JSON: bsn, vNummer
    bsn_index   BLOB,
    vnummer_index BLOB,
    received    INTEGER NOT NULL,
    overdracht  TEXT REFERENCES overdracht (id),
    handled     INTEGER,
    UNIQUE (bron, id)
) STRICT;
CREATE INDEX notificatie_open ON notificatie (handled, seq);
CREATE INDEX notificatie_bsn ON notificatie (bsn_index);

-- What waits for a person. Of one thing there is one open row.
CREATE TABLE taak (
    seq         INTEGER PRIMARY KEY,
    overdracht  TEXT REFERENCES overdracht (id),
    notificatie INTEGER REFERENCES notificatie (seq),
    soort       TEXT NOT NULL,
    sleutel     TEXT NOT NULL DEFAULT '',
    tekst_sealed BLOB,
    uiterlijk   TEXT NOT NULL DEFAULT '',    -- date, YYYY-MM-DD
    created     INTEGER NOT NULL,
    done        INTEGER,
    done_by     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX taak_open
    ON taak (coalesce(overdracht, ''), coalesce(notificatie, 0), soort, sleutel) WHERE done IS NULL;

-- Contact persons at DUO: the id is told once and cannot be looked up.
CREATE TABLE duo_contact (
    content     BLOB PRIMARY KEY,            -- HMAC of the contact data
    id          INTEGER NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

-- A request that was refused as verhuisd is asked on, once: the chain of handovers of one search.
ALTER TABLE overdracht ADD COLUMN na TEXT REFERENCES overdracht (id);
CREATE UNIQUE INDEX overdracht_na ON overdracht (na) WHERE na IS NOT NULL;

-- Other ids under which a handover was begun: a dossier and a request that crossed are one.
CREATE TABLE overdracht_alias (
    alias       TEXT PRIMARY KEY,
    overdracht  TEXT NOT NULL REFERENCES overdracht (id)
) STRICT, WITHOUT ROWID;
