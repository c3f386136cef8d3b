-- The lock is what makes the check and the claim one step; a row another claimer has locked is theirs. An array, not a
-- join: whatever the planner thinks of the limits, it fetches these rows by their names.
UPDATE streams
SET claimed_until = $4, claim_fence = claim_fence + 1
WHERE category = $1 AND id = ANY (ARRAY(
    SELECT due.id
    FROM UNNEST($5::TEXT[], $6::TEXT[]) WITH ORDINALITY AS lane (environment, parent, number)
    CROSS JOIN LATERAL (
        SELECT id
        FROM streams
        WHERE category = $1 AND wanted = $2 AND due_at IS NOT NULL AND GREATEST(due_at, claimed_until) <= $3
          AND environment = lane.environment AND parent = lane.parent
        ORDER BY GREATEST(due_at, claimed_until)
        LIMIT $7
        FOR UPDATE SKIP LOCKED
    ) AS due
    LIMIT $8
))
RETURNING id, environment, parent, claim_fence, due_at, wanted,
    -- A statement does not see what it writes: this is how it was before.
    (SELECT old.claimed_until FROM streams AS old WHERE old.category = streams.category AND old.id = streams.id) AS lapsed_at
