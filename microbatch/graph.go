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
	steps  []*step // in topological order: a step comes behind all that feed it
	sinks  []*sinkOp
	stages []stage
}

// step is a node of the running plan.
type step struct {
	id       int
	key      string // what a state calls it
	node     plan.Node
	name     string      // for messages
	source   Source      // a bounded Read's
	stream   Stream      // an unbounded Read's
	operator op.Operator // of all others
	newLocal func() op.Local
	inputs   []*step
	to       [op.NumOutPorts][]edge
	kind     plan.Changelog
	bounded  bool // all rows for it come in the first epoch
	stage    int  // see schedule

	ended     bool  // a Read's: there will be no more rows
	watermark int64 // of its rows, as of the last epoch
	counts    stepCounts
	keeping   bool  // a Read's: its rows of this epoch go into the journal
	recorded  int64 // rows out up to the last epoch that is in the journal
}

func (s *step) called() string { return s.name }

func (s *step) close() error {
	switch {
	case s.source != nil:
		return s.source.Close()
	case s.stream != nil:
		return s.stream.Close()
	case s.operator != nil:
		return s.operator.Close()
	}
	return nil
}

// newReader makes a worker's reader of a Read.
func (s *step) newReader() Reader {
	if s.stream != nil {
		return s.stream.NewReader()
	}
	return s.source.NewReader()
}

// edge leads to a port of a step.
type edge struct {
	step *step
	port int
}

// builder makes the graph of one run.
type builder struct {
	ctx     context.Context
	config  Config
	budget  *vec.Budget
	spill   op.Spiller
	handle  *Handle        // nil in a batch
	durable *durable       // nil: no state
	keys    map[string]int // how often a key was wanted
	graph   *graph
	made    map[plan.Node]*step
}

func (b *builder) build(roots []*plan.Write) (*graph, error) {
	b.graph = &graph{}
	b.made = map[plan.Node]*step{}
	b.keys = map[string]int{}
	for _, root := range roots {
		if _, err := b.add(plan.Consolidated(root)); err != nil {
			return nil, errors.Join(err, b.graph.close())
		}
	}
	if err := b.graph.checkTargets(); err != nil {
		return nil, errors.Join(err, b.graph.close())
	}
	b.graph.schedule()
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
	s := &step{id: len(b.graph.steps), node: n, name: nameOf(n), inputs: inputs, bounded: plan.Bounded(n), watermark: op.NoWatermark}
	s.key = b.keyOf(n, inputs)
	s.kind = plan.KindOf(n, kindsOf(inputs), plan.Final(n))
	if err := guard(s.called, func() error { return b.open(s, inputs) }); err != nil {
		return nil, err
	}
	b.made[n] = s
	b.graph.steps = append(b.graph.steps, s)
	for port, in := range inputs {
		from := portOf(n)
		in.to[from] = append(in.to[from], edge{s, port})
	}
	return s, nil
}

// portOf is the port of its input whose rows n takes.
func portOf(n plan.Node) op.OutPort {
	switch n.(type) {
	case *plan.Rejected:
		return op.Rejected
	case *plan.Late:
		return op.Late
	}
	return op.Main
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
		return b.openRead(read, s)
	}
	s.operator, err = b.operator(s)
	if err != nil {
		return err
	}
	ports := make([]op.Port, len(inputs))
	for i, in := range inputs {
		ports[i] = op.Port{
			Schema: in.node.Schema(), Kind: in.kind, Key: plan.KeyOf(in.node), Final: plan.Final(s.node),
			Bounded: in.bounded, Ordered: plan.KeepsSeq(in.node), Time: plan.EventTime(in.node),
		}
	}
	s.newLocal, err = s.operator.Open(ports)
	if err != nil {
		return errors.Join(err, s.operator.Close())
	}
	return nil
}

// openRead opens the source of a Read, as a batch's or as a stream's.
func (b *builder) openRead(n *plan.Read, s *step) error {
	scan := Scan{Columns: n.Columns}
	if scan.Columns == nil {
		for i := range n.Source.Schema().Len() {
			scan.Columns = append(scan.Columns, i)
		}
	}
	if n.Filter != nil {
		scan.Filter = NewFilter(n.Filter)
	}
	err := b.openSource(n, s, scan)
	if err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

func (b *builder) openSource(n *plan.Read, s *step, scan Scan) (err error) {
	env := b.env(s, n.Bad)
	if !s.bounded {
		opener, ok := n.Source.(StreamOpener)
		if !ok {
			return errors.New("this source can't be read as a stream")
		}
		s.stream, err = opener.OpenStream(b.ctx, env, scan)
		return err
	}
	opener, ok := OpenerOf(n.Source)
	if !ok {
		return errors.New("this source can't be read in a batch")
	}
	if b.durable.hasBegun() { // what it had is in the state
		return nil
	}
	s.source, err = opener.OpenSource(b.ctx, env, scan)
	return err
}

func (b *builder) env(s *step, bad plan.BadRows) *Env {
	env := &Env{
		Threads: b.config.Threads, Budget: b.budget, Stats: b.config.Stats, Account: b.budget.Account(s.name),
		Source: uint32(s.id), Bad: bad, TempDir: b.config.TempDir, Log: b.config.Log, MaxEpochRows: b.config.MaxEpochRows,
		Durable: b.durable != nil,
	}
	if b.handle != nil {
		env.Ready, env.Full = b.handle.wake, b.handle.press
	}
	if b.durable != nil && b.durable.earlier != nil {
		env.Earlier = b.durable.earlier.of(s)
	}
	return env
}

func (b *builder) sink(n *plan.Write, s *step) (op.Operator, error) {
	opener, ok := n.Sink.(SinkOpener)
	if !ok {
		return nil, fmt.Errorf("%s: this sink can't be written in a batch", s.name)
	}
	if in := n.Input; plan.Changing(in) == plan.Retract && !takesRetractions(n.Sink) {
		return nil, fmt.Errorf("%s: rows of this table change, and a %s file can only be appended to: write its log of changes instead (csv.WriteChanges or jsonlines.WriteChanges), or "+
			"make it append: by windows that come out when they close, by bounded sources", s.name, n.Sink.Describe().Kind)
	}
	sink := &sinkOp{ctx: b.ctx, opener: opener, env: b.env(s, plan.Fail), name: s.name, key: s.key, batch: s.bounded}
	b.graph.sinks = append(b.graph.sinks, sink)
	return sink, nil
}

func takesRetractions(s plan.Sink) bool {
	r, ok := s.(Retractable)
	return ok && r.TakesRetractions()
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
