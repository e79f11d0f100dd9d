package microbatch

import (
	"context"
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// sinkOp is a sink in the place of an operator.
type sinkOp struct {
	ctx    context.Context
	opener SinkOpener
	env    *Env
	name   string
	sink   Sink
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
	return s.end(func() error { return s.sink.Commit(s.ctx) })
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
