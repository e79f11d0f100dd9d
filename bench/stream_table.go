package bench

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"
)

// StreamRates are the rates of the seed stream's table, in rows a second.
func StreamRates() []int { return []int{100, 500, 1_000, 5_000, 10_000, 100_000, 1_000_000} }

// StreamTable measures the seed stream at several rates and the highest that can be sustained, each case in a process of
// its own.
type StreamTable struct {
	Self     []string // starts StreamCase: a program and arguments, to which the case is added as JSON
	Rates    []int
	Ticks    []time.Duration
	Duration time.Duration
	Search   bool                // also search the sustainable rates
	Peers    map[string][]string // programs that take a case like Self
	Log      func(format string, args ...any)
}

// StreamLine is a line of the table.
type StreamLine struct {
	Engine string
	Mode   string // "stream", or what was searched
	Case   StreamCase
	F      StreamFigures
	OwnCPU float64 // the CPU time beyond the generator's, in percent of one core
}

// What was searched.
const (
	sustainedColumns = "sustainable, source of columns"
	sustainedRows    = "sustainable, source of single rows"
)

// Run measures all cases; engines take turns at each. That an engine processed other rows than it was given is an error, of a peer a line in the log.
func (t *StreamTable) Run(ctx context.Context) ([]StreamLine, error) {
	cases, err := t.cases()
	if err != nil {
		return nil, err
	}
	t.Log("runs: %d of %s each, and as many of the generator alone: about %s for each engine",
		len(cases), t.Duration, (2 * time.Duration(len(cases)) * t.Duration).Round(time.Second))
	var lines []StreamLine
	for _, c := range cases {
		line, err := t.measure(ctx, "pwcol", t.Self, c)
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
		peers, err := t.peers(ctx, c)
		lines = append(lines, peers...)
		if err != nil {
			return lines, err
		}
	}
	if !t.Search {
		return lines, nil
	}
	for _, rows := range []bool{false, true} {
		line, err := t.search(ctx, rows)
		if err != nil {
			return lines, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func (t *StreamTable) cases() ([]StreamCase, error) {
	var cases []StreamCase
	for _, tick := range t.Ticks {
		for _, rate := range t.Rates {
			c := StreamCase{Rate: rate, Tick: tick, Duration: t.Duration}
			if err := c.check(); err != nil {
				return nil, err
			}
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// measure runs a case, and its generator alone.
func (t *StreamTable) measure(ctx context.Context, engine string, program []string, c StreamCase) (StreamLine, error) {
	line := StreamLine{Engine: engine, Mode: "stream", Case: c}
	var err error
	if line.F, err = runProgram[StreamFigures](ctx, program, c); err != nil {
		return line, err
	}
	if err := line.subtractGenerator(ctx, program); err != nil {
		return line, err
	}
	t.Log("%s, %s rows/s, tick %s: p50 %.2f ms, p99 %.2f ms, %.1f %% of a core", engine, thousands(c.Rate), c.Tick, line.F.P50, line.F.P99, line.OwnCPU)
	return line, nil
}

// subtractGenerator works out OwnCPU.
func (l *StreamLine) subtractGenerator(ctx context.Context, program []string) error {
	alone := l.Case
	alone.Alone = true
	g, err := runProgram[StreamFigures](ctx, program, alone)
	l.OwnCPU = 100 * max(0, l.F.CPU/l.F.Seconds-g.CPU/g.Seconds)
	return err
}

func (t *StreamTable) peers(ctx context.Context, c StreamCase) ([]StreamLine, error) {
	var lines []StreamLine
	for name, program := range t.Peers {
		line, err := t.measure(ctx, name, program, c)
		switch {
		case ctx.Err() != nil:
			return lines, ctx.Err()
		case err != nil:
			t.Log("%s, %s rows/s: %v", name, thousands(c.Rate), err)
		default:
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// A rate is sustained if its backlog doesn't grow and its 99th percentile stays below sustainedP99.
const (
	sustainedP99  = 100 // ms
	sustainedLate = 4   // times the latency of the first half

	// searchDuration is the length of a run of the search, however short other runs are: in a few milliseconds any rate is sustained, as
	// the backlog has no time to grow beyond sustainedP99.
	searchDuration = 3 * time.Second
)

func (f StreamFigures) sustained(c StreamCase) bool {
	return f.P99 < sustainedP99 && f.Seconds < c.Duration.Seconds()*1.05+0.1 && (f.Late < sustainedLate || f.P99 < sustainedP99/4)
}

// search finds the highest rate that is sustained for searchDuration: doubled until it isn't, then halved in between four times.
func (t *StreamTable) search(ctx context.Context, rows bool) (StreamLine, error) {
	line := StreamLine{Engine: "pwcol", Mode: sustainedColumns}
	if rows {
		line.Mode = sustainedRows
	}
	try := func(rate int) (bool, error) {
		c := StreamCase{Rate: rate, Tick: time.Millisecond, Duration: searchDuration, Rows: rows}
		f, err := runProgram[StreamFigures](ctx, t.Self, c)
		if err != nil {
			return false, err
		}
		ok := f.sustained(c)
		t.Log("%s: %s rows/s: p99 %.1f ms, sustained: %v", line.Mode, thousands(rate), f.P99, ok)
		if ok {
			line.Case, line.F = c, f
		}
		return ok, nil
	}
	if err := highest(try); err != nil {
		return line, err
	}
	if line.Case.Rate == 0 {
		return line, fmt.Errorf("%s: there is none from 62,500 rows/s on", line.Mode)
	}
	return line, line.subtractGenerator(ctx, t.Self)
}

// highest tries rates from a million on, as search says.
func highest(try func(rate int) (bool, error)) error {
	low, high := 0, 1_000_000
	for halvings := 0; halvings < 5; {
		rate := high
		if halvings > 0 {
			rate = (low + high) / 2
		}
		ok, err := try(rate)
		switch {
		case err != nil:
			return err
		case ok && halvings == 0:
			low, high = high, 2*high
			continue
		case ok:
			low = rate
		default:
			high = rate
		}
		halvings++
	}
	return nil
}

// WriteStreamCSV writes the lines as performance_results.csv.
func WriteStreamCSV(w io.Writer, lines []StreamLine) error {
	out := csv.NewWriter(w)
	records := [][]string{{
		"engine", "mode", "rate", "tick_ms", "duration", "throughput", "given_records", "processed_records", "own_cpu_percent", "peak_memory_mb",
		"epochs_per_second", "p50_ms", "p95_ms", "p99_ms", "max_ms",
	}}
	for _, l := range lines {
		f := l.F
		records = append(records, append([]string{
			l.Engine, l.Mode, strconv.Itoa(l.Case.Rate), decimal(float64(l.Case.Tick)/1e6, -1), decimal(f.Seconds, 3), decimal(float64(f.Processed)/f.Seconds, 0),
			strconv.FormatInt(f.Given, 10), strconv.FormatInt(f.Processed, 10), decimal(l.OwnCPU, 2), decimal(float64(f.Peak)/1e6, 1),
			decimal(float64(f.Epochs)/f.Seconds, 0),
		}, f.cells()...))
	}
	return out.WriteAll(records)
}

// WriteStreamText writes the lines as an aligned table, narrow enough for a terminal.
func WriteStreamText(w io.Writer, lines []StreamLine) error {
	t := tabwriter.NewWriter(w, 0, 0, 1, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "\toffered\t\tdone\town\tpeak\tepochs\tp50\tp95\tp99\tmax\t\n")
	fmt.Fprint(t, "engine\trows/s\ttick\t%\tCPU %\tMB\t/s\tms\tms\tms\tms\t\n")
	for _, l := range lines {
		f := l.F
		fmt.Fprintf(t, "%s%s\t%s\t%s\t%.1f\t%.1f\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t\n", l.Engine, streamMarks[l.Mode], thousands(l.Case.Rate), l.Case.Tick,
			100*float64(f.Processed)/float64(max(1, f.Given)), l.OwnCPU, float64(f.Peak)/1e6,
			float64(f.Epochs)/f.Seconds, f.P50, f.P95, f.P99, f.Max)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `
done: rows processed, of those that were given.
own CPU: beyond what the generator takes alone, in percent of one core.
*: the highest rate that can be sustained: the backlog doesn't grow, and p99 is
below %d ms. **: the same from a source of single rows; all others hand over
columns. Pathway's source is one of single rows.
`, sustainedP99)
	return err
}

// streamMarks are behind the engine's name.
var streamMarks = map[string]string{sustainedColumns: "*", sustainedRows: "**"}
