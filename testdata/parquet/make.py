"""Writes the Parquet files of this folder, with pyarrow and DuckDB, and their expected values as JSON.

    python make.py

Values in the JSON files are text: integers, dates, times and timestamps as their number, decimals as their
unscaled number, floats as Python writes them, binary in hexadecimal, NULL as null.
"""

import datetime as dt
import decimal
import json
import random
import uuid

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 100
rnd = random.Random(7)


def some_nulls(values, share):
    return [None if rnd.random() < share else v for v in values]


def make(share, nullable=True):
    n = ROWS
    ints = lambda bits: [rnd.choice([-(2 ** (bits - 1)), 2 ** (bits - 1) - 1, 0, rnd.randrange(-99, 99)]) for _ in range(n)]
    uints = lambda bits: [rnd.choice([2**bits - 1, 0, rnd.randrange(0, 200)]) for _ in range(n)]
    words = ["", "a", "Zürich", "日本", "a longer string that is no longer short", "x" * 17, "🙂"]
    micros = [rnd.randrange(-(10**15), 3 * 10**15) for _ in range(n)]
    dec = lambda p, s: [decimal.Decimal(rnd.randrange(-(10**p) + 1, 10**p)).scaleb(-s, decimal.Context(prec=50)) for _ in range(n)]
    cols = {
        "bool": (pa.bool_(), [rnd.random() < 0.5 for _ in range(n)]),
        "i8": (pa.int8(), ints(8)),
        "i16": (pa.int16(), ints(16)),
        "i32": (pa.int32(), ints(32)),
        "i64": (pa.int64(), ints(64)),
        "u8": (pa.uint8(), uints(8)),
        "u16": (pa.uint16(), uints(16)),
        "u32": (pa.uint32(), uints(32)),
        "u64": (pa.uint64(), uints(64)),
        "f16": (pa.float16(), [rnd.choice([0.5, -2.0, 65504.0, 6e-8, float("inf"), 0.0]) for _ in range(n)]),
        "f32": (pa.float32(), [rnd.choice([0.25, -1.5, float("nan"), float("-inf"), -0.0]) for _ in range(n)]),
        "f64": (pa.float64(), [rnd.choice([rnd.random(), 1e300, float("nan"), -0.0]) for _ in range(n)]),
        "str": (pa.string(), [rnd.choice(words) for _ in range(n)]),
        "bin": (pa.binary(), [bytes(rnd.randrange(256) for _ in range(rnd.randrange(4))) for _ in range(n)]),
        "fix": (pa.binary(3), [bytes(rnd.randrange(256) for _ in range(3)) for _ in range(n)]),
        "date": (pa.date32(), [dt.date(1970, 1, 1) + dt.timedelta(days=rnd.randrange(-40000, 40000)) for _ in range(n)]),
        "t_ms": (pa.time32("ms"), [rnd.randrange(86400000) for _ in range(n)]),
        "t_us": (pa.time64("us"), [rnd.randrange(86400000000) for _ in range(n)]),
        "t_ns": (pa.time64("ns"), [rnd.randrange(86400000000000) for _ in range(n)]),
        "ts_ms": (pa.timestamp("ms"), [m // 1000 for m in micros]),
        "ts_us": (pa.timestamp("us"), micros),
        "ts_ns": (pa.timestamp("ns"), [m * 1000 + 7 for m in micros]),
        "ts_utc": (pa.timestamp("us", "UTC"), micros),
        "d9": (pa.decimal128(9, 2), dec(9, 2)),
        "d18": (pa.decimal128(18, 4), dec(18, 4)),
        "d38": (pa.decimal128(38, 10), dec(38, 10)),
    }
    arrays, fields = [], []
    for name, (typ, values) in cols.items():
        values = some_nulls(values, share)
        base = values
        if pa.types.is_timestamp(typ) or pa.types.is_time64(typ):
            arr = pa.array(base, pa.int64()).cast(typ)
        elif pa.types.is_time32(typ):
            arr = pa.array(base, pa.int32()).cast(typ)
        elif pa.types.is_float16(typ):
            arr = pa.array(base, pa.float32()).cast(typ)
        else:
            arr = pa.array(base, typ)
        arrays.append(arr)
        fields.append(pa.field(name, typ, nullable))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def text(v, typ):
    if v is None:
        return None
    if pa.types.is_boolean(typ):
        return "true" if v else "false"
    if pa.types.is_floating(typ):
        return repr(float(v))
    if pa.types.is_decimal(typ):
        return str(int(v.scaleb(typ.scale, decimal.Context(prec=50))))
    if isinstance(v, bytes):
        return v.hex()
    return str(v)


def expect(name, table):
    cols = {}
    for field, col in zip(table.schema, table.columns):
        typ, out = field.type, col
        if pa.types.is_timestamp(typ) or pa.types.is_time64(typ):
            out = col.cast(pa.int64())
        elif pa.types.is_time32(typ) or pa.types.is_date32(typ):
            out = col.cast(pa.int32())
        cols[field.name] = [text(v, typ) for v in out.to_pylist()]
    with open(name + ".json", "w") as f:
        f.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in cols.items()) + "\n}\n")


tables = {"none": make(0), "some": make(0.3), "all": make(1), "required": make(0, nullable=False)}
for nulls, t in tables.items():
    expect("types_" + nulls, t)
    for version in ("1.0", "2.0"):
        pq.write_table(t, f"types_{nulls}.v{version[0]}.parquet", data_page_version=version, compression="snappy", store_schema=False)

some = tables["some"]
for codec in ("none", "gzip", "zstd", "brotli", "lz4"):
    version = "2.0" if codec in ("gzip", "lz4") else "1.0"
    pq.write_table(some, f"types_some.{codec}.parquet", compression=codec, data_page_version=version, store_schema=False)

delta = {n: "DELTA_BINARY_PACKED" for n in some.column_names if n[0] in "iu" or n[:3] in ("dat", "t_m", "t_u", "t_n", "ts_")}
delta.update({"str": "DELTA_BYTE_ARRAY", "bin": "DELTA_LENGTH_BYTE_ARRAY", "fix": "DELTA_BYTE_ARRAY", "bool": "RLE"})
delta.update({n: "BYTE_STREAM_SPLIT" for n in ("f16", "f32", "f64")})
split = {n: "BYTE_STREAM_SPLIT" for n in ("i32", "i64", "f32", "f64", "fix", "d38", "ts_us")}
split["str"] = "DELTA_LENGTH_BYTE_ARRAY"
for nulls in ("some", "required", "all"):
    t = tables[nulls]
    for kind, enc in (("delta", delta), ("split", split)):
        pq.write_table(t, f"types_{nulls}.{kind}.parquet", use_dictionary=False, column_encoding=enc, compression="zstd",
                       data_page_version="2.0" if nulls == "some" else "1.0", store_schema=False)

# Row groups of 40 rows, pages of 7, with checksums; decimals as integers.
pq.write_table(some, "types_some.pages.parquet", row_group_size=40, write_batch_size=7, data_page_size=1, store_schema=False,
               write_page_checksum=True, store_decimal_as_integer=True, use_dictionary=False, compression="snappy")

# A dictionary that is given up in the middle of the chunk.
fall = pa.table({"s": [f"value {i % 10 if i < 300 else i:05d}" for i in range(1000)], "i": [i % 7 if i < 300 else i * i for i in range(1000)]})
expect("fallback", fall)
pq.write_table(fall, "fallback.parquet", dictionary_pagesize_limit=200, data_page_size=100, write_batch_size=50, store_schema=False)

int96 = pa.table({"ts": tables["some"]["ts_ns"]})
expect("int96", int96)
pq.write_table(int96, "int96.parquet", use_deprecated_int96_timestamps=True, store_schema=False)

ids = [uuid.UUID(int=rnd.getrandbits(128)) for _ in range(20)]
pq.write_table(pa.table({"id": pa.array([i.bytes for i in ids], pa.uuid())}), "uuid.parquet", store_schema=False)
with open("uuid.json", "w") as f:
    json.dump({"id": [str(i) for i in ids]}, f)

pq.write_table(pa.table({"a": [1, 2], "tags": [["x"], []], "point": [{"x": 1}, {"x": 2}]}), "nested.parquet", store_schema=False)

# DuckDB: its own writer, of both versions.
con = duckdb.connect()
rel = con.sql("""
    select case when i % 3 <> 1 then i end as i, (i % 2 = 0) as b, (i - 100)::tinyint as i8, i::usmallint as u16, (i * 1000003)::uinteger as u32,
        i / 8.0::double as f64, case when i % 5 > 0 then 'name ' || (i % 4) end as s, ('\\x' || lpad(to_hex(i), 2, '0'))::blob as bin,
        (i * 1.37)::decimal(9, 2) as d9, (i * 12345678901.5)::decimal(38, 3) as d38,
        date '2024-02-28' + i::int as date, (time '01:02:03.000004' + interval (i) second)::time as t,
        timestamp '2024-02-28 23:59:59.5' + interval (i) hour as ts, (timestamp '2024-02-28' + interval (i) second)::timestamp_ms as ts_ms,
        (timestamptz '2024-02-28 00:00:00+00' + interval (i) day) as tz, 'only' as one, null::int as nothing
    from range(200) r(i)""")
t = rel.to_arrow_table() if hasattr(rel, "to_arrow_table") else rel.arrow().read_all()
expect("duckdb", t)
for version in ("v1", "v2"):
    con.sql(f"copy rel to 'duckdb.{version}.parquet' (format parquet, parquet_version '{version}', compression {'snappy' if version == 'v1' else 'zstd'})")
con.sql("copy (select interval 1 day as span, 1 as a) to 'interval.parquet' (format parquet)")
