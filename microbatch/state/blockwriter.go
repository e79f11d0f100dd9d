package state

import (
	"errors"
	"sync"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/blocks"
)

// queueBytes is how much of a checkpoint waits in memory if nothing else is said: so much the disk may be behind.
const queueBytes = 16 << 20

// blockWriter writes a file of blocks. Batches are copied by the caller, compressed and written by a goroutine of its own:
//
//	caller ── queue (batches as bytes) ──▶ goroutine ──▶ file
//	   ▲                                       │
//	   └────────── free (memory) ◀─────────────┘
//
// The file is begun with its first block, so that a checkpoint without changes makes none.
type blockWriter struct {
	store  *Store
	name   string
	header []byte
	done   chan struct{} // closed when the goroutine has ended

	mu      sync.Mutex
	changed *sync.Cond // one of those below has
	queue   []piece
	queued  int // bytes in it
	free    [][]byte
	closed  bool
	err     error // the first one: after it nothing is written

	// The goroutine's; after done everybody's.
	object  Object // nil: not begun
	at      int64  // its length
	extents []extent
}

// piece is a batch as bytes.
type piece struct {
	operator, table, rows int
	raw                   []byte
}

// extent is where an operator's blocks lie, one after the other.
type extent struct{ offset, bytes, blocks, rows int64 }

func newBlockWriter(s *Store, name string, header []byte) *blockWriter {
	w := &blockWriter{store: s, name: name, header: header, done: make(chan struct{})}
	w.changed = sync.NewCond(&w.mu)
	go w.run()
	return w
}

// add hands over a copy of a dense batch, and waits while the queue is full. An operator's come one after the other.
func (w *blockWriter) add(operator, table int, b *vec.Batch) error {
	raw := blocks.AppendBatch(w.memory(), b)
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.err == nil && w.queued > 0 && w.queued+len(raw) > w.store.queueBytes {
		w.changed.Wait()
	}
	if w.err != nil {
		return w.err
	}
	w.queue = append(w.queue, piece{operator: operator, table: table, rows: b.N, raw: raw})
	w.queued += len(raw)
	w.changed.Broadcast()
	return nil
}

// memory is a batch's that was written, or none.
func (w *blockWriter) memory() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.free)
	if n == 0 {
		return nil
	}
	raw := w.free[n-1]
	w.free = w.free[:n-1]
	return raw[:0]
}

// run is the goroutine.
func (w *blockWriter) run() {
	defer close(w.done)
	coder := w.store.coder()
	defer w.store.giveBack(coder)
	for {
		p, ok := w.next()
		if !ok {
			return
		}
		w.wrote(p, w.write(coder, p))
	}
}

// next waits for a batch. It is not ok when there is no other, or after an error.
func (w *blockWriter) next() (p piece, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.closed && w.err == nil {
		w.changed.Wait()
	}
	if len(w.queue) == 0 || w.err != nil {
		return piece{}, false
	}
	p, w.queue = w.queue[0], w.queue[1:]
	return p, true
}

// wrote gives back the memory of a batch.
func (w *blockWriter) wrote(p piece, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queued -= len(p.raw)
	w.free = append(w.free, p.raw)
	if w.err == nil {
		w.err = err
	}
	w.changed.Broadcast()
}

// write writes a block.
func (w *blockWriter) write(coder *blocks.Coder, p piece) error {
	block, err := coder.Seal(p.raw, uint16(p.table))
	if err != nil {
		return err
	}
	if w.object == nil {
		if err := w.begin(); err != nil {
			return err
		}
	}
	if _, err := w.object.Write(block); err != nil {
		return err
	}
	for len(w.extents) <= p.operator {
		w.extents = append(w.extents, extent{offset: w.at})
	}
	e := &w.extents[p.operator]
	e.bytes, e.blocks, e.rows = e.bytes+int64(len(block)), e.blocks+1, e.rows+int64(p.rows)
	w.at += int64(len(block))
	return nil
}

// begin begins the file.
func (w *blockWriter) begin() (err error) {
	if w.object, err = w.store.storage.Create(w.name); err != nil {
		return err
	}
	w.at = int64(len(w.header))
	_, err = w.object.Write(w.header)
	return err
}

// end ends the goroutine: when all is written, or at once if there is an error. It returns the first one.
func (w *blockWriter) end(err error) error {
	w.mu.Lock()
	w.closed = true
	if w.err == nil {
		w.err = err
	}
	w.changed.Broadcast()
	w.mu.Unlock()
	<-w.done
	return w.err
}

// finish waits until all is written and safe, and says where it is. Nothing is left of the file after an error.
func (w *blockWriter) finish() ([]extent, error) {
	err := w.end(nil)
	if w.object == nil {
		return nil, err
	}
	if err == nil {
		err = w.object.Commit()
	}
	if err != nil {
		return nil, errors.Join(err, w.object.Abort())
	}
	return w.extents, nil
}

// abort ends it without a file.
func (w *blockWriter) abort() error {
	_ = w.end(errors.New("given up"))
	if w.object == nil {
		return nil
	}
	return w.object.Abort()
}
