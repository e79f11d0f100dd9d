package microbatch_test

import (
	"context"
	"errors"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

// TestCancelWhileCalling: a run that is cancelled while it waits for functions says that, and not what has become of their calls.
func TestCancelWhileCalling(t *testing.T) {
	calling := make(chan struct{}, 1000)
	wait := func(ctx context.Context, _ time.Time) (int64, error) {
		calling <- struct{}{}
		<-ctx.Done()
		return 0, ctx.Err()
	}
	table := func() *pw.Table {
		return pw.NewSource(newEndless(), pw.SourceOptions{}).With(pw.ApplyAsync("wait", wait, pw.Async{Capacity: 3}, "at").As("n"))
	}
	h, err := microbatch.Start(t.Context(), pw.NewOutput(table(), &changesSink{}, nil))
	if err != nil {
		t.Fatal(err)
	}
	<-calling
	if err := h.Cancel(); err != nil {
		t.Errorf("Cancel: %v", err)
	}
	if err := h.Wait(); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := microbatch.Run(ctx, pw.NewOutput(table(), &changesSink{}, nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run: %v", err)
	}
}
