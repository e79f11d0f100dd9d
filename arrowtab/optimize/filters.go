package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// PushFilters moves filters towards the sources: conditions that can't fail go below a Project that can't fail, a Sort
// of all rows, a Union, and, where they read keys only, below an Aggregate, and where they don't read its elements, a Flatten.
// Filters that meet become one.
func PushFilters(roots []plan.Node) []plan.Node {
	return rewrite(roots, func(g *graph, n, _ plan.Node) plan.Node {
		f, ok := n.(*plan.Filter)
		if !ok || g.pinned[f] {
			return n
		}
		movable, rest := splitMovable(f.Cond)
		if len(movable) == 0 {
			return joinFilters(g, f)
		}
		below := g.push(f.Base, movable, f.Input)
		if len(rest) == 0 {
			return below
		}
		return joinFilters(g, &plan.Filter{Base: f.Base, Input: below, Cond: and(rest)})
	})
}

// push is in filtered by conds, which can't fail, as far down as they can go.
func (g *graph) push(base plan.Base, conds []plan.Expr, in plan.Node) plan.Node {
	if len(conds) == 0 {
		return in
	}
	if g.free(in) {
		switch in := in.(type) {
		case *plan.Project:
			if infallible(in) && growth(conds, in) <= maxGrowth {
				return in.WithInputs([]plan.Node{g.push(base, throughProject(conds, in), in.Input)})
			}
		case *plan.Sort:
			if in.Limit < 0 && in.Offset == 0 {
				return in.WithInputs([]plan.Node{g.push(base, conds, in.Input)})
			}
		case *plan.Union:
			return g.pushIntoUnion(base, conds, in)
		case *plan.Aggregate:
			return g.pushIntoAggregate(base, conds, in)
		case *plan.Flatten:
			return g.pushIntoFlatten(base, conds, in)
		}
	}
	return joinFilters(g, &plan.Filter{Base: base, Input: in, Cond: and(conds)})
}

// maxGrowth is how many columns, constants and calls conditions may gain below a Project. What the Project computes is then
// computed twice, and in a chain of them, each of which uses the one before twice, the conditions would double each time.
const maxGrowth = 100

// growth is how much larger throughProject would make conds.
func growth(conds []plan.Expr, p *plan.Project) int {
	uses := make([]int, len(p.Exprs))
	for _, c := range conds {
		countColumns(c, uses)
	}
	n := 0
	for i, times := range uses {
		if times > 0 {
			n += times * (size(p.Exprs[i]) - 1)
		}
	}
	return n
}

// size is how many columns, constants and calls e has.
func size(e plan.Expr) int {
	n := 1
	if c, ok := e.(*plan.Call); ok {
		for _, a := range c.Args {
			n += size(a)
		}
	}
	return n
}

// throughProject is conds over p's input: each column is replaced by what p computes it from.
func throughProject(conds []plan.Expr, p *plan.Project) []plan.Expr {
	out := make([]plan.Expr, len(conds))
	for i, c := range conds {
		out[i] = plan.Replace(c, func(c *plan.Column) plan.Expr { return p.Exprs[c.Index] })
	}
	return out
}

func (g *graph) pushIntoUnion(base plan.Base, conds []plan.Expr, u *plan.Union) plan.Node {
	in := make([]plan.Node, len(u.In))
	for i, input := range u.In {
		own := make([]plan.Expr, len(conds)) // columns have other names and nullability in each input
		for j, c := range conds {
			own[j] = plan.Replace(c, func(c *plan.Column) plan.Expr { return plan.ColumnAt(input.Schema(), c.Index) })
		}
		in[i] = g.push(base, own, input)
	}
	return u.WithInputs(in)
}

// pushIntoAggregate filters groups before they are made. Conditions that read a result, or nothing at all, stay above; so
// do all without keys: then there is a row even if the input has none. And so do those that tell rows of one group from
// each other.
func (g *graph) pushIntoAggregate(base plan.Base, conds []plan.Expr, a *plan.Aggregate) plan.Node {
	var below, above []plan.Expr
	for _, c := range conds {
		columns := plan.ColumnsOf(c)
		ofKeys := len(columns) > 0 && columns[len(columns)-1] < len(a.Keys)
		if !ofKeys || tellsZeros(c) {
			above = append(above, c)
			continue
		}
		below = append(below, plan.Replace(c, func(c *plan.Column) plan.Expr {
			return plan.ColumnAt(a.Input.Schema(), a.Keys[c.Index])
		}))
	}
	var out plan.Node = a
	if len(below) > 0 {
		out = a.WithInputs([]plan.Node{g.push(base, below, a.Input)})
	}
	if len(above) > 0 {
		out = &plan.Filter{Base: base, Input: out, Cond: and(above)}
	}
	return out
}

// pushIntoFlatten filters rows before they are repeated, by conditions that don't read the element.
func (g *graph) pushIntoFlatten(base plan.Base, conds []plan.Expr, f *plan.Flatten) plan.Node {
	var below, above []plan.Expr
	for _, c := range conds {
		if slices.Contains(plan.ColumnsOf(c), f.Column) {
			above = append(above, c)
			continue
		}
		below = append(below, c)
	}
	var out plan.Node = f
	if len(below) > 0 {
		out = f.WithInputs([]plan.Node{g.push(base, below, f.Input)})
	}
	if len(above) > 0 {
		out = joinFilters(g, &plan.Filter{Base: base, Input: out, Cond: and(above)})
	}
	return out
}

// tellsZeros reports whether e may tell −0 from 0, which are one key: the text of a float does, and its power.
func tellsZeros(e plan.Expr) bool {
	c, ok := e.(*plan.Call)
	if !ok {
		return false
	}
	arg := c.Args[0].ResultType()
	toText := c.Op == plan.OpCast && c.Type.IsVar() && (arg.IsFloat() || arg.ElemType().IsFloat())
	return toText || c.Op == plan.OpPow || slices.ContainsFunc(c.Args, tellsZeros)
}

// joinFilters is f and the filter below it as one, if there is one that is only for f and has the same policy for what
// can fail.
func joinFilters(g *graph, f *plan.Filter) plan.Node {
	in, ok := f.Input.(*plan.Filter)
	if !ok || !g.free(in) {
		return f
	}
	base := f.Base
	if plan.Fallible(in.Cond) {
		if plan.Fallible(f.Cond) && in.Bad != f.Bad {
			return f
		}
		base = in.Base
	}
	conds := slices.Concat(conjuncts(in.Cond), conjuncts(f.Cond))
	return &plan.Filter{Base: base, Input: in.Input, Cond: and(conds)}
}
