package arrowtab

import "github.com/pwcol/pwcol/arrowtab/plan"

// Abs is the absolute value of a number or duration, of the same type. An integer without one makes the row a bad row.
func (e Expr) Abs() Expr { return call(plan.OpAbs, e) }

// Round is e rounded half away from zero to so many digits behind the point, before it if negative: a float64, or a decimal of so
// many digits. Integers stay. A float is what it is, not what one writes for it: Round(2) of 0.285 is 0.28, as in DuckDB.
func (e Expr) Round(digits int) Expr { return call(plan.OpRound, e, digits) }

// Floor is the next whole number below, as a float64; integers stay.
func (e Expr) Floor() Expr { return call(plan.OpFloor, e) }

// Ceil is the next whole number above, as a float64; integers stay.
func (e Expr) Ceil() Expr { return call(plan.OpCeil, e) }

// Sqrt is the square root as a float64. That of a negative number makes the row a bad row.
func (e Expr) Sqrt() Expr { return call(plan.OpSqrt, e) }

// Ln is the natural logarithm as a float64. That of a number that isn't positive makes the row a bad row.
func (e Expr) Ln() Expr { return call(plan.OpLn, e) }

// Log10 is the logarithm to the base of 10 as a float64. That of a number that isn't positive makes the row a bad row.
func (e Expr) Log10() Expr { return call(plan.OpLog10, e) }

// Exp is the power of Euler's number as a float64.
func (e Expr) Exp() Expr { return call(plan.OpExp, e) }

// Pow is e to the power of exponent, both as float64.
func (e Expr) Pow(exponent any) Expr { return call(plan.OpPow, e, exponent) }
