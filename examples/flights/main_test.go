package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const flights = "../../testdata/flights/flights-2013-01.csv.gz"

// The golden file was made with DuckDB: see testdata/delays.sql.
func TestDelaysAreThoseThatDuckDBComputes(t *testing.T) {
	out := filepath.Join(t.TempDir(), "delays.csv")
	var printed bytes.Buffer
	if err := run(context.Background(), &printed, flights, out); err != nil {
		t.Fatal(err)
	}
	compareFiles(t, out, filepath.Join("testdata", "delays.csv"))
}

func TestBothFormatsGiveTheSameTable(t *testing.T) {
	var printed bytes.Buffer
	if err := run(context.Background(), &printed, flights, filepath.Join(t.TempDir(), "delays.csv")); err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(printed.String(), "From CSV:\n")
	fromCSV, rest, ok2 := strings.Cut(rest, "\nFrom Parquet:\n")
	fromParquet, _, ok3 := strings.Cut(rest, "\nWritten to")
	if !ok || !ok2 || !ok3 {
		t.Fatalf("printed:\n%s", &printed)
	}
	if fromCSV != fromParquet {
		t.Errorf("from CSV:\n%s\nfrom Parquet:\n%s", fromCSV, fromParquet)
	}
	if n := strings.Count(fromCSV, "\n"); n < 16 || !strings.Contains(fromCSV, "avg_arr_delay") {
		t.Errorf("the table has %d lines:\n%s", n, fromCSV)
	}
}

func TestMissingInputIsAnError(t *testing.T) {
	out := filepath.Join(t.TempDir(), "delays.csv")
	err := run(context.Background(), &bytes.Buffer{}, "no-such-file.csv", out)
	if err == nil || !strings.Contains(err.Error(), "no-such-file.csv") {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("there is an output")
	}
}

// compareFiles compares two CSV files field by field.
func compareFiles(t *testing.T, gotFile, wantFile string) {
	t.Helper()
	got, want := readCSV(t, gotFile), readCSV(t, wantFile)
	if len(got) != len(want) {
		t.Fatalf("%d lines, not %d", len(got), len(want))
	}
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("line %d is %v, not %v", i+1, got[i], want[i])
		}
		for c := range want[i] {
			if !sameValue(got[i][c], want[i][c]) {
				t.Errorf("line %d, column %s is %s, not %s", i+1, want[0][c], got[i][c], want[i][c])
			}
		}
	}
}

// sameValue compares fields as the values that they spell: floats bit by bit.
func sameValue(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	if err != nil {
		return a == b
	}
	y, err := strconv.ParseFloat(b, 64)
	return err == nil && x == y
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
