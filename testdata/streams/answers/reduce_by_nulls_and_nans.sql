SELECT price, express, count(*) AS n, sum(quantity) AS quantity FROM orders GROUP BY price, express HAVING n > 1;
