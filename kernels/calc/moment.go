package calc

import (
	"time"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// moments reads a Timestamp or Date column as a calendar and a clock show it, in the type's zone.
type moments struct {
	ticks []int64 // of a Timestamp
	days  []int32 // of a Date
	per   int64   // ticks in a second
	loc   *time.Location
}

// moment is a point in time, split. 1969-12-31 23:59:58.25 is day −1, clock 86398, fraction 250 ms in ticks.
type moment struct {
	days     int64 // since 1970-01-01
	clock    int64 // seconds of the day
	fraction int64 // ticks of the second
	offset   int64 // seconds that the clock is ahead of UTC
}

func momentsOf(x *vec.Vec) moments {
	if x.Type.Kind == vec.Date {
		return moments{days: vec.Of[int32](x), per: 1, loc: time.UTC}
	}
	return moments{ticks: vec.Of[int64](x), per: x.Type.Unit.PerSecond(), loc: location(x.Type.Zone)}
}

func (m *moments) at(i int) moment {
	if m.days != nil {
		return moment{days: int64(m.days[i])}
	}
	seconds, fraction := civil.Split(m.ticks[i], m.per)
	days, clock := civil.Split(seconds, civil.DaySeconds)
	if m.loc == time.UTC {
		return moment{days: days, clock: clock, fraction: fraction}
	}
	offset := civil.Offset(m.loc, seconds)
	over, clock := civil.Split(clock+offset, civil.DaySeconds)
	return moment{days + over, clock, fraction, offset}
}

func hasCalendar(t vec.Type) bool { return t.Kind == vec.Timestamp || t.Kind == vec.Date }

// weekday is the day of the week, 0 for Sunday: 1970-01-01 was a Thursday.
func weekday(days int64) int64 {
	_, d := civil.Split(days+4, 7)
	return d
}

// monday is the first day of the week that the day is in.
func monday(days int64) int64 { return days - (weekday(days)+6)%7 }

// dayOfYear is 1 for January 1.
func dayOfYear(days int64) int64 {
	year, _, _ := civil.Date(days)
	return days - civil.Days(year, 1, 1) + 1
}
