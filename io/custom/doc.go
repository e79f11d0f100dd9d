// Package custom connects the program itself: functions, channels and iterators as sources, functions as sinks.
//
// A source is a function that appends rows and commits them. It runs on a goroutine of its own; what it has committed is processed at once, the
// rows of a commit together:
//
//	orders := custom.Rows(func(ctx context.Context, w *custom.Writer[Order]) error {
//		for msg := range messages {
//			w.Append(Order{ID: msg.ID, Price: msg.Price})
//			if err := w.Commit(); err != nil {
//				return err
//			}
//		}
//		return nil // the source has ended
//	})
//
// Chan and Seq make the same of a channel and an iterator; Records takes Arrow records. A sink is a function that gets what has changed:
//
//	out := custom.Write(totals, func(ctx context.Context, c custom.Changes) error {
//		for _, b := range c.Batches { … }
//		return nil
//	})
//	err := microbatch.Run(ctx, out)
//
// Between a source and the engine is a bounded queue (Queue): when it is full, Commit waits. A source that fails ends the run with its
// error; a sink that fails is tried again with the same changes, as often as Config.SinkRetries says.
//
// Nothing of this can be replayed: what a run has not finished is gone with the process.
package custom
