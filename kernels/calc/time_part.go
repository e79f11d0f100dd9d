package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// TimePart is a part of a calendar's date or of a clock's time.
type TimePart uint8

// The parts, coarse to fine; TimeTrunc has those up to PartMicro but the days of a week and year, Extract all but PartMilli and PartMicro.
const (
	PartYear TimePart = iota
	PartQuarter
	PartMonth
	PartWeek // ISO 8601: from Monday; week 1 has the year's first Thursday
	PartDay
	PartHour
	PartMinute
	PartSecond
	PartMilli
	PartMicro
	PartDayOfWeek // 0 is Sunday
	PartDayOfYear // 1 is January 1
)

type timePart struct {
	part TimePart
	a    Expr
	res  result
	flat flattener
}

// Extract is a part of a timestamp, as its zone shows it, or of a date, as an int64. Seconds are whole.
func Extract(part TimePart, a Expr) Expr {
	if !hasCalendar(a.Type()) || part == PartMilli || part == PartMicro {
		panic(fmt.Sprintf("calc: no part %d of %s", part, a.Type()))
	}
	return &timePart{part: part, a: a}
}

func (n *timePart) Type() vec.Type { return vec.TInt64 }

func (n *timePart) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.flat.flatten(n.a.Eval(b, sel, bad), sel)
	out := n.res.fixed(vec.TInt64, b.N)
	out.Valid = x.Valid
	dst, m := vec.Of[int64](out), momentsOf(x)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		dst[i] = n.part.of(m.at(i))
	}
	return out
}

func (p TimePart) of(m moment) int64 {
	switch p {
	case PartHour:
		return m.clock / 3600
	case PartMinute:
		return m.clock / 60 % 60
	case PartSecond:
		return m.clock % 60
	case PartDayOfWeek:
		return weekday(m.days)
	case PartDayOfYear:
		return dayOfYear(m.days)
	case PartWeek:
		return (dayOfYear(monday(m.days)+3)-1)/7 + 1
	}
	year, month, day := civil.Date(m.days)
	switch p {
	case PartYear:
		return year
	case PartQuarter:
		return int64(month+2) / 3
	case PartMonth:
		return int64(month)
	default:
		return int64(day)
	}
}
