package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/blocks"
)

// Writer writes a checkpoint. One goroutine at a time uses it.
type Writer struct {
	s         *Store
	epoch     int64
	name      string // of its file of blocks
	operators []Operator
	file      *blockWriter // nil: finished or given up
	finished  bool
}

// Begin begins the checkpoint of an epoch, later than those before. Only one is written at a time, but several may be finished
// and wait to be published.
func (s *Store) Begin(epoch int64) (*Writer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.readOnly:
		return nil, ErrReadOnly
	case s.writing != nil:
		return nil, fmt.Errorf("state: the checkpoint of epoch %d is still being written", s.writing.epoch)
	case epoch <= 0:
		return nil, fmt.Errorf("state: a checkpoint of epoch %d can't be", epoch)
	}
	s.files++
	w := &Writer{s: s, epoch: epoch, name: blockName(s.id.Generation, s.files)}
	w.file = newBlockWriter(s, w.name, encodeBlockHeader(s.id.Job, s.id.Generation, s.files))
	s.writing = w
	return w, nil
}

// Resume says that the run goes on from a checkpoint: the next deltas are added to it.
func (s *Store) Resume(m Manifest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setBase(m.Operators)
}

// setBase says to what the next deltas are added. s.mu is held.
func (s *Store) setBase(operators []Operator) {
	s.base = map[string]*Operator{}
	for _, o := range operators {
		s.base[o.ID] = &o
	}
}

// maxParts bounds the files that an operator's state is spread over, and so the length of a manifest.
const maxParts = 256

// WantsWhole reports whether an operator's next part has to be, or better is, a whole one: there is none of its structure to which a delta
// could be added, or the deltas since outweigh it, or are many.
func (s *Store) WantsWhole(operator, structure string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.base[operator]
	if o == nil || o.Structure != structure || len(o.Parts) >= maxParts {
		return true
	}
	bytes, _ := o.Bytes()
	return bytes > 2*o.Parts[0].Bytes
}

// Operator begins the part of an operator: its whole state, or what has changed since the checkpoint that was finished last. Add adds to it.
// structure says what the operator's state looks like; a delta goes with state of the same structure only.
func (w *Writer) Operator(id, structure string, whole bool) error {
	if w.file == nil {
		return w.errEnded()
	}
	if slices.ContainsFunc(w.operators, func(o Operator) bool { return o.ID == id }) {
		return fmt.Errorf("state: operator %q comes twice in the checkpoint of epoch %d", id, w.epoch)
	}
	o := Operator{ID: id, Structure: structure}
	if !whole {
		w.s.mu.Lock()
		before := w.s.base[id]
		w.s.mu.Unlock()
		switch {
		case before == nil || before.Structure != structure:
			return fmt.Errorf("state: there is no state of operator %q with structure %q that a delta could be added to", id, structure)
		case before.Parts[len(before.Parts)-1].Epoch >= w.epoch:
			return fmt.Errorf("state: a delta of epoch %d to operator %q, which has one of epoch %d", w.epoch, id, before.Parts[len(before.Parts)-1].Epoch)
		}
		o.Tables, o.Parts = slices.Clone(before.Tables), slices.Clone(before.Parts)
	}
	o.Parts = append(o.Parts, Part{Epoch: w.epoch, Whole: whole})
	w.operators = append(w.operators, o)
	return nil
}

// Add adds a batch to one of the operator's tables, of which it may have as many as a uint16 counts. Rows are loaded in the order in which they
// were added. The batch is copied; a selection is applied. Add waits while more than Options.QueueBytes are to be written: see Queued.
func (w *Writer) Add(table int, b *vec.Batch) error {
	if w.file == nil || len(w.operators) == 0 {
		return w.errEnded()
	}
	if b.Rows() == 0 {
		return nil
	}
	o := &w.operators[len(w.operators)-1]
	if err := o.describe(table, b); err != nil {
		return err
	}
	return blocks.Parts(b, func(part *vec.Batch) error {
		return w.file.add(len(w.operators)-1, table, part)
	})
}

// Queued is how many bytes of what was added wait to be written. As long as they and the next batch's are within Options.QueueBytes, Add returns at once.
func (w *Writer) Queued() int {
	if w.file == nil {
		return 0
	}
	w.file.mu.Lock()
	defer w.file.mu.Unlock()
	return w.file.queued
}

// maxTables is how many tables an operator may have: a block's tag is a table's number.
const maxTables = 1 << 16

// describe notes what a table looks like, or checks that b does.
func (o *Operator) describe(table int, b *vec.Batch) error {
	if table < 0 || table >= maxTables {
		return fmt.Errorf("state: operator %q has no table %d", o.ID, table)
	}
	for len(o.Tables) <= table {
		o.Tables = append(o.Tables, Table{})
	}
	if o.Tables[table].Types != nil {
		if err := o.fits(table, b); err != nil {
			return fmt.Errorf("state: a batch of operator %q: %w", o.ID, err)
		}
		return nil
	}
	types := []string{}
	for _, c := range b.Cols {
		types = append(types, c.Type.String())
	}
	o.Tables[table].Types = types
	return nil
}

func (w *Writer) errEnded() error {
	return fmt.Errorf("state: the checkpoint of epoch %d has ended, or no operator has begun", w.epoch)
}

// Finish waits until all is safe on disk. From now on deltas are added to this checkpoint. After an error, as after Abort, the operators'
// next parts have to be whole.
func (w *Writer) Finish() error {
	if w.file == nil {
		return w.errEnded()
	}
	extents, err := w.file.finish()
	w.file = nil
	for i, e := range extents {
		if p := &w.operators[i].Parts[len(w.operators[i].Parts)-1]; e.bytes > 0 {
			p.File, p.Offset, p.Bytes, p.Blocks, p.Rows = w.name, e.offset, e.bytes, e.blocks, e.rows
		}
	}
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	w.s.writing, w.s.base = nil, nil
	if err != nil {
		return fmt.Errorf("the checkpoint of epoch %d can't be written: %w", w.epoch, err)
	}
	w.finished = true
	w.s.setBase(w.operators)
	w.s.held[w] = true
	return nil
}

// Publish makes the checkpoint, which is finished, one that the next run finds. engine is what else is to be known, as JSON. After an error it may be found or not.
func (w *Writer) Publish(engine json.RawMessage) (Manifest, error) {
	if !w.finished {
		return Manifest{}, fmt.Errorf("state: the checkpoint of epoch %d isn't finished, or is published", w.epoch)
	}
	m := Manifest{
		Job: w.s.id.Job, Epoch: w.epoch, Generation: w.s.id.Generation, Written: time.Now().UTC().Truncate(time.Millisecond),
		Engine: engine, Operators: w.operators,
	}
	data, err := encodeDocument(manifestKind, m)
	if err == nil {
		err = put(w.s.storage, manifestName(w.epoch), data)
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("the checkpoint of epoch %d can't be published: %w", w.epoch, err)
	}
	w.forget()
	return m, nil
}

// put makes an object of data.
func put(storage Storage, name string, data []byte) error {
	o, err := storage.Create(name)
	if err != nil {
		return err
	}
	if _, err := o.Write(data); err != nil {
		return errors.Join(err, o.Abort())
	}
	if err := o.Commit(); err != nil {
		return errors.Join(err, o.Abort())
	}
	return nil
}

// Abort gives up a checkpoint that isn't published; one that is stays. If it isn't finished either, what it had of the operators' changes is lost, and their
// next parts have to be whole. Files are removed at the next Release.
func (w *Writer) Abort() error {
	var err error
	if w.file != nil {
		err = w.file.abort()
		w.file = nil
		w.s.mu.Lock()
		w.s.writing, w.s.base = nil, nil
		w.s.mu.Unlock()
	}
	w.forget()
	return err
}

// forget says that the store need not hold the writer's files any longer.
func (w *Writer) forget() {
	w.finished = false
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	delete(w.s.held, w)
}
