-- Pairs of orders of a customer for the same item, the later one twice as dear or more.
SELECT a.id, b.id AS id_later, a.customer, a.item
FROM orders a JOIN orders b ON a.customer = b.customer AND a.item = b.item AND a.id < b.id AND b.price >= 2 * a.price;
