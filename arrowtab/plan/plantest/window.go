package plantest

import (
	"cmp"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// span is a window: start ≤ time < end, in µs.
type span struct{ start, end int64 }

// windows is the windows that have rows, by their time, then by their keys' first rows.
func windows(n *plan.Window, rows [][]any) ([][]any, error) {
	if n.Processing {
		panic("plantest: there is no clock")
	}
	type group struct {
		span
		keys []any
		rows [][]any
	}
	groups := map[string]*group{}
	var all []*group
	for _, row := range rows {
		for _, s := range spansOf(n, rows, row) {
			keys := keysOf(n.Keys, row)
			name := RowText(append([]any{s.start, s.end}, keys...))
			g := groups[name]
			if g == nil {
				g = &group{span: s, keys: keys}
				groups[name], all = g, append(all, g)
			}
			g.rows = append(g.rows, row)
		}
	}
	slices.SortStableFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	var out [][]any
	var failed error
	perMicro := n.Out.Field(0).Type.Unit.PerSecond()
	for _, g := range all {
		results, err := reduceAll(n.Aggs, g.rows)
		failed = cmp.Or(failed, err)
		row := []any{inUnit(g.start, perMicro), inUnit(g.end, perMicro)}
		out = append(out, slices.Concat(row, g.keys, results))
	}
	return out, failed
}

// inUnit is µs in ticks of which there are so many a second.
func inUnit(us, perSecond int64) any {
	if perSecond > 1e6 {
		return us * (perSecond / 1e6)
	}
	return us / (1e6 / perSecond)
}

// timeOf is a row's time in whole µs, rounded down.
func timeOf(n *plan.Window, row []any) int64 {
	perSecond := n.Out.Field(0).Type.Unit.PerSecond()
	t := row[n.Time].(int64)
	if perSecond > 1e6 {
		return floorDiv(t, perSecond/1e6)
	}
	return t * (1e6 / perSecond)
}

func floorDiv(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// spansOf is the windows that a row of rows is in.
func spansOf(n *plan.Window, rows [][]any, row []any) []span {
	t := timeOf(n, row)
	var spans []span
	switch n.Kind {
	case plan.Tumbling:
		start := n.Origin + floorDiv(t-n.Origin, n.Size)*n.Size
		return []span{{start, start + n.Size}}
	case plan.Sliding:
		for start := n.Origin + floorDiv(t-n.Origin, n.Step)*n.Step; start+n.Size > t; start -= n.Step {
			spans = append(spans, span{start, start + n.Size})
		}
	case plan.Cumulating:
		start := n.Origin + floorDiv(t-n.Origin, n.Size)*n.Size
		for end := start + n.Step; end <= start+n.Size; end += n.Step {
			if t < end {
				spans = append(spans, span{start, end})
			}
		}
	case plan.Session:
		return []span{session(n, rows, row)}
	}
	return spans
}

// session is the session of a row: it grows, row by row, until no row of the same keys is less than a gap away.
func session(n *plan.Window, rows [][]any, row []any) span {
	keys := RowText(keysOf(n.Keys, row))
	s := span{timeOf(n, row), timeOf(n, row) + n.Size}
	for grown := true; grown; {
		grown = false
		for _, other := range rows {
			t := timeOf(n, other)
			if RowText(keysOf(n.Keys, other)) != keys || t >= s.end || t+n.Size <= s.start {
				continue
			}
			wider := span{min(s.start, t), max(s.end, t+n.Size)}
			grown = grown || wider != s
			s = wider
		}
	}
	return s
}
