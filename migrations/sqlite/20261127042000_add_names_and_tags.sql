-- What people say of a stream and find it by: their own id for it, which is unique among those with the same parent, and
-- tags. And when it ends by itself, for lists and counts of what will end soon. A row that was there before has none of
-- these until it is next appended to.
--
-- A list reads by the narrowest of what is asked for, in the order of ids, so each of these ways has its index.
ALTER TABLE streams ADD COLUMN ends_at INTEGER;
ALTER TABLE streams ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX streams_external_id ON streams (category, environment, external_id, parent)
    WHERE external_id IS NOT NULL;
CREATE INDEX streams_ending ON streams (category, environment, ends_at, id) WHERE ends_at IS NOT NULL;
CREATE INDEX streams_of_parent ON streams (category, environment, parent, id);
CREATE INDEX streams_of_status ON streams (category, environment, status, id);

CREATE TABLE stream_tags (
    category    TEXT NOT NULL,
    environment TEXT NOT NULL,
    name        TEXT NOT NULL,
    value       TEXT NOT NULL,
    id          TEXT NOT NULL,
    PRIMARY KEY (category, environment, name, value, id)
) WITHOUT ROWID;
CREATE INDEX stream_tags_of_stream ON stream_tags (category, id);
