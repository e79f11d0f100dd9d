// Package calc evaluates expressions over batches: arithmetic, comparison, three-valued logic, casts.
//
// An expression is built from the inside out and then run on any number of batches:
//
//	value := calc.Column(2, vec.TFloat64)
//	limit := calc.Literal(vec.Scalar{Type: vec.TFloat64, F: 500})
//	cond := calc.Compare(calc.Gt, value, limit)
//
//	var bad calc.Bad
//	rows := calc.Select(cond, batch, batch.Sel, &bad, buf[:0]) // for a filter: the rows for which it is true
//	flags := cond.Eval(batch, batch.Sel, &bad)                 // for a new column: true, false or NULL
//
// Types are looked at once a batch; below that are plain loops over slices, one for all rows and one for a
// selection. NULL in, NULL out: the bitmaps are combined, and the values under a NULL are computed without a look, but
// never blamed. A row that can't be computed isn't an error here: it is NULL, and in Bad with a reason that a
// person can read; what becomes of it is the plan's policy. Integer loops compute with wrap-around and gather one
// flag; only when it is set are the rows looked for.
//
// Each Expr owns the memory of its result. So an Expr must not be an argument in two places, and not be used
// by two goroutines; what Eval returned is overwritten by the next Eval of the same Expr.
//
// AppendText and ParseText are the one place that knows how values are written.
package calc

import "github.com/pwcol/pwcol/kernels/vec"

// Expr is an expression that is ready to run on batches of one layout. It owns scratch
// memory, so each worker needs its own.
type Expr interface {
	// Type is the type of the values.
	Type() vec.Type
	// Eval computes the expression for rows sel of b (nil: all b.N rows; b.Sel is not looked at). The result has b.N rows, of
	// which only those in sel are defined. It is lent: valid until the next Eval of this Expr, and may share
	// memory with b. Rows that can't be computed are added to bad, and are NULL in the result.
	Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec
}

// Bad collects the rows that can't be computed, in no particular order; a row may be there more than once.
type Bad struct {
	Rows []BadRow
}

// BadRow is a row that can't be computed.
type BadRow struct {
	Row    uint32
	Reason string // "9223372036854775807 + 1 is out of range for int64"
}
