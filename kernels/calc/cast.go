package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

type cast struct {
	a    Expr
	to   vec.Type
	flat flattener
	res  result
	text varWidth
}

// Cast is a as a value of type to; NULL stays NULL. CanCast says which casts there are; another one is a programmer's
// error and panics. A value that has no counterpart is a bad row.
//
//	integer → integer       the same number, or bad
//	number → float          the nearest; bad if a finite one is out of range
//	float → integer         rounded half to even; NaN and what is out of range are bad
//	decimal → integer       rounded half away from zero
//	number → decimal        rounded to the scale half away from zero; a float counts as its shortest text
//	number → bool           whether it isn't 0; bool → number: 1 or 0
//	string → any            as ParseText; any → string: as AppendText
//	timestamp, time         to a coarser unit: cut down to the tick before, durations towards zero
//	timestamp → date, time  as the timestamp's zone shows them; date → timestamp: midnight there
func Cast(a Expr, to vec.Type) Expr {
	from := a.Type()
	if from == to {
		return a
	}
	if !CanCast(from, to) {
		panic(fmt.Sprintf("calc: no cast from %s to %s", from, to))
	}
	return &cast{a: a, to: to}
}

func (n *cast) Type() vec.Type { return n.to }

func (n *cast) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	switch {
	case x.Type.IsVar():
		return n.fromText(x, sel, bad)
	case n.to.IsVar():
		return n.toText(x, sel, bad)
	case n.to.Kind == vec.Bool:
		return n.toBool(x, sel)
	}
	out := n.res.fixed(n.to, b.N)
	out.Valid = x.Valid
	switch x.Type.Kind {
	case vec.Bool:
		n.fromBool(x, sel, bad)
	case vec.Int8:
		castInt[int8](n, x, sel, bad)
	case vec.Int16:
		castInt[int16](n, x, sel, bad)
	case vec.Int32:
		castInt[int32](n, x, sel, bad)
	case vec.Int64:
		castInt[int64](n, x, sel, bad)
	case vec.Uint8:
		castInt[uint8](n, x, sel, bad)
	case vec.Uint16:
		castInt[uint16](n, x, sel, bad)
	case vec.Uint32:
		castInt[uint32](n, x, sel, bad)
	case vec.Uint64:
		castInt[uint64](n, x, sel, bad)
	case vec.Float32:
		castFloat[float32](n, x, sel, bad)
	case vec.Float64:
		castFloat[float64](n, x, sel, bad)
	case vec.Decimal:
		n.fromDecimal(x, sel, bad)
	default:
		n.fromTemporal(x, sel, bad)
	}
	return out
}

// blame finds the rows that fail, after a fast loop said that there may be some, NULLs among them.
func (n *cast) blame(x *vec.Vec, sel []uint32, bad *Bad, fails func(row int) bool) {
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if !x.IsNull(row) && fails(row) {
			n.fail(x, row, bad)
		}
	}
}

func (n *cast) fail(x *vec.Vec, row int, bad *Bad) {
	n.res.fail(bad, row, string(AppendText(nil, x, row))+" is out of range for "+n.to.String())
}
