// Package arrowtab is pwcol's language: tables, schemas, expressions, joins, windows and reducers. Programs import it as pw.
//
// A Table is a plan for a bag of rows. It starts at a source, a connector's Read function or rows that are in memory, every
// method makes a new table of it, and nothing is read until microbatch.Run gets an output:
//
//	sales := csv.Read("sales.csv", pw.NewSchema(
//		pw.Int64("id"), pw.String("name"), pw.Float64("value"),
//		pw.Timestamp("timestamp", pw.Layout("%Y-%m-%d %H:%M:%S"))))
//	totals := sales.
//		Filter(pw.Col("value").Gt(100)).
//		GroupBy("name").
//		Reduce(pw.Count(), pw.Sum("value"))
//	err := microbatch.Run(ctx, csv.Write(totals, "totals.csv"))
//
// # Schemas
//
// A schema lists columns with their types; it is written out as above, comes from a struct (SchemaOf), or is found by the
// connector. Columns may have NULLs unless NotNull says otherwise.
//
// # Expressions
//
// Col names a column, Lit is a constant, and methods combine them: Col("value").Mul(2).Gt(Col("limit")). Wherever another
// expression can stand, a Go value can. Types are strict where something could be lost and easy where nothing is:
//
//   - A constant takes the column's type if that has the value exactly. Col("id").Gt(1.5) is an error for an int64 column,
//     Col("value").Gt(100) is fine for a float64 one; a string beside a timestamp is read as one.
//   - Two integer columns meet in the wider type, an integer and a float in float64, decimals keep all digits.
//   - Integer arithmetic that overflows and division by zero make the row a bad row, never a wrong number.
//     Quo truncates; Div gives a float.
//   - NULL in, NULL out, but for three-valued And and Or, Coalesce, If, IsNull and IsNotNull. A Filter keeps rows
//     for which its condition is true.
//
// # Joins, groups and ranks
//
// Joins bring rows of two tables together (Join, LeftJoin, …, AsOfJoin for the value that was valid at a time); GroupBy and WindowBy put rows into groups,
// which reducers (Sum, Median, List …) make a row each of; TopK, RowNumber, Distinct and Deduplicate choose rows:
//
//	orders.LeftJoin(customers, pw.On("customer")).
//		GroupBy("city").
//		Reduce(pw.Sum("amount"), pw.Count().Where(pw.Col("amount").Gt(100)).As("large")).
//		TopK(3, pw.Desc("sum_amount"))
//
// What GroupBy, Distinct and Deduplicate compare counts NULL as equal to NULL and NaN to NaN; a NULL joins nothing unless NullsEqual says so.
//
// # Bad rows
//
// A row that can't be parsed or computed ends the run with an error that names it (Fail), is left out and counted (Skip), or
// goes to another table (Reject), which Rejected gives. The source's policy holds for all steps on it; OnBadRow changes
// it for the steps that follow.
//
// # Mistakes
//
// Unknown columns, wrong types, missing files: every step records what is wrong with it and where in the program it
// stands, building goes on, and Run returns all of it at once:
//
//	job.go:12: filter: unknown column "vlaue"; did you mean "value"? The columns are: id, name, value, timestamp
//
// Explain shows a table's plan as it was written and as it will run.
//
// # Streams
//
// A table whose source has no end is computed anew whenever rows come, by the same steps: what comes out in the course of time is, added up, what a
// batch over the same rows gives. Explain says of each step what its rows may do:
//
//   - append: rows only come. So it is behind sources, Filter, Select, Union, Distinct, inner and semi joins and windows.
//   - retract: rows also go again. A total that grows is its old row gone and its new row there; so it is behind GroupBy, outer joins, AsOfJoin, TopK
//     and Deduplicate.
//
// Files take a table that is append; of one that isn't they take the log of its changes (csv.WriteChanges), which Changes also makes a table.
//
// Windows make the results of a stream final. A column of timestamps is the rows' event time, and a watermark says up to when all rows are there:
//
//	clicks.WindowBy("at", pw.Tumbling(5*time.Minute), pw.By("page"), pw.Delay(time.Minute)).
//		Reduce(pw.Count(), pw.CountDistinct("user"))
//
//	at      12:01   12:04   12:05   12:03   12:06   12:02
//	                                        closes [12:00, 12:05): 3 rows
//	                                                12:02 is late
//
// Rows may come a minute out of order (Delay), so the window ends when 12:06 is seen. What comes for it later is a row of Late, or, with Lateness, corrects
// the window's row for that much longer. EmitEarly shows a window before it closes. A source's partition that is silent is waited for
// up to Idle, and a time far ahead of the clock is a bad row (Ahead), so that neither stops nor closes the windows of all others.
//
// What a stream has to keep for later is freed when windows close; Within bounds a join in the same way. A join without it keeps both sides,
// GroupBy a row of each group, AsOfNow the right side only.
//
// A few steps depend on when rows come, and Explain calls them time-bound: AsOfNow, windows of processing time, KeepResults(false), AcceptIf, Limit, Changes,
// Late, and Rejected of rows that go again.
package arrowtab
