SELECT id, c.customer, name
FROM orders o RIGHT JOIN customers c ON o.customer = c.customer AND o.placed >= c.since AND o.price > c.credit;
