package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// ArithOp is an arithmetic operator.
type ArithOp uint8

// The arithmetic operators.
const (
	Add ArithOp = iota
	Sub
	Mul
	Quo // integers: the quotient cut at the point; floats: as Div
	Rem // integers: what Quo leaves, with the sign of the dividend; floats: as C's fmod
	Div // floats
)

func (op ArithOp) String() string { return [...]string{"+", "-", "*", "//", "%", "/"}[op] }

type arith struct {
	op           ArithOp
	a, b         Expr
	t            vec.Type
	res          result
	flatA, flatB flattener
}

// Arith computes a op b, NULL where either is, as a value of type t: the type of both, but for a decimal's
// digits. a and b are Exprs of their own, not shared with any other.
//
//	integers   all but Div; a result out of range and a division by 0 are bad rows
//	floats     IEEE 754, but a division by 0 is a bad row
//	decimals   Add and Sub of equal scales; Mul, whose scale is the sum of both; bad when t has too few digits
//
// Other types are a programmer's error and panic. A row costs about as much as reading it, for decimals some
// nanoseconds.
func Arith(op ArithOp, a, b Expr, t vec.Type) Expr {
	at, bt := a.Type(), b.Type()
	ok := at == bt && at == t && (t.IsInteger() && op != Div || t.IsFloat())
	if t.Kind == vec.Decimal && at.Kind == vec.Decimal && bt.Kind == vec.Decimal {
		ok = (op == Add || op == Sub) && at.Scale == bt.Scale && at.Scale == t.Scale ||
			op == Mul && int(at.Scale)+int(bt.Scale) == int(t.Scale)
	}
	if !ok {
		panic(fmt.Sprintf("calc: no %s %s %s → %s", at, op, bt, t))
	}
	return &arith{op: op, a: a, b: b, t: t}
}

func (n *arith) Type() vec.Type { return n.t }

func (n *arith) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flatA.flatten(n.a.Eval(b, sel, bad), sel)
	y := n.flatB.flatten(n.b.Eval(b, sel, bad), sel)
	out := n.res.fixed(n.t, b.N)
	n.res.validWhere(x, y)
	switch n.t.Kind {
	case vec.Int8:
		arithSigned[int8](n, x, y, sel, bad)
	case vec.Int16:
		arithSigned[int16](n, x, y, sel, bad)
	case vec.Int32:
		arithSigned[int32](n, x, y, sel, bad)
	case vec.Int64:
		arithSigned[int64](n, x, y, sel, bad)
	case vec.Uint8:
		arithUnsigned[uint8](n, x, y, sel, bad)
	case vec.Uint16:
		arithUnsigned[uint16](n, x, y, sel, bad)
	case vec.Uint32:
		arithUnsigned[uint32](n, x, y, sel, bad)
	case vec.Uint64:
		arithUnsigned[uint64](n, x, y, sel, bad)
	case vec.Float32:
		arithFloat[float32](n, x, y, sel, bad)
	case vec.Float64:
		arithFloat[float64](n, x, y, sel, bad)
	case vec.Decimal:
		n.decimals(x, y, sel, bad)
	}
	return out
}

// blame finds the rows that fail: the fast loops only say that there may be some, among them rows that are NULL.
func (n *arith) blame(x, y *vec.Vec, sel []uint32, bad *Bad, fails func(row int) bool) {
	for i := range rowsOf(&n.res.vec, sel) {
		row := rowAt(sel, i)
		if !n.res.vec.IsNull(row) && fails(row) {
			n.res.fail(bad, row, n.reason(x, y, row))
		}
	}
}

func (n *arith) reason(x, y *vec.Vec, row int) string {
	text := AppendText(nil, x, row)
	text = append(append(append(text, ' '), n.op.String()...), ' ')
	text = AppendText(text, y, row)
	if n.op >= Quo && isZero(y.Scalar(row)) {
		return "division by zero: " + string(text)
	}
	return string(text) + " is out of range for " + n.t.String()
}

func isZero(s vec.Scalar) bool { return s.I == 0 && s.F == 0 }

// rowsOf is the number of rows that are meant, and rowAt the place of the i-th.
func rowsOf(v *vec.Vec, sel []uint32) int {
	if sel == nil {
		return v.N
	}
	return len(sel)
}

func rowAt(sel []uint32, i int) int {
	if sel == nil {
		return i
	}
	return int(sel[i])
}
