package calc

import "github.com/pwcol/pwcol/kernels/vec"

func (n *arith) decimals(x, y *vec.Vec, sel []uint32, bad *Bad) {
	out, a, b := vec.Of[vec.Int128](&n.res.vec), vec.Of[vec.Int128](x), vec.Of[vec.Int128](y)
	fails := false
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		r, ok := decimalOp(n.op, a[i], b[i])
		fails = fails || !ok || !fitsDigits(r, n.t.Precision)
		out[i] = r
	}
	if !fails {
		return
	}
	n.blame(x, y, sel, bad, func(row int) bool {
		r, ok := decimalOp(n.op, a[row], b[row])
		return !ok || !fitsDigits(r, n.t.Precision)
	})
}

// decimalOp is a op b in units of the result's last digit, and whether 128 bits hold it.
func decimalOp(op ArithOp, a, b vec.Int128) (vec.Int128, bool) {
	switch op {
	case Add:
		return a.Add(b)
	case Sub:
		return a.Sub(b)
	default:
		return multiply(a, b)
	}
}
