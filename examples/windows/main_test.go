package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

const (
	size  = 5 * time.Minute
	delay = time.Minute
)

func TestWindowsAndLateRowsAreThoseOfAPlainLoop(t *testing.T) {
	dir := t.TempDir()
	f := files{"testdata/readings.csv", filepath.Join(dir, "windows.csv"), filepath.Join(dir, "late.csv")}
	synctest.Test(t, func(t *testing.T) {
		if err := run(t.Context(), f, 600); err != nil {
			t.Fatal(err)
		}
	})
	windows, late := reference(t, f.in)
	if len(late) != 5 || len(windows) != 24 {
		t.Fatalf("%d late rows in %d windows: the input isn't what it was", len(late), len(windows))
	}
	compare(t, f.windows, windows)
	compare(t, f.late, late)
}

func TestInterruptionKeepsTheWindowsThatAreClosed(t *testing.T) {
	dir := t.TempDir()
	f := files{"testdata/readings.csv", filepath.Join(dir, "windows.csv"), filepath.Join(dir, "late.csv")}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		if err := run(ctx, f, 600); err != nil {
			t.Fatal(err)
		}
	})
	if n := len(read(t, f.windows)) - 1; n != 11 { // of the 12 windows of the hour that was played, the last was open
		t.Errorf("%d windows after half the time", n)
	}
}

// row is a reading as the loop sees it.
type row struct {
	fields []string
	at     time.Time
	value  float64
}

// window gathers what the loop finds of one.
type window struct {
	start       time.Time
	first, last time.Time
	sum         *big.Rat
	count       int64
}

// reference goes through the rows as they came. A row with a time that is new is an epoch of its own, with the late ones behind it: they
// come together.
func reference(t *testing.T, in string) (windows, late []string) {
	byStart := map[time.Time]*window{}
	var newest, mark time.Time // the largest time so far, and when the epoch began
	for _, fields := range read(t, in)[1:] {
		r := parse(t, fields)
		if r.at.After(newest) {
			mark, newest = newest, r.at
		}
		start := r.at.Truncate(size)
		if end := start.Add(size); !mark.IsZero() && !mark.Add(-delay).Before(end) {
			late = append(late, fmt.Sprint(append(slices.Clone(fields), stamp(start), stamp(end), "the window was closed when the row came")))
			continue
		}
		w := byStart[start]
		if w == nil {
			w = &window{start: start, first: r.at, last: r.at, sum: new(big.Rat)}
			byStart[start] = w
		}
		if r.at.Before(w.first) {
			w.first = r.at
		}
		if r.at.After(w.last) {
			w.last = r.at
		}
		w.sum.Add(w.sum, new(big.Rat).SetFloat64(r.value))
		w.count++
	}
	for _, w := range byStart {
		windows = append(windows, w.String())
	}
	return windows, late
}

// String is the window as a line of the output: the sum is exact, rounded, then divided.
func (w *window) String() string {
	sum, _ := w.sum.Float64()
	avg := strconv.FormatFloat(sum/float64(w.count), 'g', -1, 64)
	return fmt.Sprint([]string{stamp(w.start), stamp(w.start.Add(size)), stamp(w.first), stamp(w.last), avg, strconv.FormatInt(w.count, 10)})
}

func parse(t *testing.T, fields []string) row {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05", fields[2])
	if err != nil {
		t.Fatal(err)
	}
	value, err := strconv.ParseFloat(fields[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return row{fields, at, value}
}

func stamp(at time.Time) string { return at.Format("2006-01-02 15:04:05") }

// compare compares the lines of a file, in any order, with those that were found.
func compare(t *testing.T, path string, want []string) {
	t.Helper()
	var got []string
	for _, fields := range read(t, path)[1:] {
		got = append(got, fmt.Sprint(fields))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%v\nwant\n%v", filepath.Base(path), got, want)
	}
}

func read(t *testing.T, path string) [][]string {
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
