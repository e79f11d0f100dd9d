package op_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// ids collects the second column.
type ids []int64

func (c *ids) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	for i := range b.Rows() {
		*c = append(*c, b.Cols[1].Scalar(b.Row(i)).I)
	}
	return nil
}

// TestFirstRows takes windows of rows, sorted and as they come, also such that Offset + N is beyond int64.
func TestFirstRows(t *testing.T) {
	const batches, rows = 40, 1000
	rng := rand.New(rand.NewPCG(1, 2))
	keys := make([]int64, batches*rows)
	for i := range keys {
		keys[i] = rng.Int64N(500)
	}
	arrived := make([]int64, len(keys))
	for i := range arrived {
		arrived[i] = int64(i)
	}
	sorted := slices.Clone(arrived)
	slices.SortStableFunc(sorted, func(x, y int64) int { return int(keys[x] - keys[y]) })

	in := input(plan.Field{Name: "key", Type: vec.TInt64}, plan.Field{Name: "id", Type: vec.TInt64})
	for _, n := range []int64{-1, 0, 1, 2000, 39_999, math.MaxInt64/4 + 1, math.MaxInt64 - 1, math.MaxInt64} {
		for _, offset := range []int64{0, 1, 100, 40_001, math.MaxInt64} {
			env := op.Env{Workers: 2, Account: vec.NewBudget(0).Account("test")}
			operators := map[string]op.Operator{
				"sort": op.NewSort(&plan.Sort{Input: in, Keys: []plan.SortKey{{Column: 0}}, Limit: n, Offset: offset}, env),
			}
			if n >= 0 {
				operators["limit"] = op.NewLimit(&plan.Limit{Input: in, N: n, Offset: offset}, env)
			}
			for name, o := range operators {
				t.Run(fmt.Sprintf("%s %d behind %d", name, n, offset), func(t *testing.T) {
					want := arrived
					if name == "sort" {
						want = sorted
					}
					want = want[min(offset, int64(len(want))):]
					if n >= 0 {
						want = want[:min(n, int64(len(want)))]
					}
					if got, err := runInTwo(o, keys, rows); err != nil || !slices.Equal(got, want) {
						t.Errorf("%d rows, want %d, %v", len(got), len(want), err)
					}
				})
			}
		}
	}
}

// TestSortStopsAtTheBudget: rows for which there is memory, but not for their keys.
func TestSortStopsAtTheBudget(t *testing.T) {
	const batches, rows = 100, 1000
	in := input(plan.Field{Name: "key", Type: vec.TInt64}, plan.Field{Name: "id", Type: vec.TInt64})
	budget := vec.NewBudget(batches*rows*16 + 100_000)
	env := op.Env{Name: "sort by key", Workers: 2, Account: budget.Account("test")}
	o := op.NewSort(&plan.Sort{Input: in, Keys: []plan.SortKey{{Column: 0}}, Limit: -1}, env)
	out, err := runInTwo(o, make([]int64, batches*rows), rows)
	if err == nil || !strings.Contains(err.Error(), "sort by key: needs more memory than max_memory") || len(out) > 0 {
		t.Errorf("%d rows, %v", len(out), err)
	}
	if most := budget.Limit() + 2*50*rows; budget.Peak() > most {
		t.Errorf("%d bytes were charged, more than %d", budget.Peak(), most)
	}
	if budget.Used() != 0 {
		t.Errorf("%d bytes are still charged", budget.Used())
	}
}

// runInTwo is what comes out of an operator for keys that two workers take, a batch of that many rows each in turn.
func runInTwo(o op.Operator, keys []int64, rows int) (out ids, err error) {
	defer func() { err = errors.Join(err, o.Close()) }()
	newLocal, err := o.Open(nil)
	if err != nil {
		return nil, err
	}
	locals := []op.Local{newLocal(), newLocal()}
	for from := 0; from < len(keys); from += rows {
		key, id := vec.NewBuilder(vec.TInt64, rows), vec.NewBuilder(vec.TInt64, rows)
		for i := from; i < from+rows; i++ {
			vec.AppendFixed(key, keys[i])
			vec.AppendFixed(id, int64(i))
		}
		b := &vec.Batch{N: rows, Cols: []*vec.Vec{key.Finish(), id.Finish()}}
		if err := locals[from/rows%2].Push(0, op.Seq{Offset: int64(from)}, b, nil); err != nil {
			return nil, err
		}
	}
	err = o.EndEpoch(&op.Epoch{Parallel: parallelOn(2, &out)}, &out)
	return out, err
}
