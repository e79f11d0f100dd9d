package microbatch_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/arrowtab/plan/plantest"
	"github.com/pwcol/pwcol/arrowtab/tabletest"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestStreamsAddUpToTheBatch is the property that streams stand on: for random programs over random changelogs, cut at random into epochs, spread
// over partitions and workers, the changes that each output has had up to an epoch add up to what the program yields of the rows up to then,
// to the last bit. Where the program has windows, that is so at the end. Rows that were late for windows, or for joins that forget, don't count. For a long search:
//
//	go test ./microbatch -run TestStreamsAddUpToTheBatch -rapid.checks=5000
func TestStreamsAddUpToTheBatch(t *testing.T) {
	configs := map[string]microbatch.Config{
		"1 worker":          {Threads: 1},
		"3 workers":         {Threads: 3},
		"poisoned batches":  {Threads: 2, Test: op.TestSettings{PoisonLent: true}},
		"forced collisions": {Threads: 2, Test: op.TestSettings{ForceCollisions: true, MaxLocalGroups: 3}},
	}
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		epochs := 1 + d.IntN(6)
		sources := []*cutSource{d.stream(epochs), d.stream(epochs)}
		policy := []pw.BadRows{pw.Skip, pw.Reject, pw.Fail}[d.IntN(3)]
		var tables []*pw.Table
		for _, s := range sources {
			tables = append(tables, pw.NewSource(s, pw.SourceOptions{}).OnBadRow(policy))
		}
		p := streamProgram(t, tabletest.Everything(d).Tables(tables...), sources)
		for _, name := range slices.Sorted(maps.Keys(configs)) {
			if problem := p.check(t, configs[name]); problem != "" {
				t.Fatalf("%s: %s; the program is\n%s", name, problem, plan.Explain(p.nodes...))
			}
		}
	})
}

// streamed is some tables over streams, and what they mean after each epoch.
type streamed struct {
	tables  []*pw.Table
	nodes   []plan.Node
	want    []*plantest.Result   // after each epoch
	rows    [][]map[string]int64 // of each, of each table
	revises bool
	limited bool // which rows a Limit passes depends on the cuts
}

func streamProgram(t *rapid.T, tables []*pw.Table, sources []*cutSource) *streamed {
	p := &streamed{tables: tables}
	for _, table := range tables {
		n, err := table.Plan()
		if err != nil {
			t.Fatalf("the generator made an error: %v", err)
		}
		p.nodes = append(p.nodes, n)
		p.limited = p.limited || slices.ContainsFunc(plan.Upstream(n), isLimit)
	}
	for e := range sources[0].epochs {
		for _, s := range sources {
			s.upTo = e + 1
			p.revises = p.revises || s.feed == plan.Revisions
		}
		r := plantest.Run(p.nodes)
		var rows []map[string]int64
		for _, n := range p.nodes {
			sum := map[string]int64{}
			for _, row := range r.Rows[n] {
				text := plantest.RowText(row)
				if isRejected(n.Schema()) {
					text = ""
				}
				sum[text]++
			}
			rows = append(rows, sum)
		}
		p.want, p.rows = append(p.want, r), append(p.rows, rows)
	}
	return p
}

// check says what is wrong with a run under c, or "".
func (p *streamed) check(t *rapid.T, c microbatch.Config) string {
	sinks := make([]changesSink, len(p.tables))
	outputs := make([]pw.Output, len(sinks))
	for i, table := range p.tables {
		outputs[i] = pw.NewOutput(table, &sinks[i], nil)
	}
	c.Stats = &microbatch.Stats{}
	err := c.Run(t.Context(), outputs...)
	if sinks[0].env == nil {
		return fmt.Sprintf("nothing was opened: %v", err)
	}
	if n := sinks[0].env.Budget.Used(); n != 0 {
		return fmt.Sprintf("%d bytes are still charged (error: %v)", n, err)
	}
	failed := slices.ContainsFunc(p.want, func(r *plantest.Result) bool { return r.Failed != nil })
	switch last := p.want[len(p.want)-1]; {
	case err != nil && (failed || p.revises && failsOnRows(err)): // rows that the batch doesn't see any more may have failed
		return ""
	case err != nil:
		return fmt.Sprintf("failed: %v", err)
	case last.Certain && !p.revises && !p.limited:
		return fmt.Sprintf("succeeded, want %v", last.Failed)
	case failed:
		return ""
	}
	for i := range p.tables {
		if problem := p.compare(i, &sinks[i], c.Stats.RowsLate.Load() > 0); problem != "" {
			return fmt.Sprintf("output %d: %s", i, problem)
		}
	}
	return ""
}

// failsOnRows reports whether an error is a bad row's, or a result's that is out of range.
func failsOnRows(err error) bool {
	return strings.Contains(err.Error(), "in the row") || strings.Contains(err.Error(), "out of range") || strings.Contains(err.Error(), "overflow")
}

// compare says where an output differs from what it means, or "".
func (p *streamed) compare(i int, s *changesSink, late bool) string {
	if s.problem != "" {
		return s.problem
	}
	n := p.nodes[i]
	windowed, forgets, bound := false, false, false
	for _, up := range plan.Upstream(n) {
		switch up := up.(type) {
		case *plan.Window, *plan.Late:
			windowed = true
		case *plan.Join:
			forgets = forgets || up.Within != nil
		case *plan.AsOf:
			forgets = true
		}
		bound = bound || plan.TimeBound(up) && !isChanges(up)
	}
	if bound || (windowed || forgets) && late {
		return ""
	}
	// The first epoch is the bounded sources', of which there are none.
	for e := range p.want {
		if windowed && e < len(p.want)-1 {
			continue
		}
		if problem := differs(rowTexts(s.sums[e+1]), rowTexts(p.rows[e][i])); problem != "" {
			return fmt.Sprintf("after epoch %d of %d: %s", e+1, len(p.want), problem)
		}
	}
	return ""
}

func isLimit(n plan.Node) bool {
	_, ok := n.(*plan.Limit)
	return ok
}

// isChanges reports whether n is Changes, whose rows depend on the cuts; the generator makes a table of them again.
func isChanges(n plan.Node) bool {
	_, ok := n.(*plan.Changes)
	return ok
}
