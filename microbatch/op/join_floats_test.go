package op_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// bitsOut takes rows and keeps the bits of all floats among them.
type bitsOut struct {
	rows int64
	bits map[string]int
}

func (o *bitsOut) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	o.rows += int64(b.Rows())
	for _, v := range b.Cols {
		for i := range b.Rows() {
			if row := b.Row(i); !v.IsNull(row) {
				o.add(v, row)
			}
		}
	}
	return nil
}

func (o *bitsOut) add(v *vec.Vec, row int) {
	v = v.Plain()
	switch v.Type.Kind {
	case vec.List:
		child, from, to := v.List(row)
		for i := from; i < to; i++ {
			o.add(child, i)
		}
	case vec.Float32:
		o.bits[fmt.Sprintf("%x", math.Float32bits(vec.Of[float32](v)[row]))]++
	case vec.Float64:
		o.bits[fmt.Sprintf("%x", math.Float64bits(vec.Of[float64](v)[row]))]++
	}
}

// zerosAndNaNs is rows of a key, floats of both widths, some of them in dictionaries, and a list, that are −0 and unusual NaNs.
func zerosAndNaNs(dictionary bool) *vec.Batch {
	nan := math.Float64frombits(0xfff8 << 48)
	floats := []float64{math.Copysign(0, -1), 0, nan, math.NaN(), 1}
	b := &vec.Batch{N: len(floats)}
	k, f, g := vec.NewBuilder(vec.TFloat64, 0), vec.NewBuilder(vec.TFloat64, 0), vec.NewBuilder(vec.TFloat32, 0)
	l := &vec.Vec{Type: vec.TList(vec.TFloat64), N: b.N, Offsets: []int32{0}}
	elems := vec.NewBuilder(vec.TFloat64, 0)
	for i, x := range floats {
		vec.AppendFixed(k, x)
		vec.AppendFixed(f, x)
		vec.AppendFixed(g, float32(x))
		vec.AppendFixed(elems, x)
		l.Offsets = append(l.Offsets, int32(i+1))
	}
	l.Child = elems.Finish()
	b.Cols = []*vec.Vec{k.Finish(), f.Finish(), g.Finish(), l}
	if dictionary {
		for c, v := range b.Cols[:3] {
			b.Cols[c] = &vec.Vec{Type: v.Type, N: b.N, Codes: []uint32{0, 1, 2, 3, 4}, Dict: &vec.Dict{Values: *v}}
		}
	}
	return b
}

// TestJoinZeros: a join yields 0 for −0 and one NaN, on both sides, of columns however they are stored, in a batch as in streams, whether rows are
// kept to be retracted or not.
func TestJoinZeros(t *testing.T) {
	schema := plan.NewSchema(nullable("k", vec.TFloat64), nullable("f", vec.TFloat64), nullable("g", vec.TFloat32), nullable("l", vec.TList(vec.TFloat64)))
	for kind := range plan.Anti + 1 {
		n := &plan.Join{Kind: kind, Left: &plan.Read{Out: schema}, Right: &plan.Read{Out: schema}, LeftKeys: []int{0}, RightKeys: []int{0}}
		if kind == plan.Anti { // rows come out if they have no match
			n.Cond = &plan.Literal{Value: vec.Scalar{Type: vec.TBool}}
		}
		var first *bitsOut
		for mode := range 8 {
			bounded, changes := mode&1 > 0, plan.Changelog(mode>>1&1)
			if bounded && changes == plan.Retract {
				continue
			}
			port := op.Port{Schema: schema, Kind: changes, Bounded: bounded, Final: bounded, Time: -1}
			side := newJoinSideTester(1, 2, port, -1)
			d := openTwoSided(t, 1, [2]*joinSideTester{side, side}, nil, func(e op.Env) (op.Operator, error) { return op.NewJoin(n, e) })
			out := &bitsOut{bits: map[string]int{}}
			for _, side := range []int{1, 0} {
				if side == 0 {
					if err := d.endPort(); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.locals[0].Push(side, op.Seq{}, zerosAndNaNs(mode&4 > 0), out); err != nil {
					t.Fatal(err)
				}
			}
			e := d.epochNow()
			e.Parallel = parallelOn(1, out)
			if err := d.operator.EndEpoch(e, out); err != nil {
				t.Fatal(err)
			}
			if out.bits["8000000000000000"]+out.bits["80000000"]+out.bits["fff8000000000000"]+out.bits["ffc00000"] > 0 || out.bits["0"] == 0 {
				t.Errorf("%v, bounded %v, %v: %v", kind, bounded, changes, out.bits)
			}
			if first == nil {
				first = out
			} else if changes == plan.Append && fmt.Sprint(out.bits) != fmt.Sprint(first.bits) {
				t.Errorf("%v, bounded %v, %v: %v, but %v before", kind, bounded, changes, out.bits, first.bits)
			}
			d.close()
		}
	}
}
