-- When streams changed their status, one row a change: what counts of the past by state are made of. Kept by the transaction
-- that appends the event, for the categories that are asked about. A refresh that works changes no status, so these are few
-- beside the events, and the index reads those of one stretch of time alone.
--
-- What changed before this was kept is not known: counts begin with an environment's first row.

CREATE TABLE status_changes (
    number         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    category       TEXT COLLATE "C" NOT NULL,
    environment    TEXT COLLATE "C" NOT NULL,
    parent         TEXT COLLATE "C" NOT NULL,
    at             BIGINT NOT NULL,
    left_status    TEXT COLLATE "C" NOT NULL,
    entered_status TEXT COLLATE "C" NOT NULL
);

CREATE INDEX status_changes_by_time ON status_changes (category, environment, at);
