SELECT * FROM orders QUALIFY row_number() OVER (PARTITION BY customer ORDER BY id) = 1;
