package microbatch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	pwcsv "github.com/pwcol/pwcol/io/csv"
	"github.com/pwcol/pwcol/io/generate"
	"github.com/pwcol/pwcol/microbatch"
)

// TestBoundedSourcesAreReadOnce: what a file had when the job began is in the state, and the file may be gone when the job goes on. A step that is new in
// the program and would have to see it is refused.
func TestBoundedSourcesAreReadOnce(t *testing.T) {
	dir := t.TempDir()
	names := filepath.Join(dir, "names.csv")
	if err := os.WriteFile(names, []byte("id,called\n0,even\n1,odd\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	type number struct{ N, ID int64 }
	numbers := generate.Rows(func(n int64) number { return number{n, n % 2} }, generate.Limit(400), generate.Rate(2000), generate.Tick(time.Millisecond))
	called := pwcsv.Read(names, pw.NewSchema(pw.Int64("id"), pw.String("called")))
	counts := numbers.Join(called, pw.On("id")).GroupBy("called").Reduce(pw.Count().As("n"))
	start := func(out ...pw.Output) (*microbatch.Handle, error) {
		return microbatch.Config{State: microbatch.State{Path: filepath.Join(dir, "state")}}.Start(t.Context(), out...)
	}
	out := pwcsv.WriteChanges(counts, filepath.Join(dir, "out.csv"))
	h, err := start(out)
	if err != nil {
		t.Fatal(err)
	}
	for h.Status().Epochs < 10 {
		time.Sleep(time.Millisecond)
	}
	if err := h.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(names); err != nil {
		t.Fatal(err)
	}
	anti := pwcsv.WriteChanges(numbers.AntiJoin(called, pw.On("id")), filepath.Join(dir, "anti.csv"))
	if _, err := start(out, anti); err == nil || !strings.Contains(err.Error(), "it isn't in the state, and needs the rows of read csv") {
		t.Errorf("a new step: %v", err)
	}
	if h, err = start(out); err != nil {
		t.Fatal(err)
	}
	if err := h.Wait(); err != nil {
		t.Fatal(err)
	}
	got := addedUp(t, filepath.Join(dir, "out.csv"))
	if len(got) != 2 || got["even,200"] != 1 || got["odd,200"] != 1 {
		t.Errorf("the changes add up to %v", got)
	}
}
