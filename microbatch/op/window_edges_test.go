package op_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// opened is a window with one worker, and what it has emitted.
type opened struct {
	*windowRows
	op    op.Operator
	local op.Local
	node  *plan.Window
	unit  vec.Unit
	kind  plan.Changelog
	stats *op.Stats
}

func openWindow(t *testing.T, n plan.Window, unit vec.Unit, port op.Port, env op.Env) *opened {
	t.Helper()
	c := &opened{
		windowRows: &windowRows{t: t, sum: map[string]int64{}, late: map[string]int64{}, least: op.NoWatermark},
		node:       windowNode(n, eventsOf(unit)), unit: unit, kind: port.Kind, stats: &op.Stats{},
	}
	env.Name, env.Stats, env.Workers = "window test", c.stats, 1
	w, err := op.NewWindow(c.node, env)
	if err != nil {
		t.Fatal(err)
	}
	port.Schema, port.Time = eventsOf(unit), 1
	newLocal, err := w.Open([]op.Port{port})
	if err != nil {
		t.Fatal(err)
	}
	c.op, c.local = w, newLocal()
	return c
}

func (c *opened) push(events ...event) error {
	b := eventBatch(rand.New(rand.NewPCG(1, 1)), eventsOf(vec.Micro), events, c.kind == plan.Retract)
	b.Cols[1].Type = vec.TTimestamp(c.unit) // times are ticks here
	return c.local.Push(0, op.Seq{}, b, c)
}

func (c *opened) end(now, mark int64) error {
	return c.op.EndEpoch(&op.Epoch{Now: now, Watermarks: []int64{mark}, Last: mark == op.EndOfTime, Parallel: parallelOn(1, c)}, c)
}

var everyKind = []plan.Window{
	{Kind: plan.Tumbling, Size: 10_000_000},
	{Kind: plan.Sliding, Size: 10_000_000, Step: 3_000_000},
	{Kind: plan.Session, Size: 10_000_000},
	{Kind: plan.Cumulating, Size: 10_000_000, Step: 2_000_000},
}

// TestWindowsOfExtremeTimes: times at the ends of what their type can tell are bad rows, and times that lie ages apart take no time.
func TestWindowsOfExtremeTimes(t *testing.T) {
	for _, n := range everyKind {
		for _, unit := range []vec.Unit{vec.Second, vec.Milli, vec.Micro, vec.Nano} {
			c := openWindow(t, n, unit, op.Port{Bounded: true}, op.Env{Bad: plan.Skip})
			within := int64(math.MaxInt64)
			if unit < vec.Micro {
				within = math.MaxInt64 / (1_000_000 / unit.PerSecond())
			}
			margin := 40 * unit.PerSecond()
			times := []int64{math.MinInt64, math.MaxInt64, within, -within, -within + margin, 0, within - margin}
			for _, at := range times {
				if err := c.push(event{time: at, value: 1, diff: 1}); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.end(1, op.EndOfTime); err != nil {
				t.Fatal(err)
			}
			rows := int64(0)
			for range c.sum {
				rows++
			}
			if c.stats.RowsSkipped.Load() != 4 || rows < 3 {
				t.Errorf("%v, unit %v: %d bad rows, %d windows", n.Kind, unit, c.stats.RowsSkipped.Load(), rows)
			}
		}
	}
}

func TestWindowBadTimes(t *testing.T) {
	c := openWindow(t, everyKind[0], vec.Nano, op.Port{}, op.Env{})
	err := c.push(event{time: math.MaxInt64 - 5, value: 1})
	if err == nil || !strings.HasPrefix(err.Error(), "window test: its event time 2262-04-11 23:47:16.854775802 is so far from 1970 that the bounds of its windows are beyond timestamp[ns], in the row k=key0") {
		t.Errorf("error %v", err)
	}
}

func TestWindowWakes(t *testing.T) {
	wakes := func(c *opened, want int64) {
		t.Helper()
		if got := c.op.(op.Waker).Wake(); got != want {
			t.Errorf("%v wakes at %d, want %d", c.node.Kind, got, want)
		}
	}
	for _, n := range []plan.Window{{Kind: plan.Tumbling, Size: 100, Processing: true}, {Kind: plan.Session, Size: 100, Processing: true}} {
		c := openWindow(t, n, vec.Micro, op.Port{}, op.Env{})
		wakes(c, op.EndOfTime)
		_ = c.push(event{value: 1})
		_ = c.end(1000, op.NoWatermark)
		wakes(c, 1100)
		_ = c.end(1100, op.NoWatermark)
		wakes(c, op.EndOfTime)
		if len(c.sum) != 1 {
			t.Errorf("%v", c.sum)
		}
	}
	for _, n := range []plan.Window{{Kind: plan.Tumbling, Size: 100, Early: 50}, {Kind: plan.Session, Size: 100, Early: 50}} {
		c := openWindow(t, n, vec.Micro, op.Port{}, op.Env{})
		_ = c.push(event{value: 1})
		_ = c.end(1000, op.NoWatermark) // comes out at once
		wakes(c, op.EndOfTime)
		_ = c.push(event{value: 2})
		_ = c.end(1010, op.NoWatermark)
		wakes(c, 1050)
		_ = c.end(1050, op.NoWatermark)
		wakes(c, op.EndOfTime)
	}
}

func TestWindowInconsistentRows(t *testing.T) {
	for _, n := range everyKind {
		c := openWindow(t, n, vec.Micro, op.Port{Kind: plan.Retract}, op.Env{})
		_ = c.push(event{time: 5, value: 1, diff: 1}, event{time: 5, value: 1, diff: -2})
		if err := c.end(1, op.NoWatermark); err == nil || !strings.HasPrefix(err.Error(), "window test: a row goes that never came: window_start=19") {
			t.Errorf("%v: error %v", n.Kind, err)
		}
		c = openWindow(t, n, vec.Micro, op.Port{Kind: plan.Retract}, op.Env{Inconsistent: plan.Skip})
		_ = c.push(event{time: 5, value: 1, diff: -1}, event{time: 50_000_000, value: 2, diff: 1})
		if err := c.end(1, op.EndOfTime); err != nil || len(c.sum) == 0 || c.stats.Inconsistent.Load() != 1 {
			t.Errorf("%v: error %v, %d inconsistent, %v", n.Kind, err, c.stats.Inconsistent.Load(), c.sum)
		}
		for row := range c.sum {
			if strings.Contains(row, "-1{") {
				t.Errorf("%v: %s", n.Kind, row)
			}
		}
	}
}

func TestWindowRefuses(t *testing.T) {
	n := windowNode(plan.Window{Kind: plan.Tumbling, Size: 10, Processing: true}, eventSchema)
	w, err := op.NewWindow(n, op.Env{Name: "window test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open([]op.Port{{Schema: eventSchema, Kind: plan.Retract}}); err == nil || !strings.Contains(err.Error(), "put Changes() before it") {
		t.Errorf("error %v", err)
	}
	for _, bad := range []plan.Window{{Kind: plan.Tumbling}, {Kind: plan.Sliding, Size: 10}, {Kind: plan.Cumulating, Size: 10, Step: 3}, {Kind: plan.Session, Size: math.MaxInt64}} {
		if _, err := op.NewWindow(windowNode(bad, eventSchema), op.Env{}); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

// TestWindowsOverBudget: too much state is an error, not the machine's end.
func TestWindowsOverBudget(t *testing.T) {
	for _, n := range everyKind {
		n.Keys = []int{0}
		c := openWindow(t, n, vec.Micro, op.Port{}, op.Env{Account: vec.NewBudget(100_000).Account("window")})
		var err error
		for i := 0; i < 100 && err == nil; i++ {
			events := make([]event, 500)
			for k := range events {
				events[k] = event{time: int64(i), key: 500*i + k, value: 1, diff: 1}
			}
			if err = c.push(events...); err == nil {
				err = c.end(1, op.NoWatermark)
			}
		}
		if err == nil || !strings.Contains(err.Error(), "needs more memory than max_memory allows") {
			t.Errorf("%v: error %v", n.Kind, err)
		}
		_ = c.op.Close()
	}
}

// TestSessionLateRowIsTakenBack: a row that was late and goes again isn't taken for one that counts. That another key has a session which began earlier
// makes nothing less late.
func TestSessionLateRowIsTakenBack(t *testing.T) {
	c := openWindow(t, plan.Window{Kind: plan.Session, Size: 10, Keys: []int{0}}, vec.Micro, op.Port{Kind: plan.Retract}, op.Env{})
	epoch := func(mark int64, events ...event) {
		t.Helper()
		if err := c.push(events...); err != nil {
			t.Fatal(err)
		}
		if err := c.end(1, mark); err != nil {
			t.Fatal(err)
		}
	}
	var chain []event
	for at := int64(0); at < 100; at += 8 {
		chain = append(chain, event{time: at, key: 1, value: 1, diff: 1})
	}
	epoch(100, chain...) // the session of another key lasts
	epoch(100, event{time: 50, value: 1, diff: 1})
	chain = nil
	for at := int64(50); at < 100; at += 8 {
		chain = append(chain, event{time: at, value: 2, diff: 1})
	}
	epoch(100, chain...)
	epoch(100, event{time: 50, value: 1, diff: -1})
	epoch(op.EndOfTime)
	late := int64(0)
	for _, n := range c.late {
		late += n
	}
	if late != 8 || len(c.sum) != 2 {
		t.Errorf("%d late, %v", late, c.sum)
	}
}

// TestSessionsDontBeginBeforeWhatIsForgotten: a late row that would make a session that is kept begin earlier is late, for it may come to touch one that is
// gone, and that isn't known for ever: also while another key has a session that lasts.
func TestSessionsDontBeginBeforeWhatIsForgotten(t *testing.T) {
	for _, kind := range []plan.Changelog{plan.Append, plan.Retract} {
		c := openWindow(t, plan.Window{Kind: plan.Session, Size: 10, Keys: []int{0}}, vec.Micro, op.Port{Kind: kind}, op.Env{})
		epoch := func(mark int64, key int, times ...int64) {
			t.Helper()
			for _, at := range times {
				if err := c.push(event{time: at, key: key, value: 1, diff: 1}); err != nil {
					t.Fatal(err)
				}
			}
			if err := c.end(1, mark); err != nil {
				t.Fatal(err)
			}
		}
		epoch(0, 1, 0, 9, 18, 27, 36, 45, 54, 63, 72) // lasts
		epoch(21, 0, 0, 9, 25, 34)                    // [0, 9] is gone
		epoch(43, 0)                                  // and forgotten
		epoch(43, 0, 17)                              // would be in both, [0, 9] and [25, 34]
		epoch(op.EndOfTime, 0)
		want := []string{"0, 19", "25, 44", "0, 82"}
		if len(c.sum) != len(want) || len(c.late) != 1 {
			t.Errorf("%v: %d rows are late, and there are %v, want %v", kind, len(c.late), c.sum, want)
		}
	}
}

// TestLateRowsThatComeManyTimes: a row that comes 2^40 times and is late is a row, with that number.
func TestLateRowsThatComeManyTimes(t *testing.T) {
	for _, n := range everyKind {
		c := openWindow(t, n, vec.Micro, op.Port{Kind: plan.Retract}, op.Env{})
		_ = c.push(event{time: 1_000_000_000, value: 1, diff: 1})
		_ = c.end(1, 1_000_000_000)
		for _, diff := range []int64{1 << 40, -1 << 62} {
			clear(c.late)
			_ = c.push(event{time: 5, value: 1, diff: diff})
			if err := c.end(2, 1_000_000_000); err != nil {
				t.Fatal(err)
			}
			if len(c.late) == 0 {
				t.Errorf("%v: no row is late", n.Kind)
			}
			for row, times := range c.late {
				if !strings.HasSuffix(row, ", "+text(vec.Scalar{I: diff})) || times != 1 {
					t.Errorf("%v: a row that comes %d times is late as %s, %d times", n.Kind, diff, row, times)
				}
			}
		}
	}
}

// TestProcessingTimeBetweenWindows: where windows are shorter than the step from one to the next, rows may come in none.
func TestProcessingTimeBetweenWindows(t *testing.T) {
	c := openWindow(t, plan.Window{Kind: plan.Sliding, Size: 60, Step: 100, Processing: true}, vec.Micro, op.Port{}, op.Env{})
	for i, now := range []int64{1010, 1070, 1090, 1120} {
		_ = c.push(event{value: int64(i)})
		if err := c.end(now, op.NoWatermark); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.end(1200, op.EndOfTime); err != nil || len(c.sum) != 2 {
		t.Errorf("error %v, %v", err, c.sum)
	}
}
