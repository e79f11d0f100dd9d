SELECT id, name FROM orders o JOIN customers c ON o.customer = c.customer WHERE quantity > 40
UNION ALL SELECT id, NULL FROM orders o ANTI JOIN customers c ON o.customer = c.customer;
