package calc

import "github.com/pwcol/pwcol/kernels/vec"

// Constant is the value of an expression without columns, or why it can't be computed.
func Constant(e Expr) (vec.Scalar, *BadRow) {
	var bad Bad
	v := e.Eval(&vec.Batch{N: 1}, nil, &bad)
	if len(bad.Rows) > 0 {
		return vec.Scalar{}, &bad.Rows[0]
	}
	return v.Scalar(0), nil
}
