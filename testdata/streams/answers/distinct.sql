SELECT DISTINCT customer, item FROM orders;
