-- Orders that are dearer than their customer's others are on average.
SELECT id, o.customer, price, mean
FROM orders o JOIN (SELECT customer, avg(price) AS mean FROM orders WHERE isfinite(price) GROUP BY customer) m ON o.customer = m.customer AND price > mean;
