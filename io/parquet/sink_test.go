package parquet

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/parquet/internal/codec"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// writeFile writes morsels, each a list of batches, with so many workers, as the engine does: workers take morsels in
// turn, and lend batches that are overwritten when Push returns.
func writeFile(path string, schema *plan.Schema, morsels [][]*vec.Batch, workers int, set writeSettings) error {
	ctx := context.Background()
	env := scanEnv(workers)
	open, err := (&sink{path: path, set: set}).OpenSink(ctx, env, op.Port{Schema: schema, Final: true})
	if err != nil {
		return err
	}
	err = push(open, morsels, workers)
	if err == nil {
		err = open.EndEpoch(&op.Epoch{Number: 1})
	}
	if err == nil {
		err = open.Commit(ctx)
	}
	if err == nil {
		err = open.Publish()
	}
	if e := open.Close(); err == nil {
		err = e
	}
	if used := env.Account.Used(); used != 0 && err == nil {
		panic("bytes are charged after Close")
	}
	return err
}

func push(open microbatch.Sink, morsels [][]*vec.Batch, workers int) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed error
	next := 0
	for range workers {
		w := open.NewWriter()
		wg.Go(func() {
			for {
				mu.Lock()
				m := next
				next++
				done := m >= len(morsels) || failed != nil
				mu.Unlock()
				if done {
					return
				}
				if err := pushMorsel(w, int64(m), morsels[m]); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return failed
}

func pushMorsel(w microbatch.Writer, m int64, batches []*vec.Batch) error {
	for i, b := range batches {
		lent := lend(b)
		if err := w.Push(microbatch.Seq{Partition: uint32(m), Offset: int64(i)}, lent); err != nil {
			return err
		}
		for _, c := range lent.Cols {
			poison(c)
		}
	}
	return w.EndMorsel(m)
}

// lend copies a batch, its selection included, but for dictionaries.
func lend(b *vec.Batch) *vec.Batch {
	out := &vec.Batch{N: b.N, Sel: b.Sel}
	for _, c := range b.Cols {
		out.Cols = append(out.Cols, c.Take(nil))
	}
	return out
}

func poison(v *vec.Vec) {
	for _, buf := range [][]byte{v.Valid, v.Data, vec.Bytes(v.Offsets), vec.Bytes(v.Codes)} {
		for i := range buf {
			buf[i] = 0xA5
		}
	}
}

func defaults() writeSettings {
	return writeSettings{codec: codec.Snappy, groupRows: DefaultRowGroupRows}
}

func TestWriteNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.parquet")
	schema := plan.NewSchema(plan.Field{Name: "a", Type: vec.TInt64})
	if err := writeFile(path, schema, nil, 2, defaults()); err != nil {
		t.Fatal(err)
	}
	got, cols := mustScan(t, path, 2, nil)
	if got.String() != "a int64" || cols[0].N != 0 {
		t.Errorf("schema %s, %d rows", got, cols[0].N)
	}
}
