"""Makes a Parquet file of a generated CSV file, by a writer that is neither pwcol's nor a peer's: Arrow C++.
Snappy, dictionaries, row groups of a million rows.

    python make_data.py seed in.csv out.parquet
    python make_data.py groupby in.csv out.parquet
"""

import argparse
import os

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ROW_GROUP = 1_000_000

SCHEMAS = {
    "seed": pa.schema([
        ("id", pa.int64()), ("value", pa.float64()), ("category", pa.string()), ("timestamp", pa.timestamp("us"))]),
    "groupby": pa.schema([
        ("id1", pa.string()), ("id2", pa.string()), ("id3", pa.string()),
        ("id4", pa.int64()), ("id5", pa.int64()), ("id6", pa.int64()),
        ("v1", pa.int64()), ("v2", pa.int64()), ("v3", pa.float64())]),
}


def convert(schema, source, target):
    """Reads block by block, so that a file of any size fits."""
    reader = pa.csv.open_csv(
        source,
        read_options=pa.csv.ReadOptions(block_size=16 << 20),
        convert_options=pa.csv.ConvertOptions(column_types=schema),
    )
    unfinished = target + ".unfinished"
    with pa.parquet.ParquetWriter(unfinished, schema, compression="snappy") as writer:
        waiting, rows = [], 0
        for batch in reader:
            waiting.append(batch)
            rows += batch.num_rows
            while rows >= ROW_GROUP:
                table = pa.Table.from_batches(waiting)
                writer.write_table(table.slice(0, ROW_GROUP), row_group_size=ROW_GROUP)
                waiting = table.slice(ROW_GROUP).to_batches()
                rows -= ROW_GROUP
        if rows:
            writer.write_table(pa.Table.from_batches(waiting), row_group_size=ROW_GROUP)
    os.rename(unfinished, target)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("schema", choices=SCHEMAS)
    options.add_argument("source")
    options.add_argument("target")
    o = options.parse_args()
    convert(SCHEMAS[o.schema], o.source, o.target)
