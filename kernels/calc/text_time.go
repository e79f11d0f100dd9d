package calc

import (
	"strconv"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// pairs is "00", "01" … "99": two digits at a time.
const pairs = "" +
	"0001020304050607080910111213141516171819" +
	"2021222324252627282930313233343536373839" +
	"4041424344454647484950515253545556575859" +
	"6061626364656667686970717273747576777879" +
	"8081828384858687888990919293949596979899"

func append2(dst []byte, n uint64) []byte {
	i := 2 * n
	return append(dst, pairs[i], pairs[i+1])
}

func appendTemporal(dst []byte, t vec.Type, ticks int64) []byte {
	switch t.Kind {
	case vec.Timestamp:
		return appendTimestamp(dst, t, ticks)
	case vec.Duration:
		return appendDuration(dst, t.Unit, ticks)
	default:
		seconds, fraction := civil.Split(ticks, t.Unit.PerSecond())
		return appendFraction(appendClock(dst, uint64(seconds)), fraction, t.Unit)
	}
}

func appendDate(dst []byte, days int64) []byte {
	dst, bc := appendDay(dst, days)
	return append(dst, bc...)
}

// appendDay appends the date without what says that it is before Christ, which comes last of
// all in a timestamp: " BC" or "".
func appendDay(dst []byte, days int64) (text []byte, bc string) {
	year, month, day := civil.Date(days)
	if year <= 0 {
		year, bc = 1-year, " BC"
	}
	if year < 10_000 {
		dst = append2(append2(dst, uint64(year)/100), uint64(year)%100)
	} else {
		dst = strconv.AppendInt(dst, year, 10)
	}
	dst = append2(append(dst, '-'), uint64(month))
	dst = append2(append(dst, '-'), uint64(day))
	return dst, bc
}

// appendClock appends hours, minutes and seconds; there may be more than 24 hours.
func appendClock(dst []byte, seconds uint64) []byte {
	if hours := seconds / 3600; hours < 100 {
		dst = append2(dst, hours)
	} else {
		dst = strconv.AppendUint(dst, hours, 10)
	}
	dst = append2(append(dst, ':'), seconds/60%60)
	return append2(append(dst, ':'), seconds%60)
}

// appendFraction appends the ticks of a second behind the point, if there are any.
func appendFraction(dst []byte, ticks int64, u vec.Unit) []byte {
	if ticks == 0 {
		return dst
	}
	dst = append(dst, '.')
	for scale := u.PerSecond() / 10; ticks > 0; scale /= 10 {
		dst = append(dst, '0'+byte(ticks/scale))
		ticks %= scale
	}
	return dst
}

func appendTimestamp(dst []byte, t vec.Type, ticks int64) []byte {
	seconds, fraction := civil.Split(ticks, t.Unit.PerSecond())
	offset := zoneOffset(t.Zone, seconds)
	days, clock := civil.Split(seconds, civil.DaySeconds)
	if clock += offset; clock < 0 || clock >= civil.DaySeconds {
		over, rest := civil.Split(clock, civil.DaySeconds)
		days, clock = days+over, rest
	}
	dst, bc := appendDay(dst, days)
	dst = appendClock(append(dst, ' '), uint64(clock))
	dst = appendFraction(dst, fraction, t.Unit)
	if t.Zone != "" {
		dst = appendOffset(dst, offset)
	}
	return append(dst, bc...)
}

// zoneOffset is how many seconds the zone's clocks are ahead of UTC at that second. A zone that this
// machine doesn't know is shown as UTC: the text names the instant either way.
func zoneOffset(zone string, second int64) int64 {
	if zone == "" {
		return 0
	}
	loc, err := civil.Zone(zone)
	if err != nil {
		return 0
	}
	return civil.Offset(loc, second)
}

// appendOffset appends +01, -03:30 or, for clocks of old, +00:19:32.
func appendOffset(dst []byte, offset int64) []byte {
	sign, n := byte('+'), uint64(offset)
	if offset < 0 {
		sign, n = '-', -n
	}
	dst = append2(append(dst, sign), n/3600)
	if n%3600 == 0 {
		return dst
	}
	dst = append2(append(dst, ':'), n/60%60)
	if n%60 == 0 {
		return dst
	}
	return append2(append(dst, ':'), n%60)
}

func appendDuration(dst []byte, u vec.Unit, ticks int64) []byte {
	n, per := uint64(ticks), uint64(u.PerSecond())
	if ticks < 0 {
		dst, n = append(dst, '-'), -n
	}
	return appendFraction(appendClock(dst, n/per), int64(n%per), u)
}
