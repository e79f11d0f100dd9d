SELECT id, t.symbol, traded, quoted, bid
FROM trades t JOIN quotes q ON t.symbol = q.symbol WHERE traded IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY id ORDER BY abs(epoch_us(traded) - epoch_us(quoted)), quoted) = 1;
