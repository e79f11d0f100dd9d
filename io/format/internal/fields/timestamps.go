package fields

import (
	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// shape is a way to write dates and times in which everything but the fraction has its place, so that
// digits can be read from where they are:
//
//	2024-01-01 03:25:45.123456
//	0123456789 1        2
type shape struct {
	date       byte // between year, month and day; 0: this is no shape
	between    byte // between date and time
	orT        bool // or a T there
	orZ        bool // there may be a Z at the end
	noFraction bool // may the fraction be missing?
	fraction   bool // may it be there?
}

// isoShape is the shape of what calc.ParseText reads; other spellings of it are left to that.
var isoShape = shape{date: '-', between: ' ', orT: true, orZ: true, noFraction: true, fraction: true}

func (c *Column) shape() shape {
	if c.layout == nil {
		return isoShape
	}
	return c.layout.shape
}

// dayCache remembers the last date: rows that follow one another mostly have the same.
type dayCache struct {
	head uint64 // "2024-01-"
	tail uint16 // "01"
	ok   bool
	days int64
}

const (
	DateLen  = len("2006-01-02")
	clockAt  = DateLen + 1
	ClockEnd = clockAt + len("15:04:05")
)

func (c *Column) parseTimestamps(f *Fields, rows []uint32, other Other) {
	out := vec.Cast[int64](c.Data)
	sh, unit := c.shape(), c.Type.Unit
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		p, end := int(f.Starts[i])+1, int(f.Ends[i])
		if ticks, ok := c.day.timestamp(f.Buf, p, end, &sh, unit); ok {
			out[r] = ticks
			continue
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = s.I
		}
	}
}

func (c *Column) parseDates(f *Fields, rows []uint32, other Other) {
	out := vec.Cast[int32](c.Data)
	date := c.shape().date
	for _, r := range rows {
		i := int(r)*f.Width + c.Place
		p, end := int(f.Starts[i])+1, int(f.Ends[i])
		if end-p == DateLen && date != 0 {
			if days, ok := c.day.date(f.Buf, p, date); ok {
				out[r] = int32(days)
				continue
			}
		}
		if s, ok := other.Other(f, r); ok {
			out[r] = int32(s.I)
		}
	}
}

// timestamp is the ticks of what buf[p:end] spells, if it is of that shape and in a range that no unit leaves.
func (d *dayCache) timestamp(buf []byte, p, end int, sh *shape, unit vec.Unit) (ticks int64, ok bool) {
	if sh.orZ && end > p && buf[end-1] == 'Z' {
		end--
	}
	n := end - p
	if n < ClockEnd || sh.date == 0 {
		return 0, false
	}
	if b := buf[p+DateLen]; b != sh.between && !(sh.orT && b == 'T') {
		return 0, false
	}
	days, ok := d.date(buf, p, sh.date)
	if !ok {
		return 0, false
	}
	seconds, ok := clock(Load(buf, p+clockAt))
	if !ok {
		return 0, false
	}
	per := unit.PerSecond()
	ticks = (days*civil.DaySeconds + seconds) * per
	const nanoDays = 106_000 // about 290 years: further from 1970 nanoseconds may overflow
	if unit == vec.Nano && uint64(days+nanoDays) > 2*nanoDays {
		return 0, false
	}
	if n == ClockEnd {
		return ticks, sh.noFraction
	}
	digits := n - ClockEnd - 1
	if buf[p+ClockEnd] != '.' || !sh.fraction || uint(digits-1) >= 9 {
		return 0, false
	}
	fraction, ok := ParseUint(buf, p+ClockEnd+1, end)
	return ticks + int64(scaled(fraction, digits, unit)), ok
}

// scaled is a fraction of a second with that many digits as ticks; finer digits are cut off.
func scaled(fraction uint64, digits int, unit vec.Unit) uint64 {
	if up := 3*int(unit) - digits; up >= 0 {
		return fraction * Pow10[up]
	}
	return fraction / Pow10[digits-3*int(unit)]
}

// date is the days since 1970-01-01 of the date at place p, with sep between its parts.
func (d *dayCache) date(buf []byte, p int, sep byte) (days int64, ok bool) {
	head, tail := Load(buf, p), uint16(buf[p+8])|uint16(buf[p+9])<<8
	if d.ok && head == d.head && tail == d.tail {
		return d.days, true
	}
	if buf[p+4] != sep || buf[p+7] != sep {
		return 0, false
	}
	year, ok1 := ParseUint(buf, p, p+4)
	month, ok2 := ParseUint(buf, p+5, p+7)
	day, ok3 := ParseUint(buf, p+8, p+10)
	if !ok1 || !ok2 || !ok3 || year == 0 || !civil.Valid(int64(year), int(month), int(day)) {
		return 0, false
	}
	days = civil.Days(int64(year), int(month), int(day))
	*d = dayCache{head, tail, true, days}
	return days, true
}

// clock is the seconds of the day that a word "15:04:05" spells.
func clock(w uint64) (seconds int64, ok bool) {
	const (
		form   = 0x30303a30303a3030 // "00:00:00", the first byte lowest
		colons = 0x0000ff0000ff0000
	)
	x := w ^ form
	if nonDigits(x)|x&colons != 0 {
		return 0, false
	}
	x = x*10 + x>>8 // bytes 0, 3, 6: hours, minutes, seconds
	h, m, s := x&0xff, x>>24&0xff, x>>48&0xff
	return int64(h*3600 + m*60 + s), h < 24 && m < 60 && s < 60
}
