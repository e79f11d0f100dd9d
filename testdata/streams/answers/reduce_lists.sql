SELECT customer, list(item ORDER BY id) AS items, list(quantity ORDER BY quantity) AS quantities,
  string_agg(item, '; ' ORDER BY id) AS text, list(id ORDER BY id) FILTER (WHERE express) AS express
FROM orders WHERE customer < 40 OR customer IS NULL GROUP BY customer;
