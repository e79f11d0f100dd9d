-- Orders with what their region buys: a join with what is reduced from a join.
WITH located AS (SELECT id, item, quantity, region FROM orders o JOIN customers c ON o.customer = c.customer),
regions AS (SELECT region, item, sum(quantity) AS bought, count(*) AS orders FROM located GROUP BY ALL)
SELECT id, l.region, l.item, bought, orders FROM located l LEFT JOIN regions r ON l.region = r.region AND l.item = r.item WHERE id % 4 = 0;
