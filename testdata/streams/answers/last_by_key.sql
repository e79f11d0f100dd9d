SELECT * FROM orders QUALIFY row_number() OVER (PARTITION BY customer, item ORDER BY id DESC) = 1;
