-- Steps that don't divide the size: a row is in three windows or in two.
SELECT w AS window_start, w + INTERVAL 50 MINUTES AS window_end, visitor, count(*) AS n
FROM (SELECT *, unnest(generate_series(time_bucket(INTERVAL 20 MINUTES, seen, TIMESTAMP '1970-01-01') - INTERVAL 40 MINUTES, time_bucket(INTERVAL 20 MINUTES, seen, TIMESTAMP '1970-01-01'), INTERVAL 20 MINUTES)) AS w FROM events)
WHERE seen < w + INTERVAL 50 MINUTES AND (visitor < 'visitor 2' OR visitor IS NULL) GROUP BY w, visitor;
