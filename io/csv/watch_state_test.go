package csv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/microbatch"
)

// lasting is a folder that is watched by runs with a state.
type lasting struct {
	t                *testing.T
	logs, out, state string
	opts             []pw.ReadOption
}

func newLasting(t *testing.T, opts ...pw.ReadOption) *lasting {
	dir := t.TempDir()
	l := &lasting{t: t, logs: filepath.Join(dir, "logs"), out: filepath.Join(dir, "out.csv"), state: filepath.Join(dir, "state")}
	l.opts = append(opts, pw.NewSchema(pw.Int64("id")), csv.Interval(time.Millisecond))
	if err := os.Mkdir(l.logs, 0o700); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *lasting) path(name string) string { return filepath.Join(l.logs, name) }

func (l *lasting) start() *microbatch.Handle {
	l.t.Helper()
	c := microbatch.Config{State: microbatch.State{Path: l.state, CheckpointInterval: time.Hour}}
	h, err := c.Start(l.t.Context(), csv.Write(csv.Watch(l.logs, l.opts...), l.out))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { h.Cancel() })
	return h
}

// run runs until the output holds want, and ends without a checkpoint, or with one if stop is set.
func (l *lasting) run(want string, stop bool) {
	l.t.Helper()
	h := l.start()
	eventually(l.t, l.out, want)
	if !stop {
		h.Cancel()
	} else if err := h.Stop(); err != nil {
		l.t.Fatal(err)
	}
}

// fails runs until there is an error, which must say all of want.
func (l *lasting) fails(want ...string) {
	l.t.Helper()
	err := l.start().Wait()
	for _, w := range want {
		if err == nil || !strings.Contains(err.Error(), w) {
			l.t.Errorf("got %v, want %q", err, w)
		}
	}
}

// TestWatchReadsAgain: what an earlier run has read behind its checkpoint has to be there, whatever the file is called.
func TestWatchReadsAgain(t *testing.T) {
	l := newLasting(t)
	a, away := l.path("a.csv"), filepath.Join(t.TempDir(), "away")
	add(t, a, "id\n1\n2\n")
	l.run("id\n1\n2\n", false)
	if err := os.Rename(a, away); err != nil {
		t.Fatal(err)
	}
	l.fails("a.csv is gone", "bytes 3 to 7", "bring it back")
	if err := os.Rename(away, l.path("b.csv")); err != nil {
		t.Fatal(err)
	}
	add(t, l.path("b.csv"), "3\n")
	l.run("id\n1\n2\n3\n", false)
	if err := os.WriteFile(l.path("b.csv"), []byte("id\n1\n9\n3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.fails("b.csv has changed", "line 2", "holds something else")
	if err := os.WriteFile(l.path("b.csv"), []byte("id\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.fails("b.csv has changed", "only 5 bytes")
}

// TestWatchGoesOnBehindACheckpoint: files that were taken before it may go.
func TestWatchGoesOnBehindACheckpoint(t *testing.T) {
	for name, opts := range map[string][]pw.ReadOption{"fails": nil, "adds": {csv.Rewritten(csv.Adds)}} {
		t.Run(name, func(t *testing.T) {
			l := newLasting(t, opts...)
			add(t, l.path("a.csv"), "id\n1\n")
			add(t, l.path("b.csv"), "id\n2\n3")
			l.run("id\n1\n2\n", true)
			if err := os.Remove(l.path("a.csv")); err != nil {
				t.Fatal(err)
			}
			add(t, l.path("b.csv"), "4\n")
			add(t, l.path("c.csv"), "id\n5\n")
			l.run("id\n1\n2\n34\n5\n", false)
			add(t, l.path("b.csv"), "6\n")
			l.run("id\n1\n2\n34\n5\n6\n", true)
			l.run("id\n1\n2\n34\n5\n6\n", true)
		})
	}
}

// TestWatchAddsWhatIsRewritten: a file may be written anew while nobody looks, before what it held is in a checkpoint.
func TestWatchAddsWhatIsRewritten(t *testing.T) {
	l := newLasting(t, csv.Rewritten(csv.Adds))
	add(t, l.path("a.csv"), "id\n1\n2\n")
	l.run("id\n1\n2\n", false)
	if err := os.WriteFile(l.path("a.csv"), []byte("id\n3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.run("id\n1\n2\n3\n", false)
	l.run("id\n1\n2\n3\n", true)
}

// TestWatchReadsRowsThatAreTooLargeAgain, and goes on where one is not over yet.
func TestWatchReadsRowsThatAreTooLargeAgain(t *testing.T) {
	l := newLasting(t, csv.MaxRowSize(100), csv.OnBadRow(pw.Skip))
	long := strings.Repeat("x", 3000)
	add(t, l.path("a.csv"), "id\n1\n"+long)
	l.run("id\n1\n", false)
	add(t, l.path("a.csv"), long+"\n2\n")
	l.run("id\n1\n2\n", false)
	add(t, l.path("a.csv"), "3\n")
	l.run("id\n1\n2\n3\n", true)
	add(t, l.path("a.csv"), "4\n")
	l.run("id\n1\n2\n3\n4\n", true)
}

// TestWatchThatReplacesHasNoState: what would have to be taken back is in memory alone.
func TestWatchThatReplacesHasNoState(t *testing.T) {
	l := newLasting(t)
	c := microbatch.Config{State: microbatch.State{Path: l.state}}
	in := csv.Watch(l.logs, append(l.opts, csv.Rewritten(csv.Replaces))...)
	if _, err := c.Start(t.Context(), csv.WriteChanges(in, l.out)); err == nil || !strings.Contains(err.Error(), "can't be kept in a state yet") {
		t.Errorf("got %v", err)
	}
}
