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
// # What lasts
//
// In a run with a state (Config.State) the engine keeps the rows that it has taken in its journal, and no one of them is lost or counts twice. Of
// what was committed and not taken yet it knows nothing. A source that can seek has each of its rows exactly once if it says with each commit where it stands, and begins
// where the last one that is in the journal says:
//
//	orders := custom.Rows(func(ctx context.Context, w *custom.Writer[Order]) error {
//		next, err := strconv.Atoi(cmp.Or(string(w.Resumed()), "0"))
//		for ; err == nil; next++ {
//			w.Append(fetch(ctx, next))
//			err = w.CommitAt([]byte(strconv.Itoa(next + 1)))
//		}
//		return err
//	})
//
// One that can't seek, as a channel or an iterator, is run anew: what it gives then is new to the engine, and what waited in the queue when the process ended is
// lost if it doesn't give it again. A function that had ended is called once more, too, but nothing that it gives is taken.
//
// A sink's function is not given an epoch again whose delivery the journal has. When the process ends between the function's return and that note, the
// epoch comes once more in the next run, with the same Epoch and the same changes; so does one that the function had not finished. A
// target that has the number of the last epoch written together with its changes, in one transaction, has each exactly once: what isn't above that number was written already.
package custom
