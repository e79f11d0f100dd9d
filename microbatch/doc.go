// Package microbatch is the engine: it runs the plans that package arrowtab builds, on all cores.
//
//	err := microbatch.Run(ctx, csv.Write(totals, "totals.csv"), parquet.Write(bad, "bad.parquet"))
//	err = microbatch.Print(ctx, os.Stdout, totals)
//	rows, err := microbatch.CollectRows[Total](ctx, totals)
//
// Config has the settings, and the same functions as methods:
//
//	stats := &microbatch.Stats{}
//	err := microbatch.Config{Threads: 4, MaxMemory: 2 << 30, Stats: stats}.Run(ctx, outputs...)
//
// # How a plan runs
//
// The plan is optimized and made a graph of steps: sources, operators (package op) and sinks. Sources hand out their input in
// morsels: a range of a file, a row group, some rows in memory. Each worker takes a morsel, reads it in batches of about
// vec.BatchRows rows, and pushes each through all steps up to one that keeps it, in its own part of every step and without
// a lock. When all morsels are done the epoch ends: step by step, inputs first, what was kept is
// folded and emitted. A batch job is one such epoch.
//
// Outputs appear all together: when every row is written, all sinks make theirs durable, and then visible. An error, a
// panic or a cancelled context ends the run with nothing left under the outputs' names.
//
// # Streams
//
// If a source has no end, the run is a stream: the same steps, in many epochs. Start returns when all is open, and a Handle ends the run and
// tells how it stands:
//
//	h, err := microbatch.Start(ctx, csv.WriteChanges(totals, "changes.csv"))
//	…
//	fmt.Print(h.Status())
//	err = h.Stop()
//
// An epoch is cut when there are rows and the one before has ended, or when Config.Autocommit has passed. At its end each step emits
// what the epoch has changed in its result, and each sink commits it:
//
//	rows     a    b c           d
//	epochs   [ 2    ][ 3   ]    [ 4   ]      b and c came while epoch 2 was running
//
// Bounded sources are read whole in the first epoch. Stop ends the run behind an epoch, and windows that are open stay so; Finish ends it as if the sources had
// ended; Cancel at once.
//
// # Rows that go
//
// Where rows may go again (Explain says retract), one that goes must equal one that came. Steps that keep rows, or what they have made of them, notice
// when it doesn't: GroupBy, joins, windows, TopK, RowNumber, Distinct, Deduplicate, functions that remember their results, and FromChanges of a log that has an end, when
// it is written, sorted or limited. Config.Inconsistent says what then: an error that names the step and the row, or the row is counted, and makes up for one
// that comes later. Of upserts none is wrong: to delete a key that isn't there does nothing.
//
// Steps that keep nothing have nothing to know it by, and pass the row on as it is: Filter, Select, With, Union, Flatten and functions that are Deterministic. So do
// sinks of a log: what WriteChanges writes is what it was told, added up within an epoch but not over them. A sink of the program's own that keeps the table
// sees a row's count fall below 0, and can return an error. So a program of such steps only hands on what its source says.
//
// Rejected rows are a table, too: one that goes, goes there as well. With one exception: whether an event time is too far ahead is told by the clock (pw.Ahead), which is
// another one when the row goes. A row that was rejected for that is then passed on as one that goes and never came.
//
// # Connectors
//
// A connector's source is a plan.Source with OpenSource (see SourceOpener) or, if it is unbounded, OpenStream (see StreamOpener), its sink a plan.Sink with OpenSink (see
// SinkOpener). Batches are lent in both directions: see vec.Batch.
package microbatch
