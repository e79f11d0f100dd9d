package microbatch_test

import (
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// A filter that can fail must not be handed to a source, since the rows that it fails on would vanish.
func TestAFilterThatFailsInASourceIsABug(t *testing.T) {
	x := &plan.Column{Name: "x", Type: vec.TInt64}
	zero := &plan.Literal{Value: vec.Scalar{Type: vec.TInt64}}
	quotient := &plan.Call{Op: plan.OpQuo, Args: []plan.Expr{zero, x}, Type: vec.TInt64}
	selector := microbatch.NewFilter(&plan.Call{Op: plan.OpEq, Args: []plan.Expr{quotient, zero}, Type: vec.TBool}).NewSelector()

	column := func(value int64) *vec.Batch {
		b := vec.NewBuilder(vec.TInt64, 1)
		vec.AppendFixed(b, value)
		return &vec.Batch{N: 1, Cols: []*vec.Vec{b.Finish()}}
	}
	if sel := selector.Select(column(5), nil); len(sel) != 1 {
		t.Errorf("0 // 5 = 0 selects %v", sel)
	}
	defer func() {
		if recover() == nil {
			t.Error("a row on which the filter fails was left out without a word")
		}
	}()
	selector.Select(column(0), nil)
}
