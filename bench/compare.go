package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Compare runs the same queries on several engines, interleaved.
type Compare struct {
	Engines []Command // the first is pwcol, the one that ratios are about
	Whole   []Whole   // programs for the query that measures whole processes
	Rows    int       // of the inputs whose size isn't fixed
	Rounds  int       // that are measured; one before them, to warm up, is not
	Threads int
	Data    *Data
	OutDir  string // where engines write results; "" is the system's folder for temporary files
	Log     func(format string, args ...any)
}

// Whole is a program that does the seed batch job from a CSV file to a CSV file.
type Whole struct {
	Name, Version string
	Args          func(in, out string) []string
}

// wholeRounds is how often whole processes are measured at least: they are short, and starts vary most.
const wholeRounds = 20

// Run measures the queries. An engine that fails or computes something else than the others is in the report's
// Problems; the rest goes on.
func (c *Compare) Run(ctx context.Context, queries []Query) (*Report, error) {
	outDir, err := os.MkdirTemp(c.OutDir, "pwcol-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(outDir)

	report := &Report{Machine: ThisMachine(), Threads: c.Threads, Rounds: c.Rounds}
	engines, err := c.start(ctx, report)
	defer func() {
		for _, e := range engines {
			_ = e.Close() // its answers are in
		}
	}()
	if err != nil {
		return nil, err
	}
	for _, q := range queries {
		result, err := c.measure(ctx, q, c.askable(q, engines), outDir, report)
		if err != nil {
			return report, err
		}
		report.Results = append(report.Results, result)
	}
	return report, nil
}

// start starts the engines. One that isn't there is a problem for the report; pwcol has to be there.
func (c *Compare) start(ctx context.Context, report *Report) ([]Engine, error) {
	var engines []Engine
	for i, command := range c.Engines {
		e, err := command.Start(ctx)
		if err != nil && i == 0 {
			return engines, err
		}
		if err != nil {
			report.problem("%v", err)
			c.Log("%v", err)
			continue
		}
		engines = append(engines, e)
		report.Versions = append(report.Versions, EngineVersion{e.Name(), e.Version()})
	}
	for _, w := range c.Whole {
		if !slices.ContainsFunc(report.Versions, func(v EngineVersion) bool { return v.Name == w.Name }) {
			report.Versions = append(report.Versions, EngineVersion{w.Name, w.Version})
		}
	}
	return engines, nil
}

// askable is the engines that know the query, in the way in which it is measured.
func (c *Compare) askable(q Query, living []Engine) []Engine {
	var out []Engine
	if q.how == wholeProcess {
		for _, w := range c.Whole {
			out = append(out, whole{w.Name, w.Version, func(r Request) []string { return w.Args(r.File, r.Out) }})
		}
		return out
	}
	for _, e := range living {
		if !e.Knows(q.ask) {
			continue
		}
		if q.how == inProcess {
			i := slices.IndexFunc(c.Engines, func(command Command) bool { return command.Name == e.Name() })
			e = fresh{e, c.Engines[i]}
		}
		out = append(out, e)
	}
	return out
}

// measured is what the rounds of one query gave for one engine.
type measured struct {
	engine  Engine
	answers []Answer
	outcome outcome
	failed  bool
}

func (c *Compare) measure(ctx context.Context, q Query, engines []Engine, outDir string, report *Report) (Result, error) {
	rows := q.rows
	if rows == 0 {
		rows = c.Rows
	}
	result := Result{Query: q.Name, Title: q.Title, Rows: rows, Memory: q.how == inProcess}
	file, err := c.Data.file(ctx, q.data, rows)
	if err != nil {
		return result, err
	}
	all := make([]*measured, len(engines))
	for i, e := range engines {
		all[i] = &measured{engine: e}
	}
	warmUp, rounds := c.rounds(q)
	for round := range warmUp + rounds {
		for i := range all {
			m := all[(i+round)%len(all)]
			if err := m.ask(ctx, q, file, outDir, round >= warmUp); err != nil {
				if ctx.Err() != nil {
					return result, ctx.Err()
				}
				report.problem("%v", err)
				c.Log("%v", err)
			}
		}
	}
	if q.out == ".parquet" {
		report.readFiles(ctx, q, all, outDir)
	}
	report.compareOutcomes(q.Name, all)
	for _, m := range all {
		if !m.failed {
			result.Lines = append(result.Lines, newLine(m))
		}
	}
	result.rank()
	c.Log("%s", result.oneLine())
	return result, nil
}

// rounds is how many rounds a query has that don't count and that do. Peak memory is taken of fresh processes, once;
// before that the file comes into the page cache, or the first engine's time would be the disk's.
func (c *Compare) rounds(q Query) (warmUp, rounds int) {
	switch q.how {
	case inProcess:
		return 1, 1
	case wholeProcess:
		return 1, max(c.Rounds, wholeRounds)
	}
	return 1, c.Rounds
}

// ask runs the query on one engine. After a failure the engine isn't asked this query again.
func (m *measured) ask(ctx context.Context, q Query, file, outDir string, counts bool) error {
	if m.failed {
		return nil
	}
	r := Request{Query: q.ask, File: file, Out: m.out(q, outDir)}
	if r.Out != "" {
		if err := os.Remove(r.Out); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	a, err := m.engine.Ask(ctx, r)
	if err != nil {
		m.failed = true
		return err
	}
	if !counts {
		return nil
	}
	m.answers = append(m.answers, a)
	csvFile := ""
	if q.out == ".csv" {
		csvFile = r.Out
	}
	if m.outcome, err = readOutcome(a, csvFile); err != nil {
		m.failed = true
		return fmt.Errorf("%s: %s: %w", m.engine.Name(), q.Name, err)
	}
	return nil
}

func (m *measured) out(q Query, outDir string) string {
	if q.out == "" {
		return ""
	}
	return filepath.Join(outDir, m.engine.Name()+"-"+q.Name+q.out)
}

// compareOutcomes reports every engine whose result differs from the first one's.
func (r *Report) compareOutcomes(query string, all []*measured) {
	var first *measured
	for _, m := range all {
		switch {
		case m.failed:
		case first == nil:
			first = m
		default:
			if d := first.outcome.difference(m.outcome); d != "" {
				r.problem("%s: %s and %s computed different results: %s", query, first.engine.Name(), m.engine.Name(), d)
			}
		}
	}
}

// readFiles has one engine read the Parquet files that all wrote, and makes what it finds their outcomes. It is the last
// one, so that pwcol's is read by another if there is one.
func (r *Report) readFiles(ctx context.Context, q Query, all []*measured, outDir string) {
	if len(all) == 0 {
		return
	}
	reader := all[len(all)-1].engine
	for _, m := range all {
		if m.failed {
			continue
		}
		a, err := reader.Ask(ctx, Request{Query: "parquet_sums", File: m.out(q, outDir)})
		if err != nil {
			r.problem("%s: %s can't read the file of %s: %v", q.Name, reader.Name(), m.engine.Name(), err)
			m.failed = true
			continue
		}
		m.outcome = outcome{rows: a.Rows, sums: a.Sums}
	}
}
