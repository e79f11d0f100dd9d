SELECT customer, min(price) AS least, max(price) AS most, min(placed) AS first, max(placed) AS last, min(item) AS low, max(tags) AS high,
  min(quantity) FILTER (WHERE express) AS least_express, max(express) AS any_express
FROM orders GROUP BY customer;
