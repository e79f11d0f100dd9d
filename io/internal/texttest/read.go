// Package texttest reads connectors' sources without an engine, for their tests.
package texttest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Result is what a source has emitted, in the order of the input: rows as text with | between fields and ∅ for NULL.
type Result struct {
	Rows     []string
	Rejected []string
	Stats    *microbatch.Stats
}

// Read reads a source with that many readers.
func Read(src microbatch.SourceOpener, readers int, bad plan.BadRows, scan microbatch.Scan) (Result, error) {
	env := &microbatch.Env{Threads: readers, Stats: new(microbatch.Stats), Bad: bad}
	res := Result{Stats: env.Stats}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	open, err := src.OpenSource(ctx, env, scan)
	if err != nil {
		return res, err
	}
	c := &Collector{}
	var next sync.Mutex
	var wg sync.WaitGroup
	for range readers {
		r := open.NewReader()
		wg.Go(func() {
			defer r.Close()
			for ctx.Err() == nil {
				next.Lock()
				m, err := open.Next(ctx)
				next.Unlock()
				if err == nil {
					err = r.Read(ctx, m, c)
				}
				if err != nil {
					if !errors.Is(err, io.EOF) {
						cancel(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	err = open.Close()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	res.Rows, res.Rejected = c.Sorted(op.Main), c.Sorted(op.Rejected)
	return res, err
}

// Collector is an Out of all readers. It sorts batches by Seq, to show that that is the order of the input.
type Collector struct {
	mu      sync.Mutex
	batches [op.NumOutPorts][]textBatch
}

type textBatch struct {
	at   op.Seq
	rows []string
}

// Emit takes a batch.
func (c *Collector) Emit(port op.OutPort, at op.Seq, b *vec.Batch) error {
	t := textBatch{at: at}
	for i := range b.Rows() {
		fields := []string{}
		for _, col := range b.Cols {
			s := "∅"
			if !col.IsNull(b.Row(i)) {
				s = string(calc.AppendText(nil, col, b.Row(i)))
			}
			fields = append(fields, s)
		}
		t.rows = append(t.rows, strings.Join(fields, "|"))
	}
	for _, col := range b.Cols {
		if col.Type.IsVar() && !slices.IsSorted(col.Offsets) {
			return fmt.Errorf("offsets fall: %v", col.Offsets)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.batches[port] = append(c.batches[port], t)
	return nil
}

// Sorted is the rows of a port, in the order of the input.
func (c *Collector) Sorted(port op.OutPort) []string {
	slices.SortStableFunc(c.batches[port], func(a, b textBatch) int { return a.at.Compare(b.at) })
	var rows []string
	for _, b := range c.batches[port] {
		rows = append(rows, b.rows...)
	}
	return rows
}

// WriteFile writes a file into a temporary folder, and returns its path.
func WriteFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Everything is the scan of all columns.
func Everything(src plan.Source) microbatch.Scan {
	scan := microbatch.Scan{}
	for i := range src.Schema().Len() {
		scan.Columns = append(scan.Columns, i)
	}
	return scan
}
