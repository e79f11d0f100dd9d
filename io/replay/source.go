package replay

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// Table is t as a stream, in which each row comes when the timestamp in that column says. t must be what a connector's Read, or rows in memory, give:
// steps on it belong behind the replay. Its policy for bad rows is kept.
func Table(t *pw.Table, column string, options ...Option) *pw.Table {
	s := &source{settings: newSettings(options), column: column}
	err := s.err()
	if err == nil {
		err = s.take(t)
	}
	if s.read == nil {
		return pw.NewSource(nil, pw.SourceOptions{Err: err})
	}
	return pw.NewSource(s, pw.SourceOptions{Bad: s.read.Bad, Err: err})
}

// source is a plan's leaf: another source, played.
type source struct {
	settings
	column string
	time   int // its place
	read   *plan.Read
	opener microbatch.SourceOpener
}

var (
	_ microbatch.StreamOpener = (*source)(nil)
	_ plan.Replaying          = (*source)(nil)
	_ plan.Feeding            = (*source)(nil)
)

// take looks at what is to be played.
func (s *source) take(t *pw.Table) error {
	node, err := t.Plan()
	if err != nil {
		return err
	}
	read, ok := node.(*plan.Read)
	if !ok {
		return fmt.Errorf("replay: the table is more than what a source gives (%s); replay the source's table, and put the other steps behind",
			plan.Describe(node))
	}
	if !plan.Bounded(read) {
		return fmt.Errorf("replay: %s is a stream already", plan.Describe(read))
	}
	s.read = read
	if s.opener, ok = microbatch.OpenerOf(read.Source); !ok {
		return fmt.Errorf("replay: %s can't be read in a batch", plan.Describe(read))
	}
	if s.time, ok = read.Out.Index(s.column); !ok {
		return fmt.Errorf("replay: %w", plan.UnknownColumn(s.column, read.Out))
	}
	if f := read.Out.Field(s.time); f.Type.Kind != vec.Timestamp {
		return fmt.Errorf("replay: column %q is %s, but what rows are played by is a timestamp", s.column, f.Type)
	}
	return nil
}

// Schema is that of what is played.
func (s *source) Schema() *plan.Schema { return s.read.Out }

// Describe is "replay" of what, by which column, and the speed.
func (s *source) Describe() plan.Description {
	speed := "max"
	if s.speed != Max {
		speed = strconv.FormatFloat(s.speed, 'f', -1, 64)
	}
	return plan.Description{Kind: "replay", Target: s.played(), Options: []plan.Option{
		{Key: "by", Value: s.column}, {Key: "speed", Value: speed},
	}}
}

// played is what is played: "csv trades.csv".
func (s *source) played() string {
	d := s.read.Source.Describe()
	return d.Kind + " " + d.Target
}

// IsUnbounded says that the rows come in the course of time.
func (s *source) IsUnbounded() bool { return true }

// IsReplaying says that their times have nothing to do with the clock.
func (s *source) IsReplaying() bool { return true }

// Feed is what the rows are.
func (s *source) Feed() (plan.Feed, []int) { return plan.FeedOf(s.read.Source) }

// columnsOf is the columns that have to be read, ascending: those that the plan wants, those of its filter, and the time.
func (s *source) columnsOf(scan microbatch.Scan) []int {
	columns := append(slices.Clone(scan.Columns), s.time)
	if scan.Filter != nil {
		columns = append(columns, scan.Filter.Columns...)
	}
	slices.Sort(columns)
	return slices.Compact(columns)
}

// OpenStream opens what is played, and begins. The plan's filter is applied behind the replay: a row that it leaves out has its time all the same.
func (s *source) OpenStream(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	columns := s.columnsOf(scan)
	p := newPlayer(s, env, scan, columns)
	st := &stream{player: p}
	if env.Earlier != nil {
		var err error
		if st.given, err = p.again.resume(env.Earlier); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	inner := *env
	inner.Threads, inner.Ready, inner.Earlier = 1, nil, nil
	input, err := s.opener.OpenSource(ctx, &inner, microbatch.Scan{Columns: columns})
	if err != nil {
		cancel()
		return nil, err
	}
	st.input, st.cancel, p.ctx = input, cancel, ctx
	st.done.Go(func() { p.queue.End(st.play()) })
	return st, nil
}
