SELECT visitor, var_samp(value) AS var, var_pop(value) AS var_pop, stddev_samp(value) AS stddev, stddev_pop(value) AS stddev_pop,
  var_samp(value) FILTER (WHERE ok) AS var_ok
FROM events WHERE NOT isnan(value) GROUP BY visitor;
