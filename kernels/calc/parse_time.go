package calc

import (
	"math"
	"strings"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// parseTemporal reads a date as days, a time, timestamp or duration as ticks of its unit.
func parseTemporal(t vec.Type, text string) (int64, error) {
	switch t.Kind {
	case vec.Date:
		return parseDate(t, text)
	case vec.Timestamp:
		return parseTimestamp(t, text)
	case vec.Duration:
		return parseDuration(t, text)
	default:
		return parseTime(t, text)
	}
}

func parseDate(t vec.Type, text string) (int64, error) {
	p := reader{rest: text}
	bc := p.cutBC()
	year, month, day := p.day(bc)
	if p.failed || p.rest != "" {
		return 0, unreadable(t, text, "a date such as 2006-01-02")
	}
	if !civil.Valid(year, month, day) {
		return 0, unreadable(t, text, "a day that the calendar has")
	}
	days := civil.Days(year, month, day)
	if days != int64(int32(days)) {
		return 0, outOfRange(t, text)
	}
	return days, nil
}

func parseTime(t vec.Type, text string) (int64, error) {
	p := reader{rest: text}
	seconds := p.clock()
	nanos := p.fraction()
	if p.failed || p.rest != "" {
		return 0, unreadable(t, text, "a time of day such as 15:04:05")
	}
	ticks, _ := toTicks(t.Unit, seconds, nanos)
	return ticks, nil
}

func parseTimestamp(t vec.Type, text string) (int64, error) {
	p := reader{rest: text}
	bc := p.cutBC()
	year, month, day := p.day(bc)
	var seconds, nanos, offset int64
	if p.rest != "" {
		p.skip(" T")
		seconds = p.clock()
		nanos = p.fraction()
		offset = p.offset()
	}
	if p.failed || p.rest != "" {
		return 0, unreadable(t, text, "a timestamp such as 2006-01-02 15:04:05.25")
	}
	if !civil.Valid(year, month, day) {
		return 0, unreadable(t, text, "a day that the calendar has")
	}
	ticks, ok := toTicks(t.Unit, civil.Days(year, month, day)*civil.DaySeconds+seconds-offset, nanos)
	if !ok {
		return 0, outOfRange(t, text)
	}
	return ticks, nil
}

func parseDuration(t vec.Type, text string) (int64, error) {
	digits, negative := strings.CutPrefix(text, "-")
	p := reader{rest: digits}
	hours := p.number(1, 16)
	p.skip(":")
	minutes := p.below(60)
	p.skip(":")
	seconds := p.below(60)
	nanos := p.fraction()
	if p.failed || p.rest != "" {
		return 0, unreadable(t, text, "hours, minutes and seconds such as 01:30:00")
	}
	total := uint64(hours)*3600 + uint64(minutes*60+seconds)
	if hours > math.MaxInt64/3600 || total > math.MaxInt64 && !(negative && total == 1<<63) {
		return 0, outOfRange(t, text)
	}
	seconds = int64(total)
	tick := 1e9 / t.Unit.PerSecond()
	nanos -= nanos % tick
	if negative && nanos == 0 {
		seconds = -seconds
	} else if negative { // −1.5 s is −2 s and half a second
		seconds, nanos = -seconds-1, 1e9-nanos
	}
	ticks, ok := toTicks(t.Unit, seconds, nanos)
	if !ok {
		return 0, outOfRange(t, text)
	}
	return ticks, nil
}

// toTicks is seconds and 0 ≤ nanos < 10^9 in ticks, cut, and whether an int64 holds them.
func toTicks(u vec.Unit, seconds, nanos int64) (int64, bool) {
	per := u.PerSecond()
	fraction := nanos / (1e9 / per)
	if seconds < 0 && fraction > 0 { // towards zero first: the smallest int64 has a fraction too
		seconds, fraction = seconds+1, fraction-per
	}
	if seconds > math.MaxInt64/per || seconds < math.MinInt64/per {
		return 0, false
	}
	ticks := seconds*per + fraction
	return ticks, (ticks < 0) == (seconds < 0 || seconds == 0 && fraction < 0)
}

// reader takes a text apart from the left. After a failure its results mean nothing.
type reader struct {
	rest   string
	failed bool
}

// number reads from least to most digits; most is at most 18.
func (p *reader) number(least, most int) int64 {
	n, i := int64(0), 0
	for i < len(p.rest) && i < most && p.rest[i]-'0' <= 9 {
		n = n*10 + int64(p.rest[i]-'0')
		i++
	}
	if i < least {
		p.failed = true
	}
	p.rest = p.rest[i:]
	return n
}

// below reads two digits that are below limit.
func (p *reader) below(limit int64) int64 {
	n := p.number(2, 2)
	if n >= limit {
		p.failed = true
	}
	return n
}

// skip reads one byte out of those in any.
func (p *reader) skip(any string) {
	if p.rest == "" || strings.IndexByte(any, p.rest[0]) < 0 {
		p.failed = true
		return
	}
	p.rest = p.rest[1:]
}

// cutBC takes a " BC" off the end.
func (p *reader) cutBC() (found bool) {
	p.rest, found = strings.CutSuffix(p.rest, " BC")
	return found
}

// day reads year, month and day, of years before Christ if bc.
func (p *reader) day(bc bool) (year int64, month, day int) {
	year = p.number(4, 12)
	p.skip("-")
	month = int(p.number(1, 2))
	p.skip("-")
	day = int(p.number(1, 2))
	if bc {
		year = 1 - year
	}
	return year, month, day
}

// clock reads hours, minutes and, if there are any, seconds, as seconds of the day.
func (p *reader) clock() int64 {
	seconds := p.below(24) * 3600
	p.skip(":")
	seconds += p.below(60) * 60
	if strings.HasPrefix(p.rest, ":") {
		p.skip(":")
		seconds += p.below(60)
	}
	return seconds
}

// fraction reads the digits behind a point, if there is one, as nanoseconds; more than nine are cut.
func (p *reader) fraction() int64 {
	if !strings.HasPrefix(p.rest, ".") {
		return 0
	}
	p.skip(".")
	before := len(p.rest)
	nanos := p.number(1, 9)
	for range 9 - (before - len(p.rest)) {
		nanos *= 10
	}
	p.rest = strings.TrimLeft(p.rest, "0123456789")
	return nanos
}

// offset reads what is left, a Z or an offset from UTC if anything, as seconds ahead of UTC.
func (p *reader) offset() int64 {
	p.rest = strings.TrimPrefix(p.rest, " ")
	if p.rest == "" {
		return 0
	}
	sign := p.rest[0]
	p.skip("Zz+-")
	if sign == 'Z' || sign == 'z' {
		return 0
	}
	seconds := p.below(24) * 3600
	for unit := int64(60); p.rest != "" && unit > 0; unit /= 60 {
		p.rest = strings.TrimPrefix(p.rest, ":")
		seconds += p.below(60) * unit
	}
	if sign == '-' {
		return -seconds
	}
	return seconds
}
