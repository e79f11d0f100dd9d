package optimize

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// PruneColumns drops columns that nobody needs: Reads read only what is used, Projects compute it, Aggregates reduce it.
// A column that several consumers need between them is there once, for all. A computed column that can fail stays.
// Rejected needs no columns of the node that it asks, for a wish to see the bad rows must not change
// which there are; but if nobody else takes the node's rows, all of its columns count.
func PruneColumns(roots []plan.Node) []plan.Node {
	order := plan.Upstream(roots...)
	p := &pruner{graph: newGraph(roots), needed: map[plan.Node]columns{}, late: map[*plan.Window]columns{}, done: map[plan.Node]pruned{}}
	for _, r := range roots {
		p.needAll(r)
	}
	for _, n := range slices.Backward(order) {
		p.ask(n)
	}
	for _, n := range order {
		p.done[n] = p.rebuild(n)
	}
	out := make([]plan.Node, len(roots))
	for i, r := range roots {
		out[i] = p.done[r].node
	}
	return out
}

// columns says of each column of a node whether it is needed.
type columns []bool

// pruned is what has become of a node: the new one, and where in its rows each old column is; −1: nowhere.
type pruned struct {
	node  plan.Node
	place []int
}

type pruner struct {
	graph  *graph
	needed map[plan.Node]columns
	late   map[*plan.Window]columns // of the window's input, those that late rows need
	done   map[plan.Node]pruned
}

func (p *pruner) of(n plan.Node) columns {
	c, ok := p.needed[n]
	if !ok {
		c = make(columns, n.Schema().Len())
		p.needed[n] = c
	}
	return c
}

func (p *pruner) needAll(n plan.Node) {
	c := p.of(n)
	for i := range c {
		c[i] = true
	}
}

func (c columns) add(places []int) {
	for _, i := range places {
		c[i] = true
	}
}

// list is the places of the needed columns.
func (c columns) list() []int {
	out := []int{}
	for i, needed := range c {
		if needed {
			out = append(out, i)
		}
	}
	return out
}

// ask says what n, of which it is known what is needed, needs of its inputs.
func (p *pruner) ask(n plan.Node) {
	needed := p.of(n)
	switch n := n.(type) {
	case *plan.Read:
	case *plan.Rejected:
		if p.graph.uses[n.Of] == 0 {
			p.needAll(n.Of)
		}
	case *plan.Project:
		if needsNothing(p, n) {
			p.of(n.Input)
			return
		}
		for i, e := range n.Exprs {
			if needed[i] = needed[i] || plan.Fallible(e); needed[i] {
				p.of(n.Input).add(plan.ColumnsOf(e))
			}
		}
	case *plan.Aggregate:
		p.askAggregate(n, needed)
	case *plan.Filter:
		p.of(n.Input).add(needed.list())
		p.of(n.Input).add(plan.ColumnsOf(n.Cond))
	case *plan.Flatten:
		needed[n.Column] = true
		p.of(n.Input).add(needed.list())
	case *plan.Sort:
		p.of(n.Input).add(needed.list())
		for _, k := range n.Keys {
			p.of(n.Input).add([]int{k.Column})
		}
	case *plan.Limit, *plan.Union, *plan.Write, *plan.Consolidate:
		for _, in := range n.Inputs() {
			p.of(in).add(needed.list())
		}
	default:
		p.askStream(n, needed)
	}
}

// askStream is ask for the nodes of streams.
func (p *pruner) askStream(n plan.Node, needed columns) {
	switch n := n.(type) {
	case *plan.Join:
		left, right := joinNeeds(n, needed)
		p.askSides(n.Left, n.Right, left, right)
	case *plan.AsOf:
		left, right := asOfNeeds(n, needed)
		p.askSides(n.Left, n.Right, left, right)
	case *plan.Watermark:
		needed[n.Time] = true
		p.of(n.Input).add(needed.list())
	case *plan.Window:
		p.askWindow(n, needed)
	case *plan.Late:
		p.askLate(n, needed)
	case *plan.Top:
		p.of(n.Input).add(topNeeds(n, needed).list())
	case *plan.Accept:
		if tied(n.Input) {
			p.needAll(n)
		}
		needed.add(append([]int{n.Value}, n.Keys...))
		p.of(n.Input).add(needed.list())
	case *plan.Upsert:
		needed.add(n.Key)
		p.of(n.Input).add(needed.list())
	case *plan.FromChanges:
		p.askFromChanges(n, needed)
	case *plan.Apply:
		p.askApply(n, needed)
	default: // of Changes, for instance, whose rows are what changes in any column
		for _, in := range n.Inputs() {
			p.needAll(in)
		}
		p.needAll(n)
	}
}

// needsNothing reports whether only the number of n's rows matters.
func needsNothing(p *pruner, n *plan.Project) bool {
	return !slices.Contains(p.of(n), true) && infallible(n) && !p.graph.pinned[n]
}

func (p *pruner) askAggregate(n *plan.Aggregate, needed columns) {
	in := p.of(n.Input)
	in.add(n.Keys)
	for i := range n.Keys {
		needed[i] = true
	}
	if len(n.Keys) == 0 && !slices.Contains(needed, true) {
		needed[0] = true // something has to say that there is a row
	}
	for i, a := range n.Aggs {
		if needed[len(n.Keys)+i] {
			a.Columns(func(c *int) { in[*c] = true })
		}
	}
}

// rebuild is n over its new inputs, with the columns that are needed, and perhaps others that cost nothing.
func (p *pruner) rebuild(n plan.Node) pruned {
	switch n := n.(type) {
	case *plan.Read:
		return p.rebuildRead(n)
	case *plan.Project:
		return p.rebuildProject(n)
	case *plan.Aggregate:
		return p.rebuildAggregate(n)
	case *plan.Filter:
		in := p.done[n.Input]
		out := *n
		out.Input, out.Cond = in.node, in.moved(n.Cond)
		return pruned{&out, in.place}
	case *plan.Flatten:
		return p.rebuildFlatten(n)
	case *plan.Sort:
		return p.rebuildSort(n)
	case *plan.Union:
		return p.rebuildUnion(n)
	case *plan.Rejected:
		return pruned{n.WithInputs([]plan.Node{p.done[n.Of].node}), places(n.Schema().Len())}
	}
	return p.rebuildStream(n)
}

// rebuildStream is rebuild for the nodes of streams.
func (p *pruner) rebuildStream(n plan.Node) pruned {
	switch n := n.(type) {
	case *plan.Join:
		return p.rebuildJoin(n)
	case *plan.AsOf:
		return p.rebuildAsOf(n)
	case *plan.Watermark:
		in := p.done[n.Input]
		out := *n
		out.Input, out.Time = in.node, in.place[n.Time]
		return pruned{&out, in.place}
	case *plan.Window:
		return p.rebuildWindow(n)
	case *plan.Late:
		return p.rebuildLate(n)
	case *plan.Top:
		return p.rebuildTop(n)
	case *plan.Accept:
		in := p.trimmed(n.Base, n.Input, p.of(n).list())
		out := *n
		out.Input, out.Keys, out.Value = in.node, in.places(n.Keys), in.place[n.Value]
		return pruned{&out, in.place}
	case *plan.Upsert:
		in := p.trimmed(n.Base, n.Input, p.of(n).list())
		return pruned{&plan.Upsert{Base: n.Base, Input: in.node, Key: in.places(n.Key)}, in.place}
	case *plan.FromChanges:
		return p.rebuildFromChanges(n)
	case *plan.Apply:
		return p.rebuildApply(n)
	}
	return p.rebuildWhole(n)
}

// rebuildWhole is n over its new inputs, of which all columns that n was told are needed are there. Where an input has more, for others, n's
// own columns have moved with them: that is only so for nodes that pass rows on.
func (p *pruner) rebuildWhole(n plan.Node) pruned {
	var in []plan.Node
	for _, i := range n.Inputs() {
		in = append(in, p.done[i].node)
	}
	place := places(n.Schema().Len())
	switch n.(type) {
	case *plan.Limit, *plan.Write, *plan.Consolidate:
		place = p.done[n.Inputs()[0]].place
	}
	return pruned{n.WithInputs(in), place}
}

// places is where old columns are.
func (in pruned) places(columns []int) []int {
	out := make([]int, len(columns))
	for i, c := range columns {
		out[i] = in.place[c]
	}
	return out
}

// moved is an expression over the old node's rows as one over the new one's.
func (in pruned) moved(e plan.Expr) plan.Expr {
	return plan.Replace(e, func(c *plan.Column) plan.Expr {
		moved := *c
		moved.Index = in.place[c.Index]
		return &moved
	})
}

// places is 0, 1, … n−1.
func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// kept is where each of n old columns is among those kept.
func kept(n int, keep []int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = slices.Index(keep, i)
	}
	return out
}

func (p *pruner) rebuildRead(n *plan.Read) pruned {
	keep := p.of(n).list()
	if len(keep) == n.Out.Len() {
		return pruned{n, places(len(keep))}
	}
	out := *n
	out.Out = n.Out.Pick(keep)
	out.Columns = make([]int, len(keep))
	for i, c := range keep {
		out.Columns[i] = sourceColumn(n, c)
	}
	return pruned{&out, kept(n.Out.Len(), keep)}
}

func (p *pruner) rebuildProject(n *plan.Project) pruned {
	in := p.done[n.Input]
	if needsNothing(p, n) {
		return pruned{in.node, kept(len(n.Exprs), nil)}
	}
	keep := p.of(n).list()
	out := *n
	out.Input, out.Out = in.node, n.Out.Pick(keep)
	out.Exprs = make([]plan.Expr, len(keep))
	for i, c := range keep {
		out.Exprs[i] = in.moved(n.Exprs[c])
	}
	return pruned{&out, kept(len(n.Exprs), keep)}
}

func (p *pruner) rebuildAggregate(n *plan.Aggregate) pruned {
	in := p.done[n.Input]
	keep := p.of(n).list()
	out := *n
	out.Input, out.Out = in.node, n.Out.Pick(keep)
	out.Keys, out.Aggs = nil, nil
	for _, k := range n.Keys {
		out.Keys = append(out.Keys, in.place[k])
	}
	for i, a := range n.Aggs {
		if !slices.Contains(keep, len(n.Keys)+i) {
			continue
		}
		a.Columns(func(c *int) { *c = in.place[*c] })
		out.Aggs = append(out.Aggs, a)
	}
	return pruned{&out, kept(n.Out.Len(), keep)}
}

// rebuildFlatten leaves out columns that would be repeated for nobody.
func (p *pruner) rebuildFlatten(n *plan.Flatten) pruned {
	in := p.trimmed(n.Base, n.Input, p.of(n).list())
	return pruned{plan.NewFlatten(n.Base, in.node, in.place[n.Column]), in.place}
}

// rebuildSort leaves out columns before the sort that are only there for a filter: a sort holds its rows.
func (p *pruner) rebuildSort(n *plan.Sort) pruned {
	in := p.trimmed(n.Base, n.Input, sortNeeds(p.of(n), n.Keys).list())
	out := *n
	out.Input = in.node
	out.Keys = slices.Clone(n.Keys)
	for i := range out.Keys {
		out.Keys[i].Column = in.place[n.Keys[i].Column]
	}
	return pruned{&out, in.place}
}

func sortNeeds(needed columns, keys []plan.SortKey) columns {
	c := slices.Clone(needed)
	for _, k := range keys {
		c[k.Column] = true
	}
	return c
}

// rebuildUnion gives all inputs the same columns.
func (p *pruner) rebuildUnion(n *plan.Union) pruned {
	keep := p.of(n).list()
	out := *n
	out.In = make([]plan.Node, len(n.In))
	for i, in := range n.In {
		out.In[i] = p.trimmed(n.Base, in, keep).node
	}
	out.Out = n.Out.Pick(keep)
	return pruned{&out, kept(n.Out.Len(), keep)}
}

// trimmed is the new node of an old one with exactly the old columns keep: a Project of them, if it has others too.
func (p *pruner) trimmed(base plan.Base, old plan.Node, keep []int) pruned {
	in := p.done[old]
	place := kept(old.Schema().Len(), keep)
	if in.node.Schema().Len() == len(keep) {
		return pruned{in.node, place}
	}
	exprs := make([]plan.Expr, len(keep))
	fields := make([]plan.Field, len(keep))
	for i, c := range keep {
		column := plan.ColumnAt(in.node.Schema(), in.place[c])
		exprs[i], fields[i] = column, in.node.Schema().Field(column.Index)
	}
	return pruned{&plan.Project{Base: base, Input: in.node, Exprs: exprs, Out: plan.NewSchema(fields...)}, place}
}
