"""DuckDB as a peer. Types of CSV columns are given, so that it neither guesses nor samples. A timestamp that the job
reads is taken as text and cast behind the filter: that was the fastest of the ways to write it."""

import argparse

import duckdb

import protocol

SEED_CSV = """read_csv('{file}', header = true, auto_detect = false, delim = ',', quote = '"', columns = {{
    'id': 'BIGINT', 'value': 'DOUBLE', 'category': 'VARCHAR', 'timestamp': '{timestamp}'}})"""

SEED_JOB = """COPY (
    SELECT category, count(*) AS count, sum(value) AS sum_value, avg(value) AS avg_value {more}
    FROM {source} WHERE value > 500 GROUP BY category
) TO '{out}' (FORMAT csv, HEADER)"""

GROUPBY = {
    "q1": "SELECT id1, sum(v1) AS v1 FROM {t} GROUP BY id1",
    "q2": "SELECT id1, id2, sum(v1) AS v1 FROM {t} GROUP BY id1, id2",
    "q3": "SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM {t} GROUP BY id3",
    "q4": "SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM {t} GROUP BY id4",
    "q5": "SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM {t} GROUP BY id6",
    "q7": "SELECT id3, max(v1) - min(v2) AS range_v1_v2 FROM {t} GROUP BY id3",
}


class DuckDB:
    name = "duckdb"
    version = duckdb.__version__

    def __init__(self, threads):
        self.db = duckdb.connect()
        self.db.execute(f"SET threads = {threads}")
        self.db.execute("SET enable_progress_bar = false")
        self.db.execute("SET preserve_insertion_order = false")

    def seed(self, source, out, more=""):
        self.db.execute(SEED_JOB.format(source=source, out=out, more=more))
        return protocol.in_file

    def seed_csv(self, file, out):
        return self.seed(SEED_CSV.format(file=file, timestamp="VARCHAR"), out)

    def seed_csv_typed(self, file, out):
        return self.seed(SEED_CSV.format(file=file, timestamp="VARCHAR"), out, ", max(timestamp::TIMESTAMP) AS last")

    def seed_parquet(self, file, out):
        return self.seed(f"read_parquet('{file}')", out)

    def seed_parquet_typed(self, file, out):
        return self.seed(f"read_parquet('{file}')", out, ", max(timestamp) AS last")

    def groupby(self, question, file):
        """The result is a temporary table: columns in memory."""
        self.db.execute("CREATE OR REPLACE TEMP TABLE result AS " + GROUPBY[question].format(t=f"read_parquet('{file}')"))
        return lambda: self.describe("result")

    def groupby_q1(self, file, _):
        return self.groupby("q1", file)

    def groupby_q2(self, file, _):
        return self.groupby("q2", file)

    def groupby_q3(self, file, _):
        return self.groupby("q3", file)

    def groupby_q4(self, file, _):
        return self.groupby("q4", file)

    def groupby_q5(self, file, _):
        return self.groupby("q5", file)

    def groupby_q7(self, file, _):
        return self.groupby("q7", file)

    def convert(self, file, out):
        source = SEED_CSV.format(file=file, timestamp="TIMESTAMP")
        self.db.execute(f"COPY (FROM {source}) TO '{out}' (FORMAT parquet, COMPRESSION snappy)")
        return protocol.in_file

    def parquet_sums(self, file, _):
        return lambda: self.describe(f"read_parquet('{file}')")

    def describe(self, source):
        """Number of rows, and the sums of the numeric columns."""
        columns = self.db.execute(f"SELECT * FROM {source} LIMIT 0").description
        numeric = [c[0] for c in columns if str(c[1]) in ("NUMBER", "BIGINT", "INTEGER", "HUGEINT", "DOUBLE")]
        sums = "".join(f', sum("{c}")::DOUBLE' for c in numeric)
        rows, *values = self.db.execute(f"SELECT count(*) {sums} FROM {source}").fetchone()
        return rows, dict(zip(numeric, values))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--threads", type=int, required=True)
    protocol.serve(DuckDB(options.parse_args().threads))
