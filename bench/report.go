package bench

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Report is what a comparison found. It is written as JSON as it is.
type Report struct {
	Machine  Machine         `json:"machine"`
	Threads  int             `json:"threads"`
	Rounds   int             `json:"rounds"`
	Versions []EngineVersion `json:"versions"`
	Results  []Result        `json:"results"`
	Problems []string        `json:"problems"` // engines that failed, or that disagree
}

// EngineVersion is an engine that was measured.
type EngineVersion struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Result is what the engines did on one query.
type Result struct {
	Query string `json:"query"`
	Title string `json:"title"`
	Rows  int    `json:"rows"`
	// Memory says that peak memory is what was measured: each engine had a process of its own for it.
	Memory bool   `json:"memory"`
	Lines  []Line `json:"engines"` // the first is pwcol's, if it did it
}

// Line is one engine's figures for one query.
type Line struct {
	Engine string  `json:"engine"`
	Least  float64 `json:"least_seconds"`
	Median float64 `json:"median_seconds"`
	CPU    float64 `json:"least_cpu_seconds"`
	Peak   int64   `json:"peak_bytes"` // of the process so far; only in a fresh process this query's own
	// Ratio is Least over the least of the other engines' Least, or Peak over theirs where memory was measured;
	// MedianRatio is the same of Median. 0: there is no other.
	Ratio       float64 `json:"ratio"`
	MedianRatio float64 `json:"median_ratio"`

	rounds []float64
}

func newLine(m *measured) Line {
	var seconds, cpu []float64
	peak := int64(0)
	for _, a := range m.answers {
		seconds = append(seconds, a.Seconds)
		cpu = append(cpu, a.CPU)
		peak = max(peak, a.Peak)
	}
	return Line{
		Engine: m.engine.Name(), Least: slices.Min(seconds), Median: median(seconds), CPU: slices.Min(cpu), Peak: peak,
		rounds: seconds,
	}
}

// rank works out the ratios.
func (r *Result) rank() {
	least := func(l Line) float64 { return l.Least }
	middle := func(l Line) float64 { return l.Median }
	if r.Memory {
		least = func(l Line) float64 { return float64(l.Peak) }
		middle = least
	}
	for i := range r.Lines {
		r.Lines[i].Ratio, r.Lines[i].MedianRatio = r.ratioOf(i, least), r.ratioOf(i, middle)
	}
}

// ratioOf is the i-th line's figure over the least of the others'; 0 if there is none.
func (r *Result) ratioOf(i int, figure func(Line) float64) float64 {
	others := slices.Delete(slices.Clone(r.Lines), i, i+1)
	if len(others) == 0 {
		return 0
	}
	best := slices.MinFunc(others, func(a, b Line) int { return cmp.Compare(figure(a), figure(b)) })
	if figure(best) == 0 {
		return 0
	}
	return figure(r.Lines[i]) / figure(best)
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// oneLine is "seed_csv: pwcol 0.412 s, polars 0.690 s …", the fastest first.
func (r *Result) oneLine() string {
	lines := slices.SortedStableFunc(slices.Values(r.Lines), func(a, b Line) int { return cmp.Compare(a.Least, b.Least) })
	parts := make([]string, len(lines))
	for i, l := range lines {
		parts[i] = fmt.Sprintf("%s %.3f s", l.Engine, l.Least)
	}
	return r.Query + ": " + strings.Join(parts, ", ")
}

// against is the ratios of the engine's least times to the other's over the queries whose names start with prefix.
func (r *Report) against(engine, other, prefix string) []float64 {
	var ratios []float64
	for _, result := range r.Results {
		if !strings.HasPrefix(result.Query, prefix) {
			continue
		}
		a, b := result.line(engine), result.line(other)
		if a != nil && b != nil {
			ratios = append(ratios, a.Least/b.Least)
		}
	}
	return ratios
}

func (r *Result) line(engine string) *Line {
	for i := range r.Lines {
		if r.Lines[i].Engine == engine {
			return &r.Lines[i]
		}
	}
	return nil
}
