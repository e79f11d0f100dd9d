package calc_test

import (
	"math/rand/v2"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

func newBenchRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// benchBatch has columns 0: float64 in 0..1000, 1: int64 in 0..1000, 2: strings, five different, 3: the same as a
// dictionary, 4: float64 with a tenth NULL.
func benchBatch() *vec.Batch {
	r := newBenchRand()
	names := []string{"alpha", "beta", "gamma", "delta", "epsilon"}
	cols := []*vec.Builder{
		vec.NewBuilder(vec.TFloat64, 0), vec.NewBuilder(vec.TInt64, 0), vec.NewBuilder(vec.TString, 0),
		vec.NewBuilder(vec.TString, 0), vec.NewBuilder(vec.TFloat64, 0),
	}
	codes := make([]uint32, vec.BatchRows)
	for _, name := range names {
		cols[3].AppendString(name)
	}
	for i := range vec.BatchRows {
		codes[i] = r.Uint32N(5)
		vec.AppendFixed(cols[0], r.Float64()*1000)
		vec.AppendFixed(cols[1], r.Int64N(1000))
		cols[2].AppendString(names[codes[i]])
		if r.IntN(10) == 0 {
			cols[4].AppendNull()
		} else {
			vec.AppendFixed(cols[4], r.Float64()*1000)
		}
	}
	b := &vec.Batch{N: vec.BatchRows}
	for _, c := range cols {
		b.Cols = append(b.Cols, c.Finish())
	}
	b.Cols[3] = &vec.Vec{Type: vec.TString, N: b.N, Codes: codes, Dict: &vec.Dict{Values: *b.Cols[3]}}
	return b
}

func number(x float64) calc.Expr { return calc.Literal(vec.Scalar{Type: vec.TFloat64, F: x}) }

func whole(x int64) calc.Expr { return calc.Literal(vec.Scalar{Type: vec.TInt64, I: x}) }

func text(s string) calc.Expr { return calc.Literal(vec.Scalar{Type: vec.TString, S: s}) }

func BenchmarkSelect(b *testing.B) {
	batch := benchBatch()
	every2nd := make([]uint32, 0, batch.N/2)
	for i := 0; i < batch.N; i += 2 {
		every2nd = append(every2nd, uint32(i))
	}
	f, i, s, d, n := calc.Column(0, vec.TFloat64), calc.Column(1, vec.TInt64), calc.Column(2, vec.TString),
		calc.Column(3, vec.TString), calc.Column(4, vec.TFloat64)
	cases := []struct {
		name string
		cond calc.Expr
		sel  []uint32
	}{
		{"float64>500", calc.Compare(calc.Gt, f, number(500)), nil},
		{"float64>990", calc.Compare(calc.Gt, f, number(990)), nil},
		{"float64>500/sel", calc.Compare(calc.Gt, f, number(500)), every2nd},
		{"float64>500/nulls", calc.Compare(calc.Gt, n, number(500)), nil},
		{"int64=7", calc.Compare(calc.Eq, i, whole(7)), nil},
		{"float64>float64", calc.Compare(calc.Gt, f, n), nil},
		{"string=gamma", calc.Compare(calc.Eq, s, text("gamma")), nil},
		{"string<gamma", calc.Compare(calc.Lt, s, text("gamma")), nil},
		{"dict=gamma", calc.Compare(calc.Eq, d, text("gamma")), nil},
		{"and", calc.And(calc.Compare(calc.Gt, f, number(500)), calc.Compare(calc.Lt, i, whole(500))), nil},
		{"or", calc.Or(calc.Compare(calc.Gt, f, number(500)), calc.Compare(calc.Lt, i, whole(500))), nil},
		{"isnull", calc.IsNull(n), nil},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			var bad calc.Bad
			var out []uint32
			rows := batch.N
			if c.sel != nil {
				rows = len(c.sel)
			}
			for b.Loop() {
				out = calc.Select(c.cond, batch, c.sel, &bad, out[:0])
			}
			perRow(b, rows)
		})
	}
}
