SELECT customer, item AS text FROM orders UNION SELECT customer, region FROM customers;
