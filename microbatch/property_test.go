package microbatch_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/arrowtab/plan/plantest"
	"github.com/pwcol/pwcol/arrowtab/tabletest"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestProgramsYieldWhatTheyMean runs random programs, each under all settings that bend the engine, and compares what it
// writes with what the plan means, row by row: the same rows, in order where the table has one, as many bad
// rows, an error where there must be one; and nothing is charged or left on disk afterwards. For a long search:
//
//	go test ./microbatch -run TestProgramsYieldWhatTheyMean -rapid.checks=5000
func TestProgramsYieldWhatTheyMean(t *testing.T) {
	configs := bent()
	configs["collisions in tiny tables"] = microbatch.Config{Threads: 2, Test: op.TestSettings{ForceCollisions: true, MaxLocalGroups: 3}}
	configs["little memory"] = microbatch.Config{Threads: 2, MaxMemory: 200_000}
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		p := newProgram(t, tabletest.Everything(d).Tables(d.sources()...))
		for _, name := range slices.Sorted(maps.Keys(configs)) {
			c := configs[name]
			c.TempDir = dir
			if problem := p.check(t, c); problem != "" {
				t.Fatalf("%s: %s; the program is\n%s", name, problem, plan.Explain(p.nodes...))
			}
		}
	})
}

// draws are random numbers of a property test.
type draws struct{ t *rapid.T }

func (d draws) IntN(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "pick") }

// sources are a table, or two of which some columns are alike.
func (d draws) sources() []*pw.Table {
	tables := []*pw.Table{d.source()}
	if d.IntN(3) == 0 {
		tables = append(tables, d.source())
	}
	return tables
}

// source is a table in memory: a few columns that expressions can be made of and others of any type, in batches of few or
// many rows, of few or many different values.
func (d draws) source() *pw.Table {
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(d.t, "values"), 0))
	types := []vec.Type{vec.TBool, vec.TInt64, vec.TInt32, vec.TFloat64, vec.TString}
	for range d.IntN(4) {
		types = append(types, vectest.Types[d.IntN(len(vectest.Types))])
	}
	fields, nulls := make([]pw.Field, len(types)), make([]vectest.Nulls, len(types))
	for i, t := range types {
		nulls[i] = []vectest.Nulls{vectest.No, vectest.Some, vectest.No, vectest.Some, vectest.No, vectest.All}[d.IntN(6)]
		fields[i] = pw.Field{Name: fmt.Sprint("c", i), Type: t, Nullable: nulls[i] != vectest.No || d.IntN(3) == 0}
	}
	types = append(types, vec.TTimestamp(vec.Micro))
	fields, nulls = append(fields, pw.Field{Name: "ts", Type: vec.TTimestamp(vec.Micro), Nullable: true}), append(nulls, vectest.Some)
	distinct := []int{5, 12, 3000, 2, 40}[d.IntN(5)]
	var batches []*vec.Batch
	for range []int{1, 2, 3, 4, 5, 0}[d.IntN(6)] {
		n := []int{1, 3, 100, 300, 1023, 64, 2, 0, 500, 200, 9000}[d.IntN(11)]
		b := &vec.Batch{N: n}
		for i, t := range types {
			v := vectest.Column(rng, t, n, nulls[i], distinct)
			if i == len(types)-1 {
				v = times(rng, n)
			}
			if t.Kind != vec.Bool && n > 0 && d.IntN(4) == 0 {
				v = vectest.Dictionary(rng, v)
			}
			b.Cols = append(b.Cols, v)
		}
		batches = append(batches, b)
	}
	policy := []pw.BadRows{pw.Skip, pw.Reject, pw.Fail}[d.IntN(3)]
	return pw.NewSource(pw.NewMemory(pw.NewSchema(fields...), batches), pw.SourceOptions{}).OnBadRow(policy)
}

// program is some tables and what they mean.
type program struct {
	tables []*pw.Table
	nodes  []plan.Node
	want   *plantest.Result
	rows   [][]string // of each table, as text, sorted if the table has no order
}

func newProgram(t *rapid.T, tables []*pw.Table) *program {
	p := &program{tables: tables}
	for _, table := range tables {
		n, err := table.Plan()
		if err != nil {
			t.Fatalf("the generator made an error: %v", err)
		}
		p.nodes = append(p.nodes, n)
	}
	p.want = plantest.Run(p.nodes)
	for i, n := range p.nodes {
		p.rows = append(p.rows, comparable(tables[i], p.want.Rows[n]))
	}
	return p
}

// comparable is a table's rows as texts that are equal if they are the same, in any order if the table has none. Of
// rejected rows it is their number: the reasons depend on how the plan is run.
func comparable(t *pw.Table, rows [][]any) []string {
	out := make([]string, len(rows))
	if t.Schema() == plan.RejectedSchema {
		return out
	}
	for i, r := range rows {
		out[i] = plantest.RowText(r)
	}
	if !tabletest.KeepsOrder(t) {
		slices.Sort(out)
	}
	return out
}

// check says what is wrong with a run under c, or "".
func (p *program) check(t *rapid.T, c microbatch.Config) string {
	sinks := make([]keepingSink, len(p.tables))
	outputs := make([]pw.Output, len(p.tables))
	for i, table := range p.tables {
		outputs[i] = pw.NewOutput(table, &sinks[i], nil)
	}
	err := c.Run(t.Context(), outputs...)
	if sinks[0].env == nil {
		return fmt.Sprintf("wasn't begun: %v", err)
	}
	if n := sinks[0].env.Budget.Used(); n != 0 {
		return fmt.Sprintf("%d bytes are still charged (error: %v)", n, err)
	}
	if left, _ := os.ReadDir(c.TempDir); len(left) > 0 {
		return fmt.Sprintf("%v is left (error: %v)", left, err)
	}
	switch {
	case err != nil && c.MaxMemory > 0 && strings.Contains(err.Error(), "max_memory"):
		return ""
	case err != nil && p.want.Failed == nil:
		return fmt.Sprintf("failed: %v", err)
	case err == nil && p.want.Certain:
		return fmt.Sprintf("succeeded, want %v", p.want.Failed)
	case p.want.Failed != nil: // behind a Limit: the run may have met it or not
		return ""
	}
	for i := range sinks {
		if problem := differs(comparable(p.tables[i], sinks[i].rows()), p.rows[i]); problem != "" {
			return fmt.Sprintf("output %d: %s", i, problem)
		}
	}
	return ""
}

// differs says where rows differ first, or "".
func differs(got, want []string) string {
	if slices.Equal(got, want) {
		return ""
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	at := func(rows []string) string {
		if i < len(rows) {
			return rows[i]
		}
		return "none"
	}
	return fmt.Sprintf("%d rows, want %d; the first that differs is row %d:\n got %s\nwant %s", len(got), len(want), i, at(got), at(want))
}

// times is a column of timestamps within a few minutes of each other, some of them NULL.
func times(rng *rand.Rand, n int) *vec.Vec {
	b := vec.NewBuilder(vec.TTimestamp(vec.Micro), n)
	for range n {
		if rng.IntN(20) == 0 {
			b.AppendNull()
			continue
		}
		b.AppendScalar(vec.Scalar{Type: vec.TTimestamp(vec.Micro), I: rng.Int64N(200) * 500_000})
	}
	return b.Finish()
}
