SELECT id, o.customer, name
FROM orders o LEFT JOIN customers c ON o.customer = c.customer AND o.placed >= c.since AND o.price > c.credit;
