-- How many customers have how many orders.
SELECT n, count(*) AS customers, sum(total) AS total FROM (SELECT customer, count(*) AS n, sum(quantity) AS total FROM orders GROUP BY customer HAVING count(*) > 2) GROUP BY n;
