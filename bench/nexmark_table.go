package bench

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/pwcol/pwcol/bench/nexmark"
)

// NexmarkTable measures queries of Nexmark, each in a process of its own: first as fast as it goes, then, for its latency, at half of that rate.
type NexmarkTable struct {
	Self    []string // starts a NexmarkCase: a program and arguments, to which the case is added as JSON
	Queries []string
	Case    NexmarkCase // all but the query
	Latency bool
	Log     func(format string, args ...any)
}

// NexmarkLine is a line of the table.
type NexmarkLine struct {
	Query   string
	Case    NexmarkCase
	F       NexmarkFigures
	Offered int64 // events a second at which the latency was measured; 0: it wasn't
	Latency Latencies
}

// PerCore is the events, of all kinds as Nexmark counts them, in a second of one core.
func (l NexmarkLine) PerCore() float64 { return float64(l.Case.Events) / max(l.F.CPU, 1e-9) }

// PerSecond is the events in a second of all cores.
func (l NexmarkLine) PerSecond() float64 { return float64(l.Case.Events) / l.F.Seconds }

// The run for latency is at most 5 s long. It has a hundred commits a second; more if it is short, so that there is a 99th percentile.
const (
	nexmarkLatencySeconds   = 5
	nexmarkCommitsPerSecond = 100
	nexmarkLeastCommits     = 200
)

// Run measures all queries.
func (t *NexmarkTable) Run(ctx context.Context) ([]NexmarkLine, error) {
	if _, err := nexmark.New(nexmark.Config{Rate: t.Case.EventRate}); err != nil {
		return nil, err
	}
	for _, q := range t.Queries {
		if _, err := nexmark.QueryOf(q); err != nil {
			return nil, err
		}
	}
	var lines []NexmarkLine
	for _, q := range t.Queries {
		line, err := t.query(ctx, q)
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (t *NexmarkTable) query(ctx context.Context, name string) (NexmarkLine, error) {
	c := t.Case
	c.Query = name
	line := NexmarkLine{Query: name, Case: c}
	var err error
	if line.F, err = runProgram[NexmarkFigures](ctx, t.Self, c); err != nil {
		return line, err
	}
	t.Log("%s: %s events/s per core, %s/s in all", name, thousands(int(line.PerCore())), thousands(int(line.PerSecond())))
	if !t.Latency {
		return line, nil
	}
	line.Offered = max(1, int64(line.PerSecond()/2))
	c.Offered = line.Offered
	c.Events = min(c.Events, nexmarkLatencySeconds*c.Offered)
	c.Commit = max(1, min(c.Offered/nexmarkCommitsPerSecond, c.Events/nexmarkLeastCommits))
	f, err := runProgram[NexmarkFigures](ctx, t.Self, c)
	line.Latency = f.Latencies
	return line, err
}

// nexmarkPublished is what others have published, in thousands of events a second per core.
//
// Flink: nexmark/nexmark, GUIDE_V1: 8 task managers with RocksDB, mini-batches of 2 s or 50,000 rows, checkpoints; cores as sampled; the events are
// made in the same processes. DBSP: feldera, pull request dbsp#198 of 2022 and runs of its CI, in memory; cores are workers, the threads
// that make events beside them aren't counted.
var nexmarkPublished = map[string]struct{ flink, dbsp string }{
	"q0": {"155", "1,173"}, "q1": {"158", "1,093"}, "q2": {"175", "1,094"}, "q3": {"152", "1,008"}, "q4": {"34", "738–811"}, "q5": {"22", "868"},
	"q7": {"12", ""}, "q8": {"146", ""}, "q9": {"14", ""}, "q11": {"40", ""}, "q12": {"76", ""}, "q14": {"161", ""}, "q15": {"72", ""},
	"q16": {"19", ""}, "q17": {"117", ""}, "q18": {"54", ""}, "q19": {"44", ""}, "q20": {"19", ""}, "q22": {"130", ""},
}

// WriteNexmarkText writes the lines as aligned tables, narrow enough for a terminal: speed, beside what others have published, and, where it was measured, latency.
func WriteNexmarkText(w io.Writer, lines []NexmarkLine) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\tk events/s\t\t\tk events/s\t\trows\t\tpeak\tstate\t\n")
	fmt.Fprint(t, "query\tper core\tFlink\tDBSP\tin all\tcores\tout\tepochs\tMB\tMB\t\n")
	for _, l := range lines {
		f, p := l.F, nexmarkPublished[l.Query]
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%.2f\t%s\t%d\t%.0f\t%.0f\t\n", l.Query, thousands(int(l.PerCore()/1e3)), p.flink, p.dbsp,
			thousands(int(l.PerSecond()/1e3)), f.CPU/f.Seconds, thousands(int(f.Rows)), f.Epochs, float64(f.Peak)/1e6, float64(f.State)/1e6)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if err := writeNexmarkLatencies(w, lines); err != nil {
		return err
	}
	_, err := io.WriteString(w, `
Events are of all kinds, as Nexmark counts them. They are made before, in memory
as columns; every query is handed all of them, and its sink reads every column
of what comes out. Published, per core: Flink with RocksDB and checkpoints,
events made in the same processes (nexmark, GUIDE_V1); DBSP in memory, a core is
a worker (dbsp#198).
`)
	return err
}

// writeNexmarkLatencies writes the second table; nothing, if no latency was measured.
func writeNexmarkLatencies(w io.Writer, lines []NexmarkLine) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	measured := false
	for _, l := range lines {
		if l.Offered == 0 {
			continue
		}
		if !measured {
			measured = true
			fmt.Fprint(t, "\nquery\tk events/s offered\tp50 ms\tp95 ms\tp99 ms\tmax ms\t\n")
		}
		fmt.Fprintf(t, "%s\t%s\t%.1f\t%.1f\t%.1f\t%.1f\t\n", l.Query, thousands(int(l.Offered/1e3)), l.Latency.P50, l.Latency.P95, l.Latency.P99, l.Latency.Max)
	}
	return t.Flush()
}

// WriteNexmarkCSV writes the lines for programs: a row a query, times of latency empty where it wasn't measured.
func WriteNexmarkCSV(w io.Writer, lines []NexmarkLine) error {
	out := csv.NewWriter(w)
	records := [][]string{{
		"query", "events", "event_rate", "duration", "throughput", "throughput_per_core", "cpu_seconds", "rows_out", "epochs", "peak_memory_mb", "state_mb",
		"offered", "p50_ms", "p95_ms", "p99_ms", "max_ms",
	}}
	for _, l := range lines {
		f := l.F
		record := []string{
			l.Query, strconv.FormatInt(l.Case.Events, 10), strconv.FormatInt(l.Case.EventRate, 10), decimal(f.Seconds, 3), decimal(l.PerSecond(), 0),
			decimal(l.PerCore(), 0), decimal(f.CPU, 3), strconv.FormatInt(f.Rows, 10), strconv.FormatInt(f.Epochs, 10), decimal(float64(f.Peak)/1e6, 1),
			decimal(float64(f.State)/1e6, 1), "", "", "", "", "",
		}
		if l.Offered > 0 {
			copy(record[len(record)-5:], append([]string{strconv.FormatInt(l.Offered, 10)}, l.Latency.cells()...))
		}
		records = append(records, record)
	}
	return out.WriteAll(records)
}
