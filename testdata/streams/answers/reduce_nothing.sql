SELECT count(*) AS n, sum(quantity) AS total, avg(price) AS mean, max(item) AS item, median(price) AS median, bool_and(express) AS express, list(id) AS ids FROM orders WHERE id < 0;
