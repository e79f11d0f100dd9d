package microbatch_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	pwcsv "github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/disk/crashdisk"
)

type reading struct {
	ID    int64
	Name  string
	Value float64
}

func readingOf(n int64) reading {
	return reading{ID: n, Name: fmt.Sprint("sensor ", n%97), Value: float64(n*7919%1000)/8 + 1.0/1024}
}

// totals is what the tests' streams come to.
func totals(t *pw.Table) *pw.Table {
	return t.Filter(pw.Col("value").Gt(10)).GroupBy("name").
		Reduce(pw.Count().As("n"), pw.Sum("value").As("sum"), pw.Max("id").As("last"))
}

// addedUp is the sum of a log of changes, by row. A change that comes twice is an error.
func addedUp(t *testing.T, path string) map[string]int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sum, seen := map[string]int{}, map[string]bool{}
	for _, line := range lines[1:] {
		change := strings.Join(line, ",")
		if seen[change] {
			t.Errorf("the change %s comes twice", change)
		}
		seen[change] = true
		row := strings.Join(line[:len(line)-2], ",")
		switch line[len(line)-1] {
		case "1":
			sum[row]++
		case "-1":
			sum[row]--
		default:
			t.Errorf("the change %s has a diff of its own", change)
		}
		if sum[row] == 0 {
			delete(sum, row)
		}
	}
	return sum
}

// sensorRows is how many rows the tests' streams have.
const sensorRows = 150_000

// startSensors begins the tests' stream, or goes on with it, with settings by chance.
func startSensors(ctx context.Context, rng *rand.Rand, dir string) (*microbatch.Handle, error) {
	state := microbatch.State{Path: filepath.Join(dir, "state"), CheckpointInterval: time.Duration(1+rng.IntN(30)) * time.Millisecond}
	return startTotals(ctx, rng, dir, state, generate.Limit(sensorRows), generate.Rate(400_000), generate.Tick(time.Millisecond))
}

func startTotals(ctx context.Context, rng *rand.Rand, dir string, state microbatch.State, options ...generate.Option) (*microbatch.Handle, error) {
	c := microbatch.Config{Threads: 1 + rng.IntN(2), MaxEpochRows: int64(100 + rng.IntN(2000)), State: state}
	return c.Start(ctx, pwcsv.WriteChanges(totals(generate.Rows(readingOf, options...)), filepath.Join(dir, "out.csv")))
}

// checkSensors makes sure that the log of changes, added up, is what a batch comes to, and that each change is in it once.
func checkSensors(t *testing.T, dir string, rows int64) {
	t.Helper()
	want, err := microbatch.CollectRows[sensorTotal](t.Context(), totals(generate.Rows(readingOf, generate.Limit(rows), generate.Bounded())))
	if err != nil {
		t.Fatal(err)
	}
	got := addedUp(t, filepath.Join(dir, "out.csv"))
	for _, w := range want {
		row := fmt.Sprintf("%s,%d,%v,%d", w.Name, w.N, w.Sum, w.Last)
		if got[row] != 1 {
			t.Errorf("the row %s is there %d times", row, got[row])
		}
		delete(got, row)
	}
	for row, n := range got {
		t.Errorf("the row %s is there %d times, and not in the batch", row, n)
	}
}

// hasFinished reports whether an error says that the job has finished.
func hasFinished(err error) bool { return err != nil && strings.Contains(err.Error(), "has finished") }

// TestARunGoesOn ends a stream again and again, in all ways but a crash, and starts it again.
func TestARunGoesOn(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	goesOn(t, rng, func(ctx context.Context) (*microbatch.Handle, error) { return startSensors(ctx, rng, dir) })
	checkSensors(t, dir, sensorRows)
}

// goesOn starts a stream again and again, and ends it at any moment, until it says that it has finished.
func goesOn(t *testing.T, rng *rand.Rand, start func(ctx context.Context) (*microbatch.Handle, error)) {
	t.Helper()
	for ends := 0; ; ends++ {
		h, err := start(t.Context())
		if hasFinished(err) {
			t.Logf("it was ended %d times", ends)
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-h.Done():
			err = h.Wait()
		case <-time.After(time.Duration(rng.IntN(40)) * time.Millisecond):
			if rng.IntN(2) == 0 {
				err = h.Stop()
			} else {
				err = h.Cancel()
			}
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
}

// crashes is how many histories of power failures are simulated.
var crashes = flag.Int("crashes", 30, "how many histories of power failures are simulated")

// TestCrashes lets the power go in the middle of any operation on the state's disk, which then has lost or torn what wasn't synced, and starts the
// stream again.
func TestCrashes(t *testing.T) {
	first := rand.Uint64()
	ends := 0
	for i := range uint64(*crashes) {
		seed := first + i
		rng := rand.New(rand.NewPCG(seed, 1))
		disk, dir := crashdisk.New(seed), t.TempDir()
		const rows = 12_000
		for life := 1; ; life++ {
			disk.StopAfter(1 + rng.IntN(50*life)) // longer and longer, for a start takes many operations
			state := microbatch.State{Path: "state", FS: disk.FS(), CheckpointInterval: time.Duration(1+rng.IntN(5)) * time.Millisecond}
			h, err := startTotals(t.Context(), rng, dir, state, generate.Limit(rows), generate.Rate(1e6), generate.Tick(time.Millisecond))
			if hasFinished(err) {
				break
			}
			if err == nil {
				err = h.Wait()
			}
			if err != nil && !errors.Is(err, crashdisk.ErrOff) {
				t.Fatalf("seed %d: %v", seed, err)
			}
			disk.Crash()
			ends++
		}
		if checkSensors(t, dir, rows); t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d failures of power", ends)
}

// kills is how often TestKilled kills, at least.
var kills = flag.Int("kills", 10, "how often a stream is killed")

// TestKilled kills the process of a stream again and again, at any moment, and starts it again.
func TestKilled(t *testing.T) {
	if dir := os.Getenv(killedDir); dir != "" {
		runSensors(t, dir)
		return
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	for killed := 0; killed < *kills; {
		dir := t.TempDir()
		for life := 0; !killAtRandom(t, rng, dir, life); life++ {
			killed++
		}
		checkSensors(t, dir, sensorRows)
	}
}

// killedDir is the environment variable that makes TestKilled the process that is killed.
const killedDir = "PWCOL_TEST_KILLED_DIR"

// runSensors runs the stream to its end.
func runSensors(t *testing.T, dir string) {
	h, err := startSensors(t.Context(), rand.New(rand.NewPCG(rand.Uint64(), 1)), dir)
	if err == nil {
		err = h.Wait()
	}
	if err != nil && !hasFinished(err) {
		t.Fatal(err)
	}
}

// killAtRandom runs the stream in a process that it kills, and reports whether it has come to its end before: it gets more and more time.
func killAtRandom(t *testing.T, rng *rand.Rand, dir string, life int) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.v")
	cmd.Env = append(os.Environ(), killedDir+"="+dir, "GORACE=atexit_sleep_ms=0")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(rng.IntN(300+20*life))*time.Millisecond, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 { // by a signal
		return false
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return true
}

type sensorTotal struct {
	Name string
	N    int64
	Sum  float64
	Last int64
}
