package op

import "github.com/pwcol/pwcol/kernels/vec"

// Durable is a Stateful operator whose state can be written to checkpoints, and taken up by a later run: of the same plan, with any number of
// workers. What it writes are batches of tables, which it numbers as it likes; what a table's columns are is its own affair, but they
// stay what they are, for later versions must read them.
//
// A checkpoint is the state as it was at one BeginSave. It may be written in pieces, between which epochs pass:
//
//	epoch 7   BeginSave(whole)   Save → groups a, b
//	epoch 8   changes b and c; c hasn't been saved: it is put aside as it was
//	          Save → c as it was, d; done
//	epoch 9   …
//	epoch 20  BeginSave(changes)   Save → b, c; done
//	a later run:   Load a, b   c, d   b, c   Loaded   epoch 21
//
// All of it is called between epochs, on one goroutine.
type Durable interface {
	Stateful
	// BeginSave fixes what is to be saved: all there is, or what has changed since the last BeginSave, or Loaded. It is not called before the
	// Save before it is done. An operator whose state is small, or which can't tell what changes afterwards, copies it here.
	BeginSave(whole bool)
	// Save emits a part of it, of about so many rows, and reports whether that was the last one. Epochs may have passed since BeginSave: they
	// don't show. The batches, dense and without Diff, are lent to emit.
	Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error)
	// Load takes a batch that Save has emitted, before the first epoch: those of the last whole save and then of the changes
	// since, in their order. Batches that no Save has made are an error.
	Load(table int, b *vec.Batch) error
	// Loaded is called after the last batch, if there was any.
	Loaded() error
}
