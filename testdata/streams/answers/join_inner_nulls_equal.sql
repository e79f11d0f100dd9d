SELECT id, o.customer, name FROM orders o JOIN customers c ON o.customer IS NOT DISTINCT FROM c.customer WHERE id % 3 = 0;
