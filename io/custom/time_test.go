package custom_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
)

// A test for each rule about time (DESIGN.md, "Time: epochs"), on a clock that stands still unless a test sleeps. Times are seconds after the start.

// reading is a row with an event time.
type reading struct {
	At   time.Time
	Name string
}

// counted is a window's row.
type counted struct {
	WindowStart time.Time
	WindowEnd   time.Time
	N           int64
}

// timeline is a run under test.
type timeline struct {
	t       *testing.T
	began   time.Time
	sources map[string]chan []reading
	handle  *microbatch.Handle

	mu      sync.Mutex
	written []string // since the last want
	epochs  []int64
}

func newTimeline(t *testing.T) *timeline {
	return &timeline{t: t, began: time.Now(), sources: map[string]chan []reading{}}
}

// source is a stream whose rows come from send.
func (l *timeline) source(name string, options ...custom.Option) *pw.Table {
	rows := make(chan []reading)
	l.sources[name] = rows
	return custom.Rows(func(ctx context.Context, w *custom.Writer[reading]) error {
		for {
			select {
			case batch, ok := <-rows:
				if !ok {
					return nil
				}
				for _, r := range batch {
					w.Append(r)
				}
				if err := w.Commit(); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}, append(options, custom.Name(name))...)
}

func (l *timeline) at(second int) time.Time { return l.began.Add(time.Duration(second) * time.Second) }

// second is a time as seconds after the start.
func (l *timeline) second(at time.Time) int { return int(at.Sub(l.began) / time.Second) }

// send commits a row for each second, and waits until they are answered.
func (l *timeline) send(source string, seconds ...int) {
	var rows []reading
	for _, s := range seconds {
		rows = append(rows, reading{l.at(s), source})
	}
	l.sources[source] <- rows
	synctest.Wait()
}

func (l *timeline) write(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = append(l.written, line)
}

// windows is an output of counts: "+0-60: 3".
func (l *timeline) windows(t *pw.Table) pw.Output {
	return custom.WriteRows(t, func(_ context.Context, rows []counted, diffs []int64) error {
		for i, r := range rows {
			l.write(fmt.Sprintf("%s%d-%d: %d", sign(diffs[i]), l.second(r.WindowStart), l.second(r.WindowEnd), r.N))
		}
		return nil
	})
}

// rows is an output of readings: "+name 3".
func (l *timeline) rows(t *pw.Table) pw.Output {
	return custom.Write(t, func(_ context.Context, c custom.Changes) error {
		l.mu.Lock()
		l.epochs = append(l.epochs, c.Epoch)
		l.mu.Unlock()
		rows, err := pw.RowsOf[reading](c.Schema, c.Batches)
		for _, r := range rows {
			l.write(fmt.Sprintf("+%s %d", r.Name, l.second(r.At)))
		}
		return err
	})
}

func sign(diff int64) string {
	if diff < 0 {
		return "-"
	}
	return "+"
}

func (l *timeline) start(c microbatch.Config, outputs ...pw.Output) {
	l.t.Helper()
	h, err := c.Start(l.t.Context(), outputs...)
	if err != nil {
		l.t.Fatal(err)
	}
	l.handle = h
	synctest.Wait()
}

// want is what was written since the last want.
func (l *timeline) want(lines ...string) {
	l.t.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.written, lines) {
		l.t.Errorf("written: %q, want %q", l.written, lines)
	}
	l.written = nil
}

// end ends the run by Stop or Finish.
func (l *timeline) end(by func() error) {
	l.t.Helper()
	if err := by(); err != nil {
		l.t.Error(err)
	}
}

// inTime runs a test on a clock of its own.
func inTime(t *testing.T, f func(l *timeline)) {
	synctest.Test(t, func(t *testing.T) { f(newTimeline(t)) })
}

func minutes(t *pw.Table, options ...pw.WindowOption) *pw.Table {
	return t.WindowBy("at", pw.Tumbling(time.Minute), options...).Reduce(pw.Count().As("n"))
}

func TestEpochsHaveTheTimeOfTheirCut(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.rows(l.source("a")))
		for i := range 3 {
			time.Sleep(time.Hour)
			l.send("a", i)
		}
		l.send("a", 9) // at the same time
		l.end(l.handle.Stop)
		want := []int64{}
		for _, hour := range []int{1, 2, 3, 3} {
			want = append(want, l.began.Add(time.Duration(hour)*time.Hour).UnixMicro())
		}
		want[3]++
		if !slices.Equal(l.epochs, want) {
			t.Errorf("epochs %d, want %d", l.epochs, want)
		}
	})
}

func TestARowIsAnsweredAtOnce(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.rows(l.source("a")))
		for i := range 3 {
			l.send("a", i)
			l.want(fmt.Sprintf("+a %d", i)) // no time has passed
			time.Sleep(time.Millisecond)
		}
		if !l.began.Add(3 * time.Millisecond).Equal(time.Now()) {
			t.Error("something has waited")
		}
		l.end(l.handle.Stop)
	})
}

func TestCutsAreAutocommitApart(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{Autocommit: 10 * time.Second}, l.rows(l.source("a")))
		time.Sleep(20 * time.Second)
		l.send("a", 1)
		l.want("+a 1") // the last cut is long ago
		time.Sleep(time.Second)
		l.send("a", 2)
		l.send("a", 3)
		l.want()
		time.Sleep(9 * time.Second)
		l.want("+a 2", "+a 3")
		l.send("a", 4)
		l.end(l.handle.Finish) // doesn't wait
		l.want("+a 4")
		if !time.Now().Equal(l.at(30)) {
			t.Errorf("it is second %d", l.second(time.Now()))
		}
	})
}

func TestMaxEpochRowsCutsEarly(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{Autocommit: time.Hour, MaxEpochRows: 3}, l.rows(l.source("a")))
		l.send("a", 1)
		l.send("a", 2)
		l.want()
		l.send("a", 3)
		l.want("+a 1", "+a 2", "+a 3")
		l.send("a", 4)
		l.want()
		l.end(l.handle.Stop)
		l.want() // a row that no epoch has taken
	})
}

func TestAWindowClosesOnce(t *testing.T) {
	inTime(t, func(l *timeline) {
		table := minutes(l.source("a"), pw.Delay(10*time.Second))
		l.start(microbatch.Config{}, l.windows(table), l.rows(table.Late().Select("at", pw.Lit("late").As("name"))))
		l.send("a", 5, 30, 69)
		l.want()
		l.send("a", 50, 70) // max − delay has come to its end with this epoch, and not before: the 50 is in time
		l.want("+0-60: 3")
		l.send("a", 20)
		l.want("+late 20")
		l.end(l.handle.Finish)
		l.want("+60-120: 2")
	})
}

func TestStopLeavesWindowsOpen(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.windows(minutes(l.source("a"))))
		l.send("a", 5, 30)
		l.end(l.handle.Stop)
		l.want()
	})
}

func TestASourceThatEndsClosesWindows(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.windows(minutes(l.source("a").Union(l.source("b")))))
		l.send("a", 5, 100, 500)
		l.send("b", 50)
		l.want()
		close(l.sources["b"]) // +∞ for itself alone: now a, at 500, says what is over
		l.want("+0-60: 2", "+60-120: 1")
		close(l.sources["a"])
		l.want("+480-540: 1")
		l.end(l.handle.Wait)
	})
}

func TestTheSlowestSourceIsWaitedFor(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.windows(minutes(l.source("a").Union(l.source("b")), pw.Idle(0))))
		l.send("a", 5, 500)
		time.Sleep(time.Hour) // however long it takes
		l.want()
		l.send("b", 70)
		l.want("+0-60: 1")
		l.end(l.handle.Stop)
	})
}

func TestAnIdleSourceIsNotWaitedFor(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.windows(minutes(l.source("a").Union(l.source("b")), pw.Idle(10*time.Second))))
		l.send("b", 1)
		time.Sleep(5 * time.Second)
		l.send("a", 70)
		time.Sleep(5*time.Second - time.Millisecond)
		l.want()
		time.Sleep(time.Millisecond) // no row comes: the engine wakes of itself
		l.want("+0-60: 1")
		epochs := l.handle.Status().Epochs
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := l.handle.Status().Epochs - epochs; n > 2 {
			t.Errorf("%d epochs in an hour in which nothing happened", n)
		}
		l.end(l.handle.Stop)
	})
}

func TestEarlyResultsAreShownEvery(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.windows(minutes(l.source("a"), pw.EmitEarly(10*time.Second))))
		time.Sleep(10 * time.Second)
		l.send("a", 1)
		l.want("+0-60: 1")
		time.Sleep(time.Second)
		l.send("a", 2, 3)
		l.want()
		time.Sleep(9 * time.Second)
		l.want("-0-60: 1", "+0-60: 3")
		time.Sleep(time.Hour) // nothing has changed
		l.want()
		l.send("a", 60)
		l.want("+60-120: 1")
		l.end(l.handle.Stop)
	})
}

func TestEarlyResultsKeepToAutocommit(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{Autocommit: 25300 * time.Millisecond}, l.windows(minutes(l.source("a"), pw.EmitEarly(10*time.Second))))
		time.Sleep(26 * time.Second)
		for i := range 100 {
			l.send("a", i/2)
			time.Sleep(time.Second)
		}
		l.want("+0-60: 1", "-0-60: 1", "+0-60: 26", "-0-60: 26", "+0-60: 51", "-0-60: 51", "+0-60: 76")
		l.end(l.handle.Stop)
	})
}

func TestLateRowsCorrect(t *testing.T) {
	inTime(t, func(l *timeline) {
		table := minutes(l.source("a"), pw.Lateness(time.Minute))
		l.start(microbatch.Config{}, l.windows(table), l.rows(table.Late().Select("at", pw.Lit("late").As("name"))))
		l.send("a", 1, 60)
		l.want("+0-60: 1")
		l.send("a", 59)
		l.want("-0-60: 1", "+0-60: 2")
		l.send("a", 120) // now it is over for good
		l.want("+60-120: 1")
		l.send("a", 58)
		l.want("+late 58")
		l.end(l.handle.Stop)
	})
}

func TestTimesFarAheadAreRejected(t *testing.T) {
	const day = 24 * 60 * 60
	inTime(t, func(l *timeline) {
		table := l.source("a", custom.OnBadRow(pw.Reject))
		l.start(microbatch.Config{}, l.windows(minutes(table)))
		l.send("a", 1, day+1)
		l.want() // it closes no window
		l.send("a", day)
		l.want("+0-60: 1")
		l.end(l.handle.Finish)
		l.want(fmt.Sprintf("+%d-%d: 1", day, day+60))
	})
	inTime(t, func(l *timeline) { // of what is played again all times are good
		table := l.source("a", custom.OnBadRow(pw.Reject), custom.Replays())
		l.start(microbatch.Config{}, l.windows(minutes(table)))
		l.send("a", 1, day+1)
		l.want("+0-60: 1")
		l.end(l.handle.Stop)
	})
}

func TestWindowsOfTheClock(t *testing.T) {
	inTime(t, func(l *timeline) {
		table := l.source("a").WindowByProcessingTime(pw.Tumbling(time.Minute)).Reduce(pw.Count().As("n"))
		l.start(microbatch.Config{}, l.windows(table))
		time.Sleep(5 * time.Second)
		l.send("a", 1_000, 2_000) // what they say doesn't matter
		time.Sleep(54 * time.Second)
		l.want()
		time.Sleep(time.Second)
		l.want("+0-60: 2")
		epochs := l.handle.Status().Epochs
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if n := l.handle.Status().Epochs - epochs; n > 0 {
			t.Errorf("%d epochs in a day without rows", n)
		}
		l.end(l.handle.Finish)
		l.want()
	})
}

// TestAnIdleStreamSleeps: without rows and without anything that waits for a time there is no epoch.
func TestAnIdleStreamSleeps(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.windows(minutes(l.source("a"), pw.Idle(0))))
		l.send("a", 1)
		epochs := l.handle.Status().Epochs
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		st := l.handle.Status()
		if st.Epochs != epochs {
			t.Errorf("%d epochs in a day without rows", st.Epochs-epochs)
		}
		if !st.Sources[0].Idle || st.Sources[0].Rate != 0 {
			t.Errorf("status: %+v", st.Sources[0])
		}
		l.end(l.handle.Stop)
	})
}

// TestStatusSaysHowFast rows come, however seldom it is asked.
func TestStatusSaysHowFast(t *testing.T) {
	inTime(t, func(l *timeline) {
		l.start(microbatch.Config{}, l.rows(l.source("a")))
		time.Sleep(time.Hour)
		for range 50 {
			l.send("a", 1, 2, 3)
			time.Sleep(100 * time.Millisecond)
		}
		for range 2 { // asked twice it says the same
			st := l.handle.Status()
			if r := st.Sources[0].Rate; r < 25 || r > 35 || st.Sources[0].Idle {
				t.Errorf("30 rows a second came: %+v", st.Sources[0])
			}
			if r := st.Sinks[0].Rate; r < 25 || r > 35 {
				t.Errorf("30 rows a second were written: %+v", st.Sinks[0])
			}
		}
		time.Sleep(3 * time.Second)
		if st := l.handle.Status().Sources[0]; st.Rate != 0 || !st.Idle {
			t.Errorf("no rows for 3 seconds: %+v", st)
		}
		if s := l.handle.Status().String(); !strings.Contains(s, "idle") {
			t.Error(s)
		}
		l.end(l.handle.Stop)
	})
}
