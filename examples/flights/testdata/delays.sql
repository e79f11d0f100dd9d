-- Delays by carrier in January 2013, without the cancelled flights: what delays.csv was made with, by DuckDB, from the
-- project's top folder:
--   duckdb -c ".read examples/flights/testdata/delays.sql"
COPY (
    SELECT carrier, count(*) AS flights, avg(dep_delay) AS avg_dep_delay, avg(arr_delay) AS avg_arr_delay,
        max(arr_delay) AS worst_arr_delay
    FROM read_csv('testdata/flights/flights-2013-01.csv.gz', nullstr = ['NA', ''])
    WHERE dep_time IS NOT NULL
    GROUP BY carrier
    ORDER BY avg_arr_delay DESC
) TO 'examples/flights/testdata/delays.csv' (FORMAT csv, HEADER);
