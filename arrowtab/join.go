package arrowtab

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Join pairs the rows of t with those of right that belong to them: an inner join. Its columns are those of t, then those of right; an
// On column is there once.
//
//	orders.Join(customers, pw.On("customer"), pw.Suffix("_customer"))
//
// Columns that are compared have the same type; integers may be of different width. Rows come in no particular order.
func (t *Table) Join(right *Table, options ...JoinOption) *Table {
	return t.join(position(), plan.Inner, right, options)
}

// LeftJoin is Join, and the rows of t that have no match, with NULL in the right columns.
func (t *Table) LeftJoin(right *Table, options ...JoinOption) *Table {
	return t.join(position(), plan.LeftOuter, right, options)
}

// RightJoin is Join, and the rows of right that have no match, with NULL in the left columns. The On columns have
// the right table's values.
func (t *Table) RightJoin(right *Table, options ...JoinOption) *Table {
	return t.join(position(), plan.RightOuter, right, options)
}

// FullJoin is Join, and the rows of either side that have no match, with NULL in the columns of the other. The On columns have the value
// of the side that has one.
func (t *Table) FullJoin(right *Table, options ...JoinOption) *Table {
	return t.join(position(), plan.FullOuter, right, options)
}

// SemiJoin keeps the rows of t that have a match in right, each once. No column of right is in the result.
func (t *Table) SemiJoin(right *Table, options ...JoinOption) *Table {
	return t.join(position(), plan.Semi, right, options)
}

// AntiJoin keeps the rows of t that have no match in right.
func (t *Table) AntiJoin(right *Table, options ...JoinOption) *Table {
	return t.join(position(), plan.Anti, right, options)
}

func (t *Table) join(at string, kind plan.JoinKind, right *Table, options []JoinOption) *Table {
	step := kind.String() + " join"
	if kind == plan.Inner {
		step = "join"
	}
	t = t.sharing(at, step, right)
	if t.node == nil {
		return t
	}
	j := newJoiner(kind, t, right, options)
	if len(j.o.pairs) == 0 && len(j.o.conds) == 0 && len(j.o.within) == 0 {
		j.fail(errors.New(`which rows belong together? Give On("column"), OnPair or OnCond; every pair of rows is OnCond(pw.Lit(true))`))
	}
	for _, name := range j.o.ofAsOf {
		j.fail(fmt.Errorf("%s is an option of AsOfJoin", name))
	}
	interval := j.interval()
	j.checkNow()
	cond := j.cond()
	if len(j.errs) > 0 {
		return t.allLost(at, step, j.errs)
	}
	n := &plan.Join{
		Base: t.base(at), Left: j.left.plan(t.base(at)), Right: j.right.plan(t.base(at)), Kind: kind, LeftKeys: j.left.keys, RightKeys: j.right.keys,
		NullsEqual: j.o.nullsEqual, Within: interval, Now: j.o.now,
	}
	n.Out = plan.JoinSchema(kind, n.Left.Schema(), j.renamed())
	var node plan.Node = n
	switch {
	case cond == nil:
	case plan.Fallible(cond):
		node = &plan.Filter{Base: t.base(at), Input: n, Cond: cond}
	default:
		n.Cond = cond
	}
	return t.then(j.result(t.base(at), node))
}

// sharing is t with the errors of another table, and without rows if either has none.
func (t *Table) sharing(at, step string, other *Table) *Table {
	if other == nil {
		return t.lost(at, step, errors.New("the other table is nil"))
	}
	out := &Table{t.node, addErrors(t.errs, other.errs...), t.bad}
	if other.node == nil {
		out.node = nil
	}
	return out
}

// joiner makes a join of two tables, and collects what is wrong with it.
type joiner struct {
	kind        plan.JoinKind
	left, right side
	o           joinOptions
	shared      map[int]int // right column → the left one that it is one with
	names       []string    // of the right columns as OnCond and the result call them; "" of shared ones
	clashes     []string    // names that both tables have
	errs        []error
}

func newJoiner(kind plan.JoinKind, left, right *Table, options []JoinOption) *joiner {
	j := &joiner{kind: kind, left: side{name: "left", node: left.node}, right: side{name: "right", node: right.node}, shared: map[int]int{}}
	for _, o := range options {
		if o != nil {
			o(&j.o)
		}
	}
	for _, p := range j.o.pairs {
		j.addPair(p)
	}
	j.nameRight()
	return j
}

func (j *joiner) fail(err error) { j.errs = append(j.errs, err) }

func (j *joiner) addPair(p keyPair) {
	if l, r, ok := j.alike(p.left, p.right); ok {
		j.left.keys, j.right.keys = append(j.left.keys, l), append(j.right.keys, r)
	}
	if p.shared {
		j.share(p)
	}
}

// share makes the two columns one of the result.
func (j *joiner) share(p keyPair) {
	left, okLeft := j.left.node.Schema().Index(p.left)
	right, okRight := j.right.node.Schema().Index(p.right)
	if !okLeft || !okRight {
		return // which is reported already
	}
	if _, twice := j.shared[right]; twice {
		j.fail(fmt.Errorf("On names column %q twice", p.right))
	}
	j.shared[right] = left
}

// alike is where the columns of two names are in the sides, brought to one type.
func (j *joiner) alike(left, right string) (l, r int, ok bool) {
	l, okLeft := j.left.column(j, left)
	r, okRight := j.right.column(j, right)
	if !okLeft || !okRight {
		return 0, 0, false
	}
	t, err := plan.KeyType(plan.ColumnAt(j.left.node.Schema(), l), plan.ColumnAt(j.right.node.Schema(), r))
	if err != nil {
		j.fail(fmt.Errorf("left %w", err))
		return 0, 0, false
	}
	return j.left.as(l, t), j.right.as(r, t), true
}

// nameRight gives the right columns the names that they have in the result.
func (j *joiner) nameRight() {
	left := j.left.node.Schema()
	j.names = make([]string, j.right.node.Schema().Len())
	for i, name := range j.right.node.Schema().Names() {
		if _, shared := j.shared[i]; shared {
			continue
		}
		j.names[i] = name
		if _, clash := left.Index(name); clash {
			j.names[i] += j.o.suffix
		}
		_, clash := left.Index(j.names[i])
		if clash || slices.Index(j.names, j.names[i]) < i {
			j.clashes = append(j.clashes, j.names[i])
		}
	}
	if len(j.clashes) > 0 && j.hasRight() {
		j.fail(j.ambiguous())
	}
}

// hasRight reports whether the right columns are in the result.
func (j *joiner) hasRight() bool { return j.kind != plan.Semi && j.kind != plan.Anti }

func (j *joiner) ambiguous() error {
	text := "both tables have a column "
	if j.o.suffix != "" {
		text = "there would be two columns "
	}
	quoted := make([]string, len(j.clashes))
	for i, name := range j.clashes {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	help := `; join On it, give Suffix("_right"), which is put behind the right one's name, or Rename it before`
	if j.o.suffix != "" {
		help = "; take another Suffix, or Rename one before"
	}
	return errors.New(text + strings.Join(quoted, " and ") + help)
}

// cond is what all OnCond say, over the left columns and then the right ones; nil of none.
func (j *joiner) cond() plan.Expr {
	var conds []plan.Expr
	for _, c := range j.o.conds {
		if bound := j.bindCond(c); bound != nil {
			conds = append(conds, bound)
		}
	}
	if len(conds) == 0 {
		return nil
	}
	cond := conds[0]
	if len(conds) > 1 {
		cond = &plan.Call{Op: plan.OpAnd, Args: conds, Type: vec.TBool}
	}
	if plan.Fallible(cond) && (j.kind != plan.Inner || j.o.now) {
		j.fail(fmt.Errorf("OnCond: %s can fail on some pairs of rows, and what would their row be in this join? "+
			"Compute what can fail before, by With, in the table that it belongs to", cond))
	}
	return cond
}

// bindCond binds a condition against the columns by the names that they have in the result, and puts it in their places.
func (j *joiner) bindCond(c Expr) plan.Expr {
	left, right := j.left.node.Schema(), j.right.node.Schema()
	fields := slices.Clone(left.Fields())
	places := firstPlaces(left.Len())
	for i, name := range j.names {
		if name != "" {
			f := right.Field(i)
			f.Name = name
			fields = append(fields, f)
			places = append(places, j.left.width()+i)
		}
	}
	bound, err := bindCondition(c, plan.NewSchema(fields...))
	if err != nil {
		j.fail(fmt.Errorf("OnCond: %w", err))
		return nil
	}
	ambiguous := false
	out := plan.Replace(bound, func(c *plan.Column) plan.Expr {
		ambiguous = ambiguous || slices.Contains(j.clashes, c.Name)
		moved := *c
		moved.Index = places[c.Index]
		return &moved
	})
	if ambiguous && !j.hasRight() {
		j.fail(fmt.Errorf("OnCond: %w", j.ambiguous()))
	}
	return out
}

// interval is what Within says; nil of none.
func (j *joiner) interval() *plan.Interval {
	if len(j.o.within) == 0 {
		return nil
	}
	w := j.o.within[0]
	switch {
	case len(j.o.within) > 1:
		j.fail(errors.New("Within is given twice"))
	case j.o.now:
		j.fail(errors.New("Within and AsOfNow don't go together: one waits for rows to come, the other doesn't"))
	case w.lo > w.hi:
		j.fail(fmt.Errorf("Within: no distance is from %s to %s; the smaller one comes first", w.lo, w.hi))
	}
	n := &plan.Interval{LeftTime: j.left.eventTime(j, w.left), RightTime: j.right.eventTime(j, w.right)}
	n.Lo, n.Hi = j.micros("Within", w.lo), j.micros("Within", w.hi)
	return n
}

func (j *joiner) micros(what string, d time.Duration) int64 {
	us, err := wholeMicros(what, d)
	if err != nil {
		j.fail(err)
	}
	return us
}

// checkNow makes sure that a row which is answered once never goes.
func (j *joiner) checkNow() {
	switch {
	case !j.o.now:
	case j.kind != plan.Inner && j.kind != plan.LeftOuter:
		j.fail(fmt.Errorf("AsOfNow goes with Join and LeftJoin, not with %s joins", j.kind))
	case plan.Changing(j.left.node) == plan.Retract:
		j.fail(fmt.Errorf("AsOfNow answers a left row once and takes no answer back, but rows of the left table may be retracted (%s); "+
			"join before that step, or without AsOfNow", plan.Describe(plan.Retracting(j.left.node))))
	}
}

// renamed is the right side's schema by the names of the result; columns that aren't in it are "right.name".
func (j *joiner) renamed() *Schema {
	fields := slices.Clone(j.right.plan(plan.Base{}).Schema().Fields())
	for i := range fields {
		if i < len(j.names) && j.names[i] != "" {
			fields[i].Name = j.names[i]
		} else {
			fields[i].Name = "right." + fields[i].Name
		}
	}
	return plan.NewSchema(fields...)
}

// result is a Project over the join that leaves out what is there twice or only to be compared; the join if there is no such thing.
func (j *joiner) result(base plan.Base, join plan.Node) plan.Node {
	schema := join.Schema()
	p := newProjection(schema)
	for i, f := range j.left.node.Schema().Fields() {
		p.addBound(f.Name, j.leftColumn(schema, i))
	}
	if j.hasRight() {
		for i, name := range j.names {
			if name != "" {
				p.addBound(name, plan.ColumnAt(schema, j.left.width()+i))
			}
		}
	}
	if len(p.exprs) == schema.Len() { // nothing is left out, so nothing is shared
		return join
	}
	return &plan.Project{Base: base, Input: join, Exprs: p.exprs, Out: plan.NewSchema(p.out...)}
}

// leftColumn is the value of a left column in the result. One that is shared is the right one's in a right join, and in a full join
// that of the side that has one.
func (j *joiner) leftColumn(schema *Schema, i int) plan.Expr {
	left := plan.ColumnAt(schema, i)
	if j.kind != plan.RightOuter && j.kind != plan.FullOuter {
		return left
	}
	for r, l := range j.shared {
		if l != i {
			continue
		}
		right := plan.ColumnAt(schema, j.left.width()+r)
		if j.kind == plan.RightOuter {
			return right
		}
		return j.either(left, right)
	}
	return left
}

// either is the shared column of a full join: in the type in which both sides compare.
func (j *joiner) either(left, right *plan.Column) plan.Expr {
	t, err := plan.KeyType(left, right)
	if err != nil {
		j.fail(err) // not to be reached: addPair has asked the same
		return left
	}
	return &plan.Call{Op: plan.OpCoalesce, Args: []plan.Expr{asKey(left, t), asKey(right, t)}, Type: t}
}
