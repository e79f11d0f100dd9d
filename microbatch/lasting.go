package microbatch

import "context"

// Earlier is what a run with state finds out about one of its connectors from the runs before it.
type Earlier struct {
	// Position is the connector's own, as of the checkpoint that the run goes on from.
	Position []byte
	// Since is what came behind that checkpoint, in order: of a source what it gave, of a sink what it acknowledged.
	Since []Progress
}

// Progress is how far a connector had come with an epoch.
type Progress struct {
	Epoch int64
	// Range is what a source's Poll called what it gave; nil where the engine has kept the rows themselves.
	Range []byte
	// Position is the connector's own behind that epoch; of a source nil where there is a Range.
	Position []byte
}

// Resumable is a Stream that can go on where an earlier run has stopped. If Env.Earlier isn't nil then, when it is opened, it takes up the position of the
// checkpoint and what came since; the engine asks for that again, range by range, and only then polls what is new:
//
//	open with position 40, ranges 40–55, 55–70
//	Reread(40–55)  Reread(55–70)  Poll → 70–82 …
//
// Rows of a Stream that isn't Resumable, and of polls without a Range, are kept in the journal; such a Stream begins anew with each run.
type Resumable interface {
	Stream
	// Position is where it stands behind what it gave last, for Env.Earlier of a later run. It is called between epochs.
	Position() ([]byte, error)
	// Reread gives the morsels of an earlier run's Poll again, by its Range: the same rows, with the same Seqs. What isn't there any more, or has
	// changed, is an error that says so for people.
	Reread(of []byte) (Poll, error)
}

// Lasting is a Sink of a stream that has each epoch exactly once, whatever happens to the process or the machine. If Env.Earlier isn't nil when it is
// opened, it brings its target back to the last of those epochs that it holds whole; what came behind that is given to it again.
//
//	acknowledged: epoch 1, 200 bytes; epoch 2, 300 bytes      the file has 320 bytes: cut back to 300, Resumed is 2
//	                                                         the file has 250: cut back to 200, Resumed is 1
type Lasting interface {
	Sink
	// Resumed is the last epoch that the target holds; 0 if it is that of the checkpoint, or none.
	Resumed() int64
	// Position is what the target holds after the last Commit, for Env.Earlier of a later run.
	Position() ([]byte, error)
	// Sync makes what was committed outlast the machine. It may be called while rows are pushed and committed.
	Sync(ctx context.Context) error
}
