SELECT id, t.symbol, traded, quoted, bid
FROM trades t ASOF LEFT JOIN quotes q ON t.symbol = q.symbol AND t.traded <= q.quoted;
