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
	Engine string        `json:"engine"`
	Mode   string        `json:"mode"` // "stream", or what was searched
	Case   StreamCase    `json:"case"`
	F      StreamFigures `json:"figures"`
	// OwnCPU is the CPU time beyond the generator's, in percent of one core; NaN is unknown.
	OwnCPU float64 `json:"own_cpu_percent"`
}

// Run measures all cases; engines take turns at each. That an engine processed other rows than it was given is an error, of a peer a line in the log.
func (t *StreamTable) Run(ctx context.Context) ([]StreamLine, error) {
	var lines []StreamLine
	for _, tick := range t.Ticks {
		for _, rate := range t.Rates {
			c := StreamCase{Rate: rate, Tick: tick, Duration: t.Duration}
			line, err := t.own(ctx, c)
			if err != nil {
				return lines, err
			}
			lines = append(lines, line)
			lines = append(lines, t.peers(ctx, c)...)
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

// own runs a case, and the generator alone.
func (t *StreamTable) own(ctx context.Context, c StreamCase) (StreamLine, error) {
	line := StreamLine{Engine: "pwcol", Mode: "stream", Case: c}
	var err error
	if line.F, err = runProgram[StreamFigures](ctx, t.Self, c); err != nil {
		return line, err
	}
	alone := c
	alone.Alone = true
	g, err := runProgram[StreamFigures](ctx, t.Self, alone)
	if err != nil {
		return line, err
	}
	line.OwnCPU = 100 * max(0, line.F.CPU/line.F.Seconds-g.CPU/g.Seconds)
	t.Log("pwcol, %s rows/s, tick %s: p50 %.2f ms, p99 %.2f ms, %.1f %% of a core", thousands(c.Rate), c.Tick, line.F.P50, line.F.P99, line.OwnCPU)
	return line, nil
}

func (t *StreamTable) peers(ctx context.Context, c StreamCase) []StreamLine {
	var lines []StreamLine
	for name, args := range t.Peers {
		f, err := runProgram[StreamFigures](ctx, args, c)
		if err != nil {
			t.Log("%s, %s rows/s: %v", name, thousands(c.Rate), err)
			continue
		}
		t.Log("%s, %s rows/s, tick %s: p50 %.2f ms, p99 %.2f ms", name, thousands(c.Rate), c.Tick, f.P50, f.P99)
		lines = append(lines, StreamLine{Engine: name, Mode: "stream", Case: c, F: f, OwnCPU: 100 * f.CPU / f.Seconds})
	}
	return lines
}

// A rate is sustained if its backlog doesn't grow and its 99th percentile stays below sustainedP99.
const (
	sustainedP99  = 100 // ms
	sustainedLate = 4   // times the latency of the first half
)

func (f StreamFigures) sustained(c StreamCase) bool {
	return f.P99 < sustainedP99 && f.Seconds < c.Duration.Seconds()*1.05+0.1 && (f.Late < sustainedLate || f.P99 < sustainedP99/4)
}

// search finds the highest rate that is sustained for three seconds: doubled until it isn't, then halved in between four times.
func (t *StreamTable) search(ctx context.Context, rows bool) (StreamLine, error) {
	line := StreamLine{Engine: "pwcol", Mode: "sustainable, source of columns"}
	if rows {
		line.Mode = "sustainable, source of single rows"
	}
	low, high := 0, 1_000_000
	try := func(rate int) (bool, error) {
		c := StreamCase{Rate: rate, Tick: time.Millisecond, Duration: min(t.Duration, 3*time.Second), Rows: rows}
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
	for step := 0; step < 5; {
		rate := high
		if step > 0 {
			rate = (low + high) / 2
		}
		ok, err := try(rate)
		switch {
		case err != nil:
			return line, err
		case ok && step == 0:
			low, high = high, 2*high
		case ok:
			low = rate
			step++
		default:
			high = rate
			step++
		}
	}
	return line, nil
}

// WriteStreamCSV writes the lines as performance_results.csv.
func WriteStreamCSV(w io.Writer, lines []StreamLine) error {
	out := csv.NewWriter(w)
	records := [][]string{{
		"engine", "mode", "rate", "tick_ms", "duration", "throughput", "given_records", "processed_records", "own_cpu_percent", "peak_memory_mb",
		"epochs_per_second", "p50_ms", "p95_ms", "p99_ms", "max_ms",
	}}
	number := func(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }
	for _, l := range lines {
		f := l.F
		records = append(records, []string{
			l.Engine, l.Mode, strconv.Itoa(l.Case.Rate), number(float64(l.Case.Tick)/1e6, 0), number(f.Seconds, 3), number(float64(f.Processed)/f.Seconds, 0),
			strconv.FormatInt(f.Given, 10), strconv.FormatInt(f.Processed, 10), number(l.OwnCPU, 2), number(float64(f.Peak)/1e6, 1),
			number(float64(f.Epochs)/f.Seconds, 0), number(f.P50, 3), number(f.P95, 3), number(f.P99, 3), number(f.Max, 3),
		})
	}
	return out.WriteAll(records)
}

// WriteStreamText writes the lines as an aligned table.
func WriteStreamText(w io.Writer, lines []StreamLine) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "engine\tmode\toffered rows/s\ttick\tprocessed %\trows/s\town CPU %\tpeak MB\tepochs/s\tp50 ms\tp95 ms\tp99 ms\tmax ms\t\n")
	for _, l := range lines {
		f := l.F
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.1f\t%s\t%.1f\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t\n", l.Engine, l.Mode, thousands(l.Case.Rate), l.Case.Tick,
			100*float64(f.Processed)/float64(max(1, f.Given)), thousands(int(float64(f.Processed)/f.Seconds)), l.OwnCPU, float64(f.Peak)/1e6,
			float64(f.Epochs)/f.Seconds, f.P50, f.P95, f.P99, f.Max)
	}
	return t.Flush()
}
