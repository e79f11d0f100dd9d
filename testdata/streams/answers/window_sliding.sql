SELECT w AS window_start, w + INTERVAL 1 HOUR AS window_end, count(*) AS n, count(DISTINCT page) AS pages, max(value) AS most
FROM (SELECT *, unnest(generate_series(time_bucket(INTERVAL 20 MINUTES, seen, TIMESTAMP '1970-01-01') - INTERVAL 40 MINUTES, time_bucket(INTERVAL 20 MINUTES, seen, TIMESTAMP '1970-01-01'), INTERVAL 20 MINUTES)) AS w FROM events)
GROUP BY w;
