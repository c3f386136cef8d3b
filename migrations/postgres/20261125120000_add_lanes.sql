-- Claims in turns. What is due is found by when it may be claimed, which is when it is due or when somebody's claim on
-- it lapses, whichever is later: held rows do not stand in the way of free ones. The first index finds whether anything
-- is due, the second the next lane (environment and parent) and the oldest due within it; in both, what is wanted stands
-- apart from what is merely due.
--
-- A list by subject reads that subject's rows alone.

ALTER TABLE streams ADD COLUMN wanted BOOLEAN NOT NULL DEFAULT FALSE;

DROP INDEX streams_due;
CREATE INDEX streams_due ON streams (category, wanted, GREATEST(due_at, claimed_until)) WHERE due_at IS NOT NULL;
CREATE INDEX streams_lanes ON streams (category, wanted, environment, parent, GREATEST(due_at, claimed_until))
    WHERE due_at IS NOT NULL;
CREATE INDEX streams_of_subject ON streams (category, environment, subject, id);
