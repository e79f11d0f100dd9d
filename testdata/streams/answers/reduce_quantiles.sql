SELECT visitor, median(value) AS median, quantile_cont(value, 0.1) AS tenth, quantile_cont(value, 0.95) AS high, quantile_cont(value, 0) AS least, quantile_cont(value, 1) AS most
FROM events WHERE NOT isnan(value) GROUP BY visitor;
