package calc

import (
	"math"
	"time"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// fromTemporal casts dates, times, timestamps and durations among each other.
func (n *cast) fromTemporal(x *vec.Vec, sel []uint32, bad *Bad) {
	switch {
	case x.Type.Kind == vec.Date:
		n.dateToTimestamp(x, sel, bad)
	case x.Type.Kind == vec.Timestamp && n.to.Kind != vec.Timestamp:
		n.splitTimestamp(x, sel, bad)
	default:
		n.changeUnit(x, sel, bad)
	}
}

// changeUnit: to a finer unit ticks are multiplied, to a coarser one cut.
func (n *cast) changeUnit(x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[int64](&n.res.vec), vec.Of[int64](x)
	from, to := x.Type.Unit.PerSecond(), n.to.Unit.PerSecond()
	if to == from {
		copyAll(dst, src, sel)
		return
	}
	if to > from {
		factor := to / from
		for k := range rowsOf(x, sel) {
			i := rowAt(sel, k)
			dst[i] = src[i] * factor
			if (src[i] > math.MaxInt64/factor || src[i] < math.MinInt64/factor) && !x.IsNull(i) {
				n.fail(x, i, bad)
			}
		}
		return
	}
	ticks, isDuration := from/to, x.Type.Kind == vec.Duration
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		if isDuration {
			dst[i] = src[i] / ticks
		} else {
			dst[i], _ = civil.Split(src[i], ticks)
		}
	}
}

func (n *cast) dateToTimestamp(x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[int64](&n.res.vec), vec.Of[int32](x)
	loc, per := location(n.to.Zone), n.to.Unit.PerSecond()
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		seconds := midnight(loc, int64(src[i]))
		dst[i] = seconds * per
		if (seconds > math.MaxInt64/per || seconds < math.MinInt64/per) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// splitTimestamp is the date or the time of day that a timestamp's zone shows.
func (n *cast) splitTimestamp(x *vec.Vec, sel []uint32, bad *Bad) {
	src, per := vec.Of[int64](x), x.Type.Unit.PerSecond()
	loc, to := location(x.Type.Zone), n.to.Unit.PerSecond()
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		seconds, fraction := civil.Split(src[i], per)
		days, clock := civil.Split(seconds, civil.DaySeconds)
		if loc != time.UTC {
			over, rest := civil.Split(clock+civil.Offset(loc, seconds), civil.DaySeconds)
			days, clock = days+over, rest
		}
		if n.to.Kind == vec.Time {
			vec.Of[int64](&n.res.vec)[i] = clock*to + scaleTicks(fraction, per, to)
			continue
		}
		vec.Of[int32](&n.res.vec)[i] = int32(days)
		if days != int64(int32(days)) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// scaleTicks is a fraction of a second in other ticks, cut.
func scaleTicks(fraction, from, to int64) int64 {
	if to >= from {
		return fraction * (to / from)
	}
	return fraction / (from / to)
}

// location is the zone of that name, UTC if this machine doesn't know it.
func location(zone string) *time.Location {
	loc, err := civil.Zone(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// midnight is the second at which the day begins by the zone's clocks.
func midnight(loc *time.Location, days int64) int64 {
	if loc == time.UTC {
		return days * civil.DaySeconds
	}
	year, month, day := civil.Date(days)
	return time.Date(int(year), time.Month(month), day, 0, 0, 0, 0, loc).Unix()
}
