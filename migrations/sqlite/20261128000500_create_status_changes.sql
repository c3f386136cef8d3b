-- When streams changed their status, one row a change: what counts of the past by state are made of. Kept by the transaction
-- that appends the event, for the categories that are asked about. A refresh that works changes no status, so these are few
-- beside the events, and the index reads those of one stretch of time alone.
--
-- What changed before this was kept is not known: counts begin with an environment's first row.

CREATE TABLE status_changes (
    number         INTEGER PRIMARY KEY AUTOINCREMENT,
    category       TEXT NOT NULL,
    environment    TEXT NOT NULL,
    parent         TEXT NOT NULL,
    at             INTEGER NOT NULL,
    left_status    TEXT NOT NULL,
    entered_status TEXT NOT NULL
) STRICT;

CREATE INDEX status_changes_by_time ON status_changes (category, environment, at);
