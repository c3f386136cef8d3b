-- When what a stream hands out runs out unless it is renewed before, such as a connection's access token: for counts of what
-- does when, which read the index alone. A row that was there before has none until it is next appended to, which for a
-- token is its next refresh.
ALTER TABLE streams ADD COLUMN expires_at INTEGER;
CREATE INDEX streams_expiring ON streams (category, environment, expires_at) WHERE expires_at IS NOT NULL;
