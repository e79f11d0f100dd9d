package bench

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSameText(t *testing.T) {
	for _, c := range []struct {
		x, y string
		same bool
	}{
		{"A", "A", true},
		{"A", "B", false},
		{"1", "1.0", true},
		{"75029098.69979107", "75029098.69979155", true},
		{"75029098.69979107", "75029098.9", false},
		{"0", "1e-300", false},
		{"1e15", "1000000000000000", true},
		{"1", "A", false},
		{"2024-01-01 00:16:39.999853", "2024-01-01T00:16:39.999853", true},
		{"2024-01-01 00:16:39.5", "2024-01-01T00:16:39.500000Z", true},
		{"2024-01-01 00:16:39.999853", "2024-01-01T00:16:39.999852", false},
		{"", "0", false},
	} {
		if sameText(c.x, c.y) != c.same || sameText(c.y, c.x) != c.same {
			t.Errorf("%q and %q: same is not %v", c.x, c.y, c.same)
		}
	}
}

func TestDifference(t *testing.T) {
	base := outcome{rows: 2, sums: map[string]float64{"a": 1}, file: [][]string{{"k", "v"}, {"A", "1"}}}
	if d := base.difference(base); d != "" {
		t.Error(d)
	}
	for _, other := range []outcome{
		{rows: 3, sums: base.sums, file: base.file},
		{rows: 2, sums: map[string]float64{"a": 1.001}, file: base.file},
		{rows: 2, sums: map[string]float64{"b": 1}, file: base.file},
		{rows: 2, sums: map[string]float64{"a": 1, "b": 1}, file: base.file},
		{rows: 2, sums: base.sums, file: base.file[:1]},
		{rows: 2, sums: base.sums, file: [][]string{{"k", "v"}, {"A", "2"}}},
		{rows: 2, sums: base.sums, file: [][]string{{"k", "v"}, {"A"}}},
		{rows: 2, sums: base.sums, file: [][]string{{"k", "w"}, {"A", "1"}}},
	} {
		if base.difference(other) == "" {
			t.Errorf("no difference to %v", other)
		}
	}
}

func TestReadOutcomeSortsRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	if err := os.WriteFile(path, []byte("z,y\nB,2\nA,1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	o, err := readOutcome(Answer{}, path)
	if err != nil || len(o.file) != 3 || o.file[0][0] != "z" || o.file[1][0] != "A" || o.file[2][0] != "B" {
		t.Errorf("%v %v", o, err)
	}
	if _, err := readOutcome(Answer{}, path+"x"); err == nil {
		t.Error("no error for a missing file")
	}
}
