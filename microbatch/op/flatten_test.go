package op_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/op"
)

// rowTexts collects rows as text, with their diff.
type rowTexts struct {
	rows  []string
	sizes []int
}

func (c *rowTexts) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	c.sizes = append(c.sizes, b.Rows())
	for i := range b.Rows() {
		row := b.Row(i)
		parts := []string{"+1"}
		if b.Diff != nil {
			parts[0] = fmt.Sprintf("%+d", b.Diff[row])
		}
		for _, v := range b.Cols {
			parts = append(parts, text(v.Scalar(row)))
		}
		c.rows = append(c.rows, strings.Join(parts, " "))
	}
	return nil
}

// flattened is the rows of a batch after a Flatten of its column.
func flattened(t *testing.T, b *vec.Batch, column int) *rowTexts {
	t.Helper()
	fields := make([]plan.Field, len(b.Cols))
	for i, c := range b.Cols {
		fields[i] = plan.Field{Name: fmt.Sprint("c", i), Type: c.Type, Nullable: true}
	}
	n := plan.NewFlatten(plan.Base{}, &plan.Read{Out: plan.NewSchema(fields...)}, column)
	f := op.NewFlatten(n, op.Env{})
	newLocal, err := f.Open([]op.Port{{Schema: n.Input.Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	out := &rowTexts{}
	if err := newLocal().Push(0, op.Seq{}, b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// wantFlattened is what flatten is to yield, slowly.
func wantFlattened(b *vec.Batch, column int) []string {
	var out []string
	for i := range b.Rows() {
		row := b.Row(i)
		list := b.Cols[column].Scalar(row)
		if list.Null {
			continue
		}
		for _, e := range list.Elems() {
			parts := []string{"+1"}
			if b.Diff != nil {
				parts[0] = fmt.Sprintf("%+d", b.Diff[row])
			}
			for c, v := range b.Cols {
				if c == column {
					parts = append(parts, text(e))
				} else {
					parts = append(parts, text(v.Scalar(row)))
				}
			}
			out = append(out, strings.Join(parts, " "))
		}
	}
	return out
}

func TestFlattenAgainstReference(t *testing.T) {
	const seed = 5
	r := rand.New(rand.NewPCG(seed, 0))
	for _, typ := range vectest.Lists {
		for _, n := range []int{0, 1, 2, 3, 1023, 8192} {
			for _, nulls := range []vectest.Nulls{vectest.No, vectest.Some, vectest.All} {
				b := &vec.Batch{N: n}
				for _, t := range []vec.Type{vec.TInt64, vec.TString, typ, vec.TBool, vec.TList(vec.TString)} {
					v := vectest.Column(r, t, n, nulls, 40)
					if n > 0 && r.IntN(2) == 0 {
						v = vectest.Dictionary(r, v)
					}
					b.Cols = append(b.Cols, v)
				}
				if r.IntN(2) == 0 {
					b.Diff = make([]int64, n)
					for i := range b.Diff {
						b.Diff[i] = r.Int64N(5) - 2
					}
				}
				for _, sel := range [][]uint32{nil, {}, vectest.Selection(r, n)} {
					b.Sel = sel
					if got, want := flattened(t, b, 2).rows, wantFlattened(b, 2); !slices.Equal(got, want) {
						t.Fatalf("seed %d: %s, %d rows: got %d rows, want %d", seed, typ, n, len(got), len(want))
					}
				}
			}
		}
	}
}

// TestFlattenCutsItsBatches: neither long lists nor long strings beside them make a batch too large.
func TestFlattenCutsItsBatches(t *testing.T) {
	lists, long := vec.NewBuilder(vec.TList(vec.TInt64), 2), vec.NewBuilder(vec.TString, 2)
	for range 2 {
		for i := range int64(20_000) {
			vec.AppendFixed(lists.Elems(), i)
		}
		lists.AppendList()
	}
	long.AppendString(strings.Repeat("x", 20<<10))
	long.AppendString("")
	b := &vec.Batch{N: 2, Cols: []*vec.Vec{lists.Finish(), long.Finish()}}
	total := 0
	sizes := flattened(t, b, 0).sizes
	for _, n := range sizes {
		if total += n; n > vec.BatchRows || total <= 19_000 && n > vec.MaxPlainBytes/(20<<10) {
			t.Errorf("batches of %v rows", sizes)
		}
	}
	if total != 40_000 {
		t.Errorf("%d rows, want 40000", total)
	}
}
