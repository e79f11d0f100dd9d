package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// Serve is pwcol as an engine that is compared: it answers the queries in from, one Request a line, until from ends. Each
// runs with the settings of c.
func Serve(ctx context.Context, c microbatch.Config, version string, from io.Reader, to io.Writer) error {
	known := jobs()
	answers := json.NewEncoder(to)
	hello := Hello{Name: "pwcol", Version: version, Queries: slices.Sorted(maps.Keys(known))}
	if err := answers.Encode(hello); err != nil {
		return err
	}
	requests := bufio.NewScanner(from)
	for requests.Scan() {
		var r Request
		if err := json.Unmarshal(requests.Bytes(), &r); err != nil {
			return fmt.Errorf("not a query: %w", err)
		}
		if err := answers.Encode(answer(ctx, c, known, r)); err != nil {
			return err
		}
	}
	return requests.Err()
}

// answer runs one query, as Serve does.
func answer(ctx context.Context, c microbatch.Config, known map[string]job, r Request) Answer {
	run, ok := known[r.Query]
	if !ok {
		return Answer{Error: fmt.Sprintf("pwcol has no query %q", r.Query)}
	}
	c.Stats = &microbatch.Stats{}
	cpu, start := cpuSeconds(), time.Now()
	result, err := run(ctx, c, r)
	a := Answer{Seconds: time.Since(start).Seconds(), CPU: cpuSeconds() - cpu, Processed: c.Stats.RowsRead.Load(), Peak: peakMemory()}
	if err != nil {
		return Answer{Error: fmt.Sprintf("pwcol: %s: %v", r.Query, err)}
	}
	if result != nil {
		a.Rows, a.Sums, err = result.describe()
	}
	if err != nil {
		return Answer{Error: fmt.Sprintf("pwcol: %s: %v", r.Query, err)}
	}
	return a
}

// RunJob runs one query and ends: for measuring whole processes.
func RunJob(ctx context.Context, c microbatch.Config, r Request) error {
	run, ok := jobs()[r.Query]
	if !ok {
		return fmt.Errorf("there is no query %q", r.Query)
	}
	_, err := run(ctx, c, r)
	return err
}

// memoryResult is a result that stays in memory.
type memoryResult struct {
	schema  *pw.Schema
	batches []*vec.Batch
}

// describe is the number of rows and the sums of the numeric columns. Its speed doesn't matter: it goes by way of text.
func (m *memoryResult) describe() (rows int64, sums map[string]float64, err error) {
	sums = map[string]float64{}
	for _, b := range m.batches {
		rows += int64(b.Rows())
		for c, f := range m.schema.Fields() {
			if !f.Type.IsNumeric() {
				continue
			}
			for i := range b.Rows() {
				if b.Cols[c].IsNull(b.Row(i)) {
					continue
				}
				x, err := strconv.ParseFloat(string(calc.AppendText(nil, b.Cols[c], b.Row(i))), 64)
				if err != nil {
					return 0, nil, err
				}
				sums[f.Name] += x
			}
		}
	}
	return rows, sums, nil
}
