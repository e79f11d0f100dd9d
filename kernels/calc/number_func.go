package calc

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// FloatOp is a function of float64s.
type FloatOp uint8

// The functions. What has no result makes a bad row: the root of a negative number, the logarithm of one that isn't positive.
// NaN stays NaN.
const (
	Floor FloatOp = iota // the next whole number below
	Ceil                 // the next whole number above
	Round                // to the second argument's digits behind the point, negative: before it; half away from zero
	Sqrt
	Ln
	Log10
	Exp
	Pow // the first argument to the power of the second
)

var floatNames = [...]string{"floor", "ceil", "round", "sqrt", "ln", "log10", "exp", "pow"}

func (op FloatOp) String() string { return floatNames[op] }

// CanFail reports whether there are numbers without a result.
func (op FloatOp) CanFail() bool { return op == Sqrt || op == Ln || op == Log10 }

type floatFunc struct {
	op           FloatOp
	a, b         Expr // b: of Round and Pow, else nil
	res          result
	flatA, flatB flattener
}

// Float is a function of float64s: of one argument, but Round and Pow of two, those of Pow in that order.
func Float(op FloatOp, args ...Expr) Expr {
	needType(vec.TFloat64, args...)
	if two := op == Round || op == Pow; two != (len(args) == 2) {
		panic(fmt.Sprintf("calc: %s of %d arguments", op, len(args)))
	}
	return &floatFunc{op: op, a: args[0], b: args[len(args)-1]}
}

func (n *floatFunc) Type() vec.Type { return vec.TFloat64 }

func (n *floatFunc) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flatA.flatten(n.a.Eval(b, sel, bad), sel)
	y := x
	if n.op == Round || n.op == Pow {
		y = n.flatB.flatten(n.b.Eval(b, sel, bad), sel)
	}
	out := n.res.fixed(vec.TFloat64, b.N)
	n.res.validWhere(x, y)
	dst, p, q := vec.Of[float64](out), vec.Of[float64](x), vec.Of[float64](y)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		dst[i] = n.op.of(p[i], q[i])
		if dst[i] != dst[i] && n.op.CanFail() || dst[i] < -math.MaxFloat64 {
			n.check(out, p, i, bad)
		}
	}
	return out
}

// of is the function's value; a switch that goes the same way in every row costs next to nothing beside it.
func (op FloatOp) of(x, y float64) float64 {
	switch op {
	case Floor:
		return math.Floor(x)
	case Ceil:
		return math.Ceil(x)
	case Round:
		return roundTo(x, y)
	case Sqrt:
		return math.Sqrt(x)
	case Ln:
		return math.Log(x)
	case Log10:
		return math.Log10(x)
	case Exp:
		return math.Exp(x)
	default:
		return math.Pow(x, y)
	}
}

// roundTo rounds the product of x and a power of ten, as DuckDB does: 0.285 is a little less than that, and becomes 0.28.
func roundTo(x, digits float64) float64 {
	power := math.Pow(10, math.Abs(digits))
	r := math.Round(x*power) / power
	if digits < 0 {
		r = math.Round(x/power) * power
	}
	if r-r != 0 { // too large to have digits there, or no number
		if digits < 0 && x-x == 0 {
			return 0
		}
		return x
	}
	return r
}

// check blames row i, whose result is NaN or −Inf, if its argument is why.
func (n *floatFunc) check(out *vec.Vec, x []float64, i int, bad *Bad) {
	if !n.op.CanFail() || out.IsNull(i) || x[i] > 0 || x[i] != x[i] || n.op == Sqrt && x[i] == 0 {
		return
	}
	text := string(appendFloat64(nil, x[i]))
	if n.op == Sqrt {
		n.res.fail(bad, i, "there is no square root of "+text)
		return
	}
	n.res.fail(bad, i, "there is no logarithm of "+text)
}
