SELECT id, customer FROM orders o WHERE NOT EXISTS (FROM customers c WHERE o.customer = c.customer AND o.placed >= c.since AND o.price > c.credit);
