-- Events are the truth. A stream's row holds what would otherwise be folded from them on every read (its snapshot)
-- and what lists and the queue of due work need (its card), and changes in the transaction that appends.
--
-- Why the feed is ordered by (tx, sequence): a sequence hands out numbers before their transactions commit, so a
-- reader that remembers only a number can pass one that appears later. A transaction's number is below every running
-- one's once it is settled, and a transaction that has none yet will get a higher one.
--
-- Why names are COLLATE "C": ids sort by their bytes, the same here as in SQLite and whatever the server's language.
-- Times are milliseconds since the Unix epoch, from the writer's clock: the database is never asked what time it is.

CREATE TABLE streams (
    category        TEXT COLLATE "C" NOT NULL,
    id              TEXT COLLATE "C" NOT NULL,
    version         BIGINT NOT NULL,
    snapshot_format BIGINT NOT NULL,
    snapshot        TEXT NOT NULL,
    environment     TEXT COLLATE "C" NOT NULL,
    parent          TEXT COLLATE "C" NOT NULL,
    subject         TEXT COLLATE "C" NOT NULL,
    status          TEXT COLLATE "C" NOT NULL,
    label           TEXT NOT NULL,
    due_at          BIGINT,
    claimed_until   BIGINT,
    claim_fence     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (category, id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

CREATE INDEX streams_due ON streams (category, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX streams_listed ON streams (category, environment, id);

CREATE TABLE events (
    tx          XID8 NOT NULL DEFAULT pg_current_xact_id(),
    sequence    BIGINT GENERATED ALWAYS AS IDENTITY,
    category    TEXT COLLATE "C" NOT NULL,
    stream_id   TEXT COLLATE "C" NOT NULL,
    version     BIGINT NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    id          UUID NOT NULL,
    kind        TEXT NOT NULL,
    schema      INTEGER NOT NULL,
    at          BIGINT NOT NULL,
    -- JSON, not JSONB: a payload is kept as it was written.
    payload     JSON NOT NULL,
    -- The W3C traceparent it was written under, so that what follows from it joins the same trace.
    trace       TEXT,
    PRIMARY KEY (category, stream_id, version)
);

CREATE UNIQUE INDEX events_feed ON events (tx, sequence);

CREATE TABLE cursors (
    reader   TEXT PRIMARY KEY,
    tx       XID8 NOT NULL,
    sequence BIGINT NOT NULL
);

CREATE TABLE data_keys (
    owner   TEXT PRIMARY KEY,
    id      UUID NOT NULL,
    wrapped BYTEA NOT NULL
);
