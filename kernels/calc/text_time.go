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
	m, d := 2*month, 2*day
	if year < 10_000 {
		c, y := year/100*2, year%100*2
		dst = append(dst, pairs[c], pairs[c+1], pairs[y], pairs[y+1], '-', pairs[m], pairs[m+1], '-', pairs[d], pairs[d+1])
		return dst, bc
	}
	dst = strconv.AppendInt(dst, year, 10)
	return append(dst, '-', pairs[m], pairs[m+1], '-', pairs[d], pairs[d+1]), bc
}

// appendClock appends hours, minutes and seconds; there may be more than 24 hours.
func appendClock(dst []byte, seconds uint64) []byte {
	hours, m, s := seconds/3600, seconds/60%60*2, seconds%60*2
	if hours >= 100 {
		dst = strconv.AppendUint(dst, hours, 10)
	} else {
		dst = append2(dst, hours)
	}
	return append(dst, ':', pairs[m], pairs[m+1], ':', pairs[s], pairs[s+1])
}

// appendFraction appends the ticks of a second behind the point, if there are any.
func appendFraction(dst []byte, ticks int64, u vec.Unit) []byte {
	if ticks == 0 {
		return dst
	}
	const most = 9
	var digits [most]byte
	nanos := uint32(ticks * (1e9 / u.PerSecond()))
	for i := most - 1; i >= 0; i-- {
		digits[i] = '0' + byte(nanos%10)
		nanos /= 10
	}
	n := most
	for digits[n-1] == '0' {
		n--
	}
	return append(append(dst, '.'), digits[:n]...)
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
