"""Polars as a peer: lazy frames on its streaming engine. Types of CSV columns are given, so that it doesn't guess. A
timestamp is read as text and parsed by its format: that takes a quarter of the time of a Datetime in the schema."""

import argparse
import os

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--threads", type=int, required=True)
threads = options.parse_args().threads
os.environ["POLARS_MAX_THREADS"] = str(threads)  # read once, when polars is imported

import polars as pl  # noqa: E402

import protocol  # noqa: E402

SEED = {"id": pl.Int64, "value": pl.Float64, "category": pl.String, "timestamp": pl.String}


def seed(frame, out, *more):
    (
        frame.filter(pl.col("value") > 500)
        .group_by("category")
        .agg(
            pl.len().alias("count"),
            pl.col("value").sum().alias("sum_value"),
            pl.col("value").mean().alias("avg_value"),
            *more,
        )
        .sink_csv(out, engine="streaming")
    )
    return protocol.in_file


def groupby(file, keys, *aggregates):
    result = pl.scan_parquet(file).group_by(keys).agg(*aggregates).collect(engine="streaming")
    return lambda: describe(result)


def describe(frame):
    """Number of rows, and the sums of the numeric columns."""
    frame = frame.lazy()
    numeric = [name for name, kind in frame.collect_schema().items() if kind.is_numeric()]
    sums = [pl.col(name).cast(pl.Float64).sum().alias(name) for name in numeric]
    row = frame.select(pl.len().alias("rows of the frame"), *sums).collect(engine="streaming").row(0, named=True)
    return row.pop("rows of the frame"), row


PARSED = pl.col("timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", time_unit="us")


class Polars:
    name = "polars"
    version = pl.__version__

    def seed_csv(self, file, out):
        return seed(pl.scan_csv(file, schema=SEED), out)

    def seed_csv_typed(self, file, out):
        return seed(pl.scan_csv(file, schema=SEED), out, PARSED.max().alias("last"))

    def seed_parquet(self, file, out):
        return seed(pl.scan_parquet(file), out)

    def seed_parquet_typed(self, file, out):
        return seed(pl.scan_parquet(file), out, pl.col("timestamp").max().alias("last"))

    def groupby_q1(self, file, _):
        return groupby(file, ["id1"], pl.col("v1").sum())

    def groupby_q2(self, file, _):
        return groupby(file, ["id1", "id2"], pl.col("v1").sum())

    def groupby_q3(self, file, _):
        return groupby(file, ["id3"], pl.col("v1").sum(), pl.col("v3").mean())

    def groupby_q4(self, file, _):
        return groupby(file, ["id4"], pl.col("v1", "v2", "v3").mean())

    def groupby_q5(self, file, _):
        return groupby(file, ["id6"], pl.col("v1", "v2", "v3").sum())

    def groupby_q7(self, file, _):
        return groupby(file, ["id3"], (pl.col("v1").max() - pl.col("v2").min()).alias("range_v1_v2"))

    def convert(self, file, out):
        frame = pl.scan_csv(file, schema=SEED).with_columns(PARSED)
        frame.sink_parquet(out, compression="snappy", engine="streaming")
        return protocol.in_file

    def parquet_sums(self, file, _):
        return lambda: describe(pl.scan_parquet(file))


if __name__ == "__main__":
    protocol.serve(Polars())
