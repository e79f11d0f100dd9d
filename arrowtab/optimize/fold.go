package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Fold computes the parts of expressions that read no column, by the kernels, and simplifies AND, OR, NOT, If, Coalesce
// and IS NULL where the result is known. A filter that is always true goes, and so does a join's condition; a filter that never is, is a
// limit of 0 rows, unless a step before it may have a bad row to report, rows come without end (of a stream the steps before count, too), or a ranking
// goes by the order of arrival, which a limit takes from rows that it is joined with by a Union. What would fail, like
// 1 // 0, stays as it is: whether there is a row that fails is known only when there are rows.
func Fold(roots []plan.Node) []plan.Node {
	ranked := slices.ContainsFunc(plan.Upstream(roots...), goesByArrival)
	return rewrite(roots, func(g *graph, n, _ plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Filter:
			return g.foldFilter(n, !ranked)
		case *plan.Project:
			out := *n
			out.Exprs = foldAll(n.Exprs)
			if !slices.Equal(out.Exprs, n.Exprs) {
				return &out
			}
		case *plan.Read:
			if n.Filter != nil {
				out := *n
				out.Filter = Expr(n.Filter)
				return &out
			}
		case *plan.Join:
			return foldJoin(n)
		}
		return n
	})
}

// foldJoin folds a join's condition; one that is always true is none.
func foldJoin(n *plan.Join) plan.Node {
	if n.Cond == nil {
		return n
	}
	cond := Expr(n.Cond)
	if cond == n.Cond {
		return n
	}
	out := *n
	out.Cond = cond
	if l, known := cond.(*plan.Literal); known && isTrue(l) {
		out.Cond = nil
	}
	return &out
}

// goesByArrival reports whether n may ask which of its rows came first.
func goesByArrival(n plan.Node) bool {
	switch n.(type) {
	case *plan.Top, *plan.Accept:
		return true
	}
	return false
}

// foldFilter folds a filter's condition; one that is never true becomes a limit, if it may.
func (g *graph) foldFilter(n *plan.Filter, mayLimit bool) plan.Node {
	cond := Expr(n.Cond)
	l, known := cond.(*plan.Literal)
	switch {
	case known && !g.pinned[n] && isTrue(l):
		return n.Input
	case known && mayLimit && !g.pinned[n] && plan.Bounded(n) && quiet(n.Input):
		return &plan.Limit{Base: n.Base, Input: n.Input}
	case cond == n.Cond:
		return n
	}
	out := *n
	out.Cond = cond
	return &out
}

// quiet reports whether neither n nor a step that it takes rows from can fail or leave out a row that is bad: then
// nobody notices if they aren't run. Sources are quiet: fields that no row of the result needs are not checked.
func quiet(n plan.Node) bool {
	return !slices.ContainsFunc(plan.Upstream(n), func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Read:
			return false
		case *plan.Aggregate:
			return slices.ContainsFunc(n.Aggs, canOverflow)
		case *plan.Window:
			return slices.ContainsFunc(n.Aggs, canOverflow)
		case *plan.Accept: // by a function of the user's
			return true
		}
		return plan.CanReject(n)
	})
}

// canOverflow reports whether a is a sum that may leave its type's range.
func canOverflow(a plan.Agg) bool { return a.Func == plan.AggSum && !a.Type.IsFloat() }

// Expr is a bound expression, folded; e itself if there is nothing to do.
func Expr(e plan.Expr) plan.Expr {
	c, ok := e.(*plan.Call)
	if !ok {
		return e
	}
	args := foldAll(c.Args)
	if !slices.Equal(args, c.Args) {
		c = &plan.Call{Op: c.Op, Args: args, Type: c.Type}
	}
	if l, known := constant(c); known {
		return l
	}
	switch c.Op {
	case plan.OpAnd:
		return foldLogic(c, false)
	case plan.OpOr:
		return foldLogic(c, true)
	case plan.OpIf:
		return foldIf(c)
	case plan.OpCoalesce:
		return foldCoalesce(c)
	case plan.OpIsNull, plan.OpIsNotNull:
		return foldIsNull(c)
	}
	return c
}

// constant is the value of a call whose arguments are all literals, computed as it would be for a row; what can't be
// computed has none.
func constant(c *plan.Call) (*plan.Literal, bool) {
	for _, a := range c.Args {
		if _, ok := a.(*plan.Literal); !ok {
			return nil, false
		}
	}
	v, bad := calc.Constant(plan.Compile(c))
	return &plan.Literal{Value: v}, bad == nil
}

func foldAll(exprs []plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(exprs))
	for i, e := range exprs {
		out[i] = Expr(e)
	}
	return out
}

// foldLogic folds AND (decides false) and OR (decides true). Behind an argument that decides, nothing is
// computed; an argument that can't change the result is left out.
func foldLogic(c *plan.Call, decides bool) plan.Expr {
	var rest []plan.Expr
	for _, a := range flattened(c) {
		l, known := a.(*plan.Literal)
		switch {
		case !known || l.Value.Null:
			rest = append(rest, a)
		case isTrue(l) == decides:
			if !slices.ContainsFunc(rest, plan.Fallible) {
				return a
			}
			rest = append(rest, a)
			return &plan.Call{Op: c.Op, Args: rest, Type: c.Type}
		}
	}
	switch {
	case len(rest) == 1:
		return rest[0]
	case slices.Equal(rest, c.Args):
		return c
	}
	return &plan.Call{Op: c.Op, Args: rest, Type: c.Type}
}

// flattened is c's arguments with those of the same operator replaced by theirs.
func flattened(c *plan.Call) []plan.Expr {
	var out []plan.Expr
	for _, a := range c.Args {
		if in, ok := a.(*plan.Call); ok && in.Op == c.Op {
			out = append(out, flattened(in)...)
			continue
		}
		out = append(out, a)
	}
	return out
}

func foldIf(c *plan.Call) plan.Expr {
	cond, known := c.Args[0].(*plan.Literal)
	switch {
	case !known:
		return c
	case isTrue(cond):
		return c.Args[1]
	default:
		return c.Args[2]
	}
}

// foldCoalesce leaves out NULLs and what stands behind a value that is never NULL.
func foldCoalesce(c *plan.Call) plan.Expr {
	var rest []plan.Expr
	for _, a := range c.Args {
		if l, ok := a.(*plan.Literal); ok && l.Value.Null {
			continue
		}
		rest = append(rest, a)
		if !plan.Nullable(a) {
			break
		}
	}
	switch {
	case len(rest) == 1:
		return rest[0]
	case len(rest) == len(c.Args):
		return c
	}
	return &plan.Call{Op: c.Op, Args: rest, Type: c.Type}
}

func foldIsNull(c *plan.Call) plan.Expr {
	arg := c.Args[0]
	if !plan.Nullable(arg) && !plan.Fallible(arg) {
		return boolean(c.Op == plan.OpIsNotNull)
	}
	return c
}

func isTrue(l *plan.Literal) bool { return !l.Value.Null && l.Value.I != 0 }

func boolean(b bool) *plan.Literal {
	v := vec.Scalar{Type: vec.TBool}
	if b {
		v.I = 1
	}
	return &plan.Literal{Value: v}
}
