SELECT w AS window_start, e AS window_end, count(*) AS n, sum(CASE WHEN ok THEN 1 ELSE 0 END)::BIGINT AS good
FROM (SELECT *, time_bucket(INTERVAL 1 HOUR, seen, TIMESTAMP '1970-01-01') AS w, unnest(generate_series(time_bucket(INTERVAL 15 MINUTES, seen, TIMESTAMP '1970-01-01') + INTERVAL 15 MINUTES, time_bucket(INTERVAL 1 HOUR, seen, TIMESTAMP '1970-01-01') + INTERVAL 1 HOUR, INTERVAL 15 MINUTES)) AS e FROM events)
GROUP BY w, e;
