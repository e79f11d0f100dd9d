package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/custom"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// StreamRow is a row of the seed stream.
type StreamRow struct {
	ID       int64
	Value    float64
	Category string
}

// StreamJob is the seed stream: of the rows with a value above 500, for each category, their number and the sum of
// the values.
func StreamJob(t *pw.Table) *pw.Table {
	return t.Filter(pw.Col("value").Gt(500)).GroupBy("category").
		Reduce(pw.Count().As("count"), pw.Sum("value").As("sum_value"))
}

// StreamCase is a run of the seed stream at an offered rate: at every tick a batch of rows is due, is handed over at once, and its latency
// is the time from then, whether or not the engine was ready, until what it changes is written.
type StreamCase struct {
	Rate     int           `json:"rate"` // rows a second
	Tick     time.Duration `json:"tick"`
	Duration time.Duration `json:"duration"`
	Rows     bool          `json:"rows"`  // a source of single rows; else one of columns
	Alone    bool          `json:"alone"` // the generator without an engine, to know what it costs
}

// StreamFigures is what a StreamCase found.
type StreamFigures struct {
	Seconds   float64 `json:"seconds"` // from the first tick until the last row was processed
	Given     int64   `json:"given"`
	Processed int64   `json:"processed"`
	CPU       float64 `json:"cpu"` // seconds
	Peak      int64   `json:"peak"`
	Epochs    int64   `json:"epochs"`
	Latencies
}

func (c StreamCase) check() error {
	if c.Rate <= 0 || c.Tick <= 0 || c.Duration < c.Tick {
		return fmt.Errorf("a rate of %d rows/s, a tick of %s for %s: nothing would be offered", c.Rate, c.Tick, c.Duration)
	}
	return nil
}

// Run runs the case.
func (c StreamCase) Run(ctx context.Context, config microbatch.Config) (StreamFigures, error) {
	if err := c.check(); err != nil {
		return StreamFigures{}, err
	}
	g := newStreamGenerator(c)
	sink := &streamSink{generator: g, totals: map[string]streamTotal{}}
	config.Stats = &microbatch.Stats{}
	sink.stats = config.Stats
	cpu := cpuSeconds()
	var err error
	if c.Alone {
		err = g.run(ctx, func(int) error { return nil })
	} else {
		err = config.Run(ctx, pw.NewOutput(StreamJob(g.table()), sink, nil))
	}
	if err != nil {
		return StreamFigures{}, err
	}
	f := StreamFigures{
		Seconds: time.Since(g.start).Seconds(), Given: g.given, Processed: config.Stats.RowsRead.Load(), CPU: cpuSeconds() - cpu,
		Peak: peakMemory(), Epochs: sink.epochs,
	}
	if c.Alone {
		return f, nil
	}
	if err := sink.check(); err != nil {
		return f, err
	}
	f.Latencies = latenciesOf(sink.latencies)
	return f, nil
}

// streamGenerator hands over batches of rows by the clock.
type streamGenerator struct {
	c       StreamCase
	rows    []StreamRow // what is handed over, again and again
	columns *vec.Batch  // the same
	above   []int64     // how many of the rows before each are above 500
	ticks   int
	start   time.Time
	due     dueRows
	given   int64
	count   int64 // rows above 500 of all that was given
}

// streamRows is how many different rows are handed over before they repeat.
const streamRows = 1 << 17

func newStreamGenerator(c StreamCase) *streamGenerator {
	g := &streamGenerator{c: c, rows: make([]StreamRow, streamRows), above: make([]int64, streamRows+1), ticks: int(c.Duration / c.Tick)}
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range g.rows {
		g.rows[i] = StreamRow{int64(i), rng.Float64() * 1000, "ABCDE"[i%5 : i%5+1]}
		g.above[i+1] = g.above[i]
		if g.rows[i].Value > 500 {
			g.above[i+1]++
		}
	}
	if !c.Rows {
		g.columns = streamColumns(g.rows)
	}
	return g
}

func streamColumns(rows []StreamRow) *vec.Batch {
	enc, err := pw.NewRowEncoder[StreamRow](nil)
	if err != nil {
		panic(err)
	}
	b, err := enc.Batch(rows)
	if err != nil {
		panic(err)
	}
	return b.Keep(nil)
}

// table is the generator as a source.
func (g *streamGenerator) table() *pw.Table {
	queue := custom.Queue(1 << 23)
	if g.c.Rows {
		return custom.Rows(func(ctx context.Context, w *custom.Writer[StreamRow]) error {
			return g.run(ctx, func(n int) error {
				g.each(n, func(from, to int) {
					for i := from; i < to; i++ {
						w.Append(g.rows[i])
					}
				})
				return w.Commit()
			})
		}, queue)
	}
	return custom.Records(pw.SchemaOf[StreamRow](), func(ctx context.Context, w *custom.RecordWriter) error {
		return g.run(ctx, func(n int) error {
			var err error
			g.each(n, func(from, to int) { err = errors.Join(err, w.AppendBatch(g.columns.Slice(from, to), nil)) })
			return errors.Join(err, w.Commit())
		})
	}, queue)
}

// each calls f for the stretches of g.rows that the next n rows are.
func (g *streamGenerator) each(n int, f func(from, to int)) {
	at := int(g.given % streamRows)
	for n > 0 {
		to := min(at+n, streamRows)
		f(at, to)
		n -= to - at
		at = 0
	}
}

// run hands over a batch at every tick; a tick that is missed is made up for at once.
func (g *streamGenerator) run(ctx context.Context, hand func(n int) error) error {
	g.start = time.Now()
	for k := range g.ticks {
		due := g.start.Add(time.Duration(k) * g.c.Tick)
		if err := sleepUntil(ctx, due); err != nil {
			return err
		}
		upTo := int64(float64(g.c.Rate) * (float64(k+1) * g.c.Tick.Seconds()))
		n := int(upTo - g.given)
		if n == 0 {
			continue
		}
		g.due.add(due, upTo)
		g.each(n, func(from, to int) { g.count += g.above[to] - g.above[from] })
		if err := hand(n); err != nil {
			return err
		}
		g.given = upTo
	}
	return sleepUntil(ctx, g.start.Add(g.c.Duration))
}

func sleepUntil(ctx context.Context, at time.Time) error {
	d := time.Until(at)
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// streamSink applies the changes to a table of totals, and notes when the rows that they come from were written.
type streamSink struct {
	generator *streamGenerator
	stats     *microbatch.Stats

	mu        sync.Mutex
	totals    map[string]streamTotal
	epochs    int64
	latencies []time.Duration
}

type streamTotal struct {
	count int64
	sum   float64
}

// Describe is "bench".
func (*streamSink) Describe() plan.Description { return plan.Description{Kind: "bench"} }

// TakesRetractions says that it does.
func (*streamSink) TakesRetractions() bool { return true }

// OpenSink takes the rows of StreamJob.
func (s *streamSink) OpenSink(context.Context, *microbatch.Env, op.Port) (microbatch.Sink, error) {
	return s, nil
}

func (s *streamSink) NewWriter() microbatch.Writer { return s }

func (s *streamSink) Push(_ microbatch.Seq, b *vec.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range b.Rows() {
		i := b.Row(k)
		name := string(b.Cols[0].Str(i))
		if b.Diff != nil && b.Diff[i] < 0 {
			delete(s.totals, name)
			continue
		}
		s.totals[name] = streamTotal{vec.Of[int64](b.Cols[1])[i], vec.Of[float64](b.Cols[2])[i]}
	}
	return nil
}

func (s *streamSink) EndMorsel(int64) error    { return nil }
func (s *streamSink) EndEpoch(*op.Epoch) error { return nil }
func (s *streamSink) Publish() error           { return nil }
func (s *streamSink) Close() error             { return nil }

// Commit is the moment at which an epoch's rows are written.
func (s *streamSink) Commit(context.Context) error {
	s.epochs++
	s.latencies = s.generator.due.written(s.stats.RowsRead.Load(), time.Now(), s.latencies)
	return nil
}

// check compares the totals with what was given.
func (s *streamSink) check() error {
	var count int64
	for _, t := range s.totals {
		count += t.count
	}
	switch g := s.generator; {
	case s.stats.RowsRead.Load() != g.given:
		return fmt.Errorf("%d rows were given, but %d processed", g.given, s.stats.RowsRead.Load())
	case count != g.count:
		return fmt.Errorf("%d rows above 500 were given, but %d counted", g.count, count)
	}
	return nil
}
