-- From each lane to the next through the index, whatever stands in between: one probe a lane, whose first row is the
-- one that can be claimed first.
WITH RECURSIVE lane AS (
    (
        SELECT environment, parent, GREATEST(due_at, claimed_until) AS free_at
        FROM streams
        WHERE category = $1 AND wanted = $2 AND due_at IS NOT NULL AND (environment, parent) > ($4, $5)
        ORDER BY environment, parent, GREATEST(due_at, claimed_until)
        LIMIT 1
    )
    UNION ALL
    SELECT next.environment, next.parent, next.free_at
    FROM lane
    CROSS JOIN LATERAL (
        SELECT environment, parent, GREATEST(due_at, claimed_until) AS free_at
        FROM streams
        WHERE category = $1 AND wanted = $2 AND due_at IS NOT NULL
          AND (environment, parent) > (lane.environment, lane.parent)
        ORDER BY environment, parent, GREATEST(due_at, claimed_until)
        LIMIT 1
    ) AS next
)
SELECT environment, parent
FROM lane
WHERE free_at <= $3
  AND NOT EXISTS (
      SELECT 1 FROM UNNEST($6::TEXT[], $7::TEXT[]) AS excepted (environment, parent)
      WHERE excepted.environment = lane.environment AND excepted.parent = lane.parent
  )
LIMIT $8
