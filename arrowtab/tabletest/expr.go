package tabletest

import (
	"math"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
)

// The operators of two arguments.
var (
	comparisons = []func(a pw.Expr, b any) pw.Expr{pw.Expr.Eq, pw.Expr.Ne, pw.Expr.Lt, pw.Expr.Le, pw.Expr.Gt, pw.Expr.Ge}
	ofIntegers  = []func(a pw.Expr, b any) pw.Expr{pw.Expr.Add, pw.Expr.Sub, pw.Expr.Mul, pw.Expr.Quo, pw.Expr.Rem}
	ofFloats    = []func(a pw.Expr, b any) pw.Expr{pw.Expr.Add, pw.Expr.Sub, pw.Expr.Mul, pw.Expr.Div}
)

// expr is an expression of a kind over the columns of s, at most so deep.
func (g Generator) expr(s *pw.Schema, kind vec.Kind, depth int) pw.Expr {
	if depth == 0 || g.pick(4) == 0 {
		return g.leaf(s, kind)
	}
	sub := func(k vec.Kind) pw.Expr { return g.expr(s, k, depth-1) }
	switch c := g.pick(8); {
	case c == 0:
		return pw.If(sub(vec.Bool), sub(kind), sub(kind))
	case c == 1:
		return sub(kind).Coalesce(sub(kind))
	case kind == vec.Bool:
		return g.condition(s, sub)
	case kind == vec.String:
		return g.leaf(s, kind)
	case c == 2:
		return sub(kind).Neg()
	case kind == vec.Int64:
		return ofIntegers[g.pick(len(ofIntegers))](sub(kind), sub(kind))
	case c == 3:
		return sub(vec.Int64).Cast(pw.TFloat64)
	}
	return ofFloats[g.pick(len(ofFloats))](sub(kind), sub(kind))
}

func (g Generator) condition(s *pw.Schema, sub func(vec.Kind) pw.Expr) pw.Expr {
	compare := comparisons[g.pick(len(comparisons))]
	switch g.pick(10) {
	case 0, 1:
		return sub(vec.Bool).And(sub(vec.Bool), sub(vec.Bool))
	case 2:
		return sub(vec.Bool).Or(sub(vec.Bool))
	case 3:
		return sub(vec.Bool).Not()
	case 4:
		return sub(g.kind()).IsNull()
	case 5:
		return sub(g.kind()).IsNotNull()
	case 6:
		return g.columns(s, compare)
	}
	kind := g.kind()
	return compare(sub(kind), sub(kind))
}

// columns compares a column of any type with another one of that type.
func (g Generator) columns(s *pw.Schema, compare func(pw.Expr, any) pw.Expr) pw.Expr {
	f := s.Field(g.pick(s.Len()))
	for _, other := range s.Fields() {
		if other.Type == f.Type && other.Name != f.Name {
			return compare(pw.Col(f.Name), pw.Col(other.Name))
		}
	}
	return pw.Col(f.Name).IsNotNull()
}

// leaf is a column or a constant.
func (g Generator) leaf(s *pw.Schema, kind vec.Kind) pw.Expr {
	var columns []string
	for _, f := range s.Fields() {
		if f.Type.Kind == kind || kind == vec.Int64 && f.Type.Kind == vec.Int32 {
			columns = append(columns, f.Name)
		}
	}
	if len(columns) == 0 || g.pick(4) == 0 {
		return g.constant(kind)
	}
	e := pw.Col(columns[g.pick(len(columns))])
	if kind == vec.Int64 {
		e = e.Cast(pw.TInt64)
	}
	return e
}

// constant is NULL, or one that vectest's columns have, too.
func (g Generator) constant(kind vec.Kind) pw.Expr {
	switch {
	case g.pick(6) == 0:
		return pw.Lit(nil).Cast(vec.Type{Kind: kind})
	case kind == vec.Bool:
		return pw.Lit(g.pick(2) == 0)
	case kind == vec.String:
		return pw.Lit([]string{"", "a", "b", "ab", "id0000000011"}[g.pick(5)])
	case kind == vec.Float64:
		return pw.Lit([]float64{0, 1.5, 2, -2.5, 100, math.Inf(1)}[g.pick(6)]).Cast(pw.TFloat64)
	}
	return pw.Lit([]int{-1, 0, 1, 2, 3, 7819, 47414}[g.pick(7)])
}
