SELECT min(seen) AS window_start, max(seen) + INTERVAL 20 SECONDS AS window_end, count(*) AS n
FROM (SELECT *, sum(begins) OVER (ORDER BY seen) AS session
  FROM (SELECT *, CASE WHEN seen - lag(seen) OVER (ORDER BY seen) < INTERVAL 20 SECONDS THEN 0 ELSE 1 END AS begins FROM events)) GROUP BY session;
