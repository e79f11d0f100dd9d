package text

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/io/internal/watch"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Rewritten says what becomes of the rows of a file that was written anew after they were taken.
type Rewritten uint8

// The policies.
const (
	RewrittenFails    Rewritten = iota // the run ends with an error that names the file
	RewrittenAdds                      // they stay, and what the file holds now is added
	RewrittenReplaces                  // they are taken back, and those of a file that is gone, too
)

// DefaultInterval is how often files are looked at unless the user says otherwise.
const DefaultInterval = 100 * time.Millisecond

// watched is a stream of the rows that are added to files. One goroutine looks at the files in intervals and cuts what is new into pieces of whole
// rows, which wait in a queue; workers parse them.
//
// The files are one partition, in the order in which they are read: a file that gets no more rows must not hold the watermark back.
type watched struct {
	list   *watch.Files
	opts   WatchOptions
	env    *microbatch.Env
	base   *open // what readers look at
	cutter cutter
	queue  *chunks.Queue

	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{} // the goroutine is gone
	files  map[*watch.File]*tail
	at     int64        // bytes of all rows that were sent: places in the partition
	taken  *progress    // by the engine; nil: the run has no state
	behind atomic.Int64 // bytes of the files that weren't taken at the last scan
}

var _ microbatch.Resumable = (*watched)(nil)

// piece is what a morsel holds: whole rows of a file. It is charged until it was read, one that is kept until it was taken back.
type piece struct {
	in   *Input
	b    Buffer
	at   int64 // place in the partition of its first row
	line int64 // that that is on
	rows int64 // about
	long *Bad
	goes bool // the rows are taken back
	kept bool

	lasting *pieceRange // where it is to be found again, if the run has a state
}

// pieceOf is what a morsel of the queue's holds.
func pieceOf(m microbatch.Morsel) *piece { return m.(*chunks.Chunk).Data.(*piece) }

func (p *piece) size() int64 { return int64(len(p.b.Data)) }

// newStream is an open stream of the rows that the watched files have and will get.
func newStream(ctx context.Context, list *watch.Files, o WatchOptions, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	if o.Interval <= 0 {
		o.Interval = DefaultInterval
	}
	w := &watched{
		list: list, opts: o, env: env, base: &open{opts: o.Options, env: env, scan: scan},
		queue: chunks.NewQueue(chunks.Limits{Rows: math.MaxInt}, env), ended: make(chan struct{}), files: make(map[*watch.File]*tail),
	}
	if env.Durable {
		if err := w.resume(); err != nil {
			return nil, err
		}
	}
	w.ctx, w.cancel = context.WithCancel(ctx)
	w.cutter = cutter{splitter: o.Format.NewSplitter(), chunk: w.base.chunk(1 << 40)}
	go w.run()
	return w, nil
}

// resume goes on behind all that an earlier run has polled, if there was one.
func (w *watched) resume() (err error) {
	w.taken = &progress{files: map[watch.ID]*place{}}
	if w.env.Earlier == nil {
		return nil
	}
	if err := w.taken.resume(w.env.Earlier); err != nil {
		return err
	}
	w.at = w.taken.at
	w.files, err = w.taken.tails(w.list)
	return err
}

// run looks at the files until it is stopped.
func (w *watched) run() {
	defer close(w.ended)
	tick := time.NewTicker(w.opts.Interval)
	defer tick.Stop()
	for {
		if err := w.guardedScan(); err != nil {
			if w.ctx.Err() == nil {
				w.queue.End(err)
			}
			return
		}
		select {
		case <-tick.C:
		case <-w.ctx.Done():
			return
		}
	}
}

// guardedScan is scan; a panic in it is an error of the source.
func (w *watched) guardedScan() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: internal error: %v\n%s", w.opts.Step, p, debug.Stack())
		}
	}()
	return w.scan()
}

// scan takes what is new.
func (w *watched) scan() error {
	news, err := w.list.Scan()
	if err != nil {
		return err
	}
	w.setBehind(news)
	var back []*piece // of files whose place others take
	for i, n := range news {
		if n.Kind == watch.Gone {
			back = append(back, w.forget(n.File)...)
			if i+1 < len(news) && news[i+1].File.Path == n.File.Path {
				continue
			}
			err = w.send(back)
		} else {
			err = w.handle(n, back)
		}
		if err != nil {
			return err
		}
		back = nil
	}
	return nil
}

func (w *watched) setBehind(news []watch.News) {
	behind := int64(0)
	for _, n := range news {
		if n.Kind != watch.Gone {
			behind += n.File.Size - n.File.Taken
		}
	}
	w.behind.Store(behind)
}

// forget forgets a file that is gone, and returns what takes its rows back, if they are to be.
func (w *watched) forget(f *watch.File) []*piece {
	t := w.files[f]
	delete(w.files, f)
	if w.taken != nil {
		w.taken.forget(f, w.at)
	}
	if t == nil {
		return nil
	}
	return t.back()
}

// handle reads what is new in a file, together with pieces that are taken back.
func (w *watched) handle(n watch.News, back []*piece) error {
	if n.Kind == watch.Rewritten {
		switch w.opts.Rewritten {
		case RewrittenFails:
			return fmt.Errorf("%s was written anew, or has become shorter: its first rows have been read already and can't be taken back; say what is to become of them (Rewritten)",
				n.File.Path)
		case RewrittenReplaces:
			back = append(back, w.forget(n.File)...)
		}
		delete(w.files, n.File)
	}
	t := w.files[n.File]
	if t == nil {
		t = &tail{file: n.File}
		w.files[n.File] = t
	}
	return w.read(t, back)
}

// read takes the whole rows that a file has behind those that were taken. Pieces of before, which are taken back, are sent together
// with the first ones.
func (w *watched) read(t *tail, before []*piece) error {
	file, err := w.open(t)
	if err != nil || file == nil {
		return errors.Join(err, w.send(before))
	}
	defer file.Close()
	if t.file.Taken == 0 || t.in == nil {
		if ok, err := t.begin(file, w.opts.Format); err != nil || !ok {
			t.file.Wait()
			return errors.Join(err, w.send(before))
		}
	}
	t.rename()
	for {
		from := t.file.Taken
		p, err := w.cutter.next(file, t)
		w.count(t.file.Taken - from)
		if err != nil || p == nil {
			t.file.Wait()
			return errors.Join(err, w.send(before))
		}
		if w.taken != nil {
			if p.lasting, err = rangeOf(t, p); err != nil {
				return err
			}
		}
		w.env.Account.Charge(p.size())
		if p.kept = w.opts.Rewritten == RewrittenReplaces; p.kept {
			t.kept = append(t.kept, p)
		}
		// A file that replaces its rows does so in one epoch, at whatever cost: it is all held anyway.
		if before != nil {
			before = append(before, p)
			continue
		}
		if err := w.send([]*piece{p}); err != nil {
			return err
		}
	}
}

// open opens a file; nil: it is another one now, or gone, which the next scan will tell, or can't be opened yet. That may pass, as it does when a
// file is given its owner or mode after it was made, so it is tried again at each scan.
func (w *watched) open(t *tail) (*os.File, error) {
	file, ok, err := t.file.Open()
	switch {
	case errors.Is(err, fs.ErrPermission):
		if !t.denied {
			w.env.Log.Warn("a watched file can't be opened; it is tried again", "step", w.opts.Step, "error", err)
		}
		t.denied = true
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", w.opts.Step, err)
	case !ok:
		return nil, nil
	}
	t.denied = false
	return file, nil
}

// count counts bytes that were taken.
func (w *watched) count(n int64) {
	w.env.Stats.BytesRead.Add(n)
	w.behind.Add(-n)
}

// send queues pieces, which belong together, as soon as there is room.
func (w *watched) send(pieces []*piece) error {
	if len(pieces) == 0 {
		return nil
	}
	if w.opts.Rewritten == RewrittenReplaces && w.env.Budget.Over() {
		return fmt.Errorf("%s: the rows of rewritten files are kept to be taken back, and that takes more memory than max_memory allows (%d bytes)",
			w.opts.Step, w.env.Budget.Limit())
	}
	commit := make([]*chunks.Chunk, len(pieces))
	for i, p := range pieces {
		p.at = w.at
		w.at += int64(p.b.To-p.b.From) + 1 // so that one that is only a row too long has a place, too
		if p.lasting != nil {
			p.lasting.At = p.at
		}
		commit[i] = &chunks.Chunk{First: p.at, Rows: int(p.rows), Bytes: p.size(), Data: p}
	}
	return w.queue.Put(w.ctx, time.Now(), commit)
}

// Poll takes pieces of about max rows off the queue.
func (w *watched) Poll(max int64) (microbatch.Poll, error) {
	p, err := w.queue.Poll(max)
	p.Lag.Bytes += w.behind.Load()
	if err != nil || w.taken == nil {
		return p, err
	}
	ranges := w.taken.take(p.Morsels)
	if w.opts.Rewritten == RewrittenFails && len(ranges) > 0 {
		p.Range, err = json.Marshal(ranges)
	}
	return p, err
}

// Position is how far the engine has taken the files.
func (w *watched) Position() ([]byte, error) { return w.taken.encode() }

// Lag is what waits in the queue and the files, now.
func (w *watched) Lag() microbatch.Lag {
	l := w.queue.Lag()
	l.Bytes += w.behind.Load()
	return l
}

func (w *watched) NewReader() microbatch.Reader { return w.base.NewReader() }

// Close ends the goroutine and gives back what was kept or never read.
func (w *watched) Close() error {
	w.cancel()
	w.queue.Close()
	<-w.ended
	w.env.Account.Clear()
	return nil
}

// readPiece parses a piece, or takes its rows back.
func (r *reader) readPiece(p *piece) error {
	b := p.b // the parser may put a line break behind it
	b.Plain = r.splitter.IsPlain(b.Data[b.From:b.To])
	r.goes = p.goes
	if !p.kept {
		defer r.open.env.Account.Release(p.size())
	}
	return r.parse(p.in, &b, p.at-int64(b.From), func(int64) (int64, error) { return p.line, nil }, p.long)
}

// minusOnes is n times −1.
func (r *reader) minusOnes(n int) []int64 {
	for len(r.minus) < n {
		r.minus = append(r.minus, -1)
	}
	return r.minus[:n]
}

// emit hands on a batch, as rows that come or go.
func (r *reader) emit(at op.Seq, b *vec.Batch) error {
	if !r.goes {
		return r.out.Emit(op.Main, at, b)
	}
	b.Diff = r.minusOnes(b.N)
	err := r.out.Emit(op.Main, at, b)
	b.Diff = nil
	return err
}
