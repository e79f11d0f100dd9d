package fields

import (
	"bytes"
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// moment is what a layout's parts have read.
type moment struct {
	year                int64
	month, day, yearDay int
	hour                int64
	hour12, pm          bool
	minute, second      int64
	nanos               int64
	offset              int64 // seconds that its clock is ahead of UTC
	epoch               int64
	hasEpoch            bool
}

// ticks is the value of type t that text spells: days of a Date, ticks since midnight of a Time, ticks since 1970 of a
// Timestamp.
func (l *layout) ticks(t vec.Type, text []byte) (int64, error) {
	m := moment{year: 1970, month: 1, day: 1}
	for _, p := range l.parts {
		var ok bool
		if text, ok = m.read(p, text); !ok {
			return 0, l.mismatch()
		}
	}
	if len(text) > 0 {
		return 0, l.mismatch()
	}
	days, seconds, ok := m.resolve()
	if !ok {
		return 0, Fault("is no time that the calendar and the clock have")
	}
	return toTicks(t, days, seconds, m.nanos)
}

func (l *layout) mismatch() error { return Fault(fmt.Sprintf("does not match the layout %q", l.text)) }

// read reads what part p stands for from the start of text and returns the rest.
func (m *moment) read(p part, text []byte) (rest []byte, ok bool) {
	var n int64
	switch p.kind {
	case literal:
		return bytes.CutPrefix(text, []byte{p.literal})
	case space:
		rest = bytes.TrimLeft(text, " ")
		return rest, len(rest) < len(text)
	case year4:
		m.year, rest, ok = cutNumber(text, 4, 4)
	case year2:
		m.year, rest, ok = cutNumber(text, 2, 2)
		if m.year += 1900; m.year < 1969 {
			m.year += 100
		}
	case month:
		n, rest, ok = cutNumber(text, 1, 2)
		m.month = int(n)
	case monthName:
		m.month, rest, ok = cutName(text, monthNames[:])
	case day:
		n, rest, ok = cutNumber(text, 1, 2)
		m.day = int(n)
	case dayOfYear:
		n, rest, ok = cutNumber(text, 1, 3)
		m.yearDay = int(n)
		ok = ok && n > 0
	case weekday:
		_, rest, ok = cutName(text, weekdayNames[:])
	case epoch:
		m.hasEpoch = true
		m.epoch, rest, ok = cutEpoch(text)
	default:
		return m.readClock(p, text)
	}
	return rest, ok
}

// readClock reads the parts of a time of day.
func (m *moment) readClock(p part, text []byte) (rest []byte, ok bool) {
	switch p.kind {
	case hour24:
		m.hour, rest, ok = cutNumber(text, 1, 2)
	case hour12:
		m.hour12 = true
		m.hour, rest, ok = cutNumber(text, 1, 2)
		ok = ok && m.hour >= 1 && m.hour <= 12
	case amPM:
		var which int
		which, rest, ok = cutName(text, []string{"AM", "PM"})
		m.pm = which == 2
	case minute:
		m.minute, rest, ok = cutNumber(text, 1, 2)
	case second:
		m.second, rest, ok = cutNumber(text, 1, 2)
	case fraction:
		m.nanos, rest, ok = cutFraction(text)
	case maybeFraction:
		if len(text) == 0 || text[0] != '.' && text[0] != ',' {
			return text, true
		}
		m.nanos, rest, ok = cutFraction(text[1:])
	case zone:
		m.offset, rest, ok = cutOffset(text)
	case zoneName:
		_, rest, ok = cutName(text, []string{"UTC", "GMT", "Z"})
	}
	return rest, ok
}

// resolve is the days since 1970 and the seconds, and whether there are such a day and time.
func (m *moment) resolve() (days, seconds int64, ok bool) {
	if m.hour12 {
		m.hour %= 12
		if m.pm {
			m.hour += 12
		}
	}
	if m.hour > 23 || m.minute > 59 || m.second > 59 {
		return 0, 0, false
	}
	seconds = m.hour*3600 + m.minute*60 + m.second - m.offset
	if m.hasEpoch {
		days, rest := civil.Split(m.epoch, civil.DaySeconds)
		return days, rest + seconds, true
	}
	if m.yearDay > 0 {
		ok = m.yearDay <= 365 || m.yearDay == 366 && civil.IsLeap(m.year)
		return civil.Days(m.year, 1, m.yearDay), seconds, ok
	}
	return civil.Days(m.year, m.month, m.day), seconds, civil.Valid(m.year, m.month, m.day)
}

// toTicks is a day and seconds as a value of type t.
func toTicks(t vec.Type, days, seconds, nanos int64) (int64, error) {
	switch t.Kind {
	case vec.Date:
		more, _ := civil.Split(seconds, civil.DaySeconds)
		if days += more; days != int64(int32(days)) {
			return 0, Fault("is out of range for " + t.String())
		}
		return days, nil
	case vec.Time:
		_, seconds = civil.Split(seconds, civil.DaySeconds)
		days = 0
	}
	per := t.Unit.PerSecond()
	seconds += days * civil.DaySeconds
	if seconds >= math.MaxInt64/per || seconds <= math.MinInt64/per {
		return 0, Fault("is out of range for " + t.String())
	}
	return seconds*per + nanos/(1e9/per), nil
}

// cutNumber reads least to most digits.
func cutNumber(text []byte, least, most int) (n int64, rest []byte, ok bool) {
	i := 0
	for i < len(text) && i < most && text[i]-'0' <= 9 {
		n = n*10 + int64(text[i]-'0')
		i++
	}
	return n, text[i:], i >= least
}

// cutEpoch reads seconds since 1970, which fewer than 16 digits hold for any date.
func cutEpoch(text []byte) (n int64, rest []byte, ok bool) {
	rest, negative := bytes.CutPrefix(text, []byte("-"))
	n, rest, ok = cutNumber(rest, 1, 14)
	if negative {
		n = -n
	}
	return n, rest, ok
}

// cutFraction reads 1 to 9 digits as nanoseconds.
func cutFraction(text []byte) (nanos int64, rest []byte, ok bool) {
	n, rest, ok := cutNumber(text, 1, 9)
	for range 9 - (len(text) - len(rest)) {
		n *= 10
	}
	return n, rest, ok
}

// cutOffset reads Z, +01, +0100 or +01:00 as seconds.
func cutOffset(text []byte) (seconds int64, rest []byte, ok bool) {
	if len(text) == 0 {
		return 0, nil, false
	}
	sign := int64(1)
	switch text[0] {
	case 'Z', 'z':
		return 0, text[1:], true
	case '-':
		sign = -1
	case '+':
	default:
		return 0, nil, false
	}
	hours, rest, ok := cutNumber(text[1:], 2, 2)
	if !ok {
		return 0, nil, false
	}
	minutes, after, hasMinutes := cutNumber(bytes.TrimPrefix(rest, []byte(":")), 2, 2)
	if hasMinutes {
		rest = after
	} else {
		minutes = 0
	}
	return sign * (hours*3600 + minutes*60), rest, hours < 24 && minutes < 60
}

var monthNames = [...]string{
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December",
}

var weekdayNames = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// cutName reads one of the names, or the first three letters of one, in any case; which is its number from 1.
func cutName(text []byte, names []string) (which int, rest []byte, ok bool) {
	for i, name := range names {
		for _, n := range []int{len(name), min(3, len(name))} {
			if len(text) >= n && bytes.EqualFold(text[:n], []byte(name[:n])) {
				return i + 1, text[n:], true
			}
		}
	}
	return 0, nil, false
}
