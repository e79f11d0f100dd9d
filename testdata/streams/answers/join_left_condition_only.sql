SELECT name, band FROM customers LEFT JOIN bands ON credit >= low AND credit < high AND region <> 'north';
