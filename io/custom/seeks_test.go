package custom_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/microbatch"
)

type numbered struct{ ID int64 }

const seekRows = 5000

// seekable is the rows 0, 1, 2 … of a source that goes on where it is told to, in commits by chance.
func seekable() *pw.Table {
	return custom.Rows(func(ctx context.Context, w *custom.Writer[numbered]) error {
		next := 0
		if at := w.Resumed(); at != nil {
			var err error
			if next, err = strconv.Atoi(string(at)); err != nil {
				return err
			}
		}
		for next < seekRows {
			for n := 1 + rand.IntN(20); n > 0 && next < seekRows; n-- {
				w.Append(numbered{int64(next)})
				next++
			}
			if err := w.CommitAt([]byte(strconv.Itoa(next))); err != nil {
				return err
			}
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
		}
		return nil
	})
}

// seekDir is the environment variable that makes TestSeekingSourceKilled the process that is killed.
const seekDir = "PWCOL_TEST_SEEK_DIR"

// TestSeekingSourceKilled kills a process whose source and sink are functions: each row comes once, and no epoch but the last one that was delivered comes
// again, with the same number and rows.
func TestSeekingSourceKilled(t *testing.T) {
	if dir := os.Getenv(seekDir); dir != "" {
		runSeeking(t, dir)
		return
	}
	dir := t.TempDir()
	killed := 0
	for !killSeeking(t, dir, killed) {
		killed++
	}
	text, err := os.ReadFile(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	next, last, twice := 0, "", 0
	for line := range strings.Lines(string(text)) {
		if line == last {
			twice++
			continue
		}
		lastEpoch, _, _ := strings.Cut(last, ":")
		epoch, ids, _ := strings.Cut(strings.TrimSpace(line), ":")
		if len(lastEpoch) > len(epoch) || len(lastEpoch) == len(epoch) && lastEpoch >= epoch {
			t.Errorf("epoch %s comes behind %s", epoch, lastEpoch)
		}
		for _, id := range strings.Fields(ids) {
			if id != strconv.Itoa(next) {
				t.Fatalf("row %s comes in place of %d", id, next)
			}
			next++
		}
		last = line
	}
	if next != seekRows {
		t.Errorf("there are %d rows, want %d", next, seekRows)
	}
	t.Logf("it was killed %d times; %d epochs came twice", killed, twice)
}

// runSeeking writes each epoch as a line.
func runSeeking(t *testing.T, dir string) {
	out, err := os.OpenFile(filepath.Join(dir, "out"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	write := func(_ context.Context, c custom.Changes) error {
		rows, err := pw.RowsOf[numbered](c.Schema, c.Batches)
		if err != nil {
			return err
		}
		line := fmt.Sprint(c.Epoch, ":")
		for _, r := range rows {
			line += fmt.Sprint(" ", r.ID)
		}
		_, err = out.WriteString(line + "\n")
		return err
	}
	c := microbatch.Config{State: microbatch.State{Path: filepath.Join(dir, "state"), CheckpointInterval: time.Duration(1+rand.IntN(50)) * time.Millisecond}}
	h, err := c.Start(t.Context(), custom.Write(seekable(), write))
	if err == nil {
		err = h.Wait()
	}
	if err != nil && !strings.Contains(err.Error(), "has finished") {
		t.Fatal(err)
	}
}

// killSeeking reports whether the process has come to its end before it was killed: it gets more and more time.
func killSeeking(t *testing.T, dir string, killed int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestSeekingSourceKilled$")
	cmd.Env = append(os.Environ(), seekDir+"="+dir, "GORACE=atexit_sleep_ms=0")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(10+rand.IntN(150+10*killed))*time.Millisecond, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == -1 {
		return false
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	return true
}

// TestASeekingSourceCommitsAtPositions: rows without one would come twice after a restart.
func TestASeekingSourceCommitsAtPositions(t *testing.T) {
	rows := custom.Rows(func(_ context.Context, w *custom.Writer[numbered]) error {
		if w.Resumed() != nil {
			return errors.New("there is a position from nowhere")
		}
		w.Append(numbered{1})
		return w.Commit()
	})
	err := microbatch.Run(t.Context(), custom.Write(rows, func(context.Context, custom.Changes) error { return nil }))
	if err == nil || !strings.Contains(err.Error(), "commit them with CommitAt") {
		t.Errorf("got %v", err)
	}
}
