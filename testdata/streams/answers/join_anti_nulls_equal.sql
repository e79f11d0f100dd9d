SELECT id, customer FROM orders o ANTI JOIN customers c ON o.customer IS NOT DISTINCT FROM c.customer;
