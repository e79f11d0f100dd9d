-- The users with the most events of each hour.
WITH counts AS (SELECT time_bucket(INTERVAL 1 HOUR, seen, TIMESTAMP '1970-01-01') AS window_start, visitor, count(*) AS n FROM events GROUP BY ALL)
SELECT window_start, visitor, n FROM counts QUALIFY rank() OVER (PARTITION BY window_start ORDER BY n DESC) = 1;
