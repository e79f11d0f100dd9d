package calc

import "github.com/pwcol/pwcol/kernels/vec"

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
