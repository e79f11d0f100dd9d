package microbatch_test

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/arrowtab/plan/plantest"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// keepingSink keeps all rows, by morsel, charged to nobody.
type keepingSink struct {
	env *microbatch.Env

	mu   sync.Mutex
	kept map[int64][]*vec.Batch
}

func (*keepingSink) Describe() plan.Description { return plan.Description{Kind: "kept"} }

func (s *keepingSink) OpenSink(_ context.Context, env *microbatch.Env, _ op.Port) (microbatch.Sink, error) {
	s.env, s.kept = env, map[int64][]*vec.Batch{}
	return s, nil
}

func (s *keepingSink) NewWriter() microbatch.Writer { return &keepingWriter{sink: s} }
func (s *keepingSink) EndEpoch(*op.Epoch) error     { return nil }
func (s *keepingSink) Commit(context.Context) error { return nil }
func (s *keepingSink) Publish() error               { return nil }
func (s *keepingSink) Close() error                 { return nil }

// rows is what was written, in the order of the morsels.
func (s *keepingSink) rows() [][]any {
	var rows [][]any
	for _, m := range slices.Sorted(maps.Keys(s.kept)) {
		for _, b := range s.kept[m] {
			rows = append(rows, plantest.RowsOf(b)...)
		}
	}
	return rows
}

type keepingWriter struct {
	sink *keepingSink
	open []*vec.Batch // of the morsel that the worker is on
}

func (w *keepingWriter) Push(_ microbatch.Seq, b *vec.Batch) error {
	w.open = append(w.open, b.Keep(nil))
	return nil
}

func (w *keepingWriter) EndMorsel(m int64) error {
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	w.sink.kept[m] = append(w.sink.kept[m], w.open...)
	w.open = nil
	return nil
}
