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

type coalesce struct {
	args []Expr

	chooser chooser
	rest    []uint32
	failed  marker
}

// Coalesce is the first of the arguments that isn't NULL, or NULL. They have the same type; each is
// evaluated only for the rows in which those before are NULL.
func Coalesce(args ...Expr) Expr {
	if len(args) == 0 {
		panic("calc: COALESCE needs an argument")
	}
	needType(args[0].Type(), args...)
	return &coalesce{args: args}
}

func (n *coalesce) Type() vec.Type { return n.args[0].Type() }

func (n *coalesce) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	c := &n.chooser
	c.reset()
	rest := sel
	for _, a := range n.args {
		before := len(bad.Rows)
		v := a.Eval(b, rest, bad)
		p := c.add()
		p.v = v
		if v.Valid == nil {
			p.rows = appendAll(p.rows[:0], b.N, rest)
			break
		}
		p.rows = appendBits(p.rows[:0], v.Valid, b.N, rest, true)
		n.rest = without(n.rest, rest, v.Valid, b.N)
		n.rest = n.failed.withoutBad(n.rest, 0, bad.Rows[before:], b.N)
		if rest = n.rest; len(rest) == 0 {
			break
		}
	}
	return c.column(n.Type(), b.N, sel, bad)
}
