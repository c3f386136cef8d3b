-- Events are the truth. A stream's row holds what would otherwise be folded from them on every read (its snapshot)
-- and what lists and the queue of due work need (its card), and changes in the transaction that appends.
--
-- Why the feed is ordered by sequence alone: one writer at a time holds the file, so numbers are handed out in the
-- order of commits, and AUTOINCREMENT never hands one out twice.
--
-- Times are milliseconds since the Unix epoch, from the writer's clock: the database is never asked what time it is.

CREATE TABLE streams (
    category        TEXT NOT NULL,
    id              TEXT NOT NULL,
    version         INTEGER NOT NULL,
    snapshot_format INTEGER NOT NULL,
    snapshot        TEXT NOT NULL,
    environment     TEXT NOT NULL,
    parent          TEXT NOT NULL,
    subject         TEXT NOT NULL,
    status          TEXT NOT NULL,
    label           TEXT NOT NULL,
    due_at          INTEGER,
    claimed_until   INTEGER,
    claim_fence     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (category, id)
) STRICT;

CREATE INDEX streams_due ON streams (category, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX streams_listed ON streams (category, environment, id);

CREATE TABLE events (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    category    TEXT NOT NULL,
    stream_id   TEXT NOT NULL,
    version     INTEGER NOT NULL,
    environment TEXT NOT NULL,
    id          BLOB NOT NULL,
    kind        TEXT NOT NULL,
    schema      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    payload     TEXT NOT NULL,
    -- The W3C traceparent it was written under, so that what follows from it joins the same trace.
    trace       TEXT,
    UNIQUE (category, stream_id, version)
) STRICT;

CREATE TABLE cursors (
    reader   TEXT PRIMARY KEY,
    tx       INTEGER NOT NULL,
    sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE data_keys (
    owner   TEXT PRIMARY KEY,
    id      BLOB NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;
