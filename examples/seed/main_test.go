package main

import (
	"context"
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// The reference reads every row, and adds exactly.
func TestJob(t *testing.T) {
	for _, rows := range []int{0, 1, 1000, 50_000} {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.csv"), filepath.Join(dir, "out.csv")
		if err := generate(in, rows); err != nil {
			t.Fatal(err)
		}
		if err := job(context.Background(), in, out); err != nil {
			t.Fatal(err)
		}
		got, want := read(t, out), reference(t, in)
		if len(got) != len(want)+1 {
			t.Fatalf("%d rows: %d lines, not %d", rows, len(got), len(want)+1)
		}
		for _, line := range got[1:] {
			w := want[line[0]]
			if w == nil {
				t.Fatalf("%d rows: there is no category %q", rows, line[0])
			}
			sum, _ := w.sum.Float64()
			if line[1] != strconv.Itoa(w.count) || number(t, line[2]) != sum || number(t, line[3]) != w.average() {
				t.Errorf("%d rows: %v, not %d, %v, %v", rows, line, w.count, sum, w.average())
			}
		}
	}
}

type group struct {
	count int
	sum   big.Float
}

func (g *group) average() float64 {
	sum, _ := g.sum.Float64()
	return sum / float64(g.count)
}

func reference(t *testing.T, path string) map[string]*group {
	groups := map[string]*group{}
	for _, row := range read(t, path)[1:] {
		value := number(t, row[1])
		if value <= 500 {
			continue
		}
		g := groups[row[2]]
		if g == nil {
			g = &group{}
			g.sum.SetPrec(2000)
			groups[row[2]] = g
		}
		g.count++
		g.sum.Add(&g.sum, big.NewFloat(value))
	}
	return groups
}

func number(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
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
