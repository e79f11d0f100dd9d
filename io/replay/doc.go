// Package replay plays a table that has an end, a file's, again as the stream that it once was: each row comes when its time says, from now on.
//
//	trades := csv.Read("trades-2024-05-02.csv", schema)
//	stream := replay.Table(trades, "ts", replay.Speed(60)) // an hour of trading in a minute
//	bars := stream.WindowBy("ts", pw.Tumbling(time.Minute), pw.By("symbol")).Reduce(…)
//
// The first row comes when the run starts, and a row whose time is d later comes d/Speed later. From says which time the start stands for instead;
// tables that are played together, orders and their payments, say, need the same. Times are left as they are, and none is
// too far ahead of the clock. The stream ends with the file.
//
// # Order
//
// Rows come in the order of the table, which must be that of their times. Where it is that of their arrival, and some were late then, Disorder
// says by how much; such a row comes with the row before it, and is late again:
//
//	ts in the file    09:00:00  09:00:02  09:00:01  09:00:05      Disorder(time.Second), Speed(1)
//	comes after             0s        2s        2s        5s
//
// A row that is further back ends the run with an error that names it, whatever the policy for bad rows: then the file is not what was said, and
// played on it would look like a burst. A row without a time (NULL) comes with the one before it.
//
// # Going on
//
// In a run with a state (Config.State) the next run goes on behind the last row that this one was given: it reads the table from its beginning, which must be as it
// was, and the time in which nothing ran doesn't count. Rows behind the last checkpoint are given again in the same portions, at once.
//
// # Being behind
//
// One goroutine reads the table, a few rows ahead of the clock, and puts rows that are due into a bounded queue. What waits there is the
// source's Lag; its age counts from the time at which the row was due, also where the file can't be read, or the queue not be emptied, fast enough.
package replay
