package microbatch

import (
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Filter is a predicate that the plan has handed down to a source. It can't fail on any row.
type Filter struct {
	// Expr is the predicate, bound to the source's schema: for row-group statistics and the like.
	Expr plan.Expr
	// Columns are the source's columns that it reads, ascending.
	Columns []int

	local plan.Expr // Expr with places in Columns
}

// NewFilter makes the filter of a predicate that is bound to a source's schema.
func NewFilter(e plan.Expr) *Filter {
	columns := plan.ColumnsOf(e)
	return &Filter{Expr: e, Columns: columns, local: plan.Rebase(e, columns)}
}

// NewSelector makes a selector for one worker.
func (f *Filter) NewSelector() *Selector { return &Selector{cond: plan.Compile(f.local)} }

// Selector evaluates a Filter for one worker.
type Selector struct {
	cond calc.Expr
	bad  calc.Bad
}

// Select appends to out the rows among b's for which the filter is true, and returns it.
// b's columns are those of Filter.Columns, in that order.
func (s *Selector) Select(b *vec.Batch, out []uint32) []uint32 {
	out = calc.Select(s.cond, b, b.Sel, &s.bad, out)
	if len(s.bad.Rows) > 0 { // no policy would see these rows: they must not vanish silently
		panic("a filter that was handed to a source failed: " + s.bad.Rows[0].Reason)
	}
	return out
}
