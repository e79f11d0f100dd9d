package op

import (
	"fmt"
	"math"
	"time"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Event times are µs since 1970, between these: what is beyond stands for no time (NoWatermark, EndOfTime), or for one
// of a coarser unit that µs can't tell.
const (
	minTime = math.MinInt64 + 1
	maxTime = math.MaxInt64 - 1
)

// eventTimes makes µs of a timestamp column. It owns the memory of what it returns, until the next call.
type eventTimes struct{ micros []int64 }

// of is a µs value for each row of v: rounded down where the unit is finer, below minTime or above maxTime where it is
// beyond. What it is for NULLs and rows that aren't selected means nothing. Cost: none for µs.
func (t *eventTimes) of(v *vec.Vec) []int64 {
	ticks := vec.Of[int64](v.Plain())
	if v.Type.Unit == vec.Micro {
		return ticks
	}
	if cap(t.micros) < len(ticks) {
		t.micros = make([]int64, len(ticks))
	}
	t.micros = t.micros[:len(ticks)]
	if v.Type.Unit == vec.Nano {
		for i, n := range ticks {
			t.micros[i] = floorDiv(n, 1000)
		}
		return t.micros
	}
	each := 1_000_000 / v.Type.Unit.PerSecond()
	most := math.MaxInt64 / each
	for i, n := range ticks {
		t.micros[i] = min(max(n, -most-1), most+1) * each
		if n > most {
			t.micros[i] = math.MaxInt64
		} else if n < -most {
			t.micros[i] = math.MinInt64
		}
	}
	return t.micros
}

// fromMicros is a column of type t, a timestamp, of µs that are whole ticks of it and within its range. It may keep micros' memory.
func fromMicros(t vec.Type, micros []int64) *vec.Vec {
	out := &vec.Vec{Type: t, N: len(micros), Data: vec.Alloc(8 * len(micros))}
	ticks := vec.Of[int64](out)
	switch t.Unit {
	case vec.Micro:
		copy(ticks, micros)
	case vec.Nano:
		for i, m := range micros {
			ticks[i] = m * 1000
		}
	default:
		each := 1_000_000 / t.Unit.PerSecond()
		for i, m := range micros {
			ticks[i] = m / each
		}
	}
	return out
}

// bounds are the least and the largest of the selected times (nil: all); there is at least one.
func bounds(times []int64, sel []uint32) (least, most int64) {
	least, most = math.MaxInt64, math.MinInt64
	if sel == nil {
		for _, t := range times {
			least, most = min(least, t), max(most, t)
		}
		return least, most
	}
	for _, i := range sel {
		t := times[i]
		least, most = min(least, t), max(most, t)
	}
	return least, most
}

// badTime is a row whose event time is none.
func badTime(col *vec.Vec, row int) calc.BadRow {
	if col.IsNull(row) {
		return calc.BadRow{Row: uint32(row), Reason: "its event time is NULL"}
	}
	return calc.BadRow{Row: uint32(row), Reason: fmt.Sprintf("its event time is %d %s since 1970, beyond what can be told in µs",
		vec.Of[int64](col.Plain())[row], col.Type.Unit)}
}

// tooFarAhead is a row whose event time is beyond Ahead.
func (w *watermark) tooFarAhead(col *vec.Vec, row int) calc.BadRow {
	return calc.BadRow{Row: uint32(row), Reason: fmt.Sprintf("its event time %s is more than %s ahead of the clock",
		calc.AppendText(nil, col, row), time.Duration(w.node.Ahead)*time.Microsecond)}
}

// later is t + d for d ≥ 0, at most EndOfTime, which stays.
func later(t, d int64) int64 {
	if t > math.MaxInt64-d {
		return EndOfTime
	}
	return t + d
}

// earlier is t − d for d ≥ 0, at least minTime; NoWatermark and EndOfTime stay.
func earlier(t, d int64) int64 {
	if t == NoWatermark || t == EndOfTime {
		return t
	}
	if t < minTime+d {
		return minTime
	}
	return t - d
}

// floorDiv is a/b rounded down, for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
