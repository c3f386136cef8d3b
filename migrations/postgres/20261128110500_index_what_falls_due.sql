-- What is to be done next in one environment, in the order in which it falls due: for whoever looks at the queue. Claims go by
-- other indexes, lane by lane.
CREATE INDEX streams_queue ON streams (category, environment, due_at, id) WHERE due_at IS NOT NULL;
