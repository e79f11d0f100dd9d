// Package parquet reads and writes Parquet files.
//
//	sales := parquet.Read("sales/*.parquet")
//	out := sales.Filter(pw.Col("amount").Gt(100)).GroupBy("shop").Reduce(pw.Sum("amount"))
//	err := microbatch.Run(ctx, parquet.Write(out, "by_shop.parquet", parquet.Compress(parquet.Zstd)))
//
// # Reading
//
// All flat columns can be read: all physical types, logical types (but INTERVAL, and decimals of more than 38 digits),
// encodings and codecs (but LZO), data pages of both versions. Nested and repeated columns are refused by name;
// a table without them is made with Columns.
//
//	stored                                         becomes
//	BOOLEAN                                        bool
//	INT32, INT64, with INT(8 … 64, signed or not)  int8 … int64, uint8 … uint64
//	FLOAT, DOUBLE, FLOAT16                         float32, float64, float32
//	BYTE_ARRAY as STRING, ENUM, JSON               string, checked to be UTF-8
//	BYTE_ARRAY, FIXED_LEN_BYTE_ARRAY, BSON         binary
//	UUID                                           string: 8-4-4-4-12 hexadecimal digits
//	DECIMAL on any physical type                   decimal(p, s)
//	DATE; TIME(MILLIS, MICROS, NANOS)              date; time of that unit
//	TIMESTAMP(MILLIS, MICROS, NANOS)               timestamp of that unit; in zone UTC if adjusted to UTC
//	INT96                                          timestamp[ns]
//
// Only columns that the plan uses are read, and row groups whose statistics show that no row passes its filter
// aren't. Of a batch the filter's columns are decoded first; the others only if a row passes, and pages without such a
// row aren't even unpacked. A string column whose page has dictionary codes comes as codes, with one
// vec.Dict for a row group; numbers are always plain. Where a chunk goes on without its dictionary, which writers
// do when it gets too large, the one batch that straddles the border is plain.
//
// Workers share the input by row groups; when there are few, by ranges of their rows.
//
// The footer, the schema and the statistics are parsed by Arrow's parquet/metadata, behind a check that
// bounds what it allocates. Pages are read by code of this package, not by Arrow's page reader: that one copies each
// chunk and page once more than needed, into new memory each time, gives buffers back to its allocator while
// pages still point into them, and its codecs panic on damaged pages. Here each worker reads
// and unpacks into buffers that it uses again, and a batch of plain numbers without NULLs is not copied at all:
// it points into the unpacked page.
//
// Damaged or hostile files give errors that name file, row group, column and page. Memory is given out
// only as far as the file has bytes that justify it.
package parquet
