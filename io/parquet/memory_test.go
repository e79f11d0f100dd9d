package parquet_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/parquet"
	"github.com/pwcol/pwcol/microbatch"
)

// memoryFile names, in its environment, the file that a child of this test program groups.
const memoryFile = "PWCOL_TEST_MEMORY_FILE"

// memoryBudget is what the child may hold. Its groups take several times as much.
const memoryBudget = 96 << 20

// TestMemoryBound: a process that groups far more than it may hold, and tells the runtime so, stays within 1.25 times its
// budget: everything counted, but for the program's own pages. The process is a child of this one, so that no other test's
// memory is counted.
func TestMemoryBound(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil || testing.Short() || isRace() {
		t.Skip("it needs /proc, some seconds, and memory that the race detector doesn't fill")
	}
	type row struct {
		ID    int64
		Name  string
		Value float64
	}
	const groups = 3_000_000
	rows := make([]row, groups)
	for i := range rows {
		id := int64(i) * 1_000_003 % groups // each once, in no order
		rows[i] = row{id, fmt.Sprintf("the name of number %d", id), float64(i)}
	}
	path := filepath.Join(t.TempDir(), "groups.parquet")
	mustRun(t, 2, parquet.Write(pw.FromRows(rows), path))

	child := exec.Command(os.Args[0], "-test.run=^TestMemoryChild$", "-test.v")
	child.Env = append(os.Environ(), memoryFile+"="+path)
	text, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var found, spilled, held int64
	_, report, _ := strings.Cut(string(text), "found ")
	if _, err := fmt.Sscanf(report, "%d spilled %d held %d", &found, &spilled, &held); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	t.Logf("budget %d MiB: spilled %d, the process held %d", memoryBudget>>20, spilled>>20, held>>20)
	if found != groups || spilled < memoryBudget/4 {
		t.Errorf("%d groups, %d bytes spilled", found, spilled)
	}
	if held > memoryBudget/4*5 {
		t.Errorf("the process held %.2f times its budget", float64(held)/memoryBudget)
	}
}

// TestMemoryChild is the child.
func TestMemoryChild(t *testing.T) {
	path := os.Getenv(memoryFile)
	if path == "" {
		t.Skip("it is run by TestMemoryBound")
	}
	debug.SetMemoryLimit(memoryBudget)
	stats := &microbatch.Stats{}
	table := parquet.Read(path).GroupBy("id", "name").
		Reduce(pw.Sum("value").As("sum"), pw.Min("value").As("min"), pw.Max("value").As("max"), pw.Count().As("count")).
		Filter(pw.Col("min").Eq(pw.Col("max"))).Reduce(pw.Count().As("found"))
	batches, err := microbatch.Config{Threads: 2, MaxMemory: memoryBudget, Stats: stats}.Batches(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	held := statusBytes(t, status, "VmHWM:") - statusBytes(t, status, "RssFile:")
	fmt.Printf("found %d spilled %d held %d\n", batches[0].Cols[0].Scalar(0).I, stats.BytesSpilled.Load(), held)
}

// statusBytes is a line of /proc/self/status, such as "VmHWM:	  17636 kB".
func statusBytes(t *testing.T, status []byte, name string) int64 {
	t.Helper()
	_, rest, _ := strings.Cut(string(status), name)
	var kib int64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		t.Fatalf("no %s in /proc/self/status: %v", name, err)
	}
	return kib << 10
}

// isRace reports whether this program was built with the race detector.
func isRace() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" && s.Value == "true" {
			return true
		}
	}
	return false
}
