package microbatch

import (
	"context"
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// graph is a plan made runnable: a step for each node, connected from sources to sinks.
//
//	read ──main──▶ filter ──▶ aggregate ──▶ write
//	  └──rejected─▶ pass ──▶ write
type graph struct {
	steps []*step // in topological order: a step comes behind all that feed it
	sinks []*sinkOp
}

// step is a node of the running plan.
type step struct {
	id       int
	node     plan.Node
	name     string      // for messages
	source   Source      // a Read's; else nil
	operator op.Operator // of all others
	newLocal func() op.Local
	to       [op.NumOutPorts][]edge
	kind     plan.Changelog
}

func (s *step) called() string { return s.name }

func (s *step) close() error {
	if s.source != nil {
		return s.source.Close()
	}
	return s.operator.Close()
}

// edge leads to a port of a step.
type edge struct {
	step *step
	port int
}

// builder makes the graph of one run.
type builder struct {
	ctx    context.Context
	config Config
	budget *vec.Budget
	spill  op.Spiller
	graph  *graph
	made   map[plan.Node]*step
}

func (b *builder) build(roots []*plan.Write) (*graph, error) {
	b.graph = &graph{}
	b.made = map[plan.Node]*step{}
	for _, root := range roots {
		if _, err := b.add(root); err != nil {
			return nil, errors.Join(err, b.graph.close())
		}
	}
	if err := b.graph.checkTargets(); err != nil {
		return nil, errors.Join(err, b.graph.close())
	}
	return b.graph, nil
}

// checkTargets makes sure that no output would replace another.
func (g *graph) checkTargets() error {
	taken := map[string]string{}
	for _, s := range g.sinks {
		e, ok := s.sink.(Exclusive)
		if !ok || e.Identity() == "" {
			continue
		}
		if first, ok := taken[e.Identity()]; ok {
			return fmt.Errorf("%s: %s has the same target, and one would be lost; give each its own", s.name, first)
		}
		taken[e.Identity()] = s.name
	}
	return nil
}

// add makes the step of a node, and before it those of its inputs, unless they exist.
func (b *builder) add(n plan.Node) (*step, error) {
	if s, ok := b.made[n]; ok {
		return s, nil
	}
	var inputs []*step
	for _, in := range n.Inputs() {
		s, err := b.add(in)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, s)
	}
	s := &step{id: len(b.graph.steps), node: n, name: nameOf(n)}
	s.kind = plan.KindOf(n, kindsOf(inputs), true)
	if err := guard(s.called, func() error { return b.open(s, inputs) }); err != nil {
		return nil, err
	}
	b.made[n] = s
	b.graph.steps = append(b.graph.steps, s)
	for port, in := range inputs {
		from := op.Main
		if _, ok := n.(*plan.Rejected); ok {
			from = op.Rejected
		}
		in.to[from] = append(in.to[from], edge{s, port})
	}
	return s, nil
}

// nameOf is a step as messages call it: "filter value > 100 (job.go:12)".
func nameOf(n plan.Node) string {
	if n.Pos() == "" {
		return plan.Describe(n)
	}
	return plan.Describe(n) + " (" + n.Pos() + ")"
}

func kindsOf(steps []*step) []plan.Changelog {
	kinds := make([]plan.Changelog, len(steps))
	for i, s := range steps {
		kinds[i] = s.kind
	}
	return kinds
}

// open opens the step's source, or makes and opens its operator.
func (b *builder) open(s *step, inputs []*step) (err error) {
	if read, ok := s.node.(*plan.Read); ok {
		s.source, err = b.openSource(read, s)
		return err
	}
	s.operator, err = b.operator(s)
	if err != nil {
		return err
	}
	ports := make([]op.Port, len(inputs))
	for i, in := range inputs {
		ports[i] = op.Port{Schema: in.node.Schema(), Kind: in.kind, Key: plan.KeyOf(in.node), Final: true}
	}
	s.newLocal, err = s.operator.Open(ports)
	if err != nil {
		return errors.Join(err, s.operator.Close())
	}
	return nil
}

func (b *builder) openSource(n *plan.Read, s *step) (Source, error) {
	scan := Scan{Columns: n.Columns}
	if scan.Columns == nil {
		for i := range n.Source.Schema().Len() {
			scan.Columns = append(scan.Columns, i)
		}
	}
	if n.Filter != nil {
		scan.Filter = NewFilter(n.Filter)
	}
	opener, ok := openerOf(n.Source)
	if !ok {
		return nil, fmt.Errorf("%s: this source can't be read in a batch", s.name)
	}
	env := b.env(s, n.Bad)
	source, err := opener.OpenSource(b.ctx, env, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return source, nil
}

func (b *builder) env(s *step, bad plan.BadRows) *Env {
	return &Env{
		Threads: b.config.Threads, Budget: b.budget, Stats: b.config.Stats, Account: b.budget.Account(s.name),
		Source: uint32(s.id), Bad: bad, TempDir: b.config.TempDir,
	}
}

func (b *builder) operator(s *step) (op.Operator, error) {
	env := op.Env{
		Name: s.name, Source: uint32(s.id), Workers: b.config.Threads, Account: b.budget.Account(s.name),
		Spill: b.spill, Stats: b.config.Stats, Test: b.config.Test,
	}
	switch n := s.node.(type) {
	case *plan.Filter:
		env.Bad = n.Bad
		return op.NewFilter(n, env), nil
	case *plan.Project:
		env.Bad = n.Bad
		return op.NewProject(n, env), nil
	case *plan.Aggregate:
		return op.NewAggregate(n, env)
	case *plan.Sort:
		return op.NewSort(n, env), nil
	case *plan.Limit:
		return op.NewLimit(n, env), nil
	case *plan.Union, *plan.Rejected:
		return op.NewPass(), nil
	case *plan.Write:
		return b.sink(n, s)
	}
	return nil, fmt.Errorf("internal error: no operator for %T", s.node)
}

func (b *builder) sink(n *plan.Write, s *step) (op.Operator, error) {
	opener, ok := n.Sink.(SinkOpener)
	if !ok {
		return nil, fmt.Errorf("%s: this sink can't be written in a batch", s.name)
	}
	sink := &sinkOp{ctx: b.ctx, opener: opener, env: b.env(s, plan.Fail), name: s.name}
	b.graph.sinks = append(b.graph.sinks, sink)
	return sink, nil
}

// close closes all that was opened, consumers first.
func (g *graph) close() error {
	var errs []error
	for i := len(g.steps) - 1; i >= 0; i-- {
		s := g.steps[i]
		errs = append(errs, guard(s.called, s.close))
	}
	return errors.Join(errs...)
}

// sated reports whether no more of what s emits can change any result.
func (s *step) sated() bool {
	if o, ok := s.operator.(op.Sated); ok && o.Sated() {
		return true
	}
	consumers := 0
	for _, edges := range s.to {
		for _, e := range edges {
			consumers++
			if !e.step.sated() {
				return false
			}
		}
	}
	return consumers > 0
}
