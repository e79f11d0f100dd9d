package bench

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// readingSink reads all that it is given, every byte of every column, and keeps only a sum: the least that a sink does. What a row adds when it
// comes it takes off when it goes, so the sum is of what all changes add up to, whatever their order:
//
//	+1 "a" 5    h("a") + 3·5
//	−1 "a" 5    0
//	+1 "a" 6    h("a") + 3·6
type readingSink struct {
	stats *microbatch.Stats
	due   *dueRows // that are read

	mu        sync.Mutex
	rows      int64
	sum       uint64
	epochs    int64
	latencies []time.Duration
}

// Describe is "bench".
func (*readingSink) Describe() plan.Description { return plan.Description{Kind: "bench"} }

// TakesRetractions says that it does.
func (*readingSink) TakesRetractions() bool { return true }

// OpenSink takes any rows without lists.
func (s *readingSink) OpenSink(_ context.Context, _ *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	for _, f := range in.Schema.Fields() {
		if f.Type.Kind == vec.List {
			return nil, fmt.Errorf("column %q is a list, which this sink can't read", f.Name)
		}
	}
	return s, nil
}

func (s *readingSink) NewWriter() microbatch.Writer { return &readingWriter{sink: s} }

func (s *readingSink) EndEpoch(*op.Epoch) error { return nil }
func (s *readingSink) Publish() error           { return nil }
func (s *readingSink) Close() error             { return nil }

// Commit is the moment at which an epoch's rows are written.
func (s *readingSink) Commit(context.Context) error {
	s.epochs++
	s.latencies = s.due.written(s.stats.RowsRead.Load(), time.Now(), s.latencies)
	return nil
}

// readingWriter reads what one worker writes.
type readingWriter struct {
	sink    *readingSink
	rows    int64
	sum     uint64
	places  []uint32 // of a batch's rows
	weights []uint64 // how often each comes
}

func (w *readingWriter) Push(_ microbatch.Seq, b *vec.Batch) error {
	w.rows += int64(b.Rows())
	w.places, w.weights = w.places[:0], w.weights[:0]
	for k := range b.Rows() {
		i := b.Row(k)
		w.places = append(w.places, uint32(i))
		if b.Diff != nil {
			w.weights = append(w.weights, uint64(b.Diff[i]))
		} else {
			w.weights = append(w.weights, 1)
		}
	}
	for c, v := range b.Cols {
		w.sum += uint64(2*c+1) * w.column(v)
	}
	return nil
}

// EndMorsel hands over what was read.
func (w *readingWriter) EndMorsel(int64) error {
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	w.sink.rows += w.rows
	w.sink.sum += w.sum
	w.rows, w.sum = 0, 0
	return nil
}

// column is the sum of a column's values, each as often as its row comes.
func (w *readingWriter) column(v *vec.Vec) uint64 {
	switch {
	case v.Dict != nil || v.Type.IsVar() || v.MayHaveNulls() || v.Type.Kind == vec.Bool:
		return w.values(v)
	case v.Type.Width() == 8:
		return sumWords(vec.Of[uint64](v), w.places, w.weights)
	case v.Type.Width() == 4:
		return sumWords(vec.Of[uint32](v), w.places, w.weights)
	}
	return w.values(v)
}

func sumWords[T uint32 | uint64](values []T, places []uint32, weights []uint64) uint64 {
	sum := uint64(0)
	for k, i := range places {
		sum += weights[k] * uint64(values[i])
	}
	return sum
}

// values is the sum of any values by their bytes. A NULL adds 1.
func (w *readingWriter) values(v *vec.Vec) uint64 {
	sum := uint64(0)
	for k, place := range w.places {
		x := uint64(1)
		if i := int(place); !v.IsNull(i) {
			x = hashValue(v, i)
		}
		sum += w.weights[k] * x
	}
	return sum
}

func hashValue(v *vec.Vec, i int) uint64 {
	if v.Dict != nil {
		v, i = &v.Dict.Values, int(v.Codes[i])
	}
	switch {
	case v.Type.IsVar():
		return hashText(v.Str(i))
	case v.Type.Kind == vec.Bool:
		return uint64(v.Data[i>>3] >> (i & 7) & 1)
	}
	width := v.Type.Width()
	return hashText(v.Data[i*width : (i+1)*width])
}

// hashText reads all of a text, in words of 8 bytes.
func hashText(s []byte) uint64 {
	h := uint64(len(s))
	for ; len(s) >= 8; s = s[8:] {
		h = h*0x9e3779b97f4a7c15 + binary.LittleEndian.Uint64(s)
	}
	for _, c := range s {
		h = h*0x100000001b3 + uint64(c)
	}
	return h
}
