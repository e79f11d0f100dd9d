package replay

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/pwcol/pwcol/io/internal/chunks"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/op"
)

// player is where the table's reader emits its rows. It lets the reader wait until they are due, and puts them into the queue, a stretch of rows
// that are due by now at a time:
//
//	batch    09:00:00 09:00:00 09:00:02 09:00:03      at Speed(1), the queue full for 3 seconds after the first stretch
//	         └──── at 0 s ───┘ └──── at 3 s ───┘
type player struct {
	of      *source
	env     *microbatch.Env
	scan    microbatch.Scan
	columns []int // of the table, ascending: those of the batches
	time    int   // place of the time among them
	queue   *chunks.Queue
	account *vec.Account // what waits in the queue

	ctx    context.Context // of the goroutine that reads the table
	start  time.Time
	origin int64   // the event time, in µs, that start stands for
	known  bool    // origin is known
	newest int64   // the largest event time so far
	rows   int64   // so far
	due    []int64 // of a batch's rows, µs after start
	again  again
}

// queueRows bounds the rows that are due and not taken yet: enough for a few milliseconds at full speed.
const queueRows = 1 << 17

// tick is how far apart, at least, stretches are put into the queue: rows a few µs apart come together.
const tick = time.Millisecond

func newPlayer(s *source, env *microbatch.Env, scan microbatch.Scan, columns []int) *player {
	p := &player{
		of: s, env: env, scan: scan, columns: columns, queue: chunks.NewQueue(chunks.Limits{Rows: queueRows}, env), account: env.Budget.Account("replay"),
		start: time.Now(), newest: math.MinInt64,
	}
	for i, c := range columns {
		if c == s.time {
			p.time = i
		}
	}
	if !s.from.IsZero() {
		p.origin, p.known = s.from.UnixMicro(), true
	}
	return p
}

// rejectedRows are rows that the table's source couldn't read.
type rejectedRows struct{ *vec.Batch }

// Emit takes a lent batch of the table's rows and returns when the last of them is in the queue.
func (p *player) Emit(port op.OutPort, _ op.Seq, b *vec.Batch) error {
	if port != op.Main {
		if p.again.skips(b.Rows()) > 0 {
			return nil
		}
		kept := b.Keep(p.account)
		p.again.next(kept.N)
		return p.put(&chunks.Chunk{First: p.rows, Rows: kept.N, Bytes: kept.Size(), Data: rejectedRows{kept}}, time.Now())
	}
	if err := p.schedule(b); err != nil {
		return err
	}
	from := p.again.skips(len(p.due))
	p.rows += int64(from)
	for from < len(p.due) {
		to, due, err := p.stretch(from)
		if err != nil {
			return err
		}
		kept := rowsOf(b, from, to).Keep(p.account)
		if err := p.put(&chunks.Chunk{First: p.rows, Rows: kept.N, Bytes: kept.Size(), Data: kept, Diffs: kept.Diff}, due); err != nil {
			return err
		}
		p.rows += int64(kept.N)
		from = to
	}
	if n := len(p.due); n > 0 {
		p.again.due = p.due[n-1]
	}
	return nil
}

// stretch waits for the batch's row from, and is the row behind those that come with it, and when it was due. Those that an earlier run has given come at once, as
// many as then; when they are over, the clock goes on where it was.
func (p *player) stretch(from int) (to int, due time.Time, err error) {
	if n := p.again.next(len(p.due) - from); n > 0 {
		return from + n, time.Now(), p.ctx.Err()
	}
	if p.again.resumes() {
		passed := p.again.due
		if from > 0 {
			passed = p.due[from-1]
		}
		p.start = time.Now().Add(-time.Duration(passed) * time.Microsecond)
	}
	due = p.dueTime(from)
	if err := sleepUntil(p.ctx, due); err != nil {
		return 0, due, err
	}
	return p.dueBy(from, time.Since(p.start).Microseconds()), due, nil
}

func (p *player) put(c *chunks.Chunk, came time.Time) error {
	return p.queue.Put(p.ctx, came, []*chunks.Chunk{c})
}

// dueTime is when a row of the batch is due; at full speed that is now.
func (p *player) dueTime(row int) time.Time {
	if p.of.speed == Max {
		return time.Now()
	}
	return p.start.Add(time.Duration(p.due[row]) * time.Microsecond)
}

// dueBy is the first row after from that isn't due yet.
func (p *player) dueBy(from int, now int64) int {
	to := from + 1
	for to < len(p.due) && p.due[to] <= now {
		to++
	}
	return to
}

// rowsOf is rows [from, to) of those that b means.
func rowsOf(b *vec.Batch, from, to int) *vec.Batch {
	if b.Dense() {
		return b.Slice(from, to)
	}
	out := *b
	out.Sel = b.Sel[from:to]
	return &out
}

// schedule works out when each row of b is due. It is an error if one is too far back.
func (p *player) schedule(b *vec.Batch) error {
	col := b.Cols[p.time]
	ticks := vec.Of[int64](col.Plain())
	p.due = p.due[:0]
	for k := range b.Rows() {
		i := b.Row(k)
		if !col.IsNull(i) {
			t := micros(ticks[i], col.Type.Unit)
			if p.newest != math.MinInt64 && t < minus(p.newest, p.of.disorder.Microseconds()) {
				return p.tooFarBack(col, i, int64(k), t)
			}
			p.newest = max(p.newest, t)
			if !p.known {
				p.origin, p.known = t, true
			}
		}
		p.due = append(p.due, p.dueAt())
	}
	return nil
}

// dueAt is when a row that comes now is due: µs after start.
func (p *player) dueAt() int64 {
	if p.of.speed == Max || !p.known || p.newest <= p.origin {
		return 0
	}
	passed := float64(uint64(p.newest)-uint64(p.origin)) / p.of.speed
	return int64(min(passed, farthest))
}

// farthest is as good as never, in µs: as far as a time.Duration goes.
const farthest = float64(math.MaxInt64/1000 - 1e6)

func (p *player) tooFarBack(col *vec.Vec, row int, k, t int64) error {
	newest := time.UnixMicro(p.newest).UTC().Format("2006-01-02 15:04:05.999999")
	return fmt.Errorf("row %d of %s: %s is %s, but a row before it has %s (UTC), %s later; sort the table by %s, or say that rows may be that late: replay.Disorder",
		p.rows+k+1, p.of.played(), p.of.column, calc.AppendText(nil, col, row), newest, apart(p.newest, t), p.of.column)
}

// apart is the time between two moments, a later one and an earlier one.
func apart(later, earlier int64) time.Duration {
	return time.Duration(min(uint64(later)-uint64(earlier), uint64(math.MaxInt64/1000))) * time.Microsecond
}

// micros is a timestamp in µs, rounded down; one that is out of their range is the nearest that isn't.
func micros(t int64, unit vec.Unit) int64 {
	if unit == vec.Nano {
		q := t / 1000
		if t%1000 < 0 {
			q--
		}
		return q
	}
	each := 1_000_000 / unit.PerSecond()
	return min(max(t, math.MinInt64/each), math.MaxInt64/each) * each
}

// minus is t − d, d ≥ 0, or the least there is.
func minus(t, d int64) int64 {
	if t < math.MinInt64+d {
		return math.MinInt64
	}
	return t - d
}

// sleepUntil waits until that time, at least a tick if it isn't past.
func sleepUntil(ctx context.Context, at time.Time) error {
	d := time.Until(at)
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(max(d, tick))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
