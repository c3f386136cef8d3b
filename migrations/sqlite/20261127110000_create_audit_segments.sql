-- Chains of digests over events and reads, one for each environment: what shows later whether a record was changed or taken
-- away. A segment is a stretch of one chain, from the record `first` to the record `last`; `entries` holds where each record
-- is and its digest, `previous` and `link` what the chain was before and is after it, `root` a signed statement of that, where
-- the key to sign with was at hand.
--
-- Why first is in the key: of two who lengthen a chain at once, one finds the place taken.

CREATE TABLE audit_segments (
    environment TEXT NOT NULL,
    first       INTEGER NOT NULL,
    last        INTEGER NOT NULL,
    source      TEXT NOT NULL,
    entries     BLOB NOT NULL,
    previous    BLOB NOT NULL,
    link        BLOB NOT NULL,
    root        TEXT,
    PRIMARY KEY (environment, first)
) STRICT;
