SELECT id, item, price FROM orders QUALIFY row_number() OVER (PARTITION BY item ORDER BY price DESC NULLS LAST, id) <= 10;
