package tabletest

import (
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
)

// windowsPerRow is the most windows that a row is in.
const windowsPerRow = 4

// mostSessions is how many rows may be put into sessions: plantest looks at each from each other.
const mostSessions = 2000

// window is t with a watermark, or in windows, t itself if it has no times.
func (g Generator) window(t *pw.Table) *pw.Table {
	column := g.timestamp(t.Schema())
	if column == "" {
		return t
	}
	// Times that are beyond what a window can begin or end at are of no interest.
	ts := pw.Col(column)
	t = t.Filter(ts.IsNull().Or(ts.Between(time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC))))
	if g.pick(3) == 0 {
		return t.Watermark(column, time.Duration(g.pick(3))*time.Minute)
	}
	var options []pw.WindowOption
	if n := g.pick(3); n > 0 {
		options = append(options, pw.By(g.keys(t.Schema(), n)...))
	}
	if g.pick(4) == 0 {
		options = append(options, pw.Lateness(time.Minute), pw.EmitEarly(time.Second))
	}
	kind := g.windowKind(rowsAtMost(t) > mostSessions)
	windowed := t.WindowBy(column, kind, options...).Reduce(g.reducers(t.Schema())...)
	if g.pick(6) == 0 {
		return windowed.Late()
	}
	return windowed
}

func (g Generator) windowKind(many bool) pw.Window {
	d := []time.Duration{time.Second, 10 * time.Second, 7 * time.Minute, 24 * time.Hour}[g.pick(4)]
	switch g.pick(4) {
	case 0:
		return pw.Sliding(d*windowsPerRow, d)
	case 1:
		return pw.Cumulating(d, d*3)
	case 2:
		if !many {
			return pw.Session(d)
		}
	}
	return pw.Tumbling(d)
}

// timestamp is a column of times in no smaller unit than the engine's, "" if there is none.
func (g Generator) timestamp(s *pw.Schema) string {
	var names []string
	for _, f := range s.Fields() {
		if f.Type.Kind == vec.Timestamp && f.Type.Unit <= vec.Micro {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[g.pick(len(names))]
}
