package state

import (
	"errors"
	"sync"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/blocks"
)

// queued is how many batches may wait to be compressed and written. So many, and the one that is being written, are copied at most.
const queued = 4

// blockWriter writes a file of blocks. Batches are copied by the caller, compressed and written by a goroutine of its own:
//
//	caller ── work (batches as bytes) ──▶ goroutine ──▶ file
//	   ▲                                      │
//	   └───────── free (memory) ◀─────────────┘
//
// The file is begun with its first block, so that a checkpoint without changes makes none.
type blockWriter struct {
	store  *Store
	name   string
	header []byte
	free   chan []byte
	work   chan piece
	done   chan struct{} // closed when the goroutine has ended

	mu  sync.Mutex
	err error // the first one: after it nothing is written

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
	w := &blockWriter{
		store: s, name: name, header: header,
		free: make(chan []byte, queued), work: make(chan piece, queued), done: make(chan struct{}),
	}
	for range queued {
		w.free <- nil
	}
	go w.run()
	return w
}

// add hands over a copy of a dense batch. An operator's come one after the other.
func (w *blockWriter) add(operator, table int, b *vec.Batch) error {
	if err := w.failed(); err != nil {
		return err
	}
	raw := blocks.AppendBatch((<-w.free)[:0], b)
	w.work <- piece{operator: operator, table: table, rows: b.N, raw: raw}
	return nil
}

// failed is the first error.
func (w *blockWriter) failed() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// fail keeps the first error.
func (w *blockWriter) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

// run is the goroutine. After an error it only gives the memory back.
func (w *blockWriter) run() {
	defer close(w.done)
	coder := w.store.coder()
	defer w.store.giveBack(coder)
	for p := range w.work {
		if w.failed() == nil {
			if err := w.write(coder, p); err != nil {
				w.fail(err)
			}
		}
		w.free <- p.raw
	}
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

// finish waits until all is written and safe, and says where it is. Nothing is left of the file after an error.
func (w *blockWriter) finish() ([]extent, error) {
	close(w.work)
	<-w.done
	if w.object == nil {
		return nil, w.failed()
	}
	if err := w.failed(); err != nil {
		return nil, errors.Join(err, w.object.Abort())
	}
	if err := w.object.Commit(); err != nil {
		return nil, errors.Join(err, w.object.Abort())
	}
	return w.extents, nil
}

// abort ends it without a file.
func (w *blockWriter) abort() error {
	w.fail(errors.New("given up"))
	close(w.work)
	<-w.done
	if w.object == nil {
		return nil
	}
	return w.object.Abort()
}
