-- Version 2: under whose certificate a message was signed and for whose it was sealed, so that one
-- that waits over a renewal is signed anew; and the documents that travel beside a message.

ALTER TABLE outbox ADD COLUMN signer BLOB;       -- fingerprint of our signing certificate
ALTER TABLE outbox ADD COLUMN sealed_for BLOB;   -- fingerprint of the peer's sealing certificate

-- A document's ciphertext is the file HOME/bijlagen/EIGENAAR/SHA256. A file without a row is removed
-- after a day.
CREATE TABLE bijlage (
    eigenaar    TEXT NOT NULL,               -- OIN of who sent it: a peer's, or our own
    bericht     TEXT NOT NULL,
    sha256      TEXT NOT NULL,               -- of the ciphertext, hexadecimal
    omvang      INTEGER NOT NULL,            -- of the ciphertext, bytes
    overdracht  TEXT NOT NULL,
    PRIMARY KEY (eigenaar, bericht, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX bijlage_file ON bijlage (eigenaar, sha256);
CREATE INDEX bijlage_overdracht ON bijlage (overdracht);
