package microbatch_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// closingSource counts its readers that are open.
type closingSource struct {
	*faulty
	open *atomic.Int32
}

func (s *closingSource) OpenSource(context.Context, *microbatch.Env, microbatch.Scan) (microbatch.Source, error) {
	return &closingOpen{&faultyOpen{faulty: s.faulty}, s.open}, nil
}

type closingOpen struct {
	*faultyOpen
	open *atomic.Int32
}

func (s *closingOpen) NewReader() microbatch.Reader {
	s.open.Add(1)
	return &closingReader{s.faultyOpen, s.open}
}

type closingReader struct {
	microbatch.Reader
	open *atomic.Int32
}

func (r *closingReader) Close() error {
	r.open.Add(-1)
	return nil
}

// pushSink is a sink to whose Push something happens.
type pushSink struct {
	*watchedSink
	push func() error
}

func (s *pushSink) OpenSink(context.Context, *microbatch.Env, op.Port) (microbatch.Sink, error) {
	return s, nil
}
func (s *pushSink) NewWriter() microbatch.Writer          { return s }
func (s *pushSink) Push(microbatch.Seq, *vec.Batch) error { return s.push() }

// TestReadersAreClosedBeforeTheEpochEnds: their buffers are given back before a sort, for one, emits.
func TestReadersAreClosedBeforeTheEpochEnds(t *testing.T) {
	var open atomic.Int32
	reads := func(context.Context, int) error { return nil }
	in := pw.NewSource(&closingSource{&faulty{morsels: 50, read: reads}, &open}, pw.SourceOptions{})
	pushes := 0
	sink := &pushSink{&watchedSink{call: func() error { return nil }}, func() error {
		pushes++
		if open.Load() > 0 {
			return errors.New("a reader is open")
		}
		return nil
	}}
	if err := (microbatch.Config{Threads: 2}).Run(t.Context(), pw.NewOutput(in.Sort("x"), sink, nil)); err != nil || pushes == 0 {
		t.Errorf("%d batches, %v", pushes, err)
	}
}
