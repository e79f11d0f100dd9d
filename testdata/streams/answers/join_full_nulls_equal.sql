SELECT id, coalesce(o.customer, c.customer) AS customer, name
FROM (FROM orders WHERE id % 3 = 0) o FULL JOIN customers c ON o.customer IS NOT DISTINCT FROM c.customer;
