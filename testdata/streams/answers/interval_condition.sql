SELECT id, t.symbol, traded, quoted, bid FROM trades t JOIN quotes q ON t.symbol = q.symbol AND q.quoted BETWEEN t.traded - INTERVAL 30 SECONDS AND t.traded + INTERVAL 90 SECONDS AND size > 4 * bid;
