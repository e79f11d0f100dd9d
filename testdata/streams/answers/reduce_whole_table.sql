SELECT count(*) AS events, count(DISTINCT visitor) AS visitors, count(DISTINCT value) AS "values", min(seen) AS first, max(value) AS most,
  arg_max(visitor, seen) FILTER (WHERE page = '/pay' AND seen < '2024-03-04 08:00:00') AS payer FROM events;
