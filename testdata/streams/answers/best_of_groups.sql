-- Each item's three best customers.
SELECT item, customer, bought FROM (SELECT item, customer, sum(quantity) AS bought FROM orders GROUP BY item, customer)
QUALIFY row_number() OVER (PARTITION BY item ORDER BY bought DESC NULLS LAST, customer NULLS LAST) <= 3;
