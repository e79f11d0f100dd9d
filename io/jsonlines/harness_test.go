package jsonlines

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

	"go.uber.org/goleak"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// result is what a source has emitted, in the order of the input: rows as text with | between fields and ∅ for NULL.
type result struct {
	rows     []string
	rejected []string
	stats    *microbatch.Stats
}

// readAll reads a source with that many readers.
func readAll(src *source, readers int, scan microbatch.Scan) (result, error) {
	env := &microbatch.Env{Threads: readers, Stats: new(microbatch.Stats), Bad: src.settings.bad}
	res := result{stats: env.Stats}
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	open, err := src.OpenSource(ctx, env, scan)
	if err != nil {
		return res, err
	}
	c := &collector{}
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
	res.rows, res.rejected = c.sorted(op.Main), c.sorted(op.Rejected)
	return res, err
}

// collector is an Out of all readers. It sorts batches by Seq, to show that that is the order of the input.
type collector struct {
	mu      sync.Mutex
	batches [op.NumOutPorts][]textBatch
}

type textBatch struct {
	at   op.Seq
	rows []string
}

func (c *collector) Emit(port op.OutPort, at op.Seq, b *vec.Batch) error {
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

func (c *collector) sorted(port op.OutPort) []string {
	slices.SortStableFunc(c.batches[port], func(a, b textBatch) int { return a.at.Compare(b.at) })
	var rows []string
	for _, b := range c.batches[port] {
		rows = append(rows, b.rows...)
	}
	return rows
}

// writeFile writes a file into a temporary folder.
func writeFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openPath makes a source of path.
func openPath(t testing.TB, path string, opts ...pw.ReadOption) *source {
	t.Helper()
	src, err := trySource(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func trySource(path string, opts ...pw.ReadOption) (*source, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	return newSource(path, s)
}

// everything is the scan of all columns.
func everything(src *source) microbatch.Scan {
	scan := microbatch.Scan{}
	for i := range src.schema.Len() {
		scan.Columns = append(scan.Columns, i)
	}
	return scan
}
