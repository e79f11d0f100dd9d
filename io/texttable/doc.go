// Package texttable reads and writes small tables as people write them down: for tests, examples and messages.
//
//	orders := texttable.Read(`
//		id int64 | name string | time | diff
//		1        | tea         | 1    | 1
//		2        | NULL        | 1    | 1
//		1        | tea         | 2    | -1
//	`)
//
// The first line has the columns' names and types (pw.ParseType). With a column time, the table is a stream: the rows of a time are an
// epoch, and tables that run together go in step. Without one it is bounded. A column diff says how often a row comes (+) or goes (−).
//
// A Recorder is the other way: what a run does to a table, as text with time and diff, times being numbers from 1.
//
//	var r texttable.Recorder
//	err := microbatch.Run(ctx, r.Output(totals))
//	fmt.Print(r.Changes()) // the log; r.Table() is what the changes add up to
package texttable
