"""Writes the tables of this folder, and DuckDB's answers to the questions in answers/*.sql beside them.

    python make.py            # all of it
    python make.py answers    # only the answers

Needs duckdb. The tables are the same each time: they come from one seed.
"""

import csv
import datetime as dt
import math
import pathlib
import random
import sys

import duckdb

HERE = pathlib.Path(__file__).parent
DAY = dt.datetime(2024, 3, 4)
rnd = random.Random(1848)


def some(value, share=0.05, instead=None):
    """value, or for a share of the rows something else: NULL unless said."""
    return instead if rnd.random() < share else value


def moment(seconds):
    """A time, in whole seconds mostly."""
    micros = rnd.choice([0, 0, 0, 250_000, 1])
    return DAY + dt.timedelta(seconds=seconds, microseconds=micros)


def eighths(low, high):
    """A number that has few binary digits: sums of them are exact in any order, so also DuckDB's."""
    return rnd.randrange(8 * low, 8 * high) / 8


def odd_float(value):
    return some(some(value, 0.03, math.nan), 0.04)


def customers():
    """Some ids are there twice, one is NULL several times, a few nobody orders by."""
    for i in range(150):
        id = some(rnd.randrange(120), 0.04)
        yield id, f"customer {i}", some(rnd.choice(["north", "south", "east", ""]), 0.1), moment(rnd.randrange(-40_000, 60_000)), eighths(1, 60)


def orders():
    """Ids are unique; times tie, items and tags repeat. There is no −0, which the engine takes for 0 and DuckDB keeps."""
    rows = []
    for i in range(900):
        at = moment(rnd.randrange(86_400) // 20 * 20)
        price = some(odd_float(eighths(0, 90)), 0.03, rnd.choice([0.0, math.inf]))
        tags = ",".join(rnd.choice(["new", "gift", "bulk", "", "fragile"]) for _ in range(rnd.randrange(1, 4)))
        rows.append((i, some(rnd.randrange(140)), some(rnd.choice(["tea", "milk", "bread", "salt"])), some(rnd.randrange(-5, 60), 0.1), price,
                     at, some(rnd.random() < 0.5, 0.2), some(tags)))
    return rows


def bands():
    """Ranges of prices, which overlap, and prices as keys: NaN, 0 and −0 among them."""
    for i, low in enumerate([0, 10, 15, 40, 41, 80, 200]):
        key = [math.nan, -0.0, None, 40.5, 12.0, math.inf, 7.125][i]
        yield f"band {i}", float(low), low + rnd.choice([5, 20, 30.5]), key


def quotes():
    """A time at most once for each symbol."""
    seen = set()
    while len(seen) < 700:
        key = some(rnd.choice("ABCDE"), 0.02), moment(rnd.randrange(20_000))
        if key not in seen:
            seen.add(key)
            yield *key, some(eighths(10, 99))


def trades():
    for i in range(500):
        yield i, some(rnd.choice("ABCDEF"), 0.04), some(moment(rnd.randrange(-200, 20_400)), 0.02), rnd.randrange(1, 500)


def events():
    """Rows that are equal in all columns, as often as not; values with all their digits; visitors that pause and come back. In the order of their
    times, but for up to a minute."""
    rows = []
    for visitor in range(30):
        at = rnd.randrange(3_000)
        while at < 40_000:
            row = (some(f"visitor {visitor}", 0.01), moment(at), some(rnd.choice(["/", "/cart", "/pay", ""]), 0.1), odd_float(rnd.gauss(50, 1000)),
                   some(rnd.random() < 0.7, 0.1))
            rows += [row] * rnd.choice([1, 1, 1, 1, 2, 3])
            at += rnd.choice([1, 5, 30, 300, 599, 600, 601, 2_000, 9_000])
    rows.sort(key=lambda row: row[1] + dt.timedelta(seconds=rnd.randrange(60)))
    return rows


TABLES = {
    customers: "customer name region since credit",
    orders: "id customer item quantity price placed express tags",
    bands: "band low high key",
    quotes: "symbol quoted bid",
    trades: "id symbol traded size",
    events: "visitor seen page value ok",
}


def cell(value):
    """A cell as the engine reads it: nothing is NULL, two quotes are the empty string."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case "":
            return '""'
        case float():
            return {"nan": "NaN", "inf": "Inf"}.get(str(value), str(value))
    return f'"{value}"' if "," in str(value) else str(value)


def write_tables():
    for make, header in TABLES.items():
        lines = [header.replace(" ", ",")] + [",".join(map(cell, row)) for row in make()]
        (HERE / f"{make.__name__}.csv").write_text("\n".join(lines) + "\n")


TYPES = {
    "id": "BIGINT", "customer": "BIGINT", "quantity": "BIGINT", "size": "BIGINT", "price": "DOUBLE", "credit": "DOUBLE", "low": "DOUBLE",
    "high": "DOUBLE", "key": "DOUBLE", "bid": "DOUBLE", "value": "DOUBLE", "placed": "TIMESTAMP", "seen": "TIMESTAMP", "since": "TIMESTAMP", "quoted": "TIMESTAMP",
    "traded": "TIMESTAMP", "express": "BOOLEAN", "ok": "BOOLEAN",
}


def write_answers():
    db = duckdb.connect()
    db.execute("SET threads = 1; SET TimeZone = 'UTC'; SET default_null_order = 'NULLS LAST'")
    for make, header in TABLES.items():
        columns = {name: TYPES.get(name, "VARCHAR") for name in header.split()}
        db.execute(f"CREATE TABLE {make.__name__} AS FROM read_csv('{HERE / make.__name__}.csv', columns = {columns}, header = true, "
                   "allow_quoted_nulls = false, auto_detect = false, delim = ',', quote = '\"')")
    for question in sorted((HERE / "answers").glob("*.sql")):
        query = question.read_text().rstrip().rstrip(";")
        try:
            db.execute(f"COPY (SELECT * FROM ({query}) ORDER BY ALL) TO '{question.with_suffix('.csv')}' (HEADER)")
        except duckdb.Error as err:
            sys.exit(f"{question.name}: {err}")


if __name__ == "__main__":
    if sys.argv[1:] != ["answers"]:
        write_tables()
    write_answers()
