-- Who was given which generation of which credential, when: what is noted beside the reads, some seconds' worth of one reader
-- in a row. Rows are only added, and swept when they are old.
--
-- Whoever reads on through them goes by (tx, sequence) below the oldest running transaction, as the feed of events is read.

CREATE TABLE credential_reads (
    tx          XID8 NOT NULL DEFAULT pg_current_xact_id(),
    sequence    BIGINT GENERATED ALWAYS AS IDENTITY,
    environment TEXT COLLATE "C" NOT NULL,
    connection  TEXT COLLATE "C" NOT NULL,
    generation  BIGINT NOT NULL,
    reader      TEXT COLLATE "C" NOT NULL,
    way         TEXT COLLATE "C" NOT NULL,
    count       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    PRIMARY KEY (tx, sequence)
);

CREATE INDEX credential_reads_of_connection ON credential_reads (environment, connection, generation);
CREATE INDEX credential_reads_by_age ON credential_reads (last_at);
