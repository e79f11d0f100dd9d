package microbatch_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/arrowtab/plan/plantest"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// cutSource is a stream whose rows and cuts are fixed: its k-th Poll has the k-th epoch's batches. To plantest it is a table of
// the rows up to an epoch.
type cutSource struct {
	schema *pw.Schema
	feed   plan.Feed
	key    []int
	epochs [][]placed
	upTo   int // how many epochs plantest sees
	stalls bool
	forget bool // polls can't be read again
}

// placed is a batch with its place.
type placed struct {
	partition uint32
	offset    int64
	batch     *vec.Batch
}

func (s *cutSource) Schema() *plan.Schema       { return s.schema }
func (s *cutSource) Describe() plan.Description { return plan.Description{Kind: "cut"} }
func (s *cutSource) IsUnbounded() bool          { return true }
func (s *cutSource) IsReplaying() bool          { return true }
func (s *cutSource) Feed() (plan.Feed, []int)   { return s.feed, s.key }
func (s *cutSource) Batches() (out []*vec.Batch) { // in the order of arrival: by partition, then offset
	var all []placed
	for _, e := range s.epochs[:s.upTo] {
		all = append(all, e...)
	}
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.partition, y.partition), cmp.Compare(x.offset, y.offset))
	})
	for _, p := range all {
		out = append(out, p.batch)
	}
	return out
}

func (s *cutSource) OpenStream(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	env.Ready()
	st := &cutStream{source: s, env: env, scan: scan}
	if e := env.Earlier; e != nil {
		st.next = int(e.Position[0])
		if s.forget { // its rows come from the journal
			st.next += len(e.Since)
		}
	}
	return st, nil
}

func (s *cutStream) Position() ([]byte, error) { return []byte{byte(s.next)}, nil }

func (s *cutStream) Reread(of []byte) (microbatch.Poll, error) {
	if int(of[0]) != s.next {
		return microbatch.Poll{}, fmt.Errorf("epoch %d is to be read again, and %d is the next", of[0], s.next)
	}
	return s.Poll(0)
}

type cutStream struct {
	source *cutSource
	env    *microbatch.Env
	scan   microbatch.Scan
	next   int
}

func (s *cutStream) Poll(int64) (microbatch.Poll, error) {
	var p microbatch.Poll
	if !s.source.forget {
		p.Range = []byte{byte(s.next)}
	}
	for _, b := range s.source.epochs[s.next] {
		p.Morsels = append(p.Morsels, b)
		p.Rows += 20_000 // all workers shall take part
	}
	s.next++
	p.More = s.next < len(s.source.epochs)
	p.Ended = !p.More
	return p, nil
}

func (s *cutStream) Close() error                 { return nil }
func (s *cutStream) NewReader() microbatch.Reader { return cutReader{s} }

type cutReader struct{ *cutStream }

func (r cutReader) Close() error { return nil }

func (r cutReader) Read(_ context.Context, m microbatch.Morsel, out microbatch.Out) error {
	p := m.(placed)
	if r.source.stalls {
		time.Sleep(time.Duration(rand.IntN(200)) * time.Microsecond)
	}
	b := &vec.Batch{N: p.batch.N, Diff: p.batch.Diff}
	for _, c := range r.scan.Columns {
		b.Cols = append(b.Cols, p.batch.Cols[c])
	}
	if f := r.scan.Filter; f != nil {
		read := vec.Batch{N: b.N}
		for _, c := range f.Columns {
			read.Cols = append(read.Cols, p.batch.Cols[c])
		}
		b.Sel = f.NewSelector().Select(&read, []uint32{})
	}
	return out.Emit(op.Main, microbatch.Seq{Source: r.env.Source, Partition: p.partition, Offset: p.offset}, b)
}

// changesSink keeps what every epoch's changes have added up to, and checks that they are net.
type changesSink struct {
	env    *microbatch.Env
	kind   plan.Changelog
	schema *pw.Schema

	mu      sync.Mutex
	pushed  []*vec.Batch // of the epoch that is going on
	counts  map[string]int64
	sums    []map[string]int64 // after each epoch
	problem string
}

func (*changesSink) Describe() plan.Description { return plan.Description{Kind: "changes"} }
func (*changesSink) TakesRetractions() bool     { return true }

func (s *changesSink) OpenSink(_ context.Context, env *microbatch.Env, in op.Port) (microbatch.Sink, error) {
	s.env, s.kind, s.schema, s.counts = env, in.Kind, in.Schema, map[string]int64{}
	return s, nil
}

func (s *changesSink) NewWriter() microbatch.Writer { return s }

func (s *changesSink) Push(_ microbatch.Seq, b *vec.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Diff != nil && s.kind == plan.Append {
		s.problem = "rows with numbers on an edge that is append"
	}
	s.pushed = append(s.pushed, b.Keep(nil))
	return nil
}

func (s *changesSink) EndMorsel(int64) error { return nil }

func (s *changesSink) EndEpoch(*op.Epoch) error {
	changed := map[string]int64{}
	for _, b := range s.pushed {
		for i, row := range plantest.RowsOf(b) {
			text := plantest.RowText(row)
			if isRejected(s.schema) {
				text = ""
			}
			d := int64(1)
			if b.Diff != nil {
				d = b.Diff[i]
			}
			if s.kind == plan.Retract && !isRejected(s.schema) && changed[text] != 0 {
				s.problem = fmt.Sprintf("the row %s changes twice in an epoch", text)
			}
			changed[text] += d
			s.counts[text] += d
			if s.counts[text] == 0 {
				delete(s.counts, text)
			}
		}
	}
	for text, n := range s.counts {
		if n < 0 {
			s.problem = fmt.Sprintf("the row %s is there %d times", text, n)
		}
	}
	s.pushed = nil
	sum := make(map[string]int64, len(s.counts))
	for text, n := range s.counts {
		sum[text] = n
	}
	s.sums = append(s.sums, sum)
	return nil
}

func (s *changesSink) Commit(context.Context) error { return nil }
func (s *changesSink) Publish() error               { return nil }
func (s *changesSink) Close() error                 { return nil }

// rowTexts is a sum as sorted texts, each as often as it is there.
func rowTexts(sum map[string]int64) []string {
	var out []string
	for text, n := range sum {
		for range n {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

// stream is a random changelog of a table like source's, cut at random into epochs, spread over partitions.
func (d draws) stream(epochs int) *cutSource {
	rng := rand.New(rand.NewPCG(uint64(d.IntN(1<<30)), 1))
	types := []vec.Type{vec.TBool, vec.TInt64, vec.TInt32, vec.TFloat64, vec.TString, vec.TTimestamp(vec.Micro)}
	for range d.IntN(3) {
		types = append(types, vectest.Types[d.IntN(len(vectest.Types))])
	}
	s := &cutSource{stalls: d.IntN(4) == 0}
	fields, nulls := make([]pw.Field, len(types)), make([]vectest.Nulls, len(types))
	for i, t := range types {
		nulls[i] = []vectest.Nulls{vectest.No, vectest.Some, vectest.No, vectest.Some, vectest.No, vectest.All}[d.IntN(6)]
		fields[i] = pw.Field{Name: fmt.Sprint("c", i), Type: t, Nullable: nulls[i] != vectest.No}
	}
	fields[5].Name, fields[5].Nullable, nulls[5] = "ts", false, vectest.No
	s.schema = pw.NewSchema(fields...)
	distinct := []int{5, 12, 300, 2, 40}[d.IntN(5)]
	ordered, revises := d.IntN(2) == 0, d.IntN(3) == 0
	if revises {
		s.feed = plan.Revisions
	}
	partitions := 1 + d.IntN(3)
	offsets := make([]int64, partitions)
	var there []*vec.Batch // rows that may be retracted, one each
	now := int64(1_700_000_000_000_000)
	for range epochs {
		var epoch []placed
		for range 1 + d.IntN(3) {
			n := []int{1, 3, 30, 100, 2, 0, 64}[d.IntN(7)]
			b := &vec.Batch{N: n}
			for i, t := range types {
				b.Cols = append(b.Cols, vectest.Column(rng, t, n, nulls[i], distinct))
			}
			setTimes(rng, vec.Of[int64](b.Cols[5]), &now, ordered)
			if revises {
				b = withRetractions(rng, b, &there)
			}
			p := d.IntN(partitions)
			epoch = append(epoch, placed{uint32(p), offsets[p], b})
			offsets[p] += int64(b.N)
		}
		s.epochs = append(s.epochs, epoch)
	}
	return s
}

// setTimes makes event times that go on, or jump around by minutes.
func setTimes(rng *rand.Rand, times []int64, now *int64, ordered bool) {
	for i := range times {
		*now += rng.Int64N(3_000_000)
		times[i] = *now
		if !ordered {
			times[i] -= rng.Int64N(200_000_000)
		}
	}
}

// withRetractions is b's rows, some of them twice, and behind them some that were there before and go.
func withRetractions(rng *rand.Rand, b *vec.Batch, there *[]*vec.Batch) *vec.Batch {
	for i := range b.N {
		n := int64(1 + rng.IntN(2))
		b.Diff = append(b.Diff, n)
		for range n {
			*there = append(*there, b.Slice(i, i+1))
		}
	}
	var gone []*vec.Batch
	for range rng.IntN(1 + len(*there)/2) {
		k := rng.IntN(len(*there))
		gone = append(gone, (*there)[k])
		*there = slices.Delete(*there, k, k+1)
	}
	out := &vec.Batch{N: b.N + len(gone), Diff: slices.Clone(b.Diff)}
	for range gone {
		out.Diff = append(out.Diff, -1)
	}
	for i := range b.Cols {
		build := vec.NewBuilder(b.Cols[i].Type, out.N)
		build.Append(b.Cols[i], nil)
		for _, g := range gone {
			build.Append(g.Cols[i], []uint32{0})
		}
		out.Cols = append(out.Cols, build.Finish())
	}
	return out
}

// isRejected reports whether rows are rejected ones, of which only the number counts: their text depends on how the plan is run.
func isRejected(s *pw.Schema) bool { return s.String() == plan.RejectedSchema.String() }
