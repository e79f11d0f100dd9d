SELECT id, traded, quoted, q.symbol, bid FROM trades t ASOF LEFT JOIN (SELECT * FROM quotes QUALIFY count(*) OVER (PARTITION BY quoted) = 1) q ON t.traded >= q.quoted WHERE id % 2 = 0;
