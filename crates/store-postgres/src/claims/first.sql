SELECT environment, parent
FROM streams
WHERE category = $1 AND wanted = $2 AND due_at IS NOT NULL AND GREATEST(due_at, claimed_until) <= $3
ORDER BY GREATEST(due_at, claimed_until)
LIMIT $4
