package arrowtab

import (
	"errors"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// called is a node behind t's with the results of the functions that expressions call, and the expressions with the results' columns in
// the place of the calls; t's node and the expressions themselves if there are no calls.
//
//	With(Apply("norm", f, Col("x").Add(1)).Mul(2).As("y"))
//
//	project x, x * 2 as y'        from the table, then With's own
//	  apply norm(x + 1)           adds the column "norm(x + 1)"
//	    project x, x + 1          only if an argument is no column
func (t *Table) called(at string, exprs []Expr) (plan.Node, []Expr, error) {
	c := &calls{base: t.base(at), node: t.node, results: map[*plan.Applied]plan.Expr{}}
	out := make([]Expr, len(exprs))
	var errs []error
	for i, e := range exprs {
		out[i] = e
		if e.err != nil {
			continue // it is reported where e is bound
		}
		var err error
		if out[i].e, err = c.replace(e.e); err != nil {
			errs = append(errs, err)
		}
	}
	return c.node, out, errors.Join(errs...)
}

// calls puts functions' calls between a table and what is made of it.
type calls struct {
	base    plan.Base
	node    plan.Node
	results map[*plan.Applied]plan.Expr // a call that is there twice is made once
}

// replace is e with columns in the place of calls.
func (c *calls) replace(e plan.Expr) (plan.Expr, error) {
	switch e := e.(type) {
	case *plan.Call:
		args, changed, err := c.replaceAll(e.Args)
		if err != nil || !changed {
			return e, err
		}
		out := *e
		out.Args = args
		return &out, nil
	case *plan.Applied:
		if done, ok := c.results[e]; ok {
			return done, nil
		}
		args, _, err := c.replaceAll(e.Args)
		if err != nil {
			return e, err
		}
		result, err := c.call(e, args)
		c.results[e] = result
		return result, err
	}
	return e, nil
}

func (c *calls) replaceAll(exprs []plan.Expr) (out []plan.Expr, changed bool, err error) {
	out = make([]plan.Expr, len(exprs))
	for i, e := range exprs {
		if out[i], err = c.replace(e); err != nil {
			return nil, false, err
		}
		changed = changed || out[i] != e
	}
	return out, changed, nil
}

// call adds an Apply. It returns its result's column.
func (c *calls) call(a *plan.Applied, args []plan.Expr) (plan.Expr, error) {
	bound := make([]plan.Expr, len(args))
	for i, arg := range args {
		if l, ok := arg.(*plan.Literal); ok {
			bound[i] = l // it takes the type that the function wants
			continue
		}
		var err error
		if bound[i], err = plan.Bind(arg, c.node.Schema()); err != nil {
			return a, err
		}
	}
	to, err := a.To(bound)
	if err != nil {
		return a, err
	}
	n := &plan.Apply{Base: c.base, Func: to.Func, Args: c.columns(to.Args)}
	name := freeName(a.String(), c.node.Schema())
	fields := append([]Field(nil), c.node.Schema().Fields()...)
	n.Input, n.Out = c.node, plan.NewSchema(append(fields, Field{Name: name, Type: to.Func.Results[0], Nullable: to.Nullable})...)
	c.node = n
	return &plan.Column{Name: name, Index: -1}, nil
}

// columns is the places of columns with those values: they are computed if there are none.
func (c *calls) columns(exprs []plan.Expr) []int {
	places := make([]int, len(exprs))
	in := c.node.Schema()
	var more []plan.Expr
	for i, e := range exprs {
		if col, ok := e.(*plan.Column); ok {
			places[i] = col.Index
			continue
		}
		places[i] = in.Len() + len(more)
		more = append(more, e)
	}
	if len(more) == 0 {
		return places
	}
	p := &plan.Project{Base: c.base, Input: c.node, Out: in}
	for i := range in.Len() {
		p.Exprs = append(p.Exprs, columnAt(in, i))
	}
	for _, e := range more {
		field := fieldOf(freeName(e.String(), p.Out), e, in)
		p.Exprs, p.Out = append(p.Exprs, e), plan.NewSchema(append(append([]Field(nil), p.Out.Fields()...), field)...)
	}
	c.node = p
	return places
}

func columnAt(s *Schema, i int) plan.Expr {
	f := s.Field(i)
	return &plan.Column{Name: f.Name, Index: i, Type: f.Type, Nullable: f.Nullable}
}

// freeName is a name that no column has: the given one, with primes if need be.
func freeName(name string, s *Schema) string {
	for {
		if _, taken := s.Index(name); !taken {
			return name
		}
		name += "'"
	}
}

// firstColumns is a Project of the first n columns.
func firstColumns(base plan.Base, in plan.Node, n int) plan.Node {
	p := &plan.Project{Base: base, Input: in, Out: plan.NewSchema(in.Schema().Fields()[:n]...)}
	for i := range n {
		p.Exprs = append(p.Exprs, columnAt(in.Schema(), i))
	}
	return p
}
