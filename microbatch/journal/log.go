package journal

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// maxGathered is how many bytes of frames wait to be written before Append waits too: so much the disk has to be behind, and so much memory
// twice, as the group that is being written is of the same size. A larger frame is taken when nothing else waits.
const maxGathered = 32 << 20

// segmentBytes is the length from which on no group is added to a segment. Release frees whole segments.
const segmentBytes = 64 << 20

// Log is a journal that is open for writing. It is safe for concurrent use. It has one goroutine until Close.
type Log struct {
	fsys   disk.FS
	dir    string
	id     Identity
	roll   int64  // segmentBytes
	found  survey // what was there at Open, and the segment that took over the tail
	writer writer
	done   chan struct{} // closed when the goroutine has ended

	releasing sync.Mutex // held by Release

	mu       sync.Mutex
	changed  chan struct{} // closed, and made anew, when anything below has changed that somebody may wait for
	gathered []byte        // frames, not sealed
	spare    []byte        // memory of the group before
	appended Position
	durable  Position
	entry    int64 // epoch of the last entry
	closing  bool
	err      error
	segments []segment // all that there are, the oldest first; the last is being written
}

// Position is a place in the log: how many frames this Log has been given.
type Position int64

// Open opens the log in a folder, which it makes if need be, and begins a new segment of it. It fails if the log is damaged, of another job, or of
// a later generation.
func Open(fsys disk.FS, dir string, id Identity) (*Log, error) {
	return open(fsys, dir, id, segmentBytes)
}

func open(fsys disk.FS, dir string, id Identity, roll int64) (*Log, error) {
	if err := disk.MkdirAll(fsys, dir); err != nil {
		return nil, err
	}
	if err := disk.RemoveTemps(fsys, dir); err != nil {
		return nil, err
	}
	found, err := look(fsys, dir, id.Job)
	if err != nil {
		return nil, err
	}
	if last, ok := found.lastSegment(); ok && last.id.Generation >= id.Generation {
		return nil, fmt.Errorf("%s was written by generation %d, this run is %d: a later run has taken over", last.path, last.id.Generation, id.Generation)
	}
	taken, err := found.takeTail(fsys)
	if err != nil {
		return nil, err
	}
	l := &Log{
		fsys: fsys, dir: dir, id: id, roll: roll, found: found, entry: found.tail.last,
		changed: make(chan struct{}), done: make(chan struct{}),
	}
	l.writer = writer{fsys: fsys, dir: dir, id: id, last: found.tail.last}
	if last, ok := found.lastSegment(); ok {
		l.writer.segment = last
	}
	if err := l.writer.begin(taken); err != nil {
		return nil, err
	}
	l.found.segments = append(l.found.segments, l.writer.segment)
	l.segments = slices.Clone(l.found.segments)
	go l.write()
	return l, nil
}

// Cut says what Open has cut off.
func (l *Log) Cut() Cut { return l.found.cut }

// LastEpoch is the greatest epoch of all frames that Open has found, 0 if there is none. What is appended is to be of later epochs.
func (l *Log) LastEpoch() int64 { return l.found.tail.last }

// Read calls yield for the frames that Open has found whose epochs are greater than after, in order, up to the first error. It fails if frames
// between after and the log's beginning are missing. It is called before Release, if at all.
func (l *Log) Read(after int64, yield func(Frame) error) error {
	return l.found.read(l.fsys, after, yield)
}

// Append adds a frame, whose payload is the parts, one after the other, and returns its place. It copies them, and waits only when the disk
// is far behind: for that, and as long as ctx lasts.
// An entry's epoch is greater than all entries' before, in this log and at Open.
func (l *Log) Append(ctx context.Context, kind Kind, epoch int64, payload ...[]byte) (Position, error) {
	length := 0
	for _, part := range payload {
		length += len(part)
	}
	switch {
	case length > MaxPayload:
		return 0, fmt.Errorf("journal: a frame of %d bytes is too large (at most %d): make epochs smaller (max_epoch_rows)", length, MaxPayload)
	case kind == mark || epoch <= 0:
		return 0, fmt.Errorf("journal: a frame of kind %d and epoch %d can't be", kind, epoch)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.waitFor(ctx, func() bool { return len(l.gathered) == 0 || len(l.gathered)+length <= maxGathered }); err != nil {
		return 0, err
	}
	switch {
	case l.closing:
		return 0, ErrClosed
	case kind == Entry && epoch <= l.entry:
		return 0, fmt.Errorf("journal: an entry of epoch %d after one of %d", epoch, l.entry)
	case kind == Entry:
		l.entry = epoch
	}
	l.gathered = appendFrame(l.gathered, kind, epoch, payload...)
	l.appended++
	l.wake()
	return l.appended, nil
}

// Wait returns when all frames up to that place are safe. An error is the log's, which is final, or that of ctx.
func (l *Log) Wait(ctx context.Context, at Position) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at > l.appended {
		return fmt.Errorf("journal: there is no frame %d yet, of %d", at, l.appended)
	}
	if l.durable >= at {
		return nil
	}
	return l.waitFor(ctx, func() bool { return l.durable >= at })
}

// waitFor waits, without l.mu, until something is so, ctx ends or the log has failed. l.mu is held before and after.
func (l *Log) waitFor(ctx context.Context, so func() bool) error {
	for {
		switch {
		case l.err != nil:
			return l.err
		case so():
			return nil
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			l.mu.Lock()
			return ctx.Err()
		}
		l.mu.Lock()
	}
}

// wake tells those who wait that something has changed. l.mu is held.
func (l *Log) wake() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Close writes what was appended, waits until it is safe, and ends the log. Its error is the log's if it has failed.
func (l *Log) Close() error {
	l.mu.Lock()
	if !l.closing {
		l.closing = true
		l.wake()
	}
	l.mu.Unlock()
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
