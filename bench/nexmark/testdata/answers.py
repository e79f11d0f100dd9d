"""Makes answers.txt: what DuckDB says about the published queries, for TestQueriesAsDuckDB.

    go test ./bench/nexmark -run TestQueriesAsDuckDB -dump /tmp/events
    python bench/nexmark/testdata/answers.py /tmp/events > bench/nexmark/testdata/answers.txt

A line is a query, the number of its rows, and a sum for each column: of numbers (decimals without their point), of times in milliseconds
since 1970, of texts' first byte plus 256 times their length. Where the published query leaves open which of several rows
counts, the one that came first does (q19), or last (q18).
"""
import sys

import duckdb

db = duckdb.connect()
for table in ("person", "auction", "bid"):
    db.execute(f"CREATE VIEW {table} AS SELECT *, file_row_number AS arrival FROM read_parquet('{sys.argv[1]}/{table}.parquet', file_row_number = true)")
db.execute("""CREATE VIEW auction_bids AS SELECT A.*, B.auction, B.bidder, B.price, B.dateTime AS bid_dateTime, B.extra AS bid_extra
    FROM auction A, bid B WHERE A.id = B.auction AND B.dateTime BETWEEN A.dateTime AND A.expires""")
db.execute("""CREATE VIEW hops AS SELECT auction, starts, count(*) AS num
    FROM (SELECT auction, epoch_ms(dateTime) // 2000 * 2000 - unnest([0, 2000, 4000, 6000, 8000]) AS starts FROM bid) GROUP BY ALL""")

DAY = "strftime(dateTime, '%Y-%m-%d')"
RANKS = ["true", "price < 10000", "price >= 10000 AND price < 1000000", "price >= 1000000"]
BIDS = ", ".join(f"count(*) FILTER ({r})" for r in RANKS)
STATISTICS = BIDS + "".join(f", count(DISTINCT {c}) FILTER ({r})" for c in ("bidder", "auction") for r in RANKS)

queries = {
    "q0": "SELECT auction, bidder, price, dateTime, extra FROM bid",
    "q1": "SELECT auction, bidder, 0.908 * price, dateTime, extra FROM bid",
    "q2": "SELECT auction, price FROM bid WHERE auction % 123 = 0",
    "q3": "SELECT P.name, P.city, P.state, A.id FROM auction A JOIN person P ON A.seller = P.id WHERE A.category = 10 AND P.state IN ('OR', 'ID', 'CA')",
    "q4": "SELECT category, floor(avg(final))::BIGINT FROM (SELECT max(price) AS final, category FROM auction_bids GROUP BY id, category) GROUP BY category",
    "q5": "SELECT auction, num FROM hops JOIN (SELECT max(num) AS most, starts FROM hops GROUP BY starts) USING (starts) WHERE num >= most",
    "q7": """SELECT B.auction, B.price, B.bidder, B.dateTime, B.extra
        FROM bid B JOIN (SELECT max(price) AS highest, epoch_ms(dateTime) // 10000 * 10000 AS starts FROM bid GROUP BY starts)
        ON B.price = highest AND epoch_ms(B.dateTime) BETWEEN starts AND starts + 10000""",
    "q8": """SELECT DISTINCT P.id, P.name, make_timestamp(epoch_ms(P.dateTime) // 10000 * 10000000)
        FROM person P JOIN auction A ON P.id = A.seller AND epoch_ms(P.dateTime) // 10000 = epoch_ms(A.dateTime) // 10000""",
    "q9": """SELECT id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra, auction, bidder, price, bid_dateTime, bid_extra
        FROM auction_bids QUALIFY row_number() OVER (PARTITION BY id ORDER BY price DESC, bid_dateTime) = 1""",
    "q11": """SELECT bidder, count(*), min(dateTime), max(dateTime) + INTERVAL 10 SECOND
        FROM (SELECT *, sum(begins) OVER (PARTITION BY bidder ORDER BY dateTime) AS session
            FROM (SELECT bidder, dateTime, CASE WHEN dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime) < INTERVAL 10 SECOND THEN 0 ELSE 1 END AS begins
                FROM bid)) GROUP BY bidder, session""",
    "q14": """SELECT auction, bidder, 0.908 * price,
            CASE WHEN hour(dateTime) BETWEEN 8 AND 18 THEN 'dayTime' WHEN hour(dateTime) <= 6 OR hour(dateTime) >= 20 THEN 'nightTime' ELSE 'otherTime' END,
            dateTime, extra, length(extra) - length(replace(extra, 'c', ''))
        FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000""",
    "q15": f"SELECT {DAY} AS day, {STATISTICS} FROM bid GROUP BY day",
    "q16": f"SELECT channel, {DAY} AS day, max(strftime(dateTime, '%H:%M')), {STATISTICS} FROM bid GROUP BY channel, day",
    "q17": f"SELECT auction, {DAY} AS day, {BIDS}, min(price), max(price), (sum(price) // count(*))::BIGINT, sum(price) FROM bid GROUP BY auction, day",
    "q18": """SELECT auction, bidder, price, channel, url, dateTime, extra
        FROM bid QUALIFY row_number() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, arrival DESC) <= 1""",
    "q19": """SELECT auction, bidder, price, channel, url, dateTime, extra, row_number() OVER (PARTITION BY auction ORDER BY price DESC, arrival) AS number
        FROM bid QUALIFY number <= 10""",
    "q20": """SELECT auction, bidder, price, channel, url, B.dateTime, B.extra,
            itemName, description, initialBid, reserve, A.dateTime, expires, seller, category, A.extra
        FROM bid B JOIN auction A ON B.auction = A.id WHERE category = 10""",
    "q22": "SELECT auction, bidder, price, channel, split_part(url, '/', 4), split_part(url, '/', 5), split_part(url, '/', 6) FROM bid",
    "q23": """SELECT bidder, price, channel, url, B.extra, P.id, name, emailAddress, creditCard, city, state, P.extra,
            itemName, description, initialBid, reserve, A.dateTime, expires, seller, category, A.extra
        FROM bid B JOIN person P ON P.id = B.bidder JOIN auction A ON A.seller = B.bidder""",
}


def column_sum(name, kind):
    if kind.startswith("DECIMAL"):
        return f"sum(replace({name}::VARCHAR, '.', '')::HUGEINT)::HUGEINT"
    if kind.startswith("TIMESTAMP"):
        return f"sum(epoch_ms({name}))::HUGEINT"
    if kind == "VARCHAR":
        return f"sum(length({name}) * 256 + ascii({name}))::HUGEINT"
    return f"sum({name})::HUGEINT"


for query, sql in queries.items():
    result = db.sql(sql)
    columns = [f"c{i}" for i in range(len(result.columns))]
    sums = ", ".join(column_sum(c, str(t)) for c, t in zip(columns, result.types))
    print(query, *db.sql(f"SELECT count(*), {sums} FROM ({sql}) AS t({', '.join(columns)})").fetchall()[0])
