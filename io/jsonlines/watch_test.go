package jsonlines

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// watcher is a stream that is read by the test, in the place of the engine.
type watcher struct {
	t      *testing.T
	dir    string
	stream microbatch.Stream
	reader microbatch.Reader
	env    *microbatch.Env
	ready  chan struct{}
	counts map[string]int64 // rows, added up
	polls  [][]string       // the rows of each poll, with + or −
	out    []string
	bad    []string // bad rows that there are
}

func newWatcher(t *testing.T, opts ...pw.ReadOption) *watcher {
	t.Helper()
	w := &watcher{t: t, dir: t.TempDir(), ready: make(chan struct{}, 1), counts: map[string]int64{}}
	opts = append([]pw.ReadOption{pw.NewSchema(pw.Int64("id")), Interval(2 * time.Millisecond), OnBadRow(pw.Reject)}, opts...)
	s, err := newSettings(opts)
	if err != nil {
		t.Fatal(err)
	}
	src, err := newWatched(w.dir, s)
	if err != nil {
		t.Fatal(err)
	}
	budget := vec.NewBudget(0)
	w.env = &microbatch.Env{Stats: new(microbatch.Stats), Budget: budget, Account: budget.Account("watch"), Bad: s.bad, Log: slog.New(slog.DiscardHandler), Ready: func() {
		select {
		case w.ready <- struct{}{}:
		default:
		}
	}}
	if w.stream, err = src.OpenStream(context.Background(), w.env, microbatch.Scan{Columns: []int{0}}); err != nil {
		t.Fatal(err)
	}
	w.reader = w.stream.NewReader()
	t.Cleanup(func() {
		if err := w.stream.Close(); err != nil || budget.Used() != 0 {
			t.Errorf("Close: %v, %d bytes are charged", err, budget.Used())
		}
	})
	return w
}

// Emit takes what the reader has.
func (w *watcher) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	for i := range b.Rows() {
		r := b.Row(i)
		if port == op.Rejected {
			w.rejected(fmt.Sprintf("%d %s", vec.Of[int64](b.Cols[2])[r], b.Cols[5].Str(r)), b.Diff == nil || b.Diff[r] > 0)
			continue
		}
		n, sign := int64(1), "+"
		if b.Diff != nil {
			n, sign = b.Diff[r], "-"
		}
		row := valueOf(b.Cols[0], r)
		if w.counts[row] += n; w.counts[row] == 0 {
			delete(w.counts, row)
		}
		w.out = append(w.out, sign+row)
	}
	return nil
}

// rejected takes a bad row that comes, or goes.
func (w *watcher) rejected(row string, comes bool) {
	if comes {
		w.bad = append(w.bad, row)
		return
	}
	i := slices.Index(w.bad, row)
	if i < 0 {
		w.t.Fatalf("the bad row %q goes and never came", row)
	}
	w.bad = slices.Delete(w.bad, i, i+1)
}

func valueOf(v *vec.Vec, r int) string {
	if v.IsNull(r) {
		return "∅"
	}
	return fmt.Sprint(vec.Of[int64](v)[r])
}

// poll reads what there is.
func (w *watcher) poll(limit int64) error {
	w.t.Helper()
	p, err := w.stream.Poll(limit)
	if err != nil {
		return err
	}
	w.out = nil
	for _, m := range p.Morsels {
		if err := w.reader.Read(context.Background(), m, w); err != nil {
			return err
		}
	}
	if len(w.out) > 0 {
		w.polls = append(w.polls, w.out)
	}
	return nil
}

// until polls until ok is true.
func (w *watcher) until(what string, ok func() bool) {
	w.t.Helper()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-w.ready:
		case <-time.After(time.Millisecond):
		case <-late:
			w.t.Fatalf("%s: rows are %v, bad ones %q", what, w.counts, w.bad)
		}
		if err := w.poll(0); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *watcher) rows() string {
	var rows []string
	for row, n := range w.counts {
		rows = append(rows, fmt.Sprintf("%s×%d", row, n))
	}
	slices.Sort(rows)
	return strings.Join(rows, " ")
}

func (w *watcher) want(rows string) {
	w.t.Helper()
	w.until("want "+rows, func() bool { return w.rows() == rows })
}

func (w *watcher) add(name, text string) {
	w.t.Helper()
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watcher) write(name, text string) {
	w.t.Helper()
	time.Sleep(15 * time.Millisecond) // another time than what was written before
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func TestWatchGrowingFiles(t *testing.T) {
	w := newWatcher(t)
	w.add("a.jsonl", "\xef\xbb\xbf{\"id\":1}\n{\"id\"")
	w.want("1×1")
	w.add("a.jsonl", ":2}\n")
	w.add("b.txt", "{\"id\":99}\n")
	w.want("1×1 2×1")
	w.add("b.ndjson", "{\"id\":2}\n{\"id\":\"x\"}\n\n{\"id\":3}\n")
	w.want("1×1 2×2 3×1")
	if err := os.Rename(filepath.Join(w.dir, "a.jsonl"), filepath.Join(w.dir, "c.jsonl")); err != nil {
		t.Fatal(err)
	}
	w.add("a.jsonl", "{\"id\":4}\n")
	w.add("c.jsonl", "not json\n{\"id\":5}\n")
	w.want("1×1 2×2 3×1 4×1 5×1")
	want := []string{`2 "x" is not an int64`, `3 expected an object ({), found 'n'`}
	if slices.Sort(w.bad); !slices.Equal(w.bad, want) {
		t.Errorf("bad rows %q, want %q", w.bad, want)
	}
}

func TestWatchLongRows(t *testing.T) {
	w := newWatcher(t, MaxRowSize(100), chunkSize(64))
	w.add("a.jsonl", "{\"id\":1}\n{\"id\":"+strings.Repeat(" ", 500))
	w.want("1×1")
	w.add("a.jsonl", strings.Repeat(" ", 500)+"2}\n{\"id\":3}\nbad\n")
	w.until("the last bad row", func() bool { return w.rows() == "1×1 3×1" && len(w.bad) == 2 })
	want := []string{"2 row is larger than 100 bytes, the limit on a row's size", "4 expected an object ({), found 'b'"}
	if slices.Sort(w.bad); !slices.Equal(w.bad, want) {
		t.Errorf("bad rows %q, want %q", w.bad, want)
	}
}

func TestWatchRewrittenFiles(t *testing.T) {
	const before, after = "{\"id\":1}\n{\"id\":2}\nbad\n{\"id\":2}\n", "{\"id\":3}\n{\"id\":2}\n"
	t.Run("fails", func(t *testing.T) {
		w := newWatcher(t)
		w.write("a.jsonl", before)
		w.want("1×1 2×2")
		w.write("a.jsonl", after)
		var err error
		for range 5000 {
			if err = w.poll(0); err != nil {
				break
			}
			time.Sleep(time.Millisecond)
		}
		if err == nil || !strings.Contains(err.Error(), filepath.Join(w.dir, "a.jsonl")+" was written anew") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("adds", func(t *testing.T) {
		w := newWatcher(t, Rewritten(Adds))
		w.write("a.jsonl", before)
		w.want("1×1 2×2")
		w.write("a.jsonl", after)
		w.want("1×1 2×3 3×1")
	})
	t.Run("replaces", func(t *testing.T) {
		w := newWatcher(t, Rewritten(Replaces), chunkSize(10))
		w.write("a.jsonl", before)
		w.want("1×1 2×2")
		w.polls = nil
		w.write("a.jsonl", "") // emptied first, as editors do
		w.want("")
		w.add("a.jsonl", after)
		w.want("2×1 3×1")
		if len(w.bad) != 0 || w.env.Stats.RowsRejected.Load() != 0 {
			t.Errorf("bad rows %q of what was replaced", w.bad)
		}
		w.write("a.jsonl", before)
		w.want("1×1 2×2")
		if len(w.bad) != 1 || w.env.Stats.RowsRejected.Load() != 1 {
			t.Errorf("bad rows %q, want one", w.bad)
		}
		if err := os.Remove(filepath.Join(w.dir, "a.jsonl")); err != nil {
			t.Fatal(err)
		}
		w.want("")
		if len(w.bad) != 0 {
			t.Errorf("bad rows %q of a file that is gone", w.bad)
		}
	})
}

// TestWatchReplacesAtOnce: the old rows go and the new ones come in one epoch, however few rows that is to have.
func TestWatchReplacesAtOnce(t *testing.T) {
	w := newWatcher(t, Rewritten(Replaces), chunkSize(10))
	w.write("a.jsonl", "{\"id\":1}\n{\"id\":2}\n")
	w.want("1×1 2×1")
	w.polls = nil
	next := filepath.Join(w.dir, "next")
	if err := os.WriteFile(next, []byte("{\"id\":3}\n{\"id\":2}\n{\"id\":4}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(next)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(w.dir, "a.jsonl"), os.O_WRONLY, 0) // one write, longer than before
	if err == nil {
		_, err = f.Write(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	for w.rows() != "2×1 3×1 4×1" {
		if err := w.poll(1); err != nil {
			t.Fatal(err)
		}
		if rows := w.rows(); rows != "1×1 2×1" && rows != "2×1 3×1 4×1" {
			t.Fatalf("an epoch ends with %q", rows)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestWatchRandomly writes lines in random pieces to random files that are renamed at times: every row comes once.
func TestWatchRandomly(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	w := newWatcher(t, chunkSize(50))
	names := []string{"a.jsonl", "b.jsonl", "c.jsonl"}
	pending := make([]string, len(names)) // text that is still to be written
	const rows = 500
	for id := 0; id < rows || strings.Join(pending, "") != ""; {
		i := r.IntN(len(names))
		if id < rows {
			pending[i] += fmt.Sprintf(`{"x":"%s","id":%d}`+"\n", strings.Repeat("y", r.IntN(100)), id)
			id++
		}
		n := r.IntN(len(pending[i]) + 1)
		w.add(names[i], pending[i][:n])
		pending[i] = pending[i][n:]
		if r.IntN(20) == 0 {
			to := fmt.Sprintf("%d.jsonl", r.Uint32())
			if err := os.Rename(filepath.Join(w.dir, names[i]), filepath.Join(w.dir, to)); err == nil {
				names[i] = to
			}
		}
		if r.IntN(10) == 0 {
			if err := w.poll(int64(r.IntN(5))); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.until(fmt.Sprintf("seed %d", seed), func() bool { return len(w.counts) == rows })
	for row, n := range w.counts {
		if n != 1 {
			t.Errorf("seed %d: row %s came %d times", seed, row, n)
		}
	}
	if len(w.bad) > 0 {
		t.Errorf("seed %d: bad rows %q", seed, w.bad)
	}
}

func TestWatchNeedsASchema(t *testing.T) {
	s, err := newSettings(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newWatched(t.TempDir(), s); err == nil || !strings.Contains(err.Error(), "give a schema") {
		t.Errorf("got %v", err)
	}
}

// TestWatchReplacesAnyChange: a file that is written anew in place is read again also if it begins and ends as before and is as long.
func TestWatchReplacesAnyChange(t *testing.T) {
	lines := func(middle int) string {
		var b strings.Builder
		for i := range 2000 {
			if i == 1000 {
				i = middle
			}
			fmt.Fprintf(&b, "{\"id\":%d}\n", i)
		}
		return b.String()
	}
	w := newWatcher(t, Rewritten(Replaces))
	w.write("a.jsonl", lines(1000))
	w.until("all rows", func() bool { return len(w.counts) == 2000 })
	w.write("a.jsonl", lines(5000))
	w.until("the new row", func() bool { return w.counts["5000"] == 1 && w.counts["1000"] == 0 })
	if len(w.counts) != 2000 {
		t.Errorf("%d rows, want 2000", len(w.counts))
	}
}

// TestWatchLinks: a link to nothing hides no other file, and a file with several names is read once.
func TestWatchLinks(t *testing.T) {
	w := newWatcher(t)
	if err := os.Symlink("nothing", filepath.Join(w.dir, "0.jsonl")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("b.jsonl", filepath.Join(w.dir, "a.jsonl")); err != nil {
		t.Fatal(err)
	}
	w.add("b.jsonl", "{\"id\":1}\n")
	w.want("1×1")
	w.add("a.jsonl", "{\"id\":2}\n")
	w.add("c.jsonl", "{\"id\":3}\n")
	w.want("1×1 2×1 3×1")
}

// TestWatchWhatCannotBeOpenedYet: a file gets its rights after it was made, as it does from some writers.
func TestWatchWhatCannotBeOpenedYet(t *testing.T) {
	if os.Geteuid() == 0 || runtime.GOOS == "windows" {
		t.Skip("this user may read all files")
	}
	w := newWatcher(t)
	path := filepath.Join(w.dir, "a.jsonl")
	if err := os.WriteFile(path, []byte("{\"id\":1}\n"), 0); err != nil {
		t.Fatal(err)
	}
	w.add("b.jsonl", "{\"id\":2}\n")
	w.want("2×1")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	w.want("1×1 2×1")
}

// TestWatchIsCharged: what waits is charged until it was read.
func TestWatchIsCharged(t *testing.T) {
	w := newWatcher(t)
	w.add("a.jsonl", strings.Repeat("{\"id\":1}\n", 1000))
	for range 10_000 {
		if w.env.Account.Used() >= 9000 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if n := w.env.Account.Used(); n < 9000 {
		t.Fatalf("%d bytes are charged when 9000 wait", n)
	}
	w.want("1×1000")
	if n := w.env.Account.Used(); n != 0 {
		t.Errorf("%d bytes are charged when all was read", n)
	}
}

// TestWatchReplacesRandomly adds to files, writes them anew in place or beside, renames and removes them: in the end the rows are those that the files have.
func TestWatchReplacesRandomly(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	w := newWatcher(t, Rewritten(Replaces), chunkSize(50))
	names := []string{"a.jsonl", "b.jsonl", "c.ndjson", "hidden"}
	lines := func() string {
		var b strings.Builder
		for range r.IntN(20) {
			fmt.Fprintf(&b, `{"x":"%s","id":%d}`+"\n", strings.Repeat("y", r.IntN(100)), r.IntN(100))
		}
		return b.String()
	}
	for range 200 {
		name := names[r.IntN(len(names))]
		path := filepath.Join(w.dir, name)
		var err error
		switch r.IntN(6) {
		case 0, 1:
			w.add(name, lines())
		case 2:
			err = os.WriteFile(path, []byte(lines()), 0o600)
		case 3:
			if err = os.WriteFile(path+".new", []byte(lines()), 0o600); err == nil {
				err = os.Rename(path+".new", path)
			}
		case 4:
			os.Rename(path, filepath.Join(w.dir, names[r.IntN(len(names))]))
		case 5:
			os.Remove(path)
		}
		if err == nil {
			err = w.poll(int64(r.IntN(5)))
		}
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
	}
	want := map[string]int64{}
	for _, name := range names[:3] {
		text, _ := os.ReadFile(filepath.Join(w.dir, name))
		for line := range strings.Lines(string(text)) {
			_, id, _ := strings.Cut(strings.TrimSuffix(line, "}\n"), `"id":`)
			want[id]++
		}
	}
	w.until(fmt.Sprintf("seed %d: want %v", seed, want), func() bool { return maps.Equal(w.counts, want) })
}
