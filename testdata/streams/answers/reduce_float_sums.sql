-- fsum and favg carry rounding errors along; the engine's sums are exact. The last digits may differ.
SELECT visitor, fsum(value) AS total, favg(value) AS mean FROM events WHERE NOT isnan(value) GROUP BY visitor;
