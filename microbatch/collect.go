package microbatch

import (
	"context"
	"io"

	"github.com/apache/arrow/go/v17/arrow"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/arrowconv"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// Collect runs the table and returns its rows as Arrow records, in the table's order if it has one. The
// records are the caller's. Memory: the whole result, charged to MaxMemory.
func Collect(ctx context.Context, t *pw.Table) ([]arrow.Record, error) {
	return Config{}.Collect(ctx, t)
}

// Collect is the package's Collect with these settings.
func (c Config) Collect(ctx context.Context, t *pw.Table) ([]arrow.Record, error) {
	batches, err := c.Batches(ctx, t)
	if err != nil {
		return nil, err
	}
	records := make([]arrow.Record, 0, len(batches))
	for _, b := range batches {
		r, err := arrowconv.Record(t.Schema(), b)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// CollectRows runs the table and returns its rows as structs, matched to the columns as by pw.FromRows.
func CollectRows[T any](ctx context.Context, t *pw.Table) ([]T, error) {
	batches, err := Config{}.Batches(ctx, t)
	if err != nil {
		return nil, err
	}
	return pw.RowsOf[T](t.Schema(), batches)
}

// Print runs the table and writes it to w: aligned columns with their types, long results cut in the middle.
func Print(ctx context.Context, w io.Writer, t *pw.Table) error { return Config{}.Print(ctx, w, t) }

// Print is the package's Print with these settings.
func (c Config) Print(ctx context.Context, w io.Writer, t *pw.Table) error {
	batches, err := c.Batches(ctx, t)
	if err != nil {
		return err
	}
	return pw.FormatTable(w, t.Schema(), batches)
}

// Batches runs the table and returns its rows as dense batches, in the table's order if it has one.
func (c Config) Batches(ctx context.Context, t *pw.Table) ([]*vec.Batch, error) {
	collected := &collectSink{}
	root, err := pw.NewOutput(t, collected, nil).Plan()
	if err != nil {
		return nil, err
	}
	if err := c.run(ctx, []*plan.Write{root}); err != nil {
		return nil, err
	}
	return collected.Batches(), nil
}

// collectSink keeps all rows in memory.
type collectSink struct{ Kept }

// Describe says that the sink is the program's memory.
func (*collectSink) Describe() plan.Description { return plan.Description{Kind: "collect"} }

// OpenSink takes rows of any schema.
func (s *collectSink) OpenSink(_ context.Context, env *Env, _ op.Port) (Sink, error) {
	s.Env, s.Who = env, "collect"
	return s, nil
}

func (s *collectSink) EndEpoch(*op.Epoch) error     { return nil }
func (s *collectSink) Commit(context.Context) error { return nil }
func (s *collectSink) Publish() error               { return nil }

// Close ends the run's account: from here on the rows are the caller's.
func (s *collectSink) Close() error {
	s.Env.Account.Clear()
	return nil
}
