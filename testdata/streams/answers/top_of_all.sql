SELECT id, quantity, placed FROM orders ORDER BY quantity NULLS LAST, placed DESC, id LIMIT 25;
