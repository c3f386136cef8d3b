-- Who was given which generation of which credential, when: what is noted beside the reads, some seconds' worth of one reader
-- in a row. Rows are only added, and swept when they are old.

CREATE TABLE credential_reads (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT NOT NULL,
    connection  TEXT NOT NULL,
    generation  INTEGER NOT NULL,
    reader      TEXT NOT NULL,
    way         TEXT NOT NULL,
    count       INTEGER NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX credential_reads_of_connection ON credential_reads (environment, connection, generation);
CREATE INDEX credential_reads_by_age ON credential_reads (last_at);
