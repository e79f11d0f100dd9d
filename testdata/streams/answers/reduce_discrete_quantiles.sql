SELECT item, quantile_disc(price, 0.5) AS middle, quantile_disc(price, 0.9) AS high, quantile_disc(quantity, 0.25) AS quarter,
  quantile_disc(placed, 0) AS first, quantile_disc(tags, 0.5) AS tag, median(quantity) AS median
FROM orders GROUP BY item;
