SELECT w AS window_start, w + INTERVAL 1 HOUR AS window_end, visitor, count(*) AS n, min(value) FILTER (WHERE ok) AS least
FROM (SELECT *, time_bucket(INTERVAL 1 HOUR, seen, TIMESTAMP '1970-01-01') AS w FROM events) GROUP BY w, visitor;
