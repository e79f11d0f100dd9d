package replay_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/replay"
	"github.com/pwcol/pwcol/microbatch"
)

// writeTicks writes a table of n rows, a millisecond apart, with one that is rejected after every 97.
func writeTicks(t *testing.T, path string, n int) (good string) {
	t.Helper()
	var text, want strings.Builder
	text.WriteString("id,ts\n")
	want.WriteString("id\n")
	for i := range n {
		fmt.Fprintf(&text, "%d,%s\n", i, base.Add(time.Duration(i)*time.Millisecond).Format("2006-01-02 15:04:05.999999"))
		fmt.Fprintf(&want, "%d\n", i)
		if i%97 == 0 {
			text.WriteString("x,y\n")
		}
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return want.String()
}

// startTicks begins the replay of the table, or goes on with it.
func startTicks(t *testing.T, dir string, speed float64, checkpoints time.Duration) (*microbatch.Handle, error) {
	table := csv.Read(filepath.Join(dir, "in.csv"), pw.NewSchema(pw.Int64("id"), pw.Timestamp("ts")), csv.OnBadRow(pw.Reject))
	c := microbatch.Config{MaxEpochRows: 500, State: microbatch.State{Path: filepath.Join(dir, "state"), CheckpointInterval: checkpoints}}
	played := replay.Table(table, "ts", replay.Speed(speed))
	return c.Start(t.Context(), csv.Write(played.Select("id"), filepath.Join(dir, "out.csv")), csv.Write(played.Rejected().Select("reason"), filepath.Join(dir, "bad.csv")))
}

// TestAReplayGoesOn where it has ended, however it has: no row comes twice, none is left out, rejected ones neither.
func TestAReplayGoesOn(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	dir := t.TempDir()
	const rows = 20_000
	want := writeTicks(t, filepath.Join(dir, "in.csv"), rows)
	for {
		h, err := startTicks(t, dir, 20, time.Duration(1+rng.IntN(60))*time.Millisecond)
		if err != nil && strings.Contains(err.Error(), "has finished") {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-h.Done():
			err = h.Wait()
		case <-time.After(time.Duration(rng.IntN(60)) * time.Millisecond):
			if err = h.Cancel(); rng.IntN(2) == 0 {
				err = h.Stop()
			}
		}
		if err != nil && !errors.Is(err, context.Canceled) && !strings.Contains(err.Error(), "has finished") {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "out.csv")); string(got) != want {
		t.Errorf("got %d bytes of rows, want %d: %.200s", len(got), len(want), got)
	}
	bad, _ := os.ReadFile(filepath.Join(dir, "bad.csv"))
	if n := strings.Count(string(bad), "\n") - 1; n != (rows+96)/97 {
		t.Errorf("%d rows were rejected, want %d", n, (rows+96)/97)
	}
}

// TestAReplayOfAnotherTable: one that has become shorter is an error that says so.
func TestAReplayOfAnotherTable(t *testing.T) {
	dir := t.TempDir()
	writeTicks(t, filepath.Join(dir, "in.csv"), 5000)
	h, err := startTicks(t, dir, 1, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if got, _ := os.ReadFile(filepath.Join(dir, "out.csv")); strings.Contains(string(got), "\n50\n") {
			break
		}
		time.Sleep(time.Millisecond)
	}
	h.Cancel()
	writeTicks(t, filepath.Join(dir, "in.csv"), 10)
	if h, err = startTicks(t, dir, 1, time.Hour); err == nil {
		err = h.Wait()
	}
	if err == nil || !strings.Contains(err.Error(), "in.csv has changed") {
		t.Errorf("got %v", err)
	}
}
