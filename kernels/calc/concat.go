package calc

import "github.com/pwcol/pwcol/kernels/vec"

type concat struct {
	args []Expr
	cols []*vec.Vec
	text varWidth
}

// Concat is the strings of all arguments one behind the other, NULL if any of them is, as SQL's || has it. A result of more than
// 2 GiB for a batch makes bad rows.
func Concat(args ...Expr) Expr {
	if len(args) == 0 {
		panic("calc: Concat needs an argument")
	}
	needType(vec.TString, args...)
	return &concat{args: args, cols: make([]*vec.Vec, len(args))}
}

func (n *concat) Type() vec.Type { return vec.TString }

func (n *concat) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	w := &n.text
	w.begin(vec.TString, b.N)
	for i, a := range n.args {
		n.cols[i] = a.Eval(b, sel, bad)
	}
	for k := range rowsOf(&w.vec, sel) {
		row := rowAt(sel, k)
		w.row(row)
		if n.anyNull(row) {
			vec.ClearBit(w.ownValid(), row)
			continue
		}
		for _, c := range n.cols {
			w.data = append(w.data, c.Str(row)...)
		}
		w.check(bad, row)
	}
	return w.end()
}

func (n *concat) anyNull(row int) bool {
	for _, c := range n.cols {
		if c.IsNull(row) {
			return true
		}
	}
	return false
}
