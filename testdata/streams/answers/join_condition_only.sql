SELECT id, band FROM orders JOIN bands ON price >= low AND price < high;
