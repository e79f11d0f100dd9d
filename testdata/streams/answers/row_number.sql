SELECT id, customer, quantity, row_number() OVER (PARTITION BY customer ORDER BY quantity DESC NULLS LAST, id) AS rank FROM orders WHERE customer < 60 OR customer IS NULL;
