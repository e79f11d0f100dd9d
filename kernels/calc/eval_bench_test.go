package calc_test

import (
	"testing"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func BenchmarkEval(b *testing.B) {
	batch := benchBatch()
	f, i, n := calc.Column(0, vec.TFloat64), calc.Column(1, vec.TInt64), calc.Column(4, vec.TFloat64)
	dec := vec.TDecimal(20, 2)
	for _, c := range []struct {
		name string
		e    calc.Expr
	}{
		{"float64+1", calc.Arith(calc.Add, f, number(1), vec.TFloat64)},
		{"float64*float64/nulls", calc.Arith(calc.Mul, f, n, vec.TFloat64)},
		{"int64+1", calc.Arith(calc.Add, i, whole(1), vec.TInt64)},
		{"int64*int64", calc.Arith(calc.Mul, i, i, vec.TInt64)},
		{"int64//7", calc.Arith(calc.Quo, i, whole(7), vec.TInt64)},
		{"int64 as decimal", calc.Cast(i, dec)},
		{"int64 as float64", calc.Cast(i, vec.TFloat64)},
		{"float64 as int64", calc.Cast(f, vec.TInt64)},
		{"float64 as string", calc.Cast(f, vec.TString)},
		{"float64>500", calc.Compare(calc.Gt, f, number(500))},
		{"if", calc.If(calc.Compare(calc.Gt, f, number(500)), f, n)},
		{"coalesce", calc.Coalesce(n, f)},
	} {
		b.Run(c.name, func(b *testing.B) {
			var bad calc.Bad
			for b.Loop() {
				c.e.Eval(batch, nil, &bad)
			}
			perRow(b, batch.N)
		})
	}
}

func BenchmarkAppendText(b *testing.B) {
	r := newBenchRand()
	for _, t := range []vec.Type{
		vec.TInt64, vec.TFloat64, vec.TDate, vec.TTimestamp(vec.Micro), zoned(vec.Micro, "Europe/Vienna"), vec.TDecimal(9, 2), vec.TDecimal(38, 4),
	} {
		v := randomColumn(r, t, 1000, shapes[0])
		if t.Kind == vec.Timestamp {
			for i := range vec.Of[int64](v) {
				vec.Of[int64](v)[i] = r.Int64N(2e15)
			}
		}
		b.Run(t.String(), func(b *testing.B) {
			var buf []byte
			for b.Loop() {
				buf = buf[:0]
				for row := range v.N {
					buf = calc.AppendText(buf, v, row)
				}
			}
			perRow(b, v.N)
		})
	}
}

func BenchmarkParseText(b *testing.B) {
	for _, c := range []struct {
		t    vec.Type
		text string
	}{{vec.TInt64, "123456789"}, {vec.TFloat64, "512.25"}, {vec.TTimestamp(vec.Micro), "2006-01-02 15:04:05.123456"}, {vec.TDecimal(9, 2), "1234.56"}} {
		b.Run(c.t.String(), func(b *testing.B) {
			for b.Loop() {
				if _, err := calc.ParseText(c.t, c.text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
