SELECT id, o.customer, name FROM orders o JOIN customers c ON o.customer = c.customer;
