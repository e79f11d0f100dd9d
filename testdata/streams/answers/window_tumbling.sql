SELECT w AS window_start, w + INTERVAL 7 MINUTES AS window_end, count(*) AS n, count(DISTINCT visitor) AS visitors, max(value) AS most
FROM (SELECT *, time_bucket(INTERVAL 7 MINUTES, seen, TIMESTAMP '1970-01-01') AS w FROM events) GROUP BY w;
