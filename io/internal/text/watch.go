package text

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

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

// watched is a stream of the rows that are added to files. One goroutine looks at the files in intervals and cuts what is new into blocks of whole
// rows; workers parse them.
//
// The files are one partition, in the order in which they are read: a file that gets no more rows must not hold the watermark back.
type watched struct {
	list   *watch.Files
	opts   WatchOptions
	env    *microbatch.Env
	base   *open // what readers look at
	cutter cutter

	stop  chan struct{}
	ended chan struct{} // the goroutine is gone
	files map[*watch.File]*tail
	at    int64 // bytes of all rows that were sent: places in the partition

	mu     sync.Mutex
	queue  []*piece
	queued int64         // bytes in queue
	room   chan struct{} // a token when the queue has become shorter
	behind int64         // bytes of the files that weren't taken at the last scan
	since  time.Time     // when the first of the queue came
	err    error
}

// piece is a morsel: whole rows of a file.
type piece struct {
	in    *Input
	b     Buffer
	first int64 // place in the partition of its first row
	line  int64 // that that is on
	rows  int64 // about
	long  *Bad
	goes  bool // the rows are taken back
	more  bool // it goes or comes together with the next piece
}

// maxQueued is about how many bytes wait for the engine at most.
const maxQueued = 32 << 20

// newStream is an open stream of the rows that the watched files have and will get.
func newStream(ctx context.Context, list *watch.Files, o WatchOptions, env *microbatch.Env, scan microbatch.Scan) microbatch.Stream {
	if o.Interval <= 0 {
		o.Interval = DefaultInterval
	}
	w := &watched{
		list: list, opts: o, env: env, base: &open{opts: o.Options, env: env, scan: scan},
		stop: make(chan struct{}), ended: make(chan struct{}), room: make(chan struct{}, 1), files: make(map[*watch.File]*tail),
	}
	w.cutter = cutter{splitter: o.Format.NewSplitter(), chunk: w.base.chunk(1 << 40)}
	go w.run(ctx)
	return w
}

// run looks at the files until it is stopped.
func (w *watched) run(ctx context.Context) {
	defer close(w.ended)
	tick := time.NewTicker(w.opts.Interval)
	defer tick.Stop()
	for {
		if err := w.scan(); err != nil {
			if !errors.Is(err, errStopped) {
				w.fail(err)
			}
			return
		}
		select {
		case <-tick.C:
		case <-w.stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (w *watched) fail(err error) {
	w.mu.Lock()
	w.err = err
	w.mu.Unlock()
	w.env.Ready()
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
			err = w.send(back, true)
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
	w.mu.Lock()
	w.behind = behind
	w.mu.Unlock()
}

// forget forgets a file that is gone, and returns what takes its rows back, if they are to be.
func (w *watched) forget(f *watch.File) []*piece {
	t := w.files[f]
	delete(w.files, f)
	if t == nil {
		return nil
	}
	return t.back(w.env.Account)
}

// handle reads what is new in a file, together with pieces that are taken back.
func (w *watched) handle(n watch.News, back []*piece) error {
	if n.Kind == watch.Rewritten {
		if err := w.send(back, true); err != nil {
			return err
		}
		return w.rewritten(n.File, w.files[n.File])
	}
	t := w.files[n.File]
	if t == nil {
		t = &tail{}
		w.files[n.File] = t
	}
	return w.read(n.File, t, back)
}

// rewritten deals with a file of which rows were taken that are no longer there.
func (w *watched) rewritten(f *watch.File, t *tail) error {
	switch w.opts.Rewritten {
	case RewrittenFails:
		return fmt.Errorf("%s was written anew, or has become shorter: its first rows have been read already and can't be taken back; say what is to become of them (Rewritten)", f.Path)
	case RewrittenAdds:
		t = nil
	}
	fresh := &tail{}
	w.files[f] = fresh
	if t == nil {
		return w.read(f, fresh, nil)
	}
	return w.read(f, fresh, t.back(w.env.Account))
}

// begin looks at the beginning of a file; nil: it doesn't tell yet where its first row begins, and is asked again when it has grown.
func (w *watched) begin(file *os.File, name string) (*Input, error) {
	t, err := startOf(file, name)
	if err != nil {
		return nil, err
	}
	in, err := w.opts.Format.Begin(t, true)
	if err != nil || in == nil {
		return nil, err
	}
	in.Name = name
	return in, nil
}

// read takes the whole rows that a file has behind those that were taken. Pieces of before, which are taken back, are sent together
// with the first ones.
func (w *watched) read(f *watch.File, t *tail, before []*piece) error {
	file, ok, err := f.Open()
	if err != nil || !ok {
		return errors.Join(err, w.send(before, true))
	}
	defer file.Close()
	if t.in == nil {
		if t.in, err = w.begin(file, f.Path); err != nil || t.in == nil {
			return errors.Join(err, w.send(before, true))
		}
		t.at, t.line = t.in.Start, t.in.Line
	}
	t.rename(f.Path)
	replaces := w.opts.Rewritten == RewrittenReplaces
	for {
		p, err := w.cutter.next(file, t, f.Size)
		if err != nil || p == nil {
			return errors.Join(err, w.send(before, true))
		}
		w.env.Stats.BytesRead.Add(t.at - f.Taken)
		if err := f.Take(file, t.at); err != nil {
			return err
		}
		if replaces {
			t.keep(p, w.env.Account)
		}
		// A file that replaces its rows does so in one epoch, at whatever cost: it is all held anyway.
		if before != nil {
			before = append(before, p)
			continue
		}
		if err := w.send([]*piece{p}, false); err != nil {
			return err
		}
	}
}

// send queues pieces, which belong together, and waits until there is room, unless they must be sent at once.
func (w *watched) send(pieces []*piece, now bool) error {
	if len(pieces) == 0 {
		return nil
	}
	if w.opts.Rewritten == RewrittenReplaces && w.env.Budget.Over() {
		return fmt.Errorf("%s: the rows of rewritten files are kept to be taken back, and that takes more memory than max_memory allows (%d bytes)",
			w.opts.Step, w.env.Budget.Limit())
	}
	w.mu.Lock()
	for i, p := range pieces {
		p.more = i+1 < len(pieces)
		p.first = w.at
		w.at += int64(p.b.To-p.b.From) + 1 // so that one that is only a row too long has a place, too
		w.queued += int64(p.b.To - p.b.From)
	}
	if len(w.queue) == 0 {
		w.since = time.Now()
	}
	w.queue = append(w.queue, pieces...)
	full := w.queued > maxQueued
	w.mu.Unlock()
	w.env.Ready()
	for full && !now {
		if w.env.Full != nil {
			w.env.Full()
		}
		select {
		case <-w.room:
		case <-w.stop:
			return errStopped
		}
		w.mu.Lock()
		full = w.queued > maxQueued
		w.mu.Unlock()
	}
	return nil
}

// Poll takes pieces of about max rows off the queue.
func (w *watched) Poll(limit int64) (microbatch.Poll, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var p microbatch.Poll
	n := 0
	for n < len(w.queue) && (limit <= 0 || p.Rows < limit || w.queue[n-1].more) {
		p.Morsels = append(p.Morsels, w.queue[n])
		p.Rows += w.queue[n].rows
		w.queued -= int64(w.queue[n].b.To - w.queue[n].b.From)
		n++
	}
	p.Lag = microbatch.Lag{Bytes: w.behind + w.queued}
	if n > 0 {
		p.Lag.Age = time.Since(w.since)
		w.since = time.Now()
	}
	w.queue = append(w.queue[:0], w.queue[n:]...)
	clear(w.queue[len(w.queue):cap(w.queue)])
	for _, q := range w.queue {
		p.Lag.Rows += q.rows
	}
	p.More = len(w.queue) > 0 || w.err != nil // which comes behind the rows
	select {
	case w.room <- struct{}{}:
	default:
	}
	if n == 0 {
		return p, w.err
	}
	return p, nil
}

func (w *watched) NewReader() microbatch.Reader { return w.base.NewReader() }

// Close ends the goroutine and gives back what was kept.
func (w *watched) Close() error {
	close(w.stop)
	<-w.ended
	for _, t := range w.files {
		t.release(w.env.Account)
	}
	return nil
}

// readPiece parses a piece, or takes its rows back.
func (r *reader) readPiece(p *piece) error {
	b := p.b // the parser may put a line break behind it
	b.Plain = r.splitter.IsPlain(b.Data[b.From:b.To])
	r.goes = p.goes
	return r.parse(p.in, &b, p.first-int64(b.From), func(int64) (int64, error) { return p.line, nil }, p.long)
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
