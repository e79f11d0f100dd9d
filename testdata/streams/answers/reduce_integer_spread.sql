SELECT item, var_samp(quantity) AS var, stddev_pop(quantity) AS stddev FROM orders GROUP BY item;
