package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// PushFilters moves filters towards the sources: conditions that can't fail go below a Project that can't fail, a Sort
// of all rows, a Union, and, where they read keys only, below an Aggregate, a Window, a Top and an Upsert, where they don't read its elements, a
// Flatten, and to the side of a join that they are about. Filters that meet become one.
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
			return g.pushBelowKeys(base, conds, in, places(len(in.Keys)), in.Keys)
		case *plan.Flatten:
			return g.pushIntoFlatten(base, conds, in)
		default:
			return g.pushIntoStream(base, conds, in)
		}
	}
	return joinFilters(g, &plan.Filter{Base: base, Input: in, Cond: and(conds)})
}

// pushIntoStream is push for the nodes of streams. Nothing goes below a Watermark, which counts all rows that come, an Apply, whose
// function may fail, nor an Accept, which asks one.
func (g *graph) pushIntoStream(base plan.Base, conds []plan.Expr, in plan.Node) plan.Node {
	switch in := in.(type) {
	case *plan.Join:
		return g.pushIntoJoin(base, conds, in)
	case *plan.AsOf:
		return g.pushIntoAsOf(base, conds, in)
	case *plan.Window:
		if in.Kind == plan.Session && !plan.Bounded(in) { // what is late for one key's sessions depends on how far those of all keys reach back
			break
		}
		keys := places(windowColumns + len(in.Keys))[windowColumns:]
		return g.pushBelowKeys(base, conds, in, keys, in.Keys)
	case *plan.Top:
		return g.pushBelowKeys(base, conds, in, in.Keys, in.Keys)
	case *plan.Upsert:
		return g.pushBelowKeys(base, conds, in, in.Key, in.Key)
	case *plan.Changes:
		return g.pushIntoChanges(base, conds, in)
	case *plan.FromChanges:
		return g.pushIntoFromChanges(base, conds, in)
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
		in[i] = g.push(base, rebound(conds, input, 0), input)
	}
	return u.WithInputs(in)
}

// pushIntoFlatten filters rows before they are repeated, by conditions that don't read the element.
func (g *graph) pushIntoFlatten(base plan.Base, conds []plan.Expr, f *plan.Flatten) plan.Node {
	var below, rest []plan.Expr
	for _, c := range conds {
		if slices.Contains(plan.ColumnsOf(c), f.Column) {
			rest = append(rest, c)
			continue
		}
		below = append(below, c)
	}
	var out plan.Node = f
	if len(below) > 0 {
		out = f.WithInputs([]plan.Node{g.push(base, below, f.Input)})
	}
	return above(base, rest, out)
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
