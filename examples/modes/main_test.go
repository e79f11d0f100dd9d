package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const sales = "testdata/sales.csv"

// TestBothModesHoldTheSameResult lets the file's rows come in pieces, in two files, and adds up the changes.
func TestBothModesHoldTheSameResult(t *testing.T) {
	dir := t.TempDir()
	batch, changes, folder := filepath.Join(dir, "totals.csv"), filepath.Join(dir, "changes.csv"), filepath.Join(dir, "in")
	if err := run(t.Context(), "batch", sales, batch); err != nil {
		t.Fatal(err)
	}
	want := read(t, batch)[1:]
	slices.SortFunc(want, slices.Compare)
	if len(want) != 4 {
		t.Fatalf("the batch's result is %v", want)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "stream", folder, changes) }()
	feed(t, folder)
	for deadline := time.Now().Add(30 * time.Second); !slices.EqualFunc(sum(t, changes), want, slices.Equal); {
		if time.Now().After(deadline) {
			t.Errorf("the changes add up to %v, not %v", sum(t, changes), want)
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := sum(t, changes); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("after the end the changes add up to %v, not %v", got, want)
	}
	if n := len(read(t, changes)); n <= len(want)+1 {
		t.Errorf("%d lines: nothing was taken back", n)
	}
}

func TestThereAreTwoModes(t *testing.T) {
	if err := run(t.Context(), "both", sales, filepath.Join(t.TempDir(), "x.csv")); err == nil {
		t.Error("no error")
	}
}

// feed writes the rows to two files in turn, cut at any byte.
func feed(t *testing.T, folder string) {
	t.Helper()
	text, err := os.ReadFile(sales)
	if err != nil {
		t.Fatal(err)
	}
	header, rows, _ := bytes.Cut(text, []byte("\n"))
	half := bytes.IndexByte(rows[len(rows)/2:], '\n') + len(rows)/2 + 1
	parts := [][]byte{rows[:half], rows[half:]}
	for i, name := range []string{"a.csv", "b.csv"} {
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for piece := range slices.Chunk(slices.Concat(header, []byte("\n"), parts[i]), 1501) {
			if _, err := f.Write(piece); err != nil {
				t.Fatal(err)
			}
			time.Sleep(120 * time.Millisecond) // the folder is looked at every 100 ms
		}
	}
}

// sum is the rows that the changes add up to, sorted. A file that isn't there yet has none.
func sum(t *testing.T, path string) [][]string {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	diffs := map[string]int{}
	for i, fields := range read(t, path) {
		if i == 0 {
			continue
		}
		diff, err := strconv.Atoi(fields[len(fields)-1])
		if err != nil {
			t.Fatal(err)
		}
		diffs[strings.Join(fields[:len(fields)-2], ",")] += diff
	}
	var out [][]string
	for row, n := range diffs {
		switch n {
		case 0:
		case 1:
			out = append(out, strings.Split(row, ","))
		default:
			return nil // an epoch is being written
		}
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

// read is the whole lines of a file.
func read(t *testing.T, path string) [][]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text[:bytes.LastIndexByte(text, '\n')+1])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
