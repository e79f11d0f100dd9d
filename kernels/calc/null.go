package calc

import "github.com/pwcol/pwcol/kernels/vec"

// nullTest is IS NULL, or with negated IS NOT NULL.
type nullTest struct {
	a       Expr
	negated bool
	res     result
	failed  marker
}

// IsNull is true where a is NULL, else false.
func IsNull(a Expr) Expr { return &nullTest{a: a} }

// IsNotNull is true where a has a value, else false.
func IsNotNull(a Expr) Expr { return &nullTest{a: a, negated: true} }

func (n *nullTest) Type() vec.Type { return vec.TBool }

// Eval: a row that can't be computed is neither NULL nor not.
func (n *nullTest) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	before := len(bad.Rows)
	v := n.a.Eval(b, sel, bad)
	out := n.res.bools(b.N, n.negated)
	if v.Valid != nil {
		for i := range out.Data {
			out.Data[i] = v.Valid[i]
			if !n.negated {
				out.Data[i] = ^v.Valid[i]
			}
		}
	}
	for _, r := range bad.Rows[before:] {
		vec.ClearBit(n.res.ownValid(), int(r.Row))
	}
	return out
}

func (n *nullTest) rows(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	before, from := len(bad.Rows), len(out)
	v := n.a.Eval(b, sel, bad)
	wantValid := want == n.negated
	switch {
	case v.Valid != nil:
		out = appendBits(out, v.Valid, b.N, sel, wantValid)
	case wantValid:
		out = appendAll(out, b.N, sel)
	}
	return n.failed.withoutBad(out, from, bad.Rows[before:], b.N)
}

// appendAll appends the rows of sel, or all n.
func appendAll(out []uint32, n int, sel []uint32) []uint32 {
	if sel != nil {
		return append(out, sel...)
	}
	out, dst := room(out, n, nil)
	for i := range dst {
		dst[i] = uint32(i)
	}
	return out[:len(out)+n]
}
