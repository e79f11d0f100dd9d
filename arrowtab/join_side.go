package arrowtab

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// side is one of the tables of a join, with columns added behind its own that are only there to be compared: keys cast to a wider
// type.
type side struct {
	name  string // "left", for messages
	node  plan.Node
	keys  []int       // columns that must be equal to the other side's
	casts []plan.Expr // the columns added
}

// column is the place of a column of that name.
func (s *side) column(j *joiner, name string) (int, bool) {
	i, ok := s.node.Schema().Index(name)
	if !ok {
		j.fail(fmt.Errorf("%s table: %w", s.name, plan.UnknownColumn(name, s.node.Schema())))
	}
	return i, ok
}

// as is the place of column i as type t.
func (s *side) as(i int, t Type) int {
	column := plan.ColumnAt(s.node.Schema(), i)
	if column.Type == t {
		return i
	}
	cast := asKey(column, t)
	at := slices.IndexFunc(s.casts, func(e plan.Expr) bool { return plan.Same(e, cast) })
	if at < 0 {
		at = len(s.casts)
		s.casts = append(s.casts, cast)
	}
	return s.node.Schema().Len() + at
}

func asKey(c *plan.Column, t Type) plan.Expr {
	if c.Type == t {
		return c
	}
	return &plan.Call{Op: plan.OpCast, Args: []plan.Expr{c}, Type: t}
}

// width is how many columns the side has, those added too.
func (s *side) width() int { return s.node.Schema().Len() + len(s.casts) }

// plan is the side's node with the columns added.
func (s *side) plan(base plan.Base) plan.Node {
	if len(s.casts) == 0 {
		return s.node
	}
	p := newProjection(s.node.Schema())
	for i, f := range s.node.Schema().Fields() {
		p.addBound(f.Name, plan.ColumnAt(s.node.Schema(), i))
	}
	for _, e := range s.casts {
		p.addBound(e.String(), e)
	}
	return &plan.Project{Base: base, Input: s.node, Exprs: p.exprs, Out: plan.NewSchema(p.out...)}
}

// eventTime is the place of the timestamps of that name, which are the watermark's if the side has no end.
func (s *side) eventTime(j *joiner, name string) int {
	i, ok := s.column(j, name)
	if !ok {
		return -1
	}
	if t := s.node.Schema().Field(i).Type; t.Kind != vec.Timestamp {
		j.fail(fmt.Errorf("Within: %s column %q is %s, but times are timestamps; cast it", s.name, name, t))
		return i
	}
	if !plan.Bounded(s.node) && plan.EventTime(s.node) != i {
		j.fail(fmt.Errorf("Within: the %s table has no end and no watermark of %q, so no row could ever be forgotten; "+
			"give it one before: Watermark(%q, delay)", s.name, name, name))
	}
	return i
}
