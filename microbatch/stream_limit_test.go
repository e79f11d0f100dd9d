package microbatch_test

import (
	"context"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// endless is a stream that has rows whenever it is asked: a second apart, ten at a time.
type endless struct {
	schema *pw.Schema
	polls  int
}

func newEndless() *endless {
	return &endless{schema: pw.NewSchema(pw.Field{Name: "at", Type: vec.TTimestamp(vec.Micro)})}
}

func (s *endless) Schema() *plan.Schema       { return s.schema }
func (s *endless) Describe() plan.Description { return plan.Description{Kind: "endless"} }
func (s *endless) IsUnbounded() bool          { return true }
func (s *endless) IsReplaying() bool          { return true }

func (s *endless) OpenStream(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	env.Ready()
	return endlessStream{s, cutReader{&cutStream{source: &cutSource{}, env: env, scan: scan}}}, nil
}

type endlessStream struct {
	*endless
	reader cutReader
}

func (s endlessStream) Poll(int64) (microbatch.Poll, error) {
	at := make([]int64, 10)
	for i := range at {
		at[i] = int64(10*s.polls+i) * 1_000_000
	}
	b := &vec.Batch{N: 10, Cols: []*vec.Vec{{Type: vec.TTimestamp(vec.Micro), N: 10, Data: vec.Bytes(at)}}}
	s.polls++
	return microbatch.Poll{Morsels: []microbatch.Morsel{placed{0, int64(10 * s.polls), b}}, Rows: 10, More: true}, nil
}

func (s endlessStream) NewReader() microbatch.Reader { return s.reader }
func (s endlessStream) Close() error                 { return nil }

// TestLimitEndsAStream: a run ends when all outputs have what they want, also what is told from the end of the rows; a source whose rows another output still
// wants is read on.
func TestLimitEndsAStream(t *testing.T) {
	read := func(s *endless) *pw.Table { return pw.NewSource(s, pw.SourceOptions{}) }
	rows := func(s *changesSink) (n int64) {
		for _, times := range s.counts {
			n += times
		}
		return n
	}
	for name, test := range map[string]struct {
		table func(t *pw.Table) *pw.Table
		want  int64
		polls int
	}{
		"rows": {func(t *pw.Table) *pw.Table { return t.Limit(25) }, 25, 3},
		"none": {func(t *pw.Table) *pw.Table { return t.Limit(0) }, 0, 0},
		"windows": {func(t *pw.Table) *pw.Table {
			return t.Limit(25).WindowBy("at", pw.Tumbling(5*time.Second)).Reduce(pw.Count())
		}, 5, 3},
		"groups": {func(t *pw.Table) *pw.Table { return t.Limit(25).GroupBy("at").Reduce(pw.Count()) }, 25, 3},
		"union":  {func(t *pw.Table) *pw.Table { return t.Limit(25).Union(t.Limit(35)) }, 60, 4},
	} {
		t.Run(name, func(t *testing.T) {
			s, sink := newEndless(), &changesSink{}
			h, err := microbatch.Start(t.Context(), pw.NewOutput(test.table(read(s)), sink, nil))
			if err != nil {
				t.Fatal(err)
			}
			if err := h.Wait(); err != nil || rows(sink) != test.want || s.polls != test.polls || sink.problem != "" {
				t.Errorf("%v, %d rows, want %d, polled %d times, want %d, %s", err, rows(sink), test.want, s.polls, test.polls, sink.problem)
			}
			if source := h.Status().Sources[0]; !source.Ended {
				t.Errorf("%+v hasn't ended", source)
			}
		})
	}
	t.Run("another output", func(t *testing.T) {
		s, limited, all := newEndless(), &changesSink{}, &changesSink{}
		table, other := read(s), newEndless()
		h, err := microbatch.Start(t.Context(), pw.NewOutput(table.Limit(25), limited, nil), pw.NewOutput(table, all, nil),
			pw.NewOutput(read(other).Limit(5), &changesSink{}, nil))
		if err != nil {
			t.Fatal(err)
		}
		for h.Status().Epochs < 20 {
			time.Sleep(time.Millisecond)
		}
		if err := h.Stop(); err != nil || rows(limited) != 25 || rows(all) < 190 || other.polls != 1 {
			t.Errorf("%v, %d limited rows, %d others, the source of 5 was polled %d times", err, rows(limited), rows(all), other.polls)
		}
	})
}
