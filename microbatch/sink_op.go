package microbatch

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// sinkOp is a sink in the place of an operator.
type sinkOp struct {
	ctx    context.Context
	opener SinkOpener
	env    *Env
	name   string
	key    string // what a state calls it
	has    bool   // it has the epoch that is run again
	batch  bool   // what it gets is whole after the first epoch, and is published then
	sink   Sink
	acked  atomic.Int64 // the last epoch that was committed, in a batch published
}

func (s *sinkOp) Open(in []op.Port) (func() op.Local, error) {
	sink, err := s.opener.OpenSink(s.ctx, s.env, in[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	s.sink = sink
	return func() op.Local { return &sinkLocal{s, sink.NewWriter()} }, nil
}

func (s *sinkOp) EndEpoch(e *op.Epoch, _ op.Out) error {
	if err := s.sink.EndEpoch(e); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

func (s *sinkOp) commit() error {
	slow := time.AfterFunc(commitIsSlow, func() {
		s.env.Log.Warn("a sink has not taken its changes yet; the run waits for it", "sink", s.name, "for", commitIsSlow)
	})
	defer slow.Stop()
	return s.end(func() error { return s.sink.Commit(s.ctx) })
}

// commitIsSlow is after how long the log says that a sink has not returned.
const commitIsSlow = 10 * time.Second

// Retried commits wait retryFirst, then twice as long each time, up to retryLast.
const (
	retryFirst = 100 * time.Millisecond
	retryLast  = 30 * time.Second
)

// deliver commits an epoch of a stream.
func (s *sinkOp) deliver(ctx context.Context, epoch int64, retries int) error {
	if err := s.commitPatiently(ctx, retries); err != nil {
		return err
	}
	s.acked.Store(epoch)
	return nil
}

// commitPatiently commits; what may go well at another try is tried again, as often as retries says. It begins nothing when the run was cancelled, and what
// goes wrong then is no error of the sink's.
func (s *sinkOp) commitPatiently(ctx context.Context, retries int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	wait := retryFirst
	for attempt := 0; ; attempt++ {
		err := s.commit()
		var again *Retryable
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return errors.Join(context.Cause(ctx), err)
		case !errors.As(err, &again):
			return err
		case attempt >= retries:
			return fmt.Errorf("%w (tried %d times)", err, attempt+1)
		}
		s.env.Log.Warn("sink failed, trying again", "sink", s.name, "error", err, "attempt", attempt+1, "wait", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		}
		wait = min(2*wait, retryLast)
	}
}

func (s *sinkOp) publish() error { return s.end(s.sink.Publish) }

func (s *sinkOp) end(f func() error) error {
	err := guard(func() string { return s.name }, f)
	var p *PanicError
	if err == nil || errors.As(err, &p) {
		return err
	}
	return fmt.Errorf("%s: %w", s.name, err)
}

func (s *sinkOp) Close() error {
	if s.sink == nil {
		return nil
	}
	return s.sink.Close()
}

type sinkLocal struct {
	op     *sinkOp
	writer Writer
}

func (l *sinkLocal) Push(_ int, at op.Seq, b *vec.Batch, _ op.Out) error {
	if l.op.has {
		return nil
	}
	if err := l.writer.Push(at, b); err != nil {
		return fmt.Errorf("%s: %w", l.op.name, err)
	}
	l.op.env.Stats.RowsWritten.Add(int64(b.Rows()))
	return nil
}

func (l *sinkLocal) EndMorsel(m int64, _ op.Out) error {
	if err := l.writer.EndMorsel(m); err != nil {
		return fmt.Errorf("%s: %w", l.op.name, err)
	}
	return nil
}
