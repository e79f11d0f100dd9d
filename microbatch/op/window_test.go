package op_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// event is a row of the tests' input: a time in µs, two keys, a value. Negative keys and values are NULL.
type event struct {
	time       int64
	key, other int
	value      int64
	diff       int64
}

var eventSchema = plan.NewSchema(
	plan.Field{Name: "k", Type: vec.TString, Nullable: true},
	plan.Field{Name: "ts", Type: vec.TTimestamp(vec.Micro), Nullable: true},
	plan.Field{Name: "n", Type: vec.TInt32, Nullable: true},
	plan.Field{Name: "v", Type: vec.TInt32, Nullable: true},
)

// eventsOf is eventSchema with times of that unit.
func eventsOf(u vec.Unit) *plan.Schema {
	fields := slices.Clone(eventSchema.Fields())
	fields[1].Type = vec.TTimestamp(u)
	return plan.NewSchema(fields...)
}

// ticks is a time as a value of a unit.
func ticks(micros int64, u vec.Unit) int64 {
	switch u {
	case vec.Nano:
		return micros * 1000
	case vec.Micro:
		return micros
	}
	return micros / (1_000_000 / u.PerSecond())
}

// eventBatch makes a batch, under a selection with garbage between the rows if rng says so.
func eventBatch(rng *rand.Rand, s *plan.Schema, events []event, diffs bool) *vec.Batch {
	cols := make([]*vec.Builder, 4)
	for i, f := range s.Fields() {
		cols[i] = vec.NewBuilder(f.Type, len(events))
	}
	b := &vec.Batch{}
	sparse := rng.IntN(3) == 0
	add := func(e event) {
		if cols[0].AppendString(fmt.Sprint("key", e.key)); e.key < 0 {
			panic("keys are not negative here")
		}
		vec.AppendFixed(cols[1], ticks(e.time, s.Field(1).Type.Unit))
		vec.AppendFixed(cols[2], int32(e.other))
		if e.value < 0 {
			cols[3].AppendNull()
		} else {
			vec.AppendFixed(cols[3], int32(e.value))
		}
		if diffs {
			b.Diff = append(b.Diff, e.diff)
		}
		b.N++
	}
	for _, e := range events {
		if sparse && rng.IntN(2) == 0 {
			add(event{time: rng.Int64() >> 24, key: 1000 + rng.IntN(100), value: 3, diff: 77})
		}
		if sparse {
			b.Sel = append(b.Sel, uint32(b.N))
		}
		add(e)
	}
	for _, c := range cols {
		b.Cols = append(b.Cols, c.Finish())
	}
	return b
}

var windowAggs = []plan.Agg{
	plan.MakeAgg(plan.AggCount, -1), plan.MakeAgg(plan.AggSum, 3), plan.MakeAgg(plan.AggMin, 3), plan.MakeAgg(plan.AggMax, 3), plan.MakeAgg(plan.AggCount, 3),
}

// windowNode makes the plan node of a window over events.
func windowNode(n plan.Window, s *plan.Schema) *plan.Window {
	n.Input = &plan.Read{Out: s}
	n.Time = 1
	clock := s.Field(1).Type
	if n.Processing {
		n.Time, clock = -1, vec.TTimestamp(vec.Micro)
	}
	fields := []plan.Field{{Name: "window_start", Type: clock}, {Name: "window_end", Type: clock}}
	for _, k := range n.Keys {
		fields = append(fields, s.Field(k))
	}
	n.Aggs = slices.Clone(windowAggs)
	for i := range n.Aggs {
		a := &n.Aggs[i]
		a.Name, a.Type = fmt.Sprint("agg", i), vec.TInt64
		if a.Func == plan.AggMin || a.Func == plan.AggMax {
			a.Type = vec.TInt32
		}
		fields = append(fields, plan.Field{Name: a.Name, Type: a.Type, Nullable: true})
	}
	n.Out = plan.NewSchema(fields...)
	return &n
}

// windowRows adds up what a window has emitted.
type windowRows struct {
	t      *testing.T
	append bool // no row may go
	mu     sync.Mutex
	sum    map[string]int64
	late   map[string]int64
	bad    int
	least  int64 // in ticks: no window may begin before it
}

func (c *windowRows) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.Sel != nil || b.Rows() == 0 {
		c.t.Errorf("emitted a batch of %d rows, selection %v", b.Rows(), b.Sel)
	}
	for i := range b.N {
		var parts []string
		for _, col := range b.Cols {
			if col.N != b.N {
				c.t.Errorf("a column has %d rows of %d", col.N, b.N)
			}
			parts = append(parts, text(col.Scalar(i)))
		}
		row, diff := strings.Join(parts, ", "), int64(1)
		if b.Diff != nil {
			diff = b.Diff[i]
		}
		switch port {
		case op.Main:
			if start := b.Cols[0].Scalar(i).I; start < c.least {
				c.t.Errorf("row %s begins before the watermark %d", row, c.least)
			}
			if c.append && diff != 1 {
				c.t.Errorf("row %s comes %d times", row, diff)
			}
			if c.sum[row] += diff; c.sum[row] == 0 {
				delete(c.sum, row)
			}
		case op.Late:
			c.late[row] += diff
		default:
			c.bad++
		}
	}
	for _, col := range b.Cols {
		for i := range col.Data {
			col.Data[i] = 0xa5
		}
	}
	return nil
}

// naiveWindows keeps every row of every window.
type naiveWindows struct {
	node  *plan.Window
	unit  vec.Unit
	rows  map[naiveWindow][]event
	shown map[naiveWindow]string
	late  map[string]int64
	prev  int64 // watermark
	tick  int64

	retract bool
}

type naiveWindow struct {
	start, end int64
	key        string
}

func newNaive(n *plan.Window, u vec.Unit, retract bool) *naiveWindows {
	return &naiveWindows{node: n, unit: u, retract: retract, rows: map[naiveWindow][]event{}, shown: map[naiveWindow]string{}, late: map[string]int64{}, prev: op.NoWatermark, tick: op.NoWatermark}
}

func (r *naiveWindows) key(e event) string {
	var parts []string
	for _, k := range r.node.Keys {
		if k == 0 {
			parts = append(parts, text(vec.Scalar{S: fmt.Sprint("key", e.key)}))
		} else {
			parts = append(parts, text(vec.Scalar{I: int64(e.other)}))
		}
	}
	return strings.Join(parts, ", ")
}

// windowsOf lists the windows of a time, by trying all near it.
func (r *naiveWindows) windowsOf(t int64) []naiveWindow {
	n := r.node
	var out []naiveWindow
	step := n.Size
	if n.Kind == plan.Sliding {
		step = n.Step
	}
	first := n.Origin + (t-n.Origin-n.Size)/step*step - 2*step
	for start := first; start <= t; start += step {
		if n.Kind != plan.Cumulating {
			if t < start+n.Size {
				out = append(out, naiveWindow{start, start + n.Size, ""})
			}
			continue
		}
		for end := start + n.Step; end <= start+n.Size; end += n.Step {
			if t < end {
				out = append(out, naiveWindow{start, end, ""})
			}
		}
	}
	return out
}

// lateRow is a row for the port Late.
func (r *naiveWindows) lateRow(e event, start, end int64) string {
	value := vec.Scalar{I: e.value}
	value.Null = e.value < 0
	reason := "the window was closed when the row came"
	if e.diff < 0 {
		reason = "the window was closed when the row was taken back"
	}
	parts := []string{
		text(vec.Scalar{S: fmt.Sprint("key", e.key)}), text(vec.Scalar{I: ticks(e.time, r.unit)}),
		text(vec.Scalar{I: int64(e.other)}), text(value), text(vec.Scalar{I: ticks(start, r.unit)}), text(vec.Scalar{I: ticks(end, r.unit)}),
		text(vec.Scalar{S: reason}),
	}
	if r.retract {
		parts = append(parts, text(vec.Scalar{I: e.diff}))
	}
	return strings.Join(parts, ", ")
}

func (r *naiveWindows) lateRows() map[string]int64 { return r.late }

// naive is a slow window.
type naive interface {
	epoch(events []event, mark, now int64, bounded bool)
	sum() map[string]int64
	lateRows() map[string]int64
}

func (r *naiveWindows) isLate(end int64) bool {
	return !r.node.Processing && r.prev != op.NoWatermark && (r.prev == op.EndOfTime || end+r.node.Lateness <= r.prev)
}

func (r *naiveWindows) epoch(events []event, mark, now int64, bounded bool) {
	for _, e := range events {
		if r.node.Processing {
			e.time = now
		}
		for _, w := range r.windowsOf(e.time) {
			if r.isLate(w.end) {
				r.late[r.lateRow(e, w.start, w.end)]++
				continue
			}
			w.key = r.key(e)
			r.rows[w] = append(r.rows[w], e)
		}
	}
	tick := r.node.Early > 0 && (r.tick == op.NoWatermark || now >= r.tick+r.node.Early)
	if tick {
		r.tick = now
	}
	for w, rows := range r.rows {
		closed := mark == op.EndOfTime || mark != op.NoWatermark && w.end <= mark
		freed := mark == op.EndOfTime || mark != op.NoWatermark && w.end+r.node.Lateness <= mark
		switch row, ok := r.reduce(w, rows); {
		case freed && r.node.Drop && !bounded:
			delete(r.shown, w)
			delete(r.rows, w)
		case !ok && (closed || tick):
			delete(r.shown, w)
		case closed || tick:
			r.shown[w] = row
		}
	}
	r.prev = mark
}

// reduce is a window's row.
func (r *naiveWindows) reduce(w naiveWindow, rows []event) (string, bool) {
	n, sum, vals := int64(0), int64(0), int64(0)
	values := map[int64]int64{}
	for _, e := range rows {
		n += e.diff
		if e.value >= 0 {
			vals += e.diff
			sum += e.diff * e.value
			values[e.value] += e.diff
		}
	}
	maps.DeleteFunc(values, func(_, n int64) bool { return n == 0 })
	parts := []string{text(vec.Scalar{I: ticks(w.start, r.unit)}), text(vec.Scalar{I: ticks(w.end, r.unit)})}
	if w.key != "" {
		parts = append(parts, w.key)
	}
	parts = append(parts, text(vec.Scalar{I: n}))
	if vals == 0 {
		parts = append(parts, "NULL", "NULL", "NULL")
	} else {
		all := slices.Sorted(maps.Keys(values))
		parts = append(parts, text(vec.Scalar{I: sum}), text(vec.Scalar{I: all[0]}), text(vec.Scalar{I: all[len(all)-1]}))
	}
	return strings.Join(append(parts, text(vec.Scalar{I: vals})), ", "), n > 0
}

func (r *naiveWindows) sum() map[string]int64 {
	out := map[string]int64{}
	for _, row := range r.shown {
		out[row]++
	}
	return out
}

// sameRows reports the difference of two sums of rows.
func sameRows(t *testing.T, what string, got, want map[string]int64) {
	t.Helper()
	if maps.Equal(got, want) {
		return
	}
	var lines []string
	for row, n := range want {
		if got[row] != n {
			lines = append(lines, fmt.Sprintf("  %s: %d times, want %d", row, got[row], n))
		}
	}
	for row, n := range got {
		if _, ok := want[row]; !ok {
			lines = append(lines, fmt.Sprintf("  %s: %d times, want none", row, n))
		}
	}
	slices.Sort(lines)
	t.Fatalf("%s:\n%s", what, strings.Join(append(lines[:min(len(lines), 6)], lines[max(0, len(lines)-6):]...), "\n"))
}

// windowTrial is a random stream through a window.
type windowTrial struct {
	node           *plan.Window
	unit           vec.Unit
	workers        int
	epochs, rows   int
	disorder       int64 // µs that rows come late at most
	delay          int64
	jump           int64 // µs of event time an epoch
	base           int64
	retract        bool
	bounded        bool
	seed           uint64
	keys           int
	forceCollision bool
	durable        bool // it is ended now and then, and goes on from a checkpoint
}

func (w windowTrial) String() string {
	n := w.node
	return fmt.Sprintf("seed %d: %s size %d step %d origin %d keys %v lateness %d early %d drop %v processing %v; %d workers, unit %s, disorder %d, delay %d, retract %v, bounded %v",
		w.seed, n.Kind, n.Size, n.Step, n.Origin, n.Keys, n.Lateness, n.Early, n.Drop, n.Processing, w.workers, w.unit, w.disorder, w.delay, w.retract, w.bounded)
}

// windowRun is an operator under test.
type windowRun struct {
	o       op.Operator
	locals  []op.Local
	workers int
	budget  *vec.Budget
}

// open makes an operator.
func (w windowTrial) open(t *testing.T, workers int) *windowRun {
	t.Helper()
	r := &windowRun{workers: workers, budget: vec.NewBudget(0)}
	env := op.Env{
		Name: "window test", Workers: workers, Account: r.budget.Account("window"), Seed: w.seed, Stats: &op.Stats{}, Durable: w.durable,
		Test: op.TestSettings{ForceCollisions: w.forceCollision, Compact: w.seed%3 == 0},
	}
	var err error
	if r.o, err = op.NewWindow(w.node, env); err != nil {
		t.Fatalf("%v: %v", w, err)
	}
	port := op.Port{Schema: eventsOf(w.unit), Bounded: w.bounded, Time: 1}
	if w.retract {
		port.Kind = plan.Retract
	}
	newLocal, err := r.o.Open([]op.Port{port})
	if err != nil {
		t.Fatalf("%v: %v", w, err)
	}
	for range workers {
		r.locals = append(r.locals, newLocal())
	}
	return r
}

func (r *windowRun) close(t *testing.T, w windowTrial) {
	t.Helper()
	if err := r.o.Close(); err != nil || r.budget.Used() != 0 {
		t.Fatalf("%v: closed with error %v and %d bytes charged", w, err, r.budget.Used())
	}
}

// newOut takes what an operator emits.
func (w windowTrial) newOut(t *testing.T) *windowRows {
	return &windowRows{t: t, append: w.bounded || !w.node.Revises(), sum: map[string]int64{}, late: map[string]int64{}, least: op.NoWatermark}
}

// windowEpoch is what comes in an epoch.
type windowEpoch struct {
	events    []event
	mark, now int64
	last      bool
}

// epoch gives an epoch to an operator.
func (w windowTrial) epoch(t *testing.T, rng *rand.Rand, r *windowRun, in windowEpoch, out *windowRows) {
	t.Helper()
	w.push(t, rng, eventsOf(w.unit), r.locals, in.events, out)
	e := &op.Epoch{Number: in.now, Now: in.now, Last: in.last, Watermarks: []int64{in.mark}, Parallel: parallelOn(r.workers, out)}
	if err := r.o.EndEpoch(e, out); err != nil {
		t.Fatalf("%v: %v", w, err)
	}
	if m := r.o.(op.Clocked).Watermark(); m != op.NoWatermark && m != op.EndOfTime {
		out.least = max(out.least, ticks(m, w.unit))
	}
}

// run drives the operator and the naive one, and compares them after each epoch.
func (w windowTrial) run(t *testing.T) {
	t.Helper()
	rng := rand.New(rand.NewPCG(w.seed, 7))
	r, out := w.open(t, w.workers), w.newOut(t)
	var slow naive = newNaive(w.node, w.unit, w.retract)
	if w.node.Kind == plan.Session {
		slow = newNaiveSessions(w.node, w.unit, w.retract)
	}
	saves := windowSaves{trial: w, t: t, rng: rng, checkpoints: checkpoints{piece: 30}}
	var live []event
	mark, most, now := op.NoWatermark, op.NoWatermark, int64(1_700_000_000_000_000)
	for epoch := range w.epochs {
		last := epoch == w.epochs-1
		now += rng.Int64N(3_000_000)
		var events []event
		events, live = w.events(rng, epoch, live)
		for _, e := range events {
			most = max(most, e.time)
		}
		if most != op.NoWatermark {
			mark = max(mark, most-w.delay)
		}
		if w.node.Processing {
			mark = now
		}
		if last {
			mark = op.EndOfTime
		}
		in := windowEpoch{events, mark, now, last}
		w.epoch(t, rng, r, in, out)
		slow.epoch(events, mark, now, w.bounded)
		sameRows(t, fmt.Sprintf("%v: rows after epoch %d", w, epoch), out.sum, slow.sum())
		sameRows(t, fmt.Sprintf("%v: late rows after epoch %d", w, epoch), out.late, slow.lateRows())
		if w.durable && !last {
			r = saves.after(in, r)
		}
	}
	if s, ok := slow.(*naiveSessions); ok && !w.node.Drop && !w.node.Processing {
		sameRows(t, fmt.Sprintf("%v: all rows", w), out.sum, s.batch())
	}
	if s := r.o.(op.Stateful).State(); s.Keys != 0 {
		t.Fatalf("%v: %d cells are kept at the end", w, s.Keys)
	}
	r.close(t, w)
}

// events are an epoch's, around a time that moves on.
func (w windowTrial) events(rng *rand.Rand, epoch int, live []event) (events, stillLive []event) {
	for range rng.IntN(w.rows) {
		if w.retract && len(live) > 0 && rng.IntN(3) == 0 {
			i := rng.IntN(len(live))
			e := live[i]
			live = slices.Delete(live, i, i+1)
			e.diff = -1
			events = append(events, e)
			continue
		}
		e := event{
			time: w.base + int64(epoch)*w.jump + rng.Int64N(max(1, w.jump)) - rng.Int64N(w.disorder+1),
			key:  rng.IntN(w.keys), other: rng.IntN(2), value: rng.Int64N(20) - 2, diff: 1,
		}
		if rng.IntN(40) == 0 {
			e.time -= 20 * w.disorder
		}
		each := 1_000_000 / min(w.unit.PerSecond(), 1_000_000)
		e.time -= ((e.time % each) + each) % each
		events = append(events, e)
		live = append(live, e)
	}
	return events, live
}

func (w windowTrial) push(t *testing.T, rng *rand.Rand, s *plan.Schema, locals []op.Local, events []event, out op.Out) {
	t.Helper()
	for len(events) > 0 {
		n := min(len(events), 1+rng.IntN(50))
		b := eventBatch(rng, s, events[:n], w.retract)
		if err := locals[rng.IntN(len(locals))].Push(0, op.Seq{}, b, out); err != nil {
			t.Fatalf("%v: %v", w, err)
		}
		events = events[n:]
	}
}

// randomTrial makes a stream and a window of a few µs or so.
func randomTrial(seed uint64) windowTrial {
	rng := rand.New(rand.NewPCG(seed, 1))
	w := windowTrial{
		seed: seed, workers: 1 + rng.IntN(3), epochs: 2 + rng.IntN(12), rows: 1 + rng.IntN(120), keys: 1 + rng.IntN(5), unit: vec.Unit(rng.IntN(4)),
		disorder: rng.Int64N(60), delay: rng.Int64N(40), jump: 1 + rng.Int64N(80), base: rng.Int64N(2000) - 1000, retract: rng.IntN(3) == 0,
		forceCollision: rng.IntN(8) == 0,
	}
	n := plan.Window{Kind: plan.WindowKind(rng.IntN(3)), Step: 1 + rng.Int64N(12), Origin: rng.Int64N(200) - 100}
	switch n.Kind {
	case plan.Tumbling:
		n.Size = 1 + rng.Int64N(30)
	case plan.Sliding:
		n.Size = 1 + rng.Int64N(60)
		if rng.IntN(3) == 0 {
			n.Size, n.Step = 60+rng.Int64N(60), 1
		}
	case plan.Cumulating:
		n.Size = n.Step * (1 + rng.Int64N(20))
	}
	n.Keys = [][]int{nil, {0}, {2}, {0, 2}}[rng.IntN(4)]
	if rng.IntN(2) == 0 {
		n.Lateness = rng.Int64N(60)
	}
	if rng.IntN(3) == 0 {
		n.Early = 1 + rng.Int64N(6_000_000)
	}
	n.Drop = (n.Lateness > 0 || n.Early > 0) && rng.IntN(4) == 0
	if rng.IntN(8) == 0 {
		n.Processing, n.Lateness, w.retract = true, 0, false
		n.Drop = n.Drop && n.Early > 0
		n.Size, n.Step, n.Origin = n.Size*100_000, n.Step*100_000, n.Origin*100_000
		w.unit = vec.Micro
	}
	if rng.IntN(5) == 0 {
		w.bounded, w.epochs = true, 1
	}
	each := 1_000_000 / min(w.unit.PerSecond(), 1_000_000)
	for _, v := range []*int64{&n.Size, &n.Step, &n.Origin, &n.Lateness, &w.disorder, &w.delay, &w.jump, &w.base} {
		*v *= each
	}
	w.node = windowNode(n, eventsOf(w.unit))
	return w
}

func TestWindowsAgainstNaive(t *testing.T) {
	n := uint64(600)
	if testing.Short() {
		n = 150
	}
	for seed := range n {
		randomTrial(seed).run(t)
	}
}

// TestWindowsOfManyKeys: enough cells for all workers to end an epoch at once.
func TestWindowsOfManyKeys(t *testing.T) {
	for seed := range uint64(6) {
		w := windowTrial{seed: seed, workers: 3, epochs: 3, rows: 9000, keys: 6000, disorder: 30, delay: 20, jump: 50, retract: seed%2 == 0, unit: vec.Micro}
		kind := []plan.Window{
			{Kind: plan.Tumbling, Size: 20}, {Kind: plan.Sliding, Size: 9, Step: 3, Lateness: 10, Early: 1}, {Kind: plan.Session, Size: 7, Lateness: 30},
		}[seed/2]
		kind.Keys = []int{0}
		w.node = windowNode(kind, eventSchema)
		w.run(t)
	}
}
