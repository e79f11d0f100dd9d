package json

import (
	"math"
	"math/bits"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// parseEpochs makes timestamps of numbers that count Epoch since 1970: whole ones at once.
func (c *column) parseEpochs(f *fields.Fields, rows []uint32) {
	out := vec.Cast[int64](c.Data)
	times, over := int64(1), int64(1)
	if from, to := c.epoch.PerSecond(), c.Type.Unit.PerSecond(); from < to {
		times = to / from
	} else {
		over = from / to
	}
	most := uint64(math.MaxInt64 / times)
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		u, ok := fields.ParseUint(f.Buf, int(f.Starts[i])+1, int(f.Ends[i]))
		if ok && u <= most && !isString(f, i) {
			out[r] = int64(u) * times / over
			continue
		}
		if s, ok := c.Other(f, r); ok {
			out[r] = s.I
		}
	}
}

// count is the value of a number that counts Epoch. Digits that are finer than the type's unit are cut off, towards the past.
func (c *column) count(text []byte) (vec.Scalar, error) {
	s := vec.Scalar{Type: c.Type}
	if c.epoch == nil {
		return s, fields.Fault("is a number: say what it counts (Epoch), or write it as a text such as " + example(c.Type))
	}
	unit := c.Type.Unit
	if c.Type.Kind == vec.Date {
		unit = vec.Second
	}
	n := takeApart(text)
	n.exp += 3 * (int(unit) - int(*c.epoch))
	ticks, ok := n.floor()
	if c.Type.Kind == vec.Date {
		ticks, _ = civil.Split(ticks, civil.DaySeconds)
		ok = ok && ticks == int64(int32(ticks))
	}
	if !ok || c.Type.Kind == vec.Time && (ticks < 0 || ticks >= civil.DaySeconds*unit.PerSecond()) {
		return s, outOfRange(c.Type)
	}
	s.I = ticks
	return s, nil
}

// floor is the largest whole number that isn't above n, if an int64 holds it. Where the mantissa lacks the last digits they are behind the point, or
// the number is too large: as they didn't fit a uint64 behind it, they are further behind than an int64 has places.
func (n *parts) floor() (int64, bool) {
	u, rest := n.mantissa, n.more
	switch {
	case u == 0:
	case n.exp >= len(fields.Pow10):
		return 0, false
	case n.exp > 0:
		hi, lo := bits.Mul64(u, fields.Pow10[n.exp])
		if hi != 0 {
			return 0, false
		}
		u = lo
	case -n.exp >= len(fields.Pow10):
		u, rest = 0, true
	default:
		d := fields.Pow10[-n.exp]
		u, rest = u/d, rest || u%d != 0
	}
	if n.negative && rest {
		u++
	}
	if u > math.MaxInt64 {
		return 0, false
	}
	if n.negative {
		return -int64(u), true
	}
	return int64(u), true
}

// example is a value of a temporal type as a text.
func example(t vec.Type) string {
	switch t.Kind {
	case vec.Date:
		return `"2006-01-02"`
	case vec.Time:
		return `"15:04:05"`
	case vec.Duration:
		return `"01:30:00"`
	}
	return `"2006-01-02T15:04:05Z"`
}
