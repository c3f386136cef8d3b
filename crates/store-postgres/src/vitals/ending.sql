-- Found first and told apart afterwards: a table that was never analysed is otherwise read parent by parent, in whole.
WITH soon AS MATERIALIZED (
    SELECT parent, ends_at
    FROM streams
    WHERE category = $1 AND environment = $2 AND ends_at < $7
)
SELECT parent,
       CASE WHEN ends_at < $3 THEN 0 WHEN ends_at < $4 THEN 1 WHEN ends_at < $5 THEN 2
            WHEN ends_at < $6 THEN 3 ELSE 4 END::BIGINT AS slot,
       COUNT(*) AS count
FROM soon
GROUP BY 1, 2
