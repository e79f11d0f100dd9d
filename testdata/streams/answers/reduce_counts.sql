SELECT visitor, count(*) AS events, count(page) AS pages, count(DISTINCT page) AS different, count(DISTINCT value) AS "values",
  count(*) FILTER (WHERE ok) AS good, count(DISTINCT page) FILTER (WHERE value > 0) AS positive
FROM events GROUP BY visitor;
