package microbatch_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestCancelOfARowThatComesVeryOften: a row that comes 2^61 times is as many rows behind operators that emit rows. They are never all in memory, and a
// run that is cancelled doesn't wait for them.
func TestCancelOfARowThatComesVeryOften(t *testing.T) {
	table := pw.FromRows([]logged{{"a", 0, 1 << 61}}).FromChanges("d")
	other := pw.FromRows([]left{{"a", 2}}).Rename(map[string]string{"v": "w"})
	for name, table := range map[string]*pw.Table{
		"table":         table,
		"row number":    table.RowNumber("n", pw.PerKey("k"), "v"),
		"top":           table.TopK(1<<62, pw.PerKey("k"), "v"),
		"join":          table.Join(other, pw.On("k")),
		"left join":     table.LeftJoin(other, pw.OnPair("v", "w"), pw.Suffix("_right")),
		"rejected join": table.OnBadRow(pw.Reject).Join(other, pw.On("k"), pw.OnCond(pw.Col("k").Cast(pw.TInt64).Add(pw.Col("w")).Gt(0))).Rejected(),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- microbatch.Run(ctx, pw.NewOutput(table, &forgetfulSink{}, nil)) }()
			select {
			case err := <-done:
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			case <-time.After(10 * time.Second):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				t.Fatalf("the run goes on; a heap of %d bytes", m.HeapAlloc)
			}
		})
	}
}

// forgetfulSink lets rows go.
type forgetfulSink struct{ changesSink }

func (s *forgetfulSink) OpenSink(context.Context, *microbatch.Env, op.Port) (microbatch.Sink, error) {
	return s, nil
}

func (s *forgetfulSink) NewWriter() microbatch.Writer { return s }

func (s *forgetfulSink) Push(microbatch.Seq, *vec.Batch) error { return nil }
