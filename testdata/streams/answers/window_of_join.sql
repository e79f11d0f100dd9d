SELECT w AS window_start, w + INTERVAL 6 HOURS AS window_end, region, count(*) AS orders, sum(quantity) AS quantity
FROM (SELECT time_bucket(INTERVAL 6 HOURS, placed, TIMESTAMP '1970-01-01') AS w, region, quantity FROM orders o JOIN customers c ON o.customer = c.customer) GROUP BY w, region;
