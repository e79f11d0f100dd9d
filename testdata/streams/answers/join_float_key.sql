-- NaN is equal to NaN, −0 to 0.
SELECT id, price, band FROM orders LEFT JOIN bands ON price = key WHERE price < 45 OR isnan(price) OR isinf(price);
