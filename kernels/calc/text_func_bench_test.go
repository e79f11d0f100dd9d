package calc_test

import (
	"fmt"
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// BenchmarkTextFunctions: ns a row, of plain strings of 30 bytes and of a dictionary of 500.
func BenchmarkTextFunctions(b *testing.B) {
	plain := vec.NewBuilder(vec.TString, vec.BatchRows)
	for i := range vec.BatchRows {
		plain.AppendString(fmt.Sprintf("https://example.com/item/%05d", i%500))
	}
	values := plain.Vec().Slice(0, 500).Take(nil)
	coded := &vec.Vec{Type: vec.TString, N: vec.BatchRows, Codes: make([]uint32, vec.BatchRows), Dict: &vec.Dict{Values: *values}}
	for i := range coded.Codes {
		coded.Codes[i] = uint32(i % 500)
	}
	for _, f := range []struct {
		name string
		op   calc.TextOp
		args calc.TextArgs
	}{
		{"lower", calc.Lower, calc.TextArgs{}},
		{"like", calc.Like, calc.TextArgs{A: "%item%7"}},
		{"contains", calc.Contains, calc.TextArgs{A: "item"}},
		{"split part", calc.SplitPart, calc.TextArgs{A: "/", N: 4}},
		{"length", calc.Length, calc.TextArgs{}},
		{"split", calc.Split, calc.TextArgs{A: "/"}},
	} {
		for name, v := range map[string]*vec.Vec{"plain": plain.Vec(), "dictionary": coded} {
			b.Run(f.name+"/"+name, func(b *testing.B) {
				e := calc.Text(f.op, calc.Column(0, vec.TString), f.args)
				batch := &vec.Batch{N: v.N, Cols: []*vec.Vec{v}}
				var bad calc.Bad
				for b.Loop() {
					e.Eval(batch, nil, &bad)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(v.N), "ns/row")
			})
		}
	}
}
