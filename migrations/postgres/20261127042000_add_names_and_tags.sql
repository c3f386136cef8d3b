-- What people say of a stream and find it by: their own id for it, which is unique among those with the same parent, and
-- tags. And when it ends by itself, for lists and counts of what will end soon. A row that was there before has none of
-- these until it is next appended to.
--
-- A list reads by the narrowest of what is asked for, in the order of ids, so each of these ways has its index.
ALTER TABLE streams ADD COLUMN ends_at BIGINT;
ALTER TABLE streams ADD COLUMN external_id TEXT COLLATE "C";
CREATE UNIQUE INDEX streams_external_id ON streams (category, environment, external_id, parent)
    WHERE external_id IS NOT NULL;
CREATE INDEX streams_ending ON streams (category, environment, ends_at, id) WHERE ends_at IS NOT NULL;
CREATE INDEX streams_of_parent ON streams (category, environment, parent, id);
CREATE INDEX streams_of_status ON streams (category, environment, status, id);

CREATE TABLE stream_tags (
    category    TEXT COLLATE "C" NOT NULL,
    environment TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    value       TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (category, environment, name, value, id)
);
CREATE INDEX stream_tags_of_stream ON stream_tags (category, id);
