package parquet

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// A scan reads a source the way the engine does, with workers of its own, and puts the rows together in
// the order of their Seq.

// scanEnv is a fresh environment of so many workers.
func scanEnv(threads int) *microbatch.Env {
	budget := vec.NewBudget(0)
	return &microbatch.Env{Threads: threads, Budget: budget, Stats: &microbatch.Stats{}, Account: budget.Account("test")}
}

// keeper keeps what a worker emits.
type keeper struct {
	mu      *sync.Mutex
	batches *[]keptBatch
	limit   int64 // rows after which it gives up; 0: never
	rows    int64
}

type keptBatch struct {
	at microbatch.Seq
	b  *vec.Batch
}

var errEnough = errors.New("enough rows")

func (k *keeper) Emit(_ op.OutPort, at microbatch.Seq, b *vec.Batch) error {
	k.rows += int64(b.N)
	if k.limit > 0 && k.rows > k.limit {
		return errEnough
	}
	kept := b.Keep(nil)
	kept.Diff = nil
	k.mu.Lock()
	*k.batches = append(*k.batches, keptBatch{at, kept})
	k.mu.Unlock()
	return nil
}

// scanBatches reads all batches, in order.
func scanBatches(src microbatch.SourceOpener, env *microbatch.Env, scan microbatch.Scan, limit int64) ([]keptBatch, error) {
	ctx := context.Background()
	open, err := src.OpenSource(ctx, env, scan)
	if err != nil {
		return nil, err
	}
	defer open.Close()
	var mu sync.Mutex
	var next sync.Mutex
	var batches []keptBatch
	var wg sync.WaitGroup
	errs := make([]error, env.Threads)
	for w := range env.Threads {
		r := open.NewReader()
		wg.Go(func() {
			out := &keeper{mu: &mu, batches: &batches, limit: limit}
			for errs[w] == nil {
				next.Lock()
				m, err := open.Next(ctx)
				next.Unlock()
				if err == io.EOF {
					break
				}
				if err == nil {
					err = r.Read(ctx, m, out)
				}
				errs[w] = err
			}
			if err := r.Close(); errs[w] == nil {
				errs[w] = err
			}
		})
	}
	wg.Wait()
	slices.SortFunc(batches, func(a, b keptBatch) int { return a.at.Compare(b.at) })
	return batches, errors.Join(errs...)
}

// mustScan reads all columns of a file or more into plain columns.
func mustScan(t testing.TB, path string, threads int, filter *microbatch.Filter, columns ...int) (*plan.Schema, []*vec.Vec) {
	t.Helper()
	src, err := newSource(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if columns == nil {
		for i := range src.schema.Len() {
			columns = append(columns, i)
		}
	}
	env := scanEnv(threads)
	batches, err := scanBatches(src, env, microbatch.Scan{Columns: columns, Filter: filter}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if used := env.Account.Used(); used != 0 {
		t.Errorf("%d bytes are charged after Close", used)
	}
	return src.schema, join(src.schema, columns, batches)
}

// join puts batches together.
func join(schema *plan.Schema, columns []int, batches []keptBatch) []*vec.Vec {
	out := make([]*vec.Vec, len(columns))
	for i, c := range columns {
		b := vec.NewBuilder(schema.Field(c).Type, 0)
		for _, kb := range batches {
			b.Append(kb.b.Cols[i], nil)
		}
		out[i] = b.Finish()
	}
	return out
}

func newMutex() *sync.Mutex { return &sync.Mutex{} }

func sortBy(rows []uint32, less func(a, b uint32) int) { slices.SortStableFunc(rows, less) }
