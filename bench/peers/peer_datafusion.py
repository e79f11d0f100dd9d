"""DataFusion as a peer. Types of CSV columns are given, so that it doesn't guess."""

import argparse

import datafusion
import pyarrow as pa
import pyarrow.compute
from datafusion import SessionConfig, SessionContext

import protocol

SEED = pa.schema([
    ("id", pa.int64()), ("value", pa.float64()), ("category", pa.string()), ("timestamp", pa.timestamp("us"))])

SEED_JOB = """SELECT category, count(*) AS count, sum(value) AS sum_value, avg(value) AS avg_value {more}
FROM t WHERE value > 500 GROUP BY category"""

GROUPBY = {
    "q1": "SELECT id1, sum(v1) AS v1 FROM t GROUP BY id1",
    "q2": "SELECT id1, id2, sum(v1) AS v1 FROM t GROUP BY id1, id2",
    "q3": "SELECT id3, sum(v1) AS v1, avg(v3) AS v3 FROM t GROUP BY id3",
    "q4": "SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3 FROM t GROUP BY id4",
    "q5": "SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3 FROM t GROUP BY id6",
    "q7": "SELECT id3, max(v1) - min(v2) AS range_v1_v2 FROM t GROUP BY id3",
}


class DataFusion:
    name = "datafusion"
    version = datafusion.__version__

    def __init__(self, threads):
        self.threads = threads

    def context(self):
        """Statistics of whole files, which these queries can't use, are not collected: that takes time."""
        config = SessionConfig().with_target_partitions(self.threads)
        return SessionContext(config.set("datafusion.execution.collect_statistics", "false"))

    def seed(self, context, out, more=""):
        context.sql(SEED_JOB.format(more=more)).write_csv(out, with_header=True)
        return protocol.in_file

    def csv(self, file):
        context = self.context()
        context.register_csv("t", file, schema=SEED, has_header=True)
        return context

    def parquet(self, file):
        context = self.context()
        context.register_parquet("t", file)
        return context

    def seed_csv(self, file, out):
        return self.seed(self.csv(file), out)

    def seed_csv_typed(self, file, out):
        return self.seed(self.csv(file), out, ", max(timestamp) AS last")

    def seed_parquet(self, file, out):
        return self.seed(self.parquet(file), out)

    def seed_parquet_typed(self, file, out):
        return self.seed(self.parquet(file), out, ", max(timestamp) AS last")

    def groupby(self, question, file):
        context = self.context()
        context.register_parquet("t", file)
        result = context.sql(GROUPBY[question]).collect()
        return lambda: describe(result)

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
        self.csv(file).table("t").write_parquet(out, compression="snappy")
        return protocol.in_file

    def parquet_sums(self, file, _):
        return lambda: describe(self.parquet(file).table("t").collect())


def describe(batches):
    """Number of rows, and the sums of the numeric columns."""
    table = pa.Table.from_batches(batches)
    numeric = [f.name for f in table.schema if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)]
    sums = {name: pa.compute.sum(table[name].cast(pa.float64())).as_py() for name in numeric}
    return table.num_rows, sums


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--threads", type=int, required=True)
    protocol.serve(DataFusion(options.parse_args().threads))
