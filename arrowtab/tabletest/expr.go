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
		return g.text(sub)
	case c == 2:
		return sub(kind).Neg()
	case c == 4 && kind == vec.Int64:
		return g.count(sub)
	case c == 4:
		return g.float(sub)
	case kind == vec.Int64:
		return ofIntegers[g.pick(len(ofIntegers))](sub(kind), sub(kind))
	case c == 3:
		return sub(vec.Int64).Cast(pw.TFloat64)
	}
	return ofFloats[g.pick(len(ofFloats))](sub(kind), sub(kind))
}

func (g Generator) condition(s *pw.Schema, sub func(vec.Kind) pw.Expr) pw.Expr {
	compare := comparisons[g.pick(len(comparisons))]
	switch g.pick(11) {
	case 10:
		return g.test(sub(vec.String))
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

// text is a function that yields a string.
func (g Generator) text(sub func(vec.Kind) pw.Expr) pw.Expr {
	e := sub(vec.String)
	switch g.pick(8) {
	case 0:
		return e.Upper()
	case 1:
		return e.Replace("a", "\x00b")
	case 2:
		return e.Substring(g.pick(4)-1, g.pick(5))
	case 3:
		return e.SplitPart("a", []int{1, 2, -1}[g.pick(3)])
	case 4:
		return e.Concat(sub(vec.String), "x")
	case 5:
		return e.RegexpExtract("[a-m]+", 0)
	case 6:
		return e.Split("i").ListGet(g.pick(5) - 2)
	}
	return e.Trim()
}

// count is a function that yields an integer.
func (g Generator) count(sub func(vec.Kind) pw.Expr) pw.Expr {
	e := sub(vec.String)
	switch g.pick(5) {
	case 0:
		return e.Length()
	case 1:
		return e.CountSubstring("0")
	case 2:
		return e.Split("0").ListLen()
	case 3:
		return sub(vec.Int64).Abs()
	}
	return sub(vec.Int64).Rem(1 << 36).ToTimestamp(pw.Second).DateTrunc("month").DayOfYear()
}

// float is a function that yields a float; exponents of floats would say whether a 0 is a −0.
func (g Generator) float(sub func(vec.Kind) pw.Expr) pw.Expr {
	e := sub(vec.Float64)
	switch g.pick(5) {
	case 0:
		return e.Floor()
	case 1:
		return e.Ceil()
	case 2:
		return e.Abs()
	case 3:
		return e.Sqrt()
	}
	return e.Abs().Add(1).Ln()
}

// test is a function of a string that yields a bool.
func (g Generator) test(e pw.Expr) pw.Expr {
	switch g.pick(5) {
	case 0:
		return e.Contains("a")
	case 1:
		return e.StartsWith("id")
	case 2:
		return e.Like("%0_%")
	case 3:
		return e.Split("a").ListContains("b")
	}
	return e.RegexpMatches("^[ab]|7$")
}

// columns compares a column of any type with another one of that type.
func (g Generator) columns(s *pw.Schema, compare func(pw.Expr, any) pw.Expr) pw.Expr {
	f := s.Field(g.pick(s.Len()))
	for _, other := range s.Fields() {
		if other.Type == f.Type && other.Name != f.Name && f.Type.Kind != vec.List {
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
