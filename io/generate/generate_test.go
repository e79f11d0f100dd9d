package generate_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type event struct {
	ID   int64
	Name string
}

func eventOf(n int64) event { return event{ID: n, Name: fmt.Sprint("n", n%7)} }

// sink keeps what it was given. wait, if not nil, is called with each epoch.
type sink struct {
	mu   sync.Mutex
	rows []event
	wait func()
}

func (s *sink) output(t *pw.Table) pw.Output {
	return custom.WriteRows(t, func(_ context.Context, rows []event, _ []int64) error {
		if s.wait != nil {
			s.wait()
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.rows = append(s.rows, rows...)
		return nil
	})
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.rows)
}

func TestRowsAreThoseOfTheirNumbers(t *testing.T) {
	for _, rows := range []int64{0, 1, 1023, 8192, 200_001} {
		for _, partitions := range []int{1, 3} {
			for _, bounded := range []bool{false, true} {
				t.Run(fmt.Sprint(rows, " rows ", partitions, " partitions bounded ", bounded), func(t *testing.T) {
					options := []generate.Option{generate.Limit(rows), generate.Partitions(partitions)}
					if bounded {
						options = append(options, generate.Bounded())
					}
					var s sink
					c := microbatch.Config{Threads: 4, MaxEpochRows: 50_000, Test: op.TestSettings{PoisonLent: true}}
					table := generate.Rows(eventOf, options...).Filter(pw.Col("id").Rem(3).Ne(1))
					if err := c.Run(t.Context(), s.output(table)); err != nil {
						t.Fatal(err)
					}
					var want []event
					for n := range rows {
						if n%3 != 1 {
							want = append(want, eventOf(n))
						}
					}
					slices.SortFunc(s.rows, func(x, y event) int { return cmp.Compare(x.ID, y.ID) })
					if !slices.Equal(s.rows, want) {
						t.Errorf("%d rows of %d, or other ones", len(s.rows), len(want))
					}
				})
			}
		}
	}
}

func TestACountOfRowsNeedsNoColumns(t *testing.T) {
	table := generate.Rows(eventOf, generate.Limit(100_000), generate.Bounded()).Reduce(pw.Count().As("n"))
	type count struct{ N int64 }
	rows, err := microbatch.CollectRows[count](t.Context(), table)
	if err != nil || len(rows) != 1 || rows[0].N != 100_000 {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestRowsComeAtTheirRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		h, err := microbatch.Start(t.Context(), s.output(generate.Rows(eventOf, generate.Rate(1000), generate.Tick(100*time.Millisecond))))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			after time.Duration
			rows  int
		}{{0, 0}, {99 * time.Millisecond, 0}, {time.Millisecond, 100}, {250 * time.Millisecond, 300}, {9650 * time.Millisecond, 10_000}} {
			time.Sleep(step.after)
			synctest.Wait()
			if n := s.count(); n != step.rows {
				t.Errorf("%d rows, not %d", n, step.rows)
			}
		}
		if st := h.Status(); st.Epochs != 101 || st.Sources[0].Lag.Rows != 0 {
			t.Errorf("%d epochs for 100 ticks; lag %+v", st.Epochs, st.Sources[0].Lag)
		}
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestRareRowsWakeNobodyInBetween: the engine is told when a row is due, not at every tick.
func TestRareRowsWakeNobodyInBetween(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		h, err := microbatch.Start(t.Context(), s.output(generate.Rows(eventOf, generate.Rate(0.5), generate.Limit(5))))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := h.Wait(); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d != 10*time.Second || s.count() != 5 {
			t.Errorf("%d rows in %s, want 5 in 10s", s.count(), d)
		}
	})
}

func TestAStartInThePastIsCaughtUpWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		start := time.Now().Add(-time.Minute)
		h, err := microbatch.Config{MaxEpochRows: 100}.Start(t.Context(), s.output(generate.Rows(eventOf, generate.Rate(10), generate.Start(start))))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if n := s.count(); n != 600 {
			t.Errorf("%d rows at once, not those of a minute", n)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := s.count(); n != 610 {
			t.Errorf("%d rows a second later, not 610", n)
		}
		if err := h.Stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestASlowEngineLosesNothingAndIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sink{wait: func() { time.Sleep(time.Second) }}
		c := microbatch.Config{MaxEpochRows: 50}
		h, err := c.Start(t.Context(), s.output(generate.Rows(eventOf, generate.Rate(100), generate.Limit(1000))))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(9500 * time.Millisecond)
		synctest.Wait()
		lag := h.Status().Sources[0].Lag
		// The epochs are cut at 0.01 s, 1.01 s, 2.01 s … with 1, 50, 50 … rows. That at 9.01 s leaves those from row 451 on, which was due at 4.52 s.
		if want := int64(901 - 1 - 9*50); lag.Rows != want || lag.Age != 4490*time.Millisecond {
			t.Errorf("behind by %d rows and %s, want %d and 4.49s", lag.Rows, lag.Age, want)
		}
		if err := h.Wait(); err != nil {
			t.Error(err)
		}
		if n := s.count(); n != 1000 {
			t.Errorf("%d rows of 1000", n)
		}
	})
}

func TestFinishTakesWhatIsDue(t *testing.T) {
	for name, options := range map[string][]generate.Option{"paced": {generate.Rate(100)}, "as fast as it goes": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var s sink
				pause := sync.OnceFunc(func() { time.Sleep(time.Second) })
				s.wait = pause
				h, err := microbatch.Config{MaxEpochRows: 10}.Start(t.Context(), s.output(generate.Rows(eventOf, options...)))
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(900 * time.Millisecond)
				if err := h.Finish(); err != nil {
					t.Error(err)
				}
				if n := s.count(); name == "paced" && n != 101 || n < 101 {
					t.Errorf("%d rows", n)
				}
			})
		})
	}
}

func TestAPanicNamesTheRow(t *testing.T) {
	table := generate.Rows(func(n int64) event {
		if n == 20_000 {
			panic("no such row")
		}
		return eventOf(n)
	}, generate.Name("orders"), generate.Limit(50_000))
	var s sink
	err := microbatch.Run(t.Context(), s.output(table))
	if err == nil || !strings.Contains(err.Error(), "generate orders: the function panicked at row 20000: no such row") {
		t.Errorf("error %v", err)
	}
}

func TestMistakesAreErrorsOfThePlan(t *testing.T) {
	type bad struct{ F func() }
	for want, table := range map[string]*pw.Table{
		"Bounded without a Limit": generate.Rows(eventOf, generate.Bounded()),
		"a rate of 0":             generate.Rows(eventOf, generate.Rate(0)),
		"a rate of NaN":           generate.Rows(eventOf, generate.Rate(math.NaN())),
		"a tick of 0s":            generate.Rows(eventOf, generate.Tick(0)),
		"a limit of -1":           generate.Rows(eventOf, generate.Limit(-1)),
		"0 partitions":            generate.Rows(eventOf, generate.Partitions(0)),
		"func()":                  generate.Rows(func(int64) bad { return bad{} }),
	} {
		_, err := table.Plan()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "generate_test.go:") {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestItIsExplained(t *testing.T) {
	table := generate.Rows(eventOf, generate.Name("orders"), generate.Rate(0.5), generate.Limit(9), generate.Partitions(2))
	if got, want := table.Explain(), "generate orders"; !strings.Contains(got, want) || !strings.Contains(got, "rate=0.5") && !strings.Contains(got, "rate 0.5") {
		t.Errorf("explained as\n%s", got)
	}
}
