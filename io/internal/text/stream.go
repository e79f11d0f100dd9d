package text

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// stream is a file that can only be read from its start. One goroutine reads ahead and cuts the text into blocks
// of whole rows; workers parse them.
type stream struct {
	in     *Input
	text   *Text
	format Format
	stats  *microbatch.Stats
	chunk  int

	blocks chan *block
	free   chan []byte // buffers to use again
	stop   chan struct{}
	ended  chan struct{} // the goroutine is gone
	err    error         // what ended it, before blocks was closed; nil: the end of the text

	at, line int64 // of the next block
	raw      int64 // bytes counted so far, as stored
}

// block is a morsel: whole rows of a stream.
type block struct {
	*stream
	b    Buffer
	base int64 // place in the text of place 0 of b
	line int64 // of its first row
	long *Bad
}

func (o *open) openStream(_ context.Context, in *Input) (*stream, error) {
	threads := max(1, o.env.Threads)
	s := &stream{
		in: in, format: o.opts.Format, stats: o.env.Stats, chunk: o.chunk(1 << 40), at: in.Start, line: in.Line,
		blocks: make(chan *block, threads), free: make(chan []byte, 2*threads+2), stop: make(chan struct{}), ended: make(chan struct{}),
	}
	var err error
	if s.text, err = in.openAtStart(); err != nil {
		return nil, err
	}
	go s.produce()
	return s, nil
}

// openAtStart is the input's text from its first row on.
func (in *Input) openAtStart() (*Text, error) {
	if t := in.Text; t != nil {
		in.Text = nil
		return t, nil
	}
	t, err := OpenText(in.File)
	if err != nil {
		return nil, err
	}
	if _, _, err := t.Fill(make([]byte, in.Start)); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

func (s *stream) next(ctx context.Context) (microbatch.Morsel, error) {
	select {
	case b, ok := <-s.blocks:
		if ok {
			return b, nil
		}
		if s.err != nil {
			return nil, s.err
		}
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// close ends the goroutine. One that waits for standard input is left alone: nothing can wake it but
// more input, or its end.
func (s *stream) close() error {
	close(s.stop)
	if s.text.file == os.Stdin {
		select {
		case <-s.ended:
		default:
			return nil
		}
	}
	<-s.ended
	return s.text.Close()
}

// produce cuts the text into blocks until it ends.
func (s *stream) produce() {
	defer close(s.ended)
	defer close(s.blocks)
	splitter := s.format.NewSplitter()
	var rest []byte // of the last block's text: the row that it holds only a part of
	for eof := false; !eof; {
		var err error
		if rest, eof, err = s.produceBlock(splitter, rest); err != nil {
			if !errors.Is(err, errStopped) {
				s.err = err
			}
			return
		}
	}
}

// errStopped says that nobody wants more blocks.
var errStopped = errors.New("stopped")

// produceBlock sends a block that begins with the bytes of rest, and returns those that are left over.
func (s *stream) produceBlock(splitter Splitter, rest []byte) (_ []byte, eof bool, err error) {
	data := s.buffer(max(s.chunk, 2*len(rest)))
	have := copy(data[Lead:], rest)
	b := Buffer{Data: data, From: Lead}
	for {
		n, end, err := s.text.Fill(data[Lead+have : len(data)-Pad])
		s.count()
		if err != nil {
			return nil, false, err
		}
		have, eof = have+n, end
		b.Data, b.To = data, Lead+have
		if eof {
			return nil, true, s.send(b, nil)
		}
		splitter.Survey(&b)
		cut := splitter.NextRow(&b, splitter.LastRow(&b, b.From), b.To, false)
		switch {
		case cut.Long:
			return s.skipLong(b, cut)
		case cut.At > b.From:
			rest = bytes.Clone(data[cut.At:b.To])
			b.To = cut.At
			return rest, false, s.send(b, nil)
		}
		data = vec.Grow(data, 2*len(data)) // not one whole row: read on
	}
}

// skipLong sends what is before a row that is too large, and skips that row.
func (s *stream) skipLong(b Buffer, cut Cut) (rest []byte, eof bool, err error) {
	size, lines := int64(b.To-cut.At), int64(bytes.Count(b.Data[cut.At:b.To], []byte{'\n'}))
	b.To = cut.At
	if err := s.send(b, cut.Bad); err != nil {
		return nil, false, err
	}
	buf := make([]byte, s.chunk)
	for !eof {
		var n int
		n, eof, err = s.text.Fill(buf)
		s.count()
		if err != nil {
			return nil, false, err
		}
		i := bytes.IndexByte(buf[:n], '\n')
		if i >= 0 {
			s.at, s.line = s.at+size+int64(i)+1, s.line+lines+1
			rest = buf[i+1 : n]
			break
		}
		size += int64(n)
		select {
		case <-s.stop:
			return nil, false, errStopped
		default:
		}
	}
	if eof && len(rest) > 0 { // the text has ended; what is left over is the last block
		data := s.buffer(len(rest))
		n := copy(data[Lead:], rest)
		return nil, true, s.send(Buffer{Data: data, From: Lead, To: Lead + n}, nil)
	}
	return rest, eof, nil
}

// send hands on the rows of b.
func (s *stream) send(b Buffer, long *Bad) error {
	if b.From == b.To && long == nil {
		return nil
	}
	text := b.Data[b.From:b.To]
	block := &block{stream: s, b: b, base: s.at - int64(b.From), line: s.line, long: long}
	s.at += int64(len(text))
	s.line += int64(bytes.Count(text, []byte{'\n'}))
	select {
	case s.blocks <- block:
		return nil
	case <-s.stop:
		return errStopped
	}
}

// count adds what was read since the last time to the run's counters.
func (s *stream) count() {
	n := s.text.raw.n
	s.stats.BytesRead.Add(n - s.raw)
	s.raw = n
}

// buffer is a buffer with room for n bytes of text, or more.
func (s *stream) buffer(n int) []byte {
	select {
	case data := <-s.free:
		if len(data) >= Lead+n+Pad {
			return data
		}
	default:
	}
	data := vec.Alloc(Lead + n + Pad)
	data[0] = '\n'
	return data
}

// readBlock parses a block.
func (r *reader) readBlock(b *block) error {
	b.b.Plain = r.splitter.IsPlain(b.b.Data[b.b.From:b.b.To])
	lineAt := func(int64) (int64, error) { return b.line, nil }
	if err := r.parse(b.in, &b.b, b.base, lineAt, b.long); err != nil {
		return err
	}
	if len(b.b.Data) > 4*b.chunk { // grown for a large row: not kept
		return nil
	}
	select {
	case b.free <- b.b.Data:
	default:
	}
	return nil
}
