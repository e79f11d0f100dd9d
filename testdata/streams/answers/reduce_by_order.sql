SELECT customer, arg_min_null(item, id) AS first, arg_max_null(item, id) AS last, arg_min_null(price, id) FILTER (WHERE quantity > 20) AS price,
  first(tags ORDER BY id) AS first_tags, last(tags ORDER BY id) AS last_tags
FROM orders GROUP BY customer;
