-- Prices have few binary digits, so that sums of them are exact here too.
SELECT customer, sum(quantity) AS quantity, sum(price) AS price, avg(quantity) AS mean_quantity, avg(price) AS mean_price,
  sum(price) FILTER (WHERE isfinite(price) AND express) AS express, avg(quantity) FILTER (WHERE quantity < 0) AS negative
FROM orders GROUP BY customer;
