package microbatch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// sale is the row that these tests work on.
type sale struct {
	ID    int64    `pw:"id"`
	Name  string   `pw:"name"`
	Value *float64 `pw:"value"`
}

func sales(seed uint64, n int) []sale {
	r := rand.New(rand.NewPCG(seed, 0))
	rows := make([]sale, n)
	for i := range rows {
		rows[i] = sale{ID: int64(i), Name: string(rune('a' + r.IntN(7)))}
		if r.IntN(10) > 0 {
			v := float64(r.IntN(2000)) / 8
			rows[i].Value = &v
		}
	}
	return rows
}

// bent are the engine's settings under which every result must be the same.
func bent() map[string]microbatch.Config {
	return map[string]microbatch.Config{
		"1 worker":          {Threads: 1},
		"4 workers":         {Threads: 4},
		"poisoned batches":  {Threads: 3, Test: op.TestSettings{PoisonLent: true}},
		"forced spill":      {Threads: 2, Test: op.TestSettings{ForceSpill: true, PoisonLent: true}},
		"forced collisions": {Threads: 2, Test: op.TestSettings{ForceCollisions: true}},
		"tiny local tables": {Threads: 2, Test: op.TestSettings{MaxLocalGroups: 1, PoisonLent: true}},
	}
}

func rowsOf[T any](t *testing.T, c microbatch.Config, table *pw.Table) []T {
	t.Helper()
	batches, err := c.Batches(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pw.RowsOf[T](table.Schema(), batches)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestNothingWantedHidesNoError: a row that can't be computed ends the run, even if a filter behind it lets none pass.
func TestNothingWantedHidesNoError(t *testing.T) {
	table := pw.FromRows(sales(1, 10)).With(pw.Lit(1).Quo(pw.Col("id")).As("q")).Filter(pw.Lit(1).Gt(2))
	for name, c := range bent() {
		if _, err := c.Batches(t.Context(), table); err == nil || !strings.Contains(err.Error(), "1 // 0") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestFilterKeepsOrder(t *testing.T) {
	in := sales(1, 50_000)
	table := pw.FromRows(in).Filter(pw.Col("value").Gt(100)).Select("id")
	var want []int64
	for _, s := range in {
		if s.Value != nil && *s.Value > 100 {
			want = append(want, s.ID)
		}
	}
	for name, c := range bent() {
		t.Run(name, func(t *testing.T) {
			var got []int64
			for _, r := range rowsOf[struct {
				ID int64 `pw:"id"`
			}](t, c, table) {
				got = append(got, r.ID)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%d rows, want %d, in the order of the input", len(got), len(want))
			}
		})
	}
}

// total is a row of the group-by of these tests.
type total struct {
	Name  string   `pw:"name"`
	Count int64    `pw:"count"`
	Sum   *float64 `pw:"sum"`
	Avg   *float64 `pw:"avg"`
	Min   *float64 `pw:"min"`
	Max   *float64 `pw:"max"`
}

func TestGroupBy(t *testing.T) {
	in := sales(2, 30_000)
	table := pw.FromRows(in).GroupBy("name").Reduce(
		pw.Count().As("count"), pw.Sum("value").As("sum"), pw.Avg("value").As("avg"),
		pw.Min("value").As("min"), pw.Max("value").As("max")).Sort("name")
	want := map[string]*total{}
	values := map[string]int{}
	for _, s := range in { // multiples of 1/8: plain sums are exact
		w := want[s.Name]
		if w == nil {
			w = &total{Name: s.Name}
			want[s.Name] = w
		}
		w.Count++
		if s.Value == nil {
			continue
		}
		if w.Sum == nil {
			w.Sum, w.Min, w.Max = new(float64), new(float64), new(float64)
			*w.Min, *w.Max = *s.Value, *s.Value
		}
		values[s.Name]++
		*w.Sum += *s.Value
		*w.Min, *w.Max = min(*w.Min, *s.Value), max(*w.Max, *s.Value)
	}
	for name, c := range bent() {
		t.Run(name, func(t *testing.T) {
			got := rowsOf[total](t, c, table)
			if len(got) != len(want) || !slices.IsSortedFunc(got, func(x, y total) int { return strings.Compare(x.Name, y.Name) }) {
				t.Fatalf("%d groups, want %d, by name", len(got), len(want))
			}
			for _, g := range got {
				w := want[g.Name]
				if g.Count != w.Count || *g.Sum != *w.Sum || *g.Min != *w.Min || *g.Max != *w.Max || *g.Avg != *w.Sum/float64(values[g.Name]) {
					t.Errorf("%s: got %+v, want %+v", g.Name, g, *w)
				}
			}
		})
	}
}

func TestReduceOfNothingHasOneRow(t *testing.T) {
	table := pw.FromRows([]sale{}).Reduce(pw.Count().As("count"), pw.Sum("value").As("sum"))
	got := rowsOf[struct {
		Count int64    `pw:"count"`
		Sum   *float64 `pw:"sum"`
	}](t, microbatch.Config{}, table)
	if len(got) != 1 || got[0].Count != 0 || got[0].Sum != nil {
		t.Fatalf("got %+v, want one row: 0, NULL", got)
	}
}

func TestSortIsStable(t *testing.T) {
	in := sales(3, 40_000)
	for _, limit := range []int{-1, 0, 1, 10, 9000} {
		table := pw.FromRows(in).Sort(pw.Desc("value"))
		if limit >= 0 {
			table = table.Limit(limit)
		}
		want := slices.Clone(in)
		slices.SortStableFunc(want, func(x, y sale) int {
			switch {
			case x.Value == nil && y.Value == nil:
				return 0
			case x.Value == nil:
				return 1
			case y.Value == nil:
				return -1
			case *x.Value > *y.Value:
				return -1
			case *x.Value < *y.Value:
				return 1
			}
			return 0
		})
		if limit >= 0 {
			want = want[:limit]
		}
		for name, c := range bent() {
			t.Run(fmt.Sprintf("%s, limit %d", name, limit), func(t *testing.T) {
				got := rowsOf[sale](t, c, table)
				if !slices.EqualFunc(got, want, func(x, y sale) bool { return x.ID == y.ID && x.Name == y.Name }) {
					t.Fatalf("%d rows, want %d in order, ties in the order of the input", len(got), len(want))
				}
			})
		}
	}
}

func TestLimitTakesTheFirstRows(t *testing.T) {
	in := sales(4, 60_000)
	for _, limit := range []int{0, 1, 8192, 20_000, 100_000} {
		table := pw.FromRows(in).Filter(pw.Col("id").Ge(5)).Limit(limit)
		for name, c := range bent() {
			t.Run(fmt.Sprintf("%s, limit %d", name, limit), func(t *testing.T) {
				got := rowsOf[sale](t, c, table)
				if len(got) != min(limit, len(in)-5) {
					t.Fatalf("%d rows", len(got))
				}
				for i, r := range got {
					if r.ID != int64(i+5) {
						t.Fatalf("row %d is %d, want %d", i, r.ID, i+5)
					}
				}
			})
		}
	}
}

func TestUnionAndSharedTables(t *testing.T) {
	base := pw.FromRows(sales(5, 20_000)).Filter(pw.Col("id").Lt(15_000))
	low, high := base.Filter(pw.Col("id").Lt(100)), base.Filter(pw.Col("id").Ge(14_900))
	for name, c := range bent() {
		t.Run(name, func(t *testing.T) {
			got := rowsOf[sale](t, c, low.Union(high).Sort("id"))
			if len(got) != 200 || got[0].ID != 0 || got[199].ID != 14_999 {
				t.Fatalf("%d rows", len(got))
			}
		})
	}
}

func TestBadRows(t *testing.T) {
	type pair struct {
		A int64 `pw:"a"`
		B int64 `pw:"b"`
	}
	in := []pair{{10, 2}, {7, 0}, {9, 3}, {8, 0}}
	quotient := func(p pw.BadRows) *pw.Table {
		return pw.FromRows(in).OnBadRow(p).With(pw.Col("a").Quo(pw.Col("b")).As("q"))
	}
	_, err := microbatch.CollectRows[pair](t.Context(), quotient(pw.Fail))
	if err == nil || !strings.Contains(err.Error(), "division by zero") || !strings.Contains(err.Error(), "a=7, b=0") ||
		!strings.Contains(err.Error(), "run_test.go:") {
		t.Errorf("the error must name reason, row and line: %v", err)
	}
	stats := &microbatch.Stats{}
	got := rowsOf[pair](t, microbatch.Config{Stats: stats}, quotient(pw.Skip))
	if len(got) != 2 || stats.RowsSkipped.Load() != 2 {
		t.Errorf("skip: %v, %d skipped", got, stats.RowsSkipped.Load())
	}
	rejected := rowsOf[struct {
		Reason string `pw:"reason"`
		Row    string `pw:"row"`
	}](t, microbatch.Config{Threads: 1}, quotient(pw.Reject).Rejected())
	if len(rejected) != 2 || rejected[0].Row != "a=7, b=0" || !strings.Contains(rejected[1].Reason, "division by zero") {
		t.Errorf("rejected: %+v", rejected)
	}
}

func TestErrorsOfThePlanComeAllAtOnce(t *testing.T) {
	table := pw.FromRows(sales(6, 1)).Filter(pw.Col("vlaue").Gt(1)).Filter(pw.Col("name").Gt(1))
	_, err := microbatch.Collect(t.Context(), table)
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{`"vlaue"`, `"value"`, `run_test.go:`, "name"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in: %v", part, err)
		}
	}
	if err := microbatch.Run(t.Context()); err == nil {
		t.Error("Run without outputs: no error")
	}
	good := pw.NewOutput(pw.FromRows(sales(6, 1)), &watchedSink{call: func() error { return nil }}, nil)
	if err := microbatch.Run(t.Context(), good, pw.Output{}); err == nil || !strings.Contains(err.Error(), "output 2 of 2") {
		t.Errorf("Run of an empty output: %v", err)
	}
}

func TestMemoryBudget(t *testing.T) {
	in := sales(7, 100_000)
	_, err := microbatch.Config{MaxMemory: 100_000}.Batches(t.Context(), pw.FromRows(in).Sort("name"))
	if err == nil || !strings.Contains(err.Error(), "max_memory") || !strings.Contains(err.Error(), "sort") {
		t.Errorf("a sort over the budget: %v", err)
	}
	stats := &microbatch.Stats{}
	count := pw.FromRows(in).GroupBy("id").Reduce(pw.Count().As("n")).Reduce(pw.Count().As("groups"), pw.Sum("n").As("rows"))
	got := rowsOf[struct {
		Groups int64 `pw:"groups"`
	}](t, microbatch.Config{MaxMemory: 1 << 20, Threads: 2, Stats: stats, TempDir: t.TempDir()}, count)
	if len(got) != 1 || got[0].Groups != 100_000 {
		t.Errorf("groups: %+v", got)
	}
	if stats.BytesSpilled.Load() == 0 {
		t.Error("nothing was spilled")
	}
}

// faulty is a source that emits rows and misbehaves in one way.
type faulty struct {
	morsels int
	read    func(ctx context.Context, i int) error
}

func (*faulty) Schema() *plan.Schema       { return plan.NewSchema(plan.Field{Name: "x", Type: vec.TInt64}) }
func (*faulty) Describe() plan.Description { return plan.Description{Kind: "faulty"} }

func (f *faulty) OpenSource(context.Context, *microbatch.Env, microbatch.Scan) (microbatch.Source, error) {
	return &faultyOpen{faulty: f}, nil
}

type faultyOpen struct {
	*faulty
	next int
}

func (f *faultyOpen) Next(context.Context) (microbatch.Morsel, error) {
	if f.next == f.morsels {
		return nil, io.EOF
	}
	f.next++
	return f.next - 1, nil
}

func (f *faultyOpen) NewReader() microbatch.Reader { return f }
func (f *faultyOpen) Close() error                 { return nil }

func (f *faultyOpen) Read(ctx context.Context, m microbatch.Morsel, out microbatch.Out) error {
	if err := f.read(ctx, m.(int)); err != nil {
		return err
	}
	b := vec.NewBuilder(vec.TInt64, 1)
	vec.AppendFixed(b, int64(m.(int)))
	return out.Emit(op.Main, op.Seq{Offset: int64(m.(int))}, &vec.Batch{N: 1, Cols: []*vec.Vec{b.Finish()}})
}

func source(f *faulty) *pw.Table { return pw.NewSource(f, pw.SourceOptions{}) }

func TestPanicInAWorkerIsAnError(t *testing.T) {
	f := &faulty{morsels: 100, read: func(_ context.Context, i int) error {
		if i == 50 {
			panic("boom")
		}
		return nil
	}}
	_, err := microbatch.Config{Threads: 4}.Batches(t.Context(), source(f))
	var p *microbatch.PanicError
	if !errors.As(err, &p) || p.Value != "boom" || !strings.Contains(p.Operator, "faulty") || len(p.Stack) == 0 {
		t.Fatalf("got %v", err)
	}
}

func TestErrorInASourceStopsTheRun(t *testing.T) {
	broken := errors.New("broken")
	f := &faulty{morsels: 1_000_000, read: func(_ context.Context, i int) error {
		if i == 20 {
			return broken
		}
		return nil
	}}
	_, err := microbatch.Config{Threads: 4}.Batches(t.Context(), source(f))
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
}

func TestTheFirstErrorOfTheInputIsReported(t *testing.T) {
	for range 20 {
		second := make(chan struct{})
		f := &faulty{morsels: 100, read: func(ctx context.Context, i int) error {
			switch i {
			case 3: // fails only when a later morsel has failed
				select {
				case <-second:
				case <-ctx.Done():
					return ctx.Err()
				}
				return errors.New("first")
			case 4:
				close(second)
				return errors.New("second")
			case 5: // as if it waited for something of morsel 4
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		}}
		_, err := microbatch.Config{Threads: 4}.Batches(t.Context(), source(f))
		if err == nil || err.Error() != "first" {
			t.Fatalf("got %v", err)
		}
	}
}

// morselSink counts how many batches are pushed before a morsel ends.
type morselSink struct {
	mu       sync.Mutex
	most     int
	ended    []int64
	rows     int
	closed   bool
	identity string
	failAt   string
	panicAt  string
}

var errSink = errors.New("sink")

func (s *morselSink) fail(at string) error {
	if s.panicAt == at {
		panic(at)
	}
	if s.failAt == at {
		return errSink
	}
	return nil
}

func (*morselSink) Describe() plan.Description { return plan.Description{Kind: "morsels"} }

func (s *morselSink) OpenSink(context.Context, *microbatch.Env, op.Port) (microbatch.Sink, error) {
	return s, s.fail("open")
}

func (s *morselSink) NewWriter() microbatch.Writer {
	_ = s.fail("writer")
	return &morselWriter{sink: s}
}

func (s *morselSink) Identity() string             { return s.identity }
func (s *morselSink) EndEpoch(*op.Epoch) error     { return s.fail("epoch") }
func (s *morselSink) Commit(context.Context) error { return s.fail("commit") }
func (s *morselSink) Publish() error               { return s.fail("publish") }

func (s *morselSink) Close() error {
	s.closed = true
	return s.fail("close")
}

type morselWriter struct {
	sink   *morselSink
	pushed int
}

func (w *morselWriter) Push(_ microbatch.Seq, b *vec.Batch) error {
	w.pushed++
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	w.sink.rows += b.Rows()
	return w.sink.fail("push")
}

func (w *morselWriter) EndMorsel(m int64) error {
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	w.sink.most = max(w.sink.most, w.pushed)
	w.sink.ended = append(w.sink.ended, m)
	w.pushed = 0
	return w.sink.fail("morsel")
}

func TestMorselsAreNumberedAndSmall(t *testing.T) {
	s := &morselSink{}
	table := pw.FromRows(sales(8, 100_000)).Sort("value")
	if err := (microbatch.Config{Threads: 3}).Run(t.Context(), pw.NewOutput(table, s, nil)); err != nil {
		t.Fatal(err)
	}
	if s.rows != 100_000 || s.most > 1 {
		t.Errorf("%d rows, up to %d batches a morsel: a sink that keeps the order would hold them all", s.rows, s.most)
	}
	slices.Sort(s.ended)
	for i, m := range s.ended {
		if m != int64(i) {
			t.Fatalf("morsel %d is missing or ended twice: %v", i, s.ended)
		}
	}
}

func TestErrorsOfASink(t *testing.T) {
	for _, at := range []string{"open", "push", "morsel", "epoch", "commit", "publish"} {
		s := &morselSink{failAt: at}
		err := microbatch.Config{Threads: 2}.Run(t.Context(), pw.NewOutput(pw.FromRows(sales(9, 50_000)), s, nil))
		if !errors.Is(err, errSink) || !strings.Contains(err.Error(), "morsels") {
			t.Errorf("%s: got %v", at, err)
		}
	}
}

func TestPanicsOfASinkAreErrors(t *testing.T) {
	for _, at := range []string{"open", "writer", "push", "epoch", "commit", "publish", "close"} {
		s := &morselSink{panicAt: at}
		err := microbatch.Config{Threads: 2}.Run(t.Context(), pw.NewOutput(pw.FromRows(sales(9, 50_000)), s, nil))
		var p *microbatch.PanicError
		if !errors.As(err, &p) || p.Value != at || !strings.Contains(p.Operator, "morsels") {
			t.Errorf("%s: got %v", at, err)
		}
		if at != "open" && !s.closed {
			t.Errorf("%s: the sink wasn't closed", at)
		}
	}
}

func TestTwoOutputsMustNotHaveOneTarget(t *testing.T) {
	in := pw.FromRows(sales(9, 100))
	a, b := &morselSink{identity: "x"}, &morselSink{identity: "x"}
	err := microbatch.Run(t.Context(), pw.NewOutput(in, a, nil), pw.NewOutput(in, b, nil))
	if err == nil || !strings.Contains(err.Error(), "same target") || a.rows+b.rows > 0 || !a.closed || !b.closed {
		t.Errorf("got %v, %d rows written", err, a.rows+b.rows)
	}
	if err := microbatch.Run(t.Context(), pw.NewOutput(in, &morselSink{}, nil), pw.NewOutput(in, &morselSink{}, nil)); err != nil {
		t.Errorf("sinks that are not exclusive: %v", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &faulty{morsels: 1_000_000, read: func(ctx context.Context, i int) error {
		if i == 20 {
			cancel()
			<-ctx.Done()
		}
		return nil
	}}
	_, err := microbatch.Config{Threads: 4}.Batches(ctx, source(f))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestLimitStopsReading(t *testing.T) {
	var mu sync.Mutex
	read := 0
	f := &faulty{morsels: 1_000_000, read: func(context.Context, int) error {
		mu.Lock()
		defer mu.Unlock()
		read++
		return nil
	}}
	if _, err := (microbatch.Config{Threads: 2}).Batches(t.Context(), source(f).Limit(10)); err != nil {
		t.Fatal(err)
	}
	if read > 100 {
		t.Errorf("%d morsels were read for 10 rows", read)
	}
}

func TestSlowMorselHoldsBackTheOthers(t *testing.T) {
	var mu sync.Mutex
	ahead := 0
	release := make(chan struct{})
	f := &faulty{morsels: 1000, read: func(_ context.Context, i int) error {
		if i == 0 {
			<-release
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		ahead++
		return nil
	}}
	done := make(chan error)
	go func() {
		_, err := microbatch.Config{Threads: 2}.Batches(context.Background(), source(f))
		done <- err
	}()
	time.Sleep(50 * time.Millisecond)
	mu.Lock()
	got := ahead
	mu.Unlock()
	close(release)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if got == 0 || got > 16 {
		t.Errorf("%d morsels were read while the first was open", got)
	}
	if ahead != 999 {
		t.Errorf("%d morsels were read in all", ahead+1)
	}
}

func TestProgress(t *testing.T) {
	f := &faulty{morsels: 10, read: func(context.Context, int) error { time.Sleep(5 * time.Millisecond); return nil }}
	calls := 0
	c := microbatch.Config{Threads: 1, Interval: time.Millisecond, Progress: func(*microbatch.Stats) { calls++ }}
	if _, err := c.Batches(t.Context(), source(f)); err != nil {
		t.Fatal(err)
	}
	if calls < 2 {
		t.Errorf("%d calls of Progress", calls)
	}
}
