package calc

import (
	"fmt"
	"math"
	"time"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

type timeTrunc struct {
	to   TimePart
	a    Expr
	res  result
	flat flattener
}

// TimeTrunc is a timestamp or date cut to the start of its year, week, hour … as its zone's calendar and clocks have it, as
// a value of the same type. One whose start is out of the type's range is a bad row.
func TimeTrunc(to TimePart, a Expr) Expr {
	if !hasCalendar(a.Type()) || to > PartMicro {
		panic(fmt.Sprintf("calc: no part %d to cut %s to", to, a.Type()))
	}
	return &timeTrunc{to: to, a: a}
}

func (n *timeTrunc) Type() vec.Type { return n.a.Type() }

func (n *timeTrunc) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	out := n.res.fixed(x.Type, b.N)
	out.Valid = x.Valid
	switch {
	case x.Type.Kind == vec.Date:
		n.dates(x, sel, bad)
	case n.to <= PartDay:
		n.toDays(x, sel, bad)
	default:
		n.toTicks(x, sel, bad)
	}
	return out
}

func (n *timeTrunc) dates(x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[int32](&n.res.vec), vec.Of[int32](x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		days := n.to.firstDay(int64(src[i]))
		dst[i] = int32(days)
		if days < math.MinInt32 && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// toDays cuts to a midnight.
func (n *timeTrunc) toDays(x *vec.Vec, sel []uint32, bad *Bad) {
	dst, m := vec.Of[int64](&n.res.vec), momentsOf(x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		seconds := midnight(m.loc, n.to.firstDay(m.at(i).days))
		dst[i] = seconds * m.per
		if seconds < math.MinInt64/m.per && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// toTicks cuts to a unit that all days are made of.
func (n *timeTrunc) toTicks(x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src, m := vec.Of[int64](&n.res.vec), vec.Of[int64](x), momentsOf(x)
	unit := n.to.ticks(m.per)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		offset := int64(0)
		if m.loc != time.UTC {
			offset = m.at(i).offset * m.per % unit // of half an hour, say
		}
		_, over := civil.Split(src[i], unit)
		if over += offset; over >= unit {
			over -= unit
		} else if over < 0 {
			over += unit
		}
		dst[i] = src[i] - over
		if dst[i] > src[i] && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

// ticks is how many ticks, of which per are a second, the part has; at least one.
func (p TimePart) ticks(per int64) int64 {
	switch p {
	case PartHour:
		return 3600 * per
	case PartMinute:
		return 60 * per
	case PartSecond:
		return per
	case PartMilli:
		return max(1, per/1000)
	default:
		return max(1, per/1_000_000)
	}
}

// firstDay is the first day of the year, quarter, month or week that the day is in; the day itself for finer parts.
func (p TimePart) firstDay(days int64) int64 {
	year, month, day := civil.Date(days)
	switch p {
	case PartYear:
		return civil.Days(year, 1, 1)
	case PartQuarter:
		return civil.Days(year, (month-1)/3*3+1, 1)
	case PartMonth:
		return days - int64(day) + 1
	case PartWeek:
		return monday(days)
	default:
		return days
	}
}

func (n *timeTrunc) fail(x *vec.Vec, row int, bad *Bad) {
	n.res.fail(bad, row, "the start of what "+string(AppendText(nil, x, row))+" is cut to is out of range for "+x.Type.String())
}
