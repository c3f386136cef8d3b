-- Chains of digests over events and reads, one for each environment: what shows later whether a record was changed or taken
-- away. A segment is a stretch of one chain, from the record `first` to the record `last`; `entries` holds where each record
-- is and its digest, `previous` and `link` what the chain was before and is after it, `root` a signed statement of that, where
-- the key to sign with was at hand.
--
-- Why first is in the key: of two who lengthen a chain at once, one finds the place taken.

CREATE TABLE audit_segments (
    environment TEXT COLLATE "C" NOT NULL,
    first       BIGINT NOT NULL,
    last        BIGINT NOT NULL,
    source      TEXT COLLATE "C" NOT NULL,
    entries     BYTEA NOT NULL,
    previous    BYTEA NOT NULL,
    link        BYTEA NOT NULL,
    root        TEXT,
    PRIMARY KEY (environment, first)
);
