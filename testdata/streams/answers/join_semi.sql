SELECT id, customer FROM orders o SEMI JOIN customers c ON o.customer = c.customer;
