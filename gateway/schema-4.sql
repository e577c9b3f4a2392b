-- Version 4: the whole life of a handover. What was promised and to whom it is assigned; who
-- belongs to one household; notes; who may not be handed over by this road; dossiers for and from
-- the client system; reminders.

ALTER TABLE overdracht ADD COLUMN verwacht TEXT NOT NULL DEFAULT '';   -- date the other side promised
ALTER TABLE overdracht ADD COLUMN sinds INTEGER NOT NULL DEFAULT 0;    -- in this state; `changed` also tells of a note
UPDATE overdracht SET sinds = changed;
ALTER TABLE overdracht ADD COLUMN toegewezen TEXT NOT NULL DEFAULT ''; -- who sees to it here

-- Whom the dossier of a handover names as somebody of the same household who hands over too.
CREATE TABLE huisgenoot (
    overdracht  TEXT NOT NULL REFERENCES overdracht (id),
    persoon_index BLOB NOT NULL,             -- HMAC of a BSN or v-nummer, as in overdracht
    PRIMARY KEY (overdracht, persoon_index)
) STRICT, WITHOUT ROWID;
CREATE INDEX huisgenoot_persoon ON huisgenoot (persoon_index);

CREATE TABLE notitie (
    seq         INTEGER PRIMARY KEY,
    overdracht  TEXT NOT NULL REFERENCES overdracht (id),
    at          INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    soort       TEXT NOT NULL CHECK (soort IN ('notitie', 'warm-gesprek')),
    tekst_sealed BLOB NOT NULL               -- JSON: tekst, met
) STRICT;
CREATE INDEX notitie_overdracht ON notitie (overdracht, seq);

-- Of whom nothing may be written: the answer to who asks is to call.
CREATE TABLE blokkade (
    seq         INTEGER PRIMARY KEY,
    bsn_index   BLOB,
    vnummer_index BLOB,
    persoon_sealed BLOB NOT NULL,
    reden_sealed BLOB NOT NULL,
    since       INTEGER NOT NULL,
    by_whom     TEXT NOT NULL,
    until       TEXT NOT NULL DEFAULT '',    -- date; '': until it is lifted
    lifted      INTEGER,
    lifted_by   TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX blokkade_bsn ON blokkade (bsn_index);
CREATE INDEX blokkade_vnummer ON blokkade (vnummer_index);

-- Dossiers on their way to the client system.
CREATE TABLE aflevering (
    seq         INTEGER PRIMARY KEY,
    overdracht  TEXT NOT NULL REFERENCES overdracht (id),
    bericht     TEXT NOT NULL,               -- of the inbox; or 'ingetrokken': the notice of that
    state       TEXT NOT NULL CHECK (state IN ('klaar', 'afgeleverd', 'mislukt')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try    INTEGER NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    at          INTEGER NOT NULL,
    UNIQUE (overdracht, bericht)
) STRICT;
CREATE INDEX aflevering_due ON aflevering (state, next_try, seq);

-- May a dossier that our own system supplies go to this peer by itself?
ALTER TABLE peer ADD COLUMN aanlevering TEXT NOT NULL DEFAULT 'ask'
    CHECK (aanlevering IN ('ask', 'auto'));

-- What supplies a dossier that was asked for.
CREATE TABLE aanlevering (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,        -- its documents belong to it until it is sent
    overdracht  TEXT NOT NULL REFERENCES overdracht (id),
    bron        TEXT NOT NULL CHECK (bron IN ('map', 'commando')),
    state       TEXT NOT NULL CHECK (state IN ('wacht', 'klaar', 'verzonden', 'vervallen')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    next_try    INTEGER NOT NULL,
    reason      TEXT NOT NULL DEFAULT '',
    at          INTEGER NOT NULL,
    inhoud      BLOB,                        -- HMAC of what was supplied, to know it again
    dossier_sealed BLOB                      -- under the home key, while it is klaar
) STRICT;
CREATE INDEX aanlevering_inhoud ON aanlevering (inhoud);
CREATE INDEX aanlevering_due ON aanlevering (state, next_try, seq);
CREATE INDEX aanlevering_overdracht ON aanlevering (overdracht);

-- Each reminder once; and whether who must act was mailed about it.
CREATE TABLE herinnering (
    overdracht  TEXT NOT NULL,               -- '': of a taak without one
    soort       TEXT NOT NULL,               -- which clock and which stage: besluit-van-ons/te-laat
    uiterlijk   TEXT NOT NULL,               -- date
    at          INTEGER NOT NULL,
    gemaild     INTEGER,                     -- NULL: not yet; 0: not to be
    PRIMARY KEY (overdracht, soort, uiterlijk)
) STRICT, WITHOUT ROWID;
CREATE INDEX herinnering_post ON herinnering (gemaild);

-- When the text of a task was written: what it tells of is only looked at again when something is new.
ALTER TABLE taak ADD COLUMN geschreven INTEGER NOT NULL DEFAULT 0;

-- What the mover looks for at each look: it must cost what is open, not what there ever was. A body
-- stands before the columns behind it, and is read through to get at them: those that are asked for
-- often stand in the index.
CREATE INDEX overdracht_state ON overdracht (state, rol);
CREATE INDEX overdracht_einde ON overdracht (sinds) WHERE state IN ('afgewezen', 'geweigerd', 'verlopen');
CREATE INDEX outbox_soort ON outbox (overdracht, soort, state, settled);
CREATE INDEX outbox_duo ON outbox (soort, state) WHERE peer IS NULL;
CREATE INDEX inbox_soort ON inbox (overdracht, soort, code, received);
CREATE INDEX inbox_id ON inbox (id);
CREATE INDEX taak_wachtend ON taak (soort, seq) WHERE done IS NULL;
CREATE INDEX taak_overdracht ON taak (overdracht, soort);
CREATE INDEX taak_sleutel ON taak (soort, sleutel);
CREATE INDEX taak_zelfde ON taak (coalesce(overdracht, ''), coalesce(notificatie, 0), soort, sleutel);
