SELECT min(seen) AS window_start, max(seen) + INTERVAL 10 MINUTES AS window_end, visitor, count(*) AS n, count(DISTINCT page) AS pages, max(value) AS most
FROM (
  SELECT *, sum(begins) OVER (PARTITION BY visitor ORDER BY seen) AS session
  FROM (SELECT *, CASE WHEN seen - lag(seen) OVER (PARTITION BY visitor ORDER BY seen) < INTERVAL 10 MINUTES THEN 0 ELSE 1 END AS begins FROM events)
) GROUP BY visitor, session;
