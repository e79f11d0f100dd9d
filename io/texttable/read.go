package texttable

import (
	"context"
	"fmt"
	"slices"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Option says how a text is read.
type Option func(*Source)

// Upserts makes rows with the same values in those columns replace each other; with diff −1 a row of the key is removed.
func Upserts(key ...string) Option { return func(s *Source) { s.keyNames = key } }

// AsBatch reads a text with a column time as a bounded table: what the changes of all times add up to.
func AsBatch() Option { return func(s *Source) { s.batch = true } }

// Times are all times of the tables that run together, so that they go in step: the epoch of a time has the rows that each of them has then. By
// itself a table's times are its own.
func Times(times ...int64) Option { return func(s *Source) { s.times = times } }

// Read is the table that is written down in text. What is wrong with it is reported by Run.
func Read(text string, options ...Option) *pw.Table {
	s := &Source{}
	for _, o := range options {
		o(s)
	}
	err := s.parse(text)
	if err == nil && s.IsUnbounded() && !s.batch {
		return pw.NewSource(s, pw.SourceOptions{})
	}
	var rows *vec.Batch
	if err == nil {
		rows, err = s.sum()
	}
	if err != nil {
		return pw.NewSource(nil, pw.SourceOptions{Err: fmt.Errorf("text table: %w", err)})
	}
	return pw.NewSource(pw.NewMemory(s.schema, []*vec.Batch{rows}), pw.SourceOptions{})
}

// TimesOf is the times of a text's rows, ascending; none if it has no column time or can't be read.
func TimesOf(text string) []int64 {
	p, err := parse(text)
	if err != nil || !p.stream {
		return nil
	}
	return slices.Sorted(slices.Values(p.times))
}

// Source is a plan's leaf: a table that was written down, with times.
type Source struct {
	parsed
	batch    bool
	keyNames []string
	key      []int
	times    []int64
}

func (s *Source) parse(text string) error {
	p, err := parse(text)
	if err != nil {
		return err
	}
	own := s.times
	s.parsed = *p
	if s.times = own; own == nil {
		s.times = slices.Sorted(slices.Values(p.times))
	}
	for _, time := range p.times {
		if !slices.Contains(s.times, time) {
			return fmt.Errorf("it has rows of the time %d, which is none of those of all tables: %d", time, s.times)
		}
	}
	for _, name := range s.keyNames {
		i, ok := s.schema.Index(name)
		if !ok {
			return plan.UnknownColumn(name, s.schema)
		}
		s.key = append(s.key, i)
	}
	return nil
}

// Schema is the schema of the rows, without time and diff.
func (s *Source) Schema() *plan.Schema { return s.schema }

// Describe is "text".
func (s *Source) Describe() plan.Description { return plan.Description{Kind: "text"} }

// IsUnbounded reports whether there is a column time.
func (s *Source) IsUnbounded() bool { return s.stream }

// IsReplaying says that event times have nothing to do with the clock.
func (s *Source) IsReplaying() bool { return true }

// Feed is what the rows are.
func (s *Source) Feed() (plan.Feed, []int) {
	switch {
	case s.key != nil:
		return plan.Upserts, s.key
	case s.changes:
		return plan.Revisions, nil
	}
	return plan.Insertions, nil
}

// OpenStream makes all times available at once, an epoch each.
func (s *Source) OpenStream(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	env.Ready()
	return &stream{source: s, env: env, scan: scan}, nil
}

// stream hands out a time a Poll, also one at which there are no rows; all times that are left when the run is to finish.
type stream struct {
	source *Source
	env    *microbatch.Env
	scan   microbatch.Scan
	next   int // place in the times
	rows   int64
}

// morsel is the rows of a time.
type morsel struct {
	rows  *vec.Batch
	first int64
}

func (s *stream) Poll(limit int64) (microbatch.Poll, error) {
	var p microbatch.Poll
	for n := 0; s.next < len(s.source.times) && (n == 0 || limit <= 0); n++ {
		if b := s.source.epochs[s.source.times[s.next]]; b != nil {
			p.Morsels = append(p.Morsels, morsel{b, s.rows})
			p.Rows += int64(b.N)
			s.rows += int64(b.N)
		}
		s.next++
	}
	p.More = s.next < len(s.source.times)
	p.Ended = !p.More
	return p, nil
}

func (s *stream) Close() error { return nil }

func (s *stream) NewReader() microbatch.Reader { return reader{s} }

type reader struct{ *stream }

func (r reader) Read(_ context.Context, m microbatch.Morsel, out microbatch.Out) error {
	rows := m.(morsel)
	r.env.Stats.RowsRead.Add(int64(rows.rows.N))
	b := &vec.Batch{N: rows.rows.N, Diff: rows.rows.Diff, Cols: pick(rows.rows, r.scan.Columns)}
	if f := r.scan.Filter; f != nil {
		b.Sel = f.NewSelector().Select(&vec.Batch{N: b.N, Cols: pick(rows.rows, f.Columns)}, []uint32{})
	}
	return out.Emit(op.Main, microbatch.Seq{Source: r.env.Source, Offset: rows.first}, b)
}

func (r reader) Close() error { return nil }

func pick(b *vec.Batch, columns []int) []*vec.Vec {
	out := make([]*vec.Vec, len(columns))
	for i, c := range columns {
		out[i] = b.Cols[c]
	}
	return out
}
