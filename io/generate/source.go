package generate

import (
	"context"
	"fmt"
	"strconv"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// Rows is the table of the structs that row makes of the numbers 0, 1, 2 …, with the columns of pw.SchemaOf. It goes on for ever, or up to
// Limit. row must depend on its argument alone; it is called from several goroutines. A panic in it ends the run with an error that names the row.
func Rows[T any](row func(n int64) T, options ...Option) *pw.Table {
	s := &source{settings: newSettings(options), schema: pw.SchemaOf[T]()}
	s.newReader = func(env *microbatch.Env, scan microbatch.Scan) microbatch.Reader {
		return &reader[T]{row: row, every: s.partitions, name: s.name, chunks: chunks.NewReader(env, scan, chunks.Options{Name: s.name, Encoder: encoder[T]})}
	}
	return pw.NewSource(s, pw.SourceOptions{Err: s.err()})
}

func encoder[T any](columns []int) (chunks.Encode, error) {
	e, err := pw.NewRowEncoder[T](columns)
	if err != nil {
		return nil, err
	}
	return func(c *chunks.Chunk) (*vec.Batch, error) { return e.Batch(c.Data.([]T)) }, nil
}

// source is a plan's leaf: rows that are made up.
type source struct {
	settings
	schema    *pw.Schema
	newReader func(*microbatch.Env, microbatch.Scan) microbatch.Reader
}

var (
	_ microbatch.StreamOpener = (*source)(nil)
	_ microbatch.SourceOpener = (*source)(nil)
	_ plan.Replaying          = (*source)(nil)
)

// Schema is the schema of the rows.
func (s *source) Schema() *plan.Schema { return s.schema }

// Describe is "generate", the name, and the settings.
func (s *source) Describe() plan.Description {
	d := plan.Description{Kind: "generate", Target: s.name}
	if s.rate > 0 && !s.bounded {
		d.Options = append(d.Options, plan.Option{Key: "rate", Value: strconv.FormatFloat(s.rate, 'f', -1, 64)})
	}
	if s.limit != noLimit {
		d.Options = append(d.Options, plan.Option{Key: "limit", Value: strconv.FormatInt(s.limit, 10)})
	}
	if s.partitions > 1 {
		d.Options = append(d.Options, plan.Option{Key: "partitions", Value: strconv.FormatInt(s.partitions, 10)})
	}
	return d
}

// IsUnbounded reports whether it is a stream's source.
func (s *source) IsUnbounded() bool { return !s.bounded }

// IsReplaying says that the rows' times are the function's own.
func (s *source) IsReplaying() bool { return true }

// OpenStream starts the clock.
func (s *source) OpenStream(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	return openStream(s, env, scan)
}

// OpenSource makes the rows of a batch.
func (s *source) OpenSource(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	return &batch{source: s, env: env, scan: scan}, nil
}

// stretches is rows [from, to) as morsels, partition by partition. Row n is row n/partitions of partition n%partitions:
//
//	2 partitions, rows 3 to 7    partition 0: its rows 2, 3 (4, 6)    partition 1: its rows 1, 2, 3 (3, 5, 7)
func (s *source) stretches(from, to int64) []microbatch.Morsel {
	var out []microbatch.Morsel
	for p := range s.partitions {
		first, end := s.before(from, p), s.before(to, p)
		for ; first < end; first += morselRows {
			out = append(out, &chunks.Chunk{Partition: uint32(p), First: first, Rows: int(min(morselRows, end-first))})
		}
	}
	return out
}

// before is how many of the rows [0, n) are of partition p.
func (s *source) before(n, p int64) int64 {
	whole := n / s.partitions
	if n%s.partitions > p {
		whole++
	}
	return whole
}

// morselRows is how many rows are made by one worker at a time.
const morselRows = 8 * vec.BatchRows

// reader makes a worker's rows.
type reader[T any] struct {
	row    func(n int64) T
	every  int64 // a partition has every so manieth row
	name   string
	rows   []T
	chunks *chunks.Reader
}

func (r *reader[T]) Read(ctx context.Context, m microbatch.Morsel, out microbatch.Out) error {
	all := m.(*chunks.Chunk)
	for done := 0; done < all.Rows; done += vec.BatchRows {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		c := &chunks.Chunk{Partition: all.Partition, First: all.First + int64(done), Rows: min(vec.BatchRows, all.Rows-done)}
		if err := r.make(c); err != nil {
			return err
		}
		if err := r.chunks.Read(ctx, c, out); err != nil {
			return err
		}
	}
	return nil
}

// make makes the rows of a chunk; a panic in the function is an error of the source.
func (r *reader[T]) make(c *chunks.Chunk) (err error) {
	n := c.First*r.every + int64(c.Partition)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("generate %s: the function panicked at row %d: %v", r.name, n, p)
		}
	}()
	r.rows = r.rows[:0]
	for range c.Rows {
		r.rows = append(r.rows, r.row(n))
		n += r.every
	}
	c.Data = r.rows
	return nil
}

func (r *reader[T]) Close() error { return r.chunks.Close() }
