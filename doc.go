// Package pwcol is the root of a columnar, vectorized, batch-first data engine: a library and one static binary.
//
// A table program is a plan. Package arrowtab (imported as pw) is the language that programs are
// written in; the packages below io, such as io/csv and io/parquet, are where rows come from and go to; microbatch runs programs, over files or, in
// many small steps, over streams.
//
//	table := csv.Read("data/input.csv", pw.NewSchema(
//		pw.Int64("id"), pw.String("name"), pw.Float64("value"),
//		pw.Timestamp("timestamp", pw.Layout("%Y-%m-%d %H:%M:%S"))))
//	out := table.
//		Filter(pw.Col("value").Gt(100)).
//		GroupBy("name").
//		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value"))
//	err := microbatch.Run(ctx, csv.Write(out, "data/output.csv"))
//
// This package holds nothing but the tests of the house itself: which package may import which, and that the binary builds
// for all the systems that it is meant for.
package pwcol
