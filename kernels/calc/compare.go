package calc

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// CompareOp is a comparison.
type CompareOp uint8

// The comparisons.
const (
	Eq CompareOp = iota
	Ne
	Lt
	Le
	Gt
	Ge
)

func (op CompareOp) String() string { return [...]string{"=", "<>", "<", "<=", ">", ">="}[op] }

// negated is the comparison that holds where op doesn't: all orders here are total.
func (op CompareOp) negated() CompareOp { return [...]CompareOp{Ne, Eq, Ge, Gt, Le, Lt}[op] }

// swapped is the comparison of b with a that says what op says of a and b.
func (op CompareOp) swapped() CompareOp { return [...]CompareOp{Eq, Ne, Gt, Ge, Lt, Le}[op] }

// test is the comparison as one of three that the loops know, and whether it holds where that one doesn't:
// 1 or 0, to be xored.
func (op CompareOp) test() (t test, flip int) {
	switch op {
	case Eq:
		return equal, 0
	case Ne:
		return equal, 1
	case Lt:
		return less, 0
	case Le:
		return lessEqual, 0
	case Gt:
		return lessEqual, 1
	default:
		return less, 1
	}
}

type test uint8

const (
	equal test = iota
	less
	lessEqual
	numTests
)

// comparison finds the rows for which a op b holds.
type comparison struct {
	op   CompareOp
	a, b Expr
	lit  *literal // b, if it is a constant

	res          result
	flatA, flatB flattener
	bytesA       []byte // bool columns, a byte a value
	bytesB       []byte
	hits         []uint32
	verdicts     verdicts
}

// Compare is a op b as a bool, NULL where either is. Both have the same type, any type; a and b are Exprs of their
// own, not shared with any other. The order is total:
//
//	floats           −0 = 0, NaN = NaN, NaN above +Inf
//	string, binary   by bytes
//	bool             false below true
//	others           by value
//
// A constant on either side is compared with without being repeated. A value of a dictionary is compared with a
// constant once; after that, rows are looked up by code.
func Compare(op CompareOp, a, b Expr) Expr {
	at, bt := a.Type(), b.Type()
	at.Zone, bt.Zone, at.Precision, bt.Precision = "", "", 0, 0
	if at != bt || op > Ge {
		panic(fmt.Sprintf("calc: no %s %s %s", a.Type(), op, b.Type()))
	}
	if _, ok := a.(*literal); ok {
		a, b, op = b, a, op.swapped()
	}
	n := &comparison{op: op, a: a, b: b}
	n.lit, _ = b.(*literal)
	return n
}

func (n *comparison) Type() vec.Type { return vec.TBool }

func (n *comparison) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x, y := n.operands(b, sel, bad)
	n.hits = n.match(x, y, sel, n.op, n.hits[:0])
	out := n.res.bools(b.N, false)
	for _, row := range n.hits {
		out.Data[row>>3] |= 1 << (row & 7)
	}
	n.res.validWhere(x, y)
	return out
}

func (n *comparison) rows(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	op := n.op
	if !want {
		op = op.negated()
	}
	x, y := n.operands(b, sel, bad)
	return n.match(x, y, sel, op, out)
}

// operands are both sides; bool columns are as they are, other dictionary columns are only
// left where the constant is compared with the dictionary.
func (n *comparison) operands(b *vec.Batch, sel []uint32, bad *Bad) (x, y *vec.Vec) {
	x, y = n.a.Eval(b, sel, bad), n.b.Eval(b, sel, bad)
	if n.lit != nil && x.Dict != nil && n.verdicts.know(x.Dict, rowsOf(x, sel), n) {
		return x, y
	}
	return n.flatA.flatten(x, sel), n.flatB.flatten(y, sel)
}

// match appends the rows of sel for which x op y holds.
func (n *comparison) match(x, y *vec.Vec, sel []uint32, op CompareOp, out []uint32) []uint32 {
	from := len(out)
	out, dst := room(out, x.N, sel)
	t, flip := op.test()
	k := 0
	switch {
	case n.lit == nil:
		k = n.pairs(t, dst, x, y, sel, flip)
	case n.lit.value.Null:
		return out
	case n.verdicts.current(x.Dict):
		k = n.verdicts.match(t, dst, x.Codes[:x.N], sel, flip)
	default:
		k = n.constants(t, dst, x, sel, flip)
	}
	out = out[:from+k]
	out = keepValid(out, from, x.Valid)
	return keepValid(out, from, y.Valid)
}

// constants writes the rows for which x compares so with the constant, and returns how many.
func (n *comparison) constants(t test, dst []uint32, x *vec.Vec, sel []uint32, flip int) int {
	c := &n.lit.value
	switch x.Type.Kind {
	case vec.Bool:
		n.bytesA = unpackBits(n.bytesA, x.Data, x.N)
		return matchConst(t, dst, n.bytesA, uint8(c.I), sel, flip)
	case vec.Int8:
		return matchConst(t, dst, vec.Of[int8](x), int8(c.I), sel, flip)
	case vec.Int16:
		return matchConst(t, dst, vec.Of[int16](x), int16(c.I), sel, flip)
	case vec.Int32, vec.Date:
		return matchConst(t, dst, vec.Of[int32](x), int32(c.I), sel, flip)
	case vec.Uint8:
		return matchConst(t, dst, vec.Of[uint8](x), uint8(c.I), sel, flip)
	case vec.Uint16:
		return matchConst(t, dst, vec.Of[uint16](x), uint16(c.I), sel, flip)
	case vec.Uint32:
		return matchConst(t, dst, vec.Of[uint32](x), uint32(c.I), sel, flip)
	case vec.Uint64:
		return matchConst(t, dst, vec.Of[uint64](x), uint64(c.I), sel, flip)
	case vec.Float32:
		if math.IsNaN(c.F) {
			return matchNaN(t, dst, vec.Of[float32](x), sel, flip)
		}
		return matchConst(t, dst, vec.Of[float32](x), float32(c.F), sel, flip)
	case vec.Float64:
		if math.IsNaN(c.F) {
			return matchNaN(t, dst, vec.Of[float64](x), sel, flip)
		}
		return matchConst(t, dst, vec.Of[float64](x), c.F, sel, flip)
	case vec.String, vec.Binary:
		return matchText(t, dst, x, c.S, sel, flip)
	case vec.Decimal:
		return matchDecimal(t, dst, vec.Of[vec.Int128](x), c.D, sel, flip)
	default:
		return matchConst(t, dst, vec.Of[int64](x), c.I, sel, flip)
	}
}

// pairs writes the rows for which x and y compare so, and returns how many.
func (n *comparison) pairs(t test, dst []uint32, x, y *vec.Vec, sel []uint32, flip int) int {
	switch x.Type.Kind {
	case vec.Bool:
		n.bytesA = unpackBits(n.bytesA, x.Data, x.N)
		n.bytesB = unpackBits(n.bytesB, y.Data, x.N)
		return matchPairs(t, dst, n.bytesA, n.bytesB, sel, flip)
	case vec.Int8:
		return matchPairs(t, dst, vec.Of[int8](x), vec.Of[int8](y), sel, flip)
	case vec.Int16:
		return matchPairs(t, dst, vec.Of[int16](x), vec.Of[int16](y), sel, flip)
	case vec.Int32, vec.Date:
		return matchPairs(t, dst, vec.Of[int32](x), vec.Of[int32](y), sel, flip)
	case vec.Uint8:
		return matchPairs(t, dst, vec.Of[uint8](x), vec.Of[uint8](y), sel, flip)
	case vec.Uint16:
		return matchPairs(t, dst, vec.Of[uint16](x), vec.Of[uint16](y), sel, flip)
	case vec.Uint32:
		return matchPairs(t, dst, vec.Of[uint32](x), vec.Of[uint32](y), sel, flip)
	case vec.Uint64:
		return matchPairs(t, dst, vec.Of[uint64](x), vec.Of[uint64](y), sel, flip)
	case vec.Float32:
		return matchFloatPairs(t, dst, vec.Of[float32](x), vec.Of[float32](y), sel, flip)
	case vec.Float64:
		return matchFloatPairs(t, dst, vec.Of[float64](x), vec.Of[float64](y), sel, flip)
	case vec.String, vec.Binary:
		return matchTextPairs(t, dst, x, y, sel, flip)
	case vec.Decimal:
		return matchDecimalPairs(t, dst, vec.Of[vec.Int128](x), vec.Of[vec.Int128](y), sel, flip)
	default:
		return matchPairs(t, dst, vec.Of[int64](x), vec.Of[int64](y), sel, flip)
	}
}

// unpackBits is a bitmap as a byte, 0 or 1, for each of n bits.
func unpackBits(dst, bitmap []byte, n int) []byte {
	dst = vec.Grow(dst, n)
	for i := range dst {
		dst[i] = bitmap[i>>3] >> (i & 7) & 1
	}
	return dst
}
