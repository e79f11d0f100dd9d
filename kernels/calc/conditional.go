package calc

import "github.com/pwcol/pwcol/kernels/vec"

type conditional struct {
	cond, then, otherwise Expr

	chooser chooser
	marks   marker
}

// If is then where the bool cond is true, else otherwise, also where cond is NULL. cond is evaluated as by Select, each of
// the two only for its rows. They have the same type and are Exprs of their own, not shared with any other.
func If(cond, then, otherwise Expr) Expr {
	needBool(cond)
	needType(then.Type(), otherwise)
	return &conditional{cond: cond, then: then, otherwise: otherwise}
}

func (n *conditional) Type() vec.Type { return n.then.Type() }

func (n *conditional) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	c := &n.chooser
	c.reset()
	before := len(bad.Rows)
	yes := c.add()
	yes.rows = selectRows(n.cond, b, sel, true, bad, yes.rows[:0])
	n.marks.begin(b.N)
	n.marks.mark(yes.rows)
	n.marks.markBad(bad.Rows[before:])
	yes.v = n.then.Eval(b, yes.rows, bad)
	no := c.add()
	no.rows = without(no.rows, sel, n.marks.bits, b.N)
	no.v = n.otherwise.Eval(b, no.rows, bad)
	return c.column(n.Type(), b.N, sel, bad)
}
