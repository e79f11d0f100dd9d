package parquet

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/atomicfile"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

var _ microbatch.SinkOpener = (*sink)(nil)

// openSink gathers the rows of all workers, in the order of the morsels, into row groups. Rows are copied,
// encoded and compressed by the workers side by side; under the lock only lists are changed, and one worker at a time
// appends finished bytes to the file.
//
//	morsels   0: 70,000 rows     1: 70,000     2: 300,000 rows, by a worker that has encoded two groups ahead
//	groups    0: 122,880 (of 0 and 1)          1: 17,120 (rest)  2: 122,880  3: 122,880  4: 54,240 …
//
// A group's rows are encoded by the worker that completed it. A worker whose morsel has more rows than
// a group encodes whole groups at once, wherever they will stand: what is pending before them then becomes
// a group of fewer rows.
type openSink struct {
	env     *microbatch.Env
	set     writeSettings
	schema  *schema.Schema
	columns []outColumn
	file    *atomicfile.File

	mu      sync.Mutex
	next    int64             // the oldest morsel that has not ended
	early   map[int64]*output // of morsels that ended before their turn
	pending []part            // rows of the group that is being gathered
	rows    int               // of pending
	free    []*piece
	bufs    [][]byte // of groups that were written

	issued   int                   // groups that have a number
	finished map[int]*encodedGroup // by number: those that wait to be appended
	writing  bool                  // a worker is appending
	err      error                 // of the first append that failed
	held     int64                 // bytes charged

	at     int64 // end of the file; only the worker that is writing uses it
	groups []*encodedGroup

	encoder *groupEncoder // for the rows that are left at the end
}

// output is what a worker made of a morsel: groups encoded ahead, then rows.
type output struct {
	ahead []*encodedGroup
	parts []part
}

// job is a group that is to be encoded by the worker that got it.
type job struct {
	number int
	parts  []part
}

// OpenSink checks the columns' types and the target.
func (s *sink) OpenSink(_ context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	if in.Kind == plan.Retract {
		return nil, errors.New("a Parquet file can't hold retractions: the table changes rows that were written")
	}
	columns, err := outColumns(in.Schema)
	if err != nil {
		return nil, err
	}
	sch, err := fileSchema(columns)
	if err != nil {
		return nil, err
	}
	encoder, err := newGroupEncoder(columns, s.set.codec)
	if err != nil {
		return nil, err
	}
	file, err := atomicfile.Create(s.path, atomicfile.Replace)
	if err != nil {
		encoder.close()
		return nil, err
	}
	o := &openSink{
		env: env, set: s.set, schema: sch, columns: columns, file: file, encoder: encoder,
		early: map[int64]*output{}, finished: map[int]*encodedGroup{},
	}
	_, err = file.Write([]byte(magic))
	o.at = int64(len(magic))
	if err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// charge adds n bytes to what is held. The lock is held.
func (o *openSink) charge(n int64) {
	o.held += n
	o.env.Account.Charge(n)
}

// end takes a worker's output of morsel m over and returns the groups that it completed, for the
// worker to encode.
func (o *openSink) end(m int64, out *output) ([]job, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.early[m] = out
	var jobs []job
	for {
		out, ok := o.early[o.next]
		if !ok {
			break
		}
		delete(o.early, o.next)
		o.next++
		jobs = o.gather(out, jobs)
	}
	if o.env.Account.Over() {
		jobs = o.cut(jobs, o.rows)
	}
	return jobs, o.err
}

// gather appends the output of the morsel whose turn it is.
func (o *openSink) gather(out *output, jobs []job) []job {
	for _, g := range out.ahead {
		jobs = o.cut(jobs, o.rows)
		o.finished[o.issued] = g
		o.issued++
	}
	for _, p := range out.parts {
		o.pending = append(o.pending, p)
		o.rows += p.rows()
		for o.rows >= o.set.groupRows {
			jobs = o.cut(jobs, o.set.groupRows)
		}
	}
	return jobs
}

// cut makes a group of the first n pending rows.
func (o *openSink) cut(jobs []job, n int) []job {
	if n == 0 {
		return jobs
	}
	var parts []part
	parts, o.pending = takeRows(o.pending, n)
	o.rows -= n
	jobs = append(jobs, job{o.issued, parts})
	o.issued++
	return jobs
}

// finish takes an encoded group over and appends all groups whose turn it is, unless another worker is at it.
func (o *openSink) finish(number int, g *encodedGroup) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finished[number] = g
	return o.append()
}

// append appends finished groups in order. The lock is held, but not while bytes are written.
func (o *openSink) append() error {
	if o.writing {
		return o.err
	}
	o.writing = true
	for o.err == nil {
		g, ok := o.finished[len(o.groups)]
		if !ok {
			break
		}
		delete(o.finished, len(o.groups))
		g.at = o.at
		o.groups = append(o.groups, g)
		o.mu.Unlock()
		n, err := o.file.Write(g.data)
		o.mu.Lock()
		o.at += int64(n)
		o.err = err
		o.bufs, g.data = append(o.bufs, g.data[:0]), nil
	}
	o.writing = false
	return o.err
}

// buffer is an empty buffer for a group's bytes.
func (o *openSink) buffer() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(o.bufs); n > 0 {
		buf := o.bufs[n-1]
		o.bufs = o.bufs[:n-1]
		return buf
	}
	return nil
}

// encode encodes parts as a row group and gives their pieces back.
func (o *openSink) encode(e *groupEncoder, parts []part) (*encodedGroup, error) {
	buf := o.buffer()
	had := cap(buf)
	g, err := e.encode(parts, buf)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.charge(int64(cap(g.data) - had))
	}
	for _, p := range parts {
		p.piece.left -= p.rows()
		if p.piece.left == 0 && p.piece.closed {
			o.recycle(p.piece)
		}
	}
	return g, err
}

// recycle puts a piece whose rows are all encoded with the free ones, which stay charged.
func (o *openSink) recycle(p *piece) {
	if o.env.Account.Over() {
		o.charge(-p.charged)
		return
	}
	p.reset()
	o.free = append(o.free, p)
}

// newPiece is an empty piece.
func (o *openSink) newPiece() *piece {
	o.mu.Lock()
	defer o.mu.Unlock()
	if n := len(o.free); n > 0 {
		p := o.free[n-1]
		o.free = o.free[:n-1]
		return p
	}
	return newPiece(o.columns)
}

// Identity is the file's full name.
func (o *openSink) Identity() string { return o.file.Identity() }

// EndEpoch encodes the rows that are left.
func (o *openSink) EndEpoch(*op.Epoch) error {
	o.mu.Lock()
	if len(o.early) > 0 && o.err == nil {
		o.err = fmt.Errorf("morsel %d did not end", o.next)
	}
	jobs, err := o.cut(nil, o.rows), o.err
	o.mu.Unlock()
	if err != nil {
		return err
	}
	if err := o.run(o.encoder, jobs); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.append()
}

// run encodes groups and hands them in.
func (o *openSink) run(e *groupEncoder, jobs []job) error {
	for _, j := range jobs {
		g, err := o.encode(e, j.parts)
		if err != nil {
			return err
		}
		if err := o.finish(j.number, g); err != nil {
			return err
		}
	}
	return nil
}

// Commit writes the footer and makes the file durable.
func (o *openSink) Commit(context.Context) error {
	if len(o.groups) != o.issued {
		return fmt.Errorf("%d of %d row groups were written", len(o.groups), o.issued)
	}
	data, err := footerOf(o.schema, o.set.codec, o.groups)
	if err != nil {
		return fmt.Errorf("making the footer: %w", err)
	}
	if _, err := o.file.Write(data); err != nil {
		return err
	}
	return o.file.Commit()
}

// Publish gives the file its name.
func (o *openSink) Publish() error { return o.file.Publish() }

// Close gives back everything; a file that was not published is removed.
func (o *openSink) Close() error {
	o.charge(-o.held)
	o.encoder.close()
	return o.file.Close()
}

// NewWriter makes a worker's writer.
func (o *openSink) NewWriter() microbatch.Writer { return &writer{sink: o} }

// writer takes rows from one worker.
type writer struct {
	sink    *openSink
	encoder *groupEncoder
	piece   *piece // being filled, or nil
	parts   []part // full pieces of the morsel
	rows    int    // of parts and piece
	ahead   []*encodedGroup
}

// Push copies the rows that are meant.
func (w *writer) Push(_ microbatch.Seq, b *vec.Batch) error {
	if err := checkInsertions(b); err != nil {
		return err
	}
	if b.Rows() == 0 {
		return nil
	}
	if w.piece != nil && !w.piece.takes(b) {
		w.closePiece()
	}
	if w.piece == nil {
		w.piece = w.sink.newPiece()
	}
	w.piece.append(b)
	w.rows += b.Rows()
	if w.rows < w.sink.set.groupRows {
		return nil
	}
	w.closePiece()
	return w.encodeAhead()
}

// checkInsertions refuses rows that go.
func checkInsertions(b *vec.Batch) error {
	for i := range b.Rows() {
		if b.Diff == nil {
			return nil
		}
		if d := b.Diff[b.Row(i)]; d != 1 {
			return fmt.Errorf("a Parquet file can't hold a change by %+d: only new rows", d)
		}
	}
	return nil
}

// closePiece makes the piece one of the morsel's parts.
func (w *writer) closePiece() {
	if w.piece == nil {
		return
	}
	p := w.piece
	w.piece = nil
	grown := p.close()
	w.sink.mu.Lock()
	w.sink.charge(grown)
	w.sink.mu.Unlock()
	w.parts = append(w.parts, part{p, 0, p.rows})
}

// encodeAhead encodes the whole groups that there are.
func (w *writer) encodeAhead() error {
	if err := w.needEncoder(); err != nil {
		return err
	}
	n := w.sink.set.groupRows
	for w.rows >= n {
		var group []part
		group, w.parts = takeRows(w.parts, n)
		w.rows -= n
		g, err := w.sink.encode(w.encoder, group)
		if err != nil {
			return err
		}
		w.ahead = append(w.ahead, g)
	}
	return nil
}

func (w *writer) needEncoder() (err error) {
	if w.encoder == nil {
		w.encoder, err = newGroupEncoder(w.sink.columns, w.sink.set.codec)
	}
	return err
}

// EndMorsel hands the morsel's rows in, and encodes and appends what is then complete.
func (w *writer) EndMorsel(m int64) error {
	w.closePiece()
	out := &output{ahead: w.ahead, parts: w.parts}
	w.ahead, w.parts, w.rows = nil, nil, 0
	jobs, err := w.sink.end(m, out)
	if err != nil {
		return err
	}
	if len(jobs) > 0 {
		if err := w.needEncoder(); err != nil {
			return err
		}
		if err := w.sink.run(w.encoder, jobs); err != nil {
			return err
		}
	}
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	return w.sink.append() // groups that were encoded ahead
}
