package op_test

import (
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestTopRefusesForeignState: batches that no Save has made are an error.
func TestTopRefusesForeignState(t *testing.T) {
	fields := []plan.Field{{Name: "k", Type: vec.TInt64}, {Name: "v", Type: vec.TInt64}, {Name: "s", Type: vec.TString}}
	n := &plan.Top{Input: input(fields...), Keys: []int{0}, N: 2, Order: []plan.SortKey{{Column: 1}}}
	in := retractPort(nil, fields...)
	in.Kind, in.Ordered = plan.Append, true
	durable := func(e *op.Env) { e.Durable = true }
	g := newTester(1, 3, fields...)
	good := drive(t, in, 1, durable, newTop(n))
	defer good.close()
	at, b := g.batch([][]vec.Scalar{g.row()}, nil)
	if err := good.push(0, at, b); err != nil {
		t.Fatal(err)
	}
	if err := good.end(); err != nil {
		t.Fatal(err)
	}
	var c checkpoints
	c.piece = 10
	c.begin(g.rng, good.operator.(op.Durable))
	for !c.save(t, g.rng, good.operator.(op.Durable)) {
	}
	last := c.whole[len(c.whole)-1]
	text := last.batch.Cols[1].Str(0)
	for i := range len(text) * 2 {
		bad := append([]byte(nil), text[:min(len(text), i)]...)
		if i >= len(text) {
			bad = append([]byte(nil), text...)
			bad[i-len(text)] ^= 0xff
		}
		loaded := drive(t, in, 1, durable, newTop(n))
		err := loaded.operator.(op.Durable).Load(last.table, withRankText(last.batch, bad))
		if err == nil && i < len(text) {
			t.Errorf("%x: it was taken for a row", bad)
		}
		if err != nil && !strings.Contains(err.Error(), "tested (job.go:1): state: table 0: a row can't be read: ") {
			t.Error(err)
		}
		if err == nil { // changed values: what is there may be wrong, but can be used
			at, b := g.batch([][]vec.Scalar{g.row(), g.row(), g.row()}, nil)
			if err := loaded.push(0, at, b); err != nil {
				t.Error(err)
			}
			if err := loaded.end(); err != nil {
				t.Error(err)
			}
		}
		loaded.close()
	}
	if err := good.operator.(op.Durable).Load(last.table, b.Keep(nil)); err == nil || !strings.Contains(err.Error(), "saved by another program") {
		t.Error(err)
	}
}

// withRankText is a batch with another text in its second column, of one row.
func withRankText(b *vec.Batch, text []byte) *vec.Batch {
	col := vec.NewBuilder(vec.TBinary, 1)
	col.AppendBytes(text)
	out := &vec.Batch{N: b.N, Cols: append([]*vec.Vec(nil), b.Cols...)}
	out.Cols[1] = col.Finish()
	return out
}
