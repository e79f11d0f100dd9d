// Package calc evaluates expressions over batches: arithmetic, comparison, three-valued logic.
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
