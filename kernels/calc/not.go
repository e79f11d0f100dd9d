package calc

import "github.com/pwcol/pwcol/kernels/vec"

type not struct {
	a    Expr
	res  result
	flat flattener
}

// Not is true where the bool a is false, false where it is true, NULL where it is NULL.
func Not(a Expr) Expr {
	needBool(a)
	return &not{a: a}
}

func (n *not) Type() vec.Type { return vec.TBool }

func (n *not) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	v := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	out := n.res.bools(b.N, false)
	for i := range out.Data {
		out.Data[i] = ^v.Data[i]
	}
	out.Valid = v.Valid
	return out
}

func (n *not) rows(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	return selectRows(n.a, b, sel, !want, bad, out)
}
