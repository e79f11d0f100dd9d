package bench

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func fakeBatch(t *testing.T, sizes ...int) *Batch {
	log := func(string, ...any) {}
	return &Batch{
		Self: fake("pwcol", "good"), Sizes: sizes, Rounds: 3, Cores: 2, Data: &Data{Dir: t.TempDir(), Log: log}, Log: log,
	}
}

func TestBatch(t *testing.T) {
	b := fakeBatch(t, 1000)
	lines, err := b.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := WriteBatchCSV(&text, lines); err != nil {
		t.Fatal(err)
	}
	const want = "mode,size,duration,throughput,processed_records,cpu_percent,peak_memory_mb\n" +
		"batch,1000,0.200000,5000,1000,75.0,50.0\n"
	if text.String() != want {
		t.Errorf("got\n%swant\n%s", text.String(), want)
	}
	if left, err := os.ReadDir(b.Data.Dir); err != nil || len(left) != 1 || left[0].Name() != "seed-1000.csv" {
		t.Errorf("%v %v", left, err)
	}
}

// The fake says that it processed 1,000 rows, whatever it is given.
func TestRowsThatWereNotProcessedAreAnError(t *testing.T) {
	_, err := fakeBatch(t, 1001).Run(context.Background())
	if err == nil || !strings.Contains(err.Error(), "1001 rows were given, but 1000 processed") {
		t.Errorf("error %v", err)
	}
}

func TestInputsAreMadeOnce(t *testing.T) {
	made := 0
	d := &Data{Dir: filepath.Join(t.TempDir(), "new", "folder"), Log: func(string, ...any) { made++ }}
	for range 2 {
		path, err := d.Seed(context.Background(), 3)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != 4 {
			t.Errorf("%q %v", text, err)
		}
	}
	if made != 1 {
		t.Errorf("made %d times", made)
	}
}

func TestInputsThatAreInterruptedLeaveNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	d := &Data{Dir: t.TempDir(), Log: func(string, ...any) { cancel() }}
	if _, err := d.Seed(ctx, 1000); err == nil {
		t.Error("no error")
	}
	if left, err := os.ReadDir(d.Dir); err != nil || len(left) != 0 {
		t.Errorf("%v %v", left, err)
	}
}
