package bench

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tolerance is how far two engines' floats may be apart, relatively: they add in different orders.
const tolerance = 1e-9

// outcome is what an engine computed, in a form that can be compared between engines.
type outcome struct {
	rows int64
	sums map[string]float64
	file [][]string // of a CSV result: header, then rows, sorted
}

// readOutcome takes the result from the answer and, where the query writes CSV, from the file.
func readOutcome(a Answer, csvFile string) (outcome, error) {
	o := outcome{rows: a.Rows, sums: a.Sums}
	if csvFile == "" {
		return o, nil
	}
	f, err := os.Open(csvFile)
	if err != nil {
		return o, err
	}
	defer f.Close()
	o.file, err = csv.NewReader(f).ReadAll()
	if err != nil {
		return o, fmt.Errorf("%s: %w", csvFile, err)
	}
	if len(o.file) > 1 {
		slices.SortFunc(o.file[1:], slices.Compare)
	}
	return o, nil
}

// difference says how b differs from a, or "".
func (a outcome) difference(b outcome) string {
	if a.rows != b.rows {
		return fmt.Sprintf("%d rows and %d", a.rows, b.rows)
	}
	for _, name := range slices.Sorted(maps.Keys(a.sums)) {
		if other, ok := b.sums[name]; !ok || !near(a.sums[name], other) {
			return fmt.Sprintf("sum of %s is %v and %v", name, a.sums[name], other)
		}
	}
	if len(a.sums) != len(b.sums) {
		return fmt.Sprintf("%d numeric columns and %d", len(a.sums), len(b.sums))
	}
	if len(a.file) != len(b.file) {
		return fmt.Sprintf("%d lines and %d", len(a.file), len(b.file))
	}
	for i := range a.file {
		if len(a.file[i]) != len(b.file[i]) {
			return fmt.Sprintf("line %d has %d fields and %d", i+1, len(a.file[i]), len(b.file[i]))
		}
		for c, x := range a.file[i] {
			if y := b.file[i][c]; !sameText(x, y) {
				return fmt.Sprintf("line %d, %s: %s and %s", i+1, a.file[0][c], x, y)
			}
		}
	}
	return ""
}

// sameText compares two fields of CSV as what they spell: engines write floats and timestamps in different ways.
func sameText(x, y string) bool {
	if x == y {
		return true
	}
	if a, err := strconv.ParseFloat(x, 64); err == nil {
		b, err := strconv.ParseFloat(y, 64)
		return err == nil && near(a, b)
	}
	a, ok := parseTimestamp(x)
	b, ok2 := parseTimestamp(y)
	return ok && ok2 && a.Equal(b)
}

func parseTimestamp(s string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02 15:04:05", strings.TrimSuffix(strings.Replace(s, "T", " ", 1), "Z"))
	return t, err == nil
}

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= tolerance*max(math.Abs(a), math.Abs(b))
}
