package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteText writes the report for a terminal.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", r.setting(), r.versions())
	b.WriteString(r.lines())
	b.WriteString("ratio: least time (or peak memory) of the engine over the least of all others\n")
	if line := r.geometricMeans(); line != "" {
		b.WriteString(line + "\n")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "PROBLEM: %s\n", p)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lines is a line for each query and engine, and an empty one behind each query.
func (r *Report) lines() string {
	var b strings.Builder
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "query             \trows\tengine\tleast s\tmedian s\tCPU s\tpeak MB\tratio\t\n")
	for _, result := range r.Results {
		for _, l := range result.Lines {
			fmt.Fprintf(t, "%-18s\t%s\t%s\t%.4f\t%.4f\t%.3f\t%s\t%s\t\n", result.Query, thousands(result.Rows), l.Engine,
				l.Least, l.Median, l.CPU, megabytes(result.ownPeak(l)), ratio(l.Ratio))
		}
		fmt.Fprint(t, "\t\t\t\t\t\t\t\t\n")
	}
	_ = t.Flush() // into memory
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(strings.TrimRight(lines[i], " "), "  ")
	}
	return strings.Join(lines, "\n")
}

// WriteMarkdown writes the report as it is in BENCHMARKS.md: a line for each query, a column for each engine.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\nSeconds: least / median / CPU.\n\n", r.setting(), r.versions())
	r.table(&b, "| work | rows |", "", func(result *Result, l *Line) string {
		if result.Memory {
			return ""
		}
		return fmt.Sprintf("%.3g / %.3g / %.3g", l.Least, l.Median, l.CPU)
	})
	if line := r.geometricMeans(); line != "" {
		b.WriteString("\n" + line + "\n")
	}
	r.table(&b, "| peak memory, MB | rows |", "\n", func(result *Result, l *Line) string {
		return megabytes(result.ownPeak(*l))
	})
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\n**%s**\n", p)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table writes the results for which cell gives a text for some engine; before stands in front of a table that isn't
// empty.
func (r *Report) table(b *strings.Builder, head, before string, cell func(*Result, *Line) string) {
	columns := r.columns(cell)
	if len(columns) == 0 {
		return
	}
	fmt.Fprintf(b, "%s%s %s | ratio |\n|---|---|%s---|\n", before, head, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for i := range r.Results {
		result, any := &r.Results[i], false
		line := fmt.Sprintf("| %s | %s |", result.Title, thousands(result.Rows))
		for _, engine := range columns {
			text := ""
			if l := result.line(engine); l != nil {
				text = cell(result, l)
			}
			any = any || text != ""
			line += " " + text + " |"
		}
		if any {
			fmt.Fprintf(b, "%s %s |\n", line, ratio(result.Lines[0].Ratio))
		}
	}
}

// columns is the engines for which there is a cell that isn't empty.
func (r *Report) columns(cell func(*Result, *Line) string) []string {
	var columns []string
	for _, v := range r.Versions {
		for i := range r.Results {
			if l := r.Results[i].line(v.Name); l != nil && cell(&r.Results[i], l) != "" {
				columns = append(columns, v.Name)
				break
			}
		}
	}
	return columns
}

// ownPeak is the line's peak memory where it is that of this query alone; 0 where it isn't.
func (r *Result) ownPeak(l Line) int64 {
	if !r.Memory {
		return 0
	}
	return l.Peak
}

func (r *Report) setting() string {
	return fmt.Sprintf("%s. %d threads, %d rounds, interleaved. Warm: files in the page cache, one round before those that count.",
		r.Machine, r.Threads, r.Rounds)
}

func (r *Report) versions() string {
	parts := make([]string, len(r.Versions))
	for i, v := range r.Versions {
		parts[i] = v.Name + " " + v.Version
	}
	return strings.Join(parts, ", ") + "."
}

// geometricMeans is the line about the group-by questions, if they were asked.
func (r *Report) geometricMeans() string {
	if len(r.Versions) < 2 {
		return ""
	}
	var parts []string
	for _, v := range r.Versions[1:] {
		if ratios := r.against(r.Versions[0].Name, v.Name, "groupby_"); len(ratios) > 1 {
			parts = append(parts, fmt.Sprintf("%.2f × %s", geometricMean(ratios), v.Name))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "group-by questions, geometric mean of least times: " + strings.Join(parts, ", ")
}

func ratio(x float64) string {
	if x == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", x)
}

func megabytes(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", float64(bytes)/1e6)
}
