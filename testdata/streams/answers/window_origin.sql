SELECT w AS window_start, w + INTERVAL 2 HOURS AS window_end, count(*) AS n
FROM (SELECT time_bucket(INTERVAL 2 HOURS, seen, TIMESTAMP '2024-01-01 00:45:00') AS w FROM events) GROUP BY w;
