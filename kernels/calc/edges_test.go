package calc_test

import (
	"math"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// edges are the numbers of an integer type at which something may go over.
func edges(t vec.Type) []vec.Scalar {
	least, most := int64(math.MinInt64)>>(64-8*t.Width()), int64(math.MaxInt64)>>(64-8*t.Width())
	root := int64(1) << (4 * t.Width()) // its square is just too large
	values := []int64{0, 1, 2, 3, most, most - 1, most / 2, most/2 + 1, root - 1, root, root / 2, most/3 + 1}
	if t.IsSigned() {
		values = append(values, -1, -2, least, least+1, least/2, least/2-1, -root, -root/2)
	} else {
		values = append(values, -1, -2, least, least+1) // by their bits
	}
	out := []vec.Scalar{}
	for _, v := range values {
		out = append(out, vec.Scalar{Type: t, I: narrow(v, t)})
	}
	return out
}

// TestArithmeticAtTheEdges: one row at a time, so that no other row's failure makes up for one that isn't seen.
func TestArithmeticAtTheEdges(t *testing.T) {
	for _, typ := range numbers[:8] {
		for op := calc.Add; op <= calc.Rem; op++ {
			n := arith(op, typ, col(0, typ), col(1, typ))
			e := n.build()
			for _, x := range edges(typ) {
				for _, y := range edges(typ) {
					b := &vec.Batch{N: 1, Cols: []*vec.Vec{column(typ, x), column(typ, y)}}
					check(t, n, e, b, nil)
					check(t, n, e, b, []uint32{0})
				}
			}
		}
	}
}

func TestIntegerCastsAtTheEdges(t *testing.T) {
	for _, from := range numbers[:8] {
		for _, to := range numbers {
			if from == to {
				continue
			}
			n := call("cast", to, col(0, from))
			e := n.build()
			for _, x := range edges(from) {
				check(t, n, e, &vec.Batch{N: 1, Cols: []*vec.Vec{column(from, x)}}, nil)
				check(t, n, e, &vec.Batch{N: 1, Cols: []*vec.Vec{column(from, x)}}, []uint32{0})
			}
		}
	}
}

// TestTicksAtTheEdges: units that an int64 just holds, and just not.
func TestTicksAtTheEdges(t *testing.T) {
	for from := vec.Second; from <= vec.Nano; from++ {
		for to := vec.Second; to <= vec.Nano; to++ {
			for _, kind := range []func(vec.Unit) vec.Type{vec.TTimestamp, vec.TDuration} {
				if from == to {
					continue
				}
				n := call("cast", kind(to), col(0, kind(from)))
				e := n.build()
				for _, v := range []int64{0, 1, -1, 999, -999, 1000, -1000, -1001, math.MaxInt64, math.MinInt64} {
					limit := v / max(1, to.PerSecond()/from.PerSecond())
					for _, ticks := range []int64{v, limit, limit + 1, limit - 1} {
						b := &vec.Batch{N: 1, Cols: []*vec.Vec{column(kind(from), vec.Scalar{I: ticks})}}
						check(t, n, e, b, nil)
					}
				}
			}
		}
	}
}

// TestComparisonsAtTheEdges: every pair of numbers on an edge, NaN and NaN among them.
func TestComparisonsAtTheEdges(t *testing.T) {
	floats := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -1, math.MaxFloat32, -math.MaxFloat32}
	for _, typ := range numbers[:10] {
		values := []vec.Scalar{}
		for _, f := range floats {
			values = append(values, vec.Scalar{Type: typ, F: f})
		}
		if typ.IsInteger() {
			values = edges(typ)
		}
		left, right := vec.NewBuilder(typ, 0), vec.NewBuilder(typ, 0)
		for _, x := range values {
			for _, y := range values {
				left.AppendScalar(x)
				right.AppendScalar(y)
			}
		}
		b := &vec.Batch{N: len(values) * len(values), Cols: []*vec.Vec{left.Finish(), right.Finish()}}
		all := []uint32{}
		for i := range b.N {
			all = append(all, uint32(i))
		}
		for op := calc.Eq; op <= calc.Ge; op++ {
			pairs := compare(op, col(0, typ), col(1, typ))
			check(t, pairs, pairs.build(), b, nil)
			check(t, pairs, pairs.build(), b, all)
			for _, x := range values {
				n := compare(op, col(0, typ), lit(x))
				check(t, n, n.build(), b, nil)
				check(t, n, n.build(), b, all)
			}
		}
	}
}
