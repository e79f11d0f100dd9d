SELECT id, coalesce(o.customer, c.customer) AS customer, name
FROM orders o FULL JOIN customers c ON o.customer = c.customer AND o.placed >= c.since AND o.price > c.credit;
