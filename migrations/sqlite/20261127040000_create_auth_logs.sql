-- What was tried with providers, one row an attempt, for people to look at: a table of its own, for it is listed and swept as
-- no stream is, and nothing follows from it. A row grows part by part, each a line of its own.
--
-- Why the sequence changes when a row grows: whoever tails the table reads by it, so a log that grew is told again. It takes
-- another row's place, and AUTOINCREMENT never hands a number out twice.

CREATE TABLE auth_logs (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    environment TEXT NOT NULL,
    id          TEXT NOT NULL,
    integration TEXT NOT NULL,
    connection  TEXT NOT NULL,
    operation   TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    parts       TEXT NOT NULL,
    UNIQUE (environment, id)
) STRICT;

CREATE INDEX auth_logs_listed ON auth_logs (environment, started_at DESC, id DESC);
CREATE INDEX auth_logs_of_connection ON auth_logs (environment, connection, started_at DESC, id DESC);
CREATE INDEX auth_logs_by_age ON auth_logs (started_at);
