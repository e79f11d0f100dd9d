package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// logic is an AND (absorbing false) or an OR (absorbing true): one argument with the absorbing
// value decides.
//
//	AND    true   NULL   false        OR     true   NULL   false
//	true   true   NULL   false        true   true   true   true
//	NULL   NULL   NULL   false        NULL   true   NULL   NULL
//	false  false  false  false        false  true   NULL   false
type logic struct {
	absorbing bool
	args      []Expr

	res    result
	flat   flattener
	marks  marker
	failed marker
	rest   []uint32
	hits   []uint32
	stages [2][]uint32
}

// And is the three-valued AND of one or more bool expressions. They are evaluated from left to right, each only for
// the rows that the ones before left open: with x <> 0 AND 10/x > 1, no x = 0 is ever divided by.
func And(args ...Expr) Expr { return newLogic(false, args) }

// Or is the three-valued OR of one or more bool expressions, evaluated as And's are: x = 0 OR 10/x > 1 never fails.
func Or(args ...Expr) Expr { return newLogic(true, args) }

func newLogic(absorbing bool, args []Expr) Expr {
	for _, a := range args {
		needBool(a)
	}
	if len(args) == 0 {
		panic("calc: AND and OR need an argument")
	}
	return &logic{absorbing: absorbing, args: args}
}

func needBool(e Expr) {
	if e.Type().Kind != vec.Bool {
		panic(fmt.Sprintf("calc: %s where a bool is needed", e.Type()))
	}
}

func (n *logic) Type() vec.Type { return vec.TBool }

func (n *logic) rows(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	if want == n.absorbing {
		return n.anyOf(b, sel, want, bad, out)
	}
	return n.allOf(b, sel, want, bad, out)
}

// allOf appends the rows for which all arguments are want: each argument looks at what the one before found.
func (n *logic) allOf(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	last := len(n.args) - 1
	for i, a := range n.args[:last] {
		stage := &n.stages[i&1]
		*stage = selectRows(a, b, sel, want, bad, (*stage)[:0])
		if sel = *stage; len(sel) == 0 {
			return out
		}
	}
	return selectRows(n.args[last], b, sel, want, bad, out)
}

// anyOf appends the rows for which an argument is want: each looks at what those before didn't find.
func (n *logic) anyOf(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	n.marks.begin(b.N)
	rest, last := sel, len(n.args)-1
	for i, a := range n.args {
		before := len(bad.Rows)
		n.hits = selectRows(a, b, rest, want, bad, n.hits[:0])
		n.marks.mark(n.hits)
		if i == last {
			break
		}
		n.rest = without(n.rest, rest, n.marks.bits, b.N)
		n.rest = n.failed.withoutBad(n.rest, 0, bad.Rows[before:], b.N)
		if rest = n.rest; len(rest) == 0 {
			break
		}
	}
	return appendBits(out, n.marks.bits, b.N, sel, true)
}

func (n *logic) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	out := n.res.bools(b.N, !n.absorbing)
	rest := sel
	for _, a := range n.args {
		before := len(bad.Rows)
		v := n.flat.flatten(a.Eval(b, rest, bad), rest)
		n.rest = n.combine(v, rest)
		for _, r := range bad.Rows[before:] {
			vec.ClearBit(n.res.ownValid(), int(r.Row))
		}
		n.rest = n.failed.withoutBad(n.rest, 0, bad.Rows[before:], b.N)
		if rest = n.rest; len(rest) == 0 {
			break
		}
	}
	return out
}

// combine puts an argument's values for the rows in rest into the result, and returns those that are still open: true,
// or NULL so far, for an AND.
func (n *logic) combine(v *vec.Vec, rest []uint32) []uint32 {
	open := n.rest[:0]
	if open == nil {
		open = []uint32{}
	}
	data := n.res.vec.Data
	for k := range rowsOf(v, rest) {
		row := rowAt(rest, k)
		switch {
		case v.IsNull(row):
			vec.ClearBit(n.res.ownValid(), row)
		case v.Bool(row) == n.absorbing:
			vec.PutBit(data, row, n.absorbing)
			if n.res.owned {
				vec.SetBit(n.res.valid, row)
			}
			continue
		}
		open = append(open, uint32(row))
	}
	return open
}
