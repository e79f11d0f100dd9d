package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"

	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// stream is a replay that goes on.
type stream struct {
	*player
	input  microbatch.Source
	cancel context.CancelFunc
	done   sync.WaitGroup
	given  int64 // rows that the engine has
}

var _ microbatch.Resumable = (*stream)(nil)

// play reads the table from its beginning to its end; a panic in its source is an error.
func (s *stream) play() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v\n%s", p, debug.Stack())
		}
		if err != nil {
			err = fmt.Errorf("replay: %w", err)
		}
	}()
	reader := s.input.NewReader()
	defer func() { err = errors.Join(err, reader.Close()) }()
	for {
		m, err := s.input.Next(s.ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := reader.Read(s.ctx, m, s.player); err != nil {
			return err
		}
	}
}

// Poll takes rows that are due.
func (s *stream) Poll(most int64) (microbatch.Poll, error) {
	p, err := s.queue.Poll(most)
	if s.took(p.Morsels); len(p.Morsels) > 0 {
		p.Range = encodeRows(s.given)
	}
	return p, err
}

// Lag is what is due and waits, now.
func (s *stream) Lag() microbatch.Lag { return s.queue.Lag() }

func (s *stream) NewReader() microbatch.Reader {
	place := make(map[int]int, len(s.columns))
	for i, c := range s.columns {
		place[c] = i
	}
	return &reader{s.player, chunks.NewReader(s.env, s.scan, chunks.Options{
		Name: "replay", Counted: true, Encoder: chunks.Columns(func(column int) int { return place[column] }),
	})}
}

// Close ends the replay and waits until nobody reads any more.
func (s *stream) Close() error {
	s.cancel()
	s.queue.Close()
	s.done.Wait()
	s.account.Clear()
	return s.input.Close()
}

// reader gives a worker the rows that are due.
type reader struct {
	of     *player
	chunks *chunks.Reader
}

func (r *reader) Read(ctx context.Context, m microbatch.Morsel, out microbatch.Out) error {
	c := m.(*chunks.Chunk)
	kept := c.Data
	if rejected, ok := kept.(rejectedRows); ok {
		defer rejected.Drop(r.of.account)
		return out.Emit(op.Rejected, microbatch.Seq{Source: r.of.env.Source, Offset: c.First}, rejected.Batch)
	}
	defer kept.(*vec.Batch).Drop(r.of.account)
	return r.chunks.Read(ctx, c, out)
}

func (r *reader) Close() error { return r.chunks.Close() }
