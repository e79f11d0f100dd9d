package tabletest

import (
	"fmt"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
)

// reducers is a count and up to four more.
func (g Generator) reducers(s *pw.Schema) []pw.Reducer {
	out := []pw.Reducer{pw.Count().As("r0")}
	for i := range g.pick(5) {
		r := g.reducer(s)
		if g.Reducers && g.pick(3) == 0 {
			r = r.Where(g.expr(s, vec.Bool, 2))
		}
		out = append(out, r.As(fmt.Sprint("r", i+1)))
	}
	return out
}

// reducer reduces a column. There is nothing of decimals but sums, of which plantest has none, and no sum of sums, which
// would overflow in most programs.
func (g Generator) reducer(s *pw.Schema) pw.Reducer {
	f := s.Field(g.pick(s.Len()))
	all := []func(any) pw.Reducer{pw.Min, pw.Max, pw.CountOf}
	if t := f.Type; t.IsNumeric() && (t.Kind != vec.Decimal || t.Scale > 0) {
		all = append(all, pw.Sum, pw.Sum)
		if t.Kind != vec.Decimal {
			all = append(all, pw.Avg)
		}
	}
	if g.Reducers {
		all = append(all, g.more(s, f)...)
	}
	return all[g.pick(len(all))](f.Name)
}

// more is the reducers of a column of that type that only some programs have.
func (g Generator) more(s *pw.Schema, f pw.Field) []func(any) pw.Reducer {
	by := g.name(s)
	q := []float64{0, 0.25, 0.5, 0.9, 1}[g.pick(5)]
	if f.Type.Kind == vec.List { // the only others that take lists
		return []func(any) pw.Reducer{
			func(c any) pw.Reducer { return pw.First(c, by) }, func(c any) pw.Reducer { return pw.Last(c, by) }, pw.CountDistinct,
		}
	}
	all := []func(any) pw.Reducer{
		pw.CountDistinct, pw.Any, pw.List,
		func(c any) pw.Reducer { return pw.First(c, by) },
		func(c any) pw.Reducer { return pw.Last(c, by) },
		func(c any) pw.Reducer { return pw.QuantileDisc(c, q) },
		func(c any) pw.Reducer { return pw.List(c).OrderBy(by) },
	}
	switch t := f.Type; {
	case t.Kind == vec.Bool:
		return append(all, pw.BoolAnd, pw.BoolOr)
	case t.Kind == vec.String:
		return append(all, func(c any) pw.Reducer { return pw.StringAgg(c, "+").OrderBy(by) })
	case t.IsNumeric() && t.Kind != vec.Decimal:
		return append(all, pw.Var, pw.VarPop, pw.Stddev, pw.StddevPop, func(c any) pw.Reducer { return pw.Quantile(c, q) })
	}
	return all
}
