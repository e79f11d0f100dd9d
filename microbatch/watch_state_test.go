package microbatch_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	pwcsv "github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/jsonlines"
	"github.com/pwcol/pwcol/microbatch"
)

// watchKilledDir and watchKilledHow are the environment variables that make TestWatchKilled the process that is killed.
const (
	watchKilledDir = "PWCOL_TEST_WATCH_KILLED_DIR"
	watchKilledHow = "PWCOL_TEST_WATCH_KILLED_HOW"
)

// TestWatchKilled kills the process of a stream that reads files, again and again, while they grow, are renamed, and new ones come.
func TestWatchKilled(t *testing.T) {
	if dir := os.Getenv(watchKilledDir); dir != "" {
		watchLogs(t, dir, os.Getenv(watchKilledHow))
		return
	}
	for _, how := range []string{"csv fails", "csv adds", "jsonl fails", "jsonl adds"} {
		t.Run(how, func(t *testing.T) { killWhileFilesGrow(t, how) })
	}
}

// logTable is the rows of files of some kind, with a policy for those that are rewritten.
func logTable(dir, how string) *pw.Table {
	schema := pw.NewSchema(pw.Int64("id"), pw.String("name"), pw.Float64("value"))
	switch how {
	case "csv fails":
		return pwcsv.Watch(dir, schema, pwcsv.Interval(time.Millisecond))
	case "csv adds":
		return pwcsv.Watch(dir, schema, pwcsv.Interval(time.Millisecond), pwcsv.Rewritten(pwcsv.Adds))
	case "jsonl fails":
		return jsonlines.Watch(dir, schema, jsonlines.Interval(time.Millisecond))
	}
	return jsonlines.Watch(dir, schema, jsonlines.Interval(time.Millisecond), jsonlines.Rewritten(jsonlines.Adds))
}

// watchLogs runs the stream until the process is killed.
func watchLogs(t *testing.T, dir, how string) {
	rng := rand.New(rand.NewPCG(rand.Uint64(), 1))
	c := microbatch.Config{
		Threads: 1 + rng.IntN(2), MaxEpochRows: int64(20 + rng.IntN(500)),
		State: microbatch.State{Path: filepath.Join(dir, "state"), CheckpointInterval: time.Duration(1+rng.IntN(100)) * time.Millisecond},
	}
	h, err := c.Start(t.Context(), pwcsv.WriteChanges(totals(logTable(filepath.Join(dir, "in"), how)), filepath.Join(dir, "out.csv")))
	if err == nil {
		err = h.Wait()
	}
	t.Fatal(err)
}

func killWhileFilesGrow(t *testing.T, how string) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	ending, _, _ := strings.Cut("."+how, " ")
	l := &logs{dir: filepath.Join(dir, "in"), ending: ending, rng: rand.New(rand.NewPCG(seed, 2)), sums: map[string]*sensorTotal{}}
	if err := os.Mkdir(l.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.write(); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- l.writeAll(1500) }()
	for killed, done := 0, false; !done || killed < *kills; killed++ {
		runKilled(t, dir, how, func() { time.Sleep(time.Duration(rng.IntN(250)) * time.Millisecond) })
		select {
		case err := <-written:
			if done = true; err != nil {
				t.Fatal(err)
			}
		default:
		}
	}
	want := l.totals()
	var got map[string]int
	runKilled(t, dir, how, func() {
		for range 2000 {
			if got = addedUpSoFar(filepath.Join(dir, "out.csv")); maps.Equal(got, want) {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	got = addedUp(t, filepath.Join(dir, "out.csv"))
	for row, n := range want {
		if got[row] != n {
			t.Errorf("the row %s is there %d times", row, got[row])
		}
	}
	for row, n := range got {
		if want[row] != n {
			t.Errorf("the row %s is there %d times, want %d", row, n, want[row])
		}
	}
}

// runKilled runs the stream in a process that is killed when until returns.
func runKilled(t *testing.T, dir, how string, until func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestWatchKilled$", "-test.v")
	cmd.Env = append(os.Environ(), watchKilledDir+"="+dir, watchKilledHow+"="+how)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until()
	_ = cmd.Process.Kill()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("%v\n%s", err, out.String())
	}
}

// addedUpSoFar is the sum of a log of changes that is being written; nil if it isn't there, or its last line isn't whole.
func addedUpSoFar(path string) map[string]int {
	text, err := os.ReadFile(path)
	if err != nil || !bytes.HasSuffix(text, []byte("\n")) {
		return nil
	}
	sum := map[string]int{}
	for _, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")[1:] {
		fields := strings.Split(line, ",")
		row, diff := strings.Join(fields[:len(fields)-2], ","), 1
		if fields[len(fields)-1] == "-1" {
			diff = -1
		}
		if sum[row] += diff; sum[row] == 0 {
			delete(sum, row)
		}
	}
	return sum
}

// logs are files that grow.
type logs struct {
	dir, ending string
	rng         *rand.Rand
	next        int64 // row
	files       int   // that were begun
	name        string
	sums        map[string]*sensorTotal
}

// writeAll adds to the files that many times.
func (l *logs) writeAll(times int) error {
	for range times {
		if err := l.write(); err != nil {
			return err
		}
		time.Sleep(time.Duration(l.rng.IntN(400)) * time.Microsecond)
	}
	return nil
}

// write adds some rows to the newest file, or gives it another name and begins a new one.
func (l *logs) write() error {
	switch {
	case l.name == "":
	case l.rng.IntN(50) == 0: // it grows no more
		l.name = ""
	case l.rng.IntN(50) == 0:
		renamed := filepath.Join(l.dir, fmt.Sprintf("old-%d%s", l.files, l.ending))
		if err := os.Rename(l.name, renamed); err != nil {
			return err
		}
		if l.name = renamed; l.rng.IntN(2) == 0 {
			l.name = ""
		}
	}
	var text strings.Builder
	if l.name == "" {
		l.files++
		l.name = filepath.Join(l.dir, fmt.Sprintf("log-%d%s", l.rng.IntN(3)*1_000_000+l.files, l.ending))
		if l.ending == ".csv" {
			text.WriteString("id,name,value\n")
		}
	}
	for range l.rng.IntN(20) {
		l.row(&text)
	}
	return l.add(text.String())
}

// row makes the next row.
func (l *logs) row(to *strings.Builder) {
	r := readingOf(l.next)
	l.next++
	if l.ending == ".csv" {
		fmt.Fprintf(to, "%d,%s,%v\n", r.ID, r.Name, r.Value)
	} else {
		fmt.Fprintf(to, "{\"id\":%d,\"name\":%q,\"value\":%v}\n", r.ID, r.Name, r.Value)
	}
	if r.Value <= 10 {
		return
	}
	s := l.sums[r.Name]
	if s == nil {
		s = &sensorTotal{Name: r.Name}
		l.sums[r.Name] = s
	}
	s.N++
	s.Sum += r.Value
	s.Last = r.ID
}

// add adds text to the newest file, in two pieces.
func (l *logs) add(text string) error {
	f, err := os.OpenFile(l.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cut := l.rng.IntN(len(text) + 1)
	_, err = f.WriteString(text[:cut])
	_, err2 := f.WriteString(text[cut:])
	return errors.Join(err, err2, f.Close())
}

// totals is what the stream's changes have to add up to.
func (l *logs) totals() map[string]int {
	out := map[string]int{}
	for _, s := range l.sums {
		sum := strconv.FormatFloat(s.Sum, 'f', -1, 64)
		if !strings.Contains(sum, ".") {
			sum += ".0"
		}
		out[fmt.Sprintf("%s,%d,%s,%d", s.Name, s.N, sum, s.Last)] = 1
	}
	return out
}
