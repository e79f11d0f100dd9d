package arrowtab

import (
	"fmt"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Window is a way to cut time into windows: Tumbling, Sliding, Cumulating or Session. A window contains its start but not its end.
type Window struct {
	kind       plan.WindowKind
	size, step time.Duration
}

// Tumbling windows are size long and follow each other without gaps: [0:00, 0:05), [0:05, 0:10) …
func Tumbling(size time.Duration) Window { return Window{kind: plan.Tumbling, size: size} }

// Sliding windows are size long, and one begins every step: a row is in size/step of them. Sliding(10*time.Minute, time.Minute) is
// the last ten minutes, every minute.
func Sliding(size, step time.Duration) Window {
	return Window{kind: plan.Sliding, size: size, step: step}
}

// Cumulating windows grow by step until they are size long, then begin anew: [0:00, 0:10), [0:00, 0:20) … [0:00, 1:00),
// [1:00, 1:10) …
func Cumulating(step, size time.Duration) Window {
	return Window{kind: plan.Cumulating, size: size, step: step}
}

// Session windows last as long as rows of the same keys come less than gap after each other, and end a gap after the last one.
func Session(gap time.Duration) Window { return Window{kind: plan.Session, size: gap} }

// Windowed is a table whose rows are put into windows of time.
type Windowed struct {
	table      *Table
	at, step   string
	column     string
	window     Window
	options    windowOptions
	processing bool
}

// WindowBy puts rows into windows by their event time, a column of timestamps. A row may be in several windows, or late for all of
// them (Late).
//
//	t.WindowBy("ts", pw.Tumbling(5*time.Minute), pw.By("shop"), pw.Delay(time.Minute)).Reduce(pw.Sum("price"))
//
// A window closes when the watermark reaches its end: when no row of it is expected any more. Delay says how far out of order
// rows come; a table that has a watermark for the column already, from Watermark, takes that. In a batch all windows
// close at the end and no row is late.
func (t *Table) WindowBy(column string, window Window, options ...WindowOption) Windowed {
	return Windowed{
		table: t, at: position(), step: window.kind.String() + " window", column: column, window: window,
		options: windowOptionsOf(options),
	}
}

// WindowByProcessingTime puts rows into windows by the engine's clock when they come. What comes out depends on that; nothing is late.
func (t *Table) WindowByProcessingTime(window Window, options ...WindowOption) Windowed {
	w := t.WindowBy("", window, options...)
	w.processing = true
	return w
}

// Reduce makes a row of each window and key: window_start and window_end, of the time column's type, the By columns, then a column for each
// reducer. By itself a window's row comes out once, when it closes.
func (w Windowed) Reduce(reducers ...Reducer) *Table {
	t := w.table
	if t.node == nil {
		return t
	}
	n := &plan.Window{Base: t.base(w.at), Time: -1, Kind: w.window.kind, Processing: w.processing}
	b := &windowBuilder{Windowed: w, node: n, clock: vec.TTimestamp(vec.Micro)}
	input := b.timed()
	b.checkOptions()
	b.shape()
	r := &reduction{in: t.node.Schema(), names: map[string]bool{}}
	r.addField(Field{Name: "window_start", Type: b.clock})
	r.addField(Field{Name: "window_end", Type: b.clock})
	for _, k := range w.options.keys {
		r.addKey(k)
	}
	for _, red := range reducers {
		r.addReducer(red, true)
	}
	if errs := append(b.errs, r.errs...); len(errs) > 0 {
		return t.allLost(w.at, w.step, errs)
	}
	var columns []int
	n.Input, columns = r.wholeInput(t.base(w.at), input)
	n.Keys = columns[:len(w.options.keys)]
	n.Aggs = r.placed(columns)
	n.Out = plan.NewSchema(r.out...)
	return t.then(n)
}

// windowBuilder makes a plan.Window, and collects what is wrong with it.
type windowBuilder struct {
	Windowed
	node  *plan.Window
	clock Type // of the times
	errs  []error
}

func (b *windowBuilder) fail(format string, args ...any) {
	b.errs = append(b.errs, fmt.Errorf(format, args...))
}

// timed is the table with a watermark of the time column.
func (b *windowBuilder) timed() plan.Node {
	t := b.table
	if b.processing {
		b.checkOnlyComing()
		return t.node
	}
	column, err := timeColumn(b.column, t.node.Schema())
	if err != nil {
		b.errs = append(b.errs, err)
		return t.node
	}
	b.node.Time, b.clock = column, t.node.Schema().Field(column).Type
	if plan.EventTime(t.node) != column {
		n, errs := newWatermark(t, b.at, column, b.options)
		b.errs = append(b.errs, errs...)
		return n
	}
	for _, name := range b.options.given {
		if watermarkOptions[name] {
			b.fail("%s: the table has a watermark of %q already; give %s where that is made", name, b.column, name)
		}
	}
	return t.node
}

// checkOnlyComing makes sure that no row goes: one that does doesn't say when it came, and so in which window it is.
func (b *windowBuilder) checkOnlyComing() {
	if n := b.table.node; plan.Changing(n) == plan.Retract {
		b.fail("rows of the table may be retracted (%s), and a row that goes doesn't say when it came; use WindowBy and a column of times, "+
			"or put Changes() before",
			plan.Describe(plan.Retracting(n)))
	}
}

// timeColumn is the place of a column of timestamps.
func timeColumn(name string, s *Schema) (int, error) {
	i, ok := s.Index(name)
	if !ok {
		return -1, plan.UnknownColumn(name, s)
	}
	if t := s.Field(i).Type; t.Kind != vec.Timestamp {
		return -1, fmt.Errorf("column %q is %s, but event times are timestamps; cast it: With(Col(%q).Cast(TimestampType(Micro)).As(%q))",
			name, t, name, name)
	}
	return i, nil
}

// checkOptions reports options that the window hasn't, and takes over the others.
func (b *windowBuilder) checkOptions() {
	o := b.options
	for _, name := range o.given {
		switch {
		case b.processing && (watermarkOptions[name] || name == "Lateness"):
			b.fail("%s: windows of processing time have no event times, so none are late", name)
		case b.window.kind == plan.Session && name == "Origin":
			b.fail("Origin: session windows begin with their first row")
		}
	}
	if o.drop && o.lateness <= 0 && o.early <= 0 {
		b.fail("KeepResults(false) takes back a window's results when the window is forgotten, but without Lateness or EmitEarly " +
			"they come out just then; give one of those, or leave it out")
	}
	b.node.Drop = o.drop
	b.node.Lateness = b.micros("Lateness", o.lateness, 0)
	if o.has("EmitEarly") {
		b.node.Early = b.micros("EmitEarly", o.early, 1)
	}
	if !o.origin.IsZero() && b.window.kind != plan.Session {
		b.origin(o.origin)
	}
}

func (b *windowBuilder) origin(at time.Time) {
	b.node.Origin = at.UnixMicro()
	if !time.UnixMicro(b.node.Origin).Equal(at) {
		b.fail("Origin is %s; the engine counts time in whole microseconds, up to 292,000 years from 1970", at)
	}
}

// micros is d in µs, of which there are at least so many.
func (b *windowBuilder) micros(what string, d time.Duration, least int64) int64 {
	us, err := wholeMicros(what, d)
	switch {
	case err != nil:
		b.errs = append(b.errs, err)
	case us < least:
		b.fail("%s is %s; it must be %s", what, d, [...]string{"0 or more", "more than 0"}[least])
	}
	return us
}

// wholeMicros is d in µs; it must be whole ones.
func wholeMicros(what string, d time.Duration) (int64, error) {
	if d%time.Microsecond != 0 {
		return 0, fmt.Errorf("%s is %s; the engine counts time in whole microseconds", what, d)
	}
	return d.Microseconds(), nil
}

// mostWindows is how many windows a row may be in: more are a slip in the units.
const mostWindows = 100_000

// shape takes over the size and step of the window.
func (b *windowBuilder) shape() {
	w := b.window
	b.node.Size = b.micros(sizeName(w.kind), w.size, 1)
	b.onTicks(sizeName(w.kind), b.node.Size)
	if w.kind != plan.Sliding && w.kind != plan.Cumulating {
		b.onTicks("Origin", b.node.Origin)
		return
	}
	b.node.Step = b.micros("the step", w.step, 1)
	b.onTicks("the step", b.node.Step)
	b.onTicks("Origin", b.node.Origin)
	switch {
	case b.node.Size <= 0 || b.node.Step <= 0: // reported already
	case w.step > w.size && w.kind == plan.Sliding:
		b.fail("windows of %s every %s leave gaps, whose rows would be lost unseen; the size comes first: Sliding(size, step). "+
			"For a sample, Filter before", w.size, w.step)
	case w.kind == plan.Cumulating && w.size%w.step != 0:
		b.fail("windows grow by %s and never are exactly %s long; the step comes first: Cumulating(step, size), and size is a multiple of it", w.step, w.size)
	case b.node.Size/b.node.Step > mostWindows:
		b.fail("each row would be in %d windows (%s every %s); at most %d are allowed", b.node.Size/b.node.Step, w.size, w.step, mostWindows)
	}
}

func sizeName(k plan.WindowKind) string {
	if k == plan.Session {
		return "the gap"
	}
	return "the size"
}

// onTicks makes sure that windows begin and end at times that the time column's type has.
func (b *windowBuilder) onTicks(what string, us int64) {
	if perSecond := b.clock.Unit.PerSecond(); perSecond < 1e6 && us%(1e6/perSecond) != 0 {
		b.fail("%s is %s, but %q is %s, which has no such times; cast it to timestamp[us]",
			what, time.Duration(us)*time.Microsecond, b.column, b.clock)
	}
}
