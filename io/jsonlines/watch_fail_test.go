package jsonlines

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// standing is a sink whose first commit with rows waits.
type standing struct {
	stands  chan struct{} // closed when it does
	goOn    chan struct{}
	pending atomic.Int64 // rows of the epoch
	rows    atomic.Int64 // committed
}

func (*standing) Describe() plan.Description { return plan.Description{Kind: "standing"} }

func (s *standing) OpenSink(context.Context, *microbatch.Env, op.Port) (microbatch.Sink, error) {
	return s, nil
}

func (s *standing) NewWriter() microbatch.Writer { return standingWriter{s} }
func (s *standing) EndEpoch(*op.Epoch) error     { return nil }
func (s *standing) Publish() error               { return nil }
func (s *standing) Close() error                 { return nil }

func (s *standing) Commit(context.Context) error {
	n := s.pending.Swap(0)
	if n > 0 && s.rows.Add(n) == n {
		close(s.stands)
		<-s.goOn
	}
	return nil
}

type standingWriter struct{ *standing }

func (w standingWriter) EndMorsel(int64) error { return nil }

func (w standingWriter) Push(_ microbatch.Seq, b *vec.Batch) error {
	w.pending.Add(int64(b.Rows()))
	return nil
}

// TestAWatchThatFailsBehindRows: the error is not forgotten when rows wait before it.
func TestAWatchThatFailsBehindRows(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jsonl")
	write := func(flags int, text string) {
		t.Helper()
		f, err := os.OpenFile(path, flags|os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // it is looked at
	}
	write(os.O_APPEND, "{\"id\": 1}\n")
	s := &standing{stands: make(chan struct{}), goOn: make(chan struct{})}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	h, err := microbatch.Start(ctx, pw.NewOutput(Watch(dir, pw.NewSchema(pw.Int64("id")), Interval(2*time.Millisecond)), s, nil))
	if err != nil {
		t.Fatal(err)
	}
	<-s.stands
	write(os.O_APPEND, "{\"id\": 2}\n")
	write(os.O_TRUNC, "{\"id\": 3}\n") // which the policy Fails doesn't allow
	close(s.goOn)
	if err := h.Wait(); err == nil || !strings.Contains(err.Error(), "a.jsonl") {
		t.Errorf("got error %v", err)
	}
	if n := s.rows.Load(); n != 2 {
		t.Errorf("%d rows were written, want those before it was rewritten, 2", n)
	}
}
