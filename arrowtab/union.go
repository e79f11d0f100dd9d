package arrowtab

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Union is the rows of t and all others, equal ones as often as they are there in all. The others have columns of the
// same names and types as t, in any order.
func (t *Table) Union(others ...*Table) *Table {
	at := position()
	for i, o := range others {
		if o == nil {
			t = t.lost(at, "union", fmt.Errorf("table %d is nil", i+2))
			continue
		}
		t = &Table{t.node, addErrors(t.errs, o.errs...), t.bad}
	}
	if t.node == nil {
		return t
	}
	n := &plan.Union{Base: t.base(at), In: []plan.Node{t.node}}
	fields := append([]Field(nil), t.node.Schema().Fields()...)
	failed := t
	for i, o := range others {
		if o.node == nil {
			continue
		}
		in, err := alignedTo(t.node.Schema(), o, at)
		if err != nil {
			failed = failed.failed(at, "union", fmt.Errorf("table %d: %w", i+2, err))
			continue
		}
		for j, f := range in.Schema().Fields() {
			fields[j].Nullable = fields[j].Nullable || f.Nullable
		}
		n.In = append(n.In, in)
	}
	if len(failed.errs) > 0 {
		return failed
	}
	n.Out = plan.NewSchema(fields...)
	return t.then(n)
}

// alignedTo is o's plan with the columns in the order of s.
func alignedTo(s *Schema, o *Table, at string) (plan.Node, error) {
	have := o.node.Schema()
	for _, name := range have.Names() {
		if _, ok := s.Index(name); !ok {
			return nil, fmt.Errorf("column %q is not in table 1, which has %s", name, s)
		}
	}
	p := newProjection(have)
	inOrder := true
	for i, want := range s.Fields() {
		j, ok := have.Index(want.Name)
		if !ok {
			return nil, fmt.Errorf("column %q of table 1 is missing; there are %s", want.Name, have)
		}
		if got := have.Field(j).Type; got != want.Type {
			return nil, fmt.Errorf("column %q is %s, but %s in table 1; cast it", want.Name, got, want.Type)
		}
		inOrder = inOrder && i == j
		p.add(Col(want.Name))
	}
	if inOrder {
		return o.node, nil
	}
	return &plan.Project{Base: o.base(at), Input: o.node, Exprs: p.exprs, Out: plan.NewSchema(p.out...)}, nil
}

// Rejected is the rows that the steps up to this table leave out under the policy Reject: what was wrong, where it came
// from, and the row as text (plan.RejectedSchema). A field that no row of the result needs is not parsed, and so
// not checked.
func (t *Table) Rejected() *Table {
	at := position()
	if t.node == nil {
		return t
	}
	var parts []plan.Node
	for _, n := range plan.Upstream(t.node) {
		if n.Policy() == Reject && plan.CanReject(n) {
			parts = append(parts, &plan.Rejected{Base: plan.Base{At: at}, Of: n})
		}
	}
	out := &Table{errs: t.errs}
	switch len(parts) {
	case 0:
		return out.lost(at, "rejected", errors.New("no step before has bad rows and the policy Reject; "+
			"give it to the source or, for what is computed, by OnBadRow(Reject)"))
	case 1:
		out.node = parts[0]
	default:
		out.node = &plan.Union{Base: plan.Base{At: at}, In: parts, Out: plan.RejectedSchema}
	}
	return out
}
