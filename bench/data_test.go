package bench

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestSeedRows(t *testing.T) {
	rows := readCSV(t, WriteSeed, 5000)
	if got := strings.Join(rows[0], ","); got != "id,value,category,timestamp" {
		t.Errorf("header %s", got)
	}
	perCategory := map[string]int{}
	before := time.Time{}
	for i, row := range rows[1:] {
		if row[0] != strconv.Itoa(i) {
			t.Fatalf("row %d has id %s", i, row[0])
		}
		value, err := strconv.ParseFloat(row[1], 64)
		if err != nil || value < 0 || value >= 1000 || strings.ContainsAny(row[1], "eE") {
			t.Fatalf("row %d has value %s", i, row[1])
		}
		perCategory[row[2]]++
		at, err := time.Parse("2006-01-02 15:04:05.000000", row[3])
		if err != nil || !at.After(before) {
			t.Fatalf("row %d has timestamp %s, after %v: %v", i, row[3], before, err)
		}
		before = at
	}
	if len(rows) != 5001 || len(perCategory) != 5 {
		t.Fatalf("%d rows, categories %v", len(rows), perCategory)
	}
	for category, n := range perCategory {
		if n < 900 || n > 1100 {
			t.Errorf("category %s has %d of 5000 rows", category, n)
		}
	}
}

func TestGroupByRows(t *testing.T) {
	const n = 20_000
	rows := readCSV(t, WriteGroupBy, n)
	distinct := make([]map[string]bool, 9)
	for c := range distinct {
		distinct[c] = map[string]bool{}
	}
	for _, row := range rows[1:] {
		for c, field := range row {
			distinct[c][field] = true
		}
		if len(row[0]) != 5 || len(row[1]) != 5 || len(row[2]) != 12 || row[8][len(row[8])-7] != '.' {
			t.Fatalf("row %v", row)
		}
	}
	for c, want := range []int{100, 100, n / 100, 100, 100, n / 100, 5, 15} {
		if len(distinct[c]) != want {
			t.Errorf("column %s has %d values, not %d", rows[0][c], len(distinct[c]), want)
		}
	}
	for _, field := range []string{"id001", "id100"} {
		if !distinct[0][field] {
			t.Errorf("no %s among id1", field)
		}
	}
}

// The generators must give everyone the same file.
func TestSameBytes(t *testing.T) {
	var short, long, again bytes.Buffer
	for _, w := range []struct {
		to   *bytes.Buffer
		rows int
	}{{&short, 10}, {&long, 1000}, {&again, 1000}} {
		if err := WriteSeed(w.to, w.rows); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(long.Bytes(), again.Bytes()) || !bytes.HasPrefix(long.Bytes(), short.Bytes()) {
		t.Error("the same number of rows gave other bytes")
	}
	// Figures are only comparable as long as the rows stay the same.
	const first = "id,value,category,timestamp\n0,340.28597866062336,A,2024-01-01 00:00:00.000863\n" +
		"1,823.3357468233424,B,2024-01-01 00:00:00.001934\n"
	if !strings.HasPrefix(short.String(), first) {
		t.Errorf("starts with %q", short.String()[:len(first)])
	}
	var groups bytes.Buffer
	if err := WriteGroupBy(&groups, 1_000_000); err != nil {
		t.Fatal(err)
	}
	const firstGroups = "id1,id2,id3,id4,id5,id6,v1,v2,v3\nid020,id100,id0000006161,44,12,8656,3,9,35.312318\n"
	if !bytes.HasPrefix(groups.Bytes(), []byte(firstGroups)) {
		t.Errorf("starts with %q", groups.Bytes()[:len(firstGroups)])
	}
}

func readCSV(t *testing.T, write func(io.Writer, int) error, rows int) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, rows); err != nil {
		t.Fatal(err)
	}
	out, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}
