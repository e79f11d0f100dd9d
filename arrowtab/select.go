package arrowtab

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Filter keeps the rows for which cond is true; where it is NULL, the row goes.
func (t *Table) Filter(cond Expr) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	in, conds, err := t.called(at, []Expr{cond})
	if err != nil {
		return t.failed(at, "filter", err)
	}
	bound, err := bindCondition(conds[0], in.Schema())
	if err != nil {
		return t.failed(at, "filter", err)
	}
	var node plan.Node = &plan.Filter{Base: t.base(at), Input: in, Cond: bound}
	if in != t.node { // the results are no columns of the table
		node = firstColumns(t.base(at), node, t.node.Schema().Len())
	}
	return t.then(node)
}

func bindCondition(cond Expr, s *Schema) (plan.Expr, error) {
	if cond.err != nil {
		return nil, cond.err
	}
	return plan.BindBool(cond.e, s)
}

// Select makes a table of the given columns: names, or expressions with a name (Col("a"), Col("a").Add(1).As("b")).
func (t *Table) Select(columns ...any) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	var exprs []Expr
	var errs []error
	for _, c := range columns {
		switch c := c.(type) {
		case string:
			exprs = append(exprs, Col(c))
		case Expr:
			exprs = append(exprs, c)
		default:
			errs = append(errs, fmt.Errorf("a column is a name or an expression, not a %T", c))
		}
	}
	if len(columns) == 0 {
		errs = append(errs, errors.New("no columns are given"))
	}
	p := t.projectionOf(at, exprs)
	for _, e := range p.given {
		p.add(e)
	}
	p.errs = append(p.errs, errs...)
	return t.project(at, "select", p)
}

// With adds a column for each expression, which has its name from As, or replaces the column of that name in its place.
// All are computed from the columns as they were before.
func (t *Table) With(exprs ...Expr) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	schema := t.node.Schema()
	replaced := make(map[string]Expr, len(exprs))
	p := t.projectionOf(at, exprs)
	exprs = p.given
	for _, e := range exprs {
		if _, doubled := replaced[e.name]; doubled && e.name != "" {
			p.errs = append(p.errs, fmt.Errorf("column %q is given twice", e.name))
		}
		replaced[e.name] = e
	}
	if len(p.errs) > 0 {
		return t.project(at, "with", p)
	}
	for _, name := range schema.Names() {
		if e, ok := replaced[name]; ok {
			p.add(e)
		} else {
			p.add(Col(name))
		}
	}
	for _, e := range exprs {
		if _, there := schema.Index(e.name); !there {
			p.add(e)
		}
	}
	return t.project(at, "with", p)
}

// Drop leaves out columns.
func (t *Table) Drop(names ...string) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	schema := t.node.Schema()
	p := newProjection(schema)
	for _, name := range names {
		if _, ok := schema.Index(name); !ok {
			p.errs = append(p.errs, plan.UnknownColumn(name, schema))
		}
	}
	for _, name := range schema.Names() {
		if !slices.Contains(names, name) {
			p.add(Col(name))
		}
	}
	if len(p.out) == 0 && len(p.errs) == 0 {
		p.errs = append(p.errs, errors.New("no columns are left"))
	}
	return t.project(at, "drop", p)
}

// Rename gives columns other names: old name → new name. Their order stays.
func (t *Table) Rename(names map[string]string) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	schema := t.node.Schema()
	p := newProjection(schema)
	for _, old := range slices.Sorted(maps.Keys(names)) {
		if _, ok := schema.Index(old); !ok {
			p.errs = append(p.errs, plan.UnknownColumn(old, schema))
		}
	}
	for _, name := range schema.Names() {
		if renamed, ok := names[name]; ok {
			p.add(Col(name).As(renamed))
		} else {
			p.add(Col(name))
		}
	}
	return t.project(at, "rename", p)
}

// projection collects the columns of a plan.Project and what is wrong with them.
type projection struct {
	node  plan.Node // what they are made of; nil: the table
	given []Expr    // what the user has given, where functions were called: over node
	in    *Schema
	exprs []plan.Expr
	out   []Field
	errs  []error
}

func newProjection(in *Schema) *projection { return &projection{in: in} }

// projectionOf is a projection behind the functions that expressions call.
func (t *Table) projectionOf(at string, exprs []Expr) *projection {
	node, given, err := t.called(at, exprs)
	if err != nil {
		p := newProjection(t.node.Schema())
		p.errs = append(p.errs, err)
		return p
	}
	return &projection{node: node, given: given, in: node.Schema()}
}

func (p *projection) add(e Expr) {
	bound, err := bind(e, p.in)
	switch {
	case err != nil:
	case e.name == "":
		err = fmt.Errorf("the column %s needs a name: .As(\"name\")", e)
	case slices.ContainsFunc(p.out, func(f Field) bool { return f.Name == e.name }):
		err = fmt.Errorf("there would be two columns %q; name one differently: .As(\"name\")", e.name)
	}
	if err != nil {
		p.errs = append(p.errs, err)
		return
	}
	p.addBound(e.name, bound)
}

// addBound adds a column that is bound already, by a name that no other has.
func (p *projection) addBound(name string, e plan.Expr) {
	p.exprs = append(p.exprs, e)
	p.out = append(p.out, fieldOf(name, e, p.in))
}

func bind(e Expr, s *Schema) (plan.Expr, error) {
	if e.err != nil {
		return nil, e.err
	}
	return plan.Bind(e.e, s)
}

// fieldOf is the field that an expression becomes. A column keeps its layout.
func fieldOf(name string, e plan.Expr, in *Schema) Field {
	f := Field{Name: name, Type: e.ResultType(), Nullable: plan.Nullable(e)}
	if c, ok := e.(*plan.Column); ok {
		f.Layout = in.Field(c.Index).Layout
	}
	return f
}

// project is t with the columns of p, or lost if anything is wrong with them: each mistake is an error of its own.
func (t *Table) project(at, step string, p *projection) *Table {
	if len(p.errs) == 0 {
		return t.then(&plan.Project{Base: t.base(at), Input: cmp.Or(p.node, t.node), Exprs: p.exprs, Out: plan.NewSchema(p.out...)})
	}
	return t.allLost(at, step, p.errs)
}
