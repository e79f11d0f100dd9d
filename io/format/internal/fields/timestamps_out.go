package fields

import (
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// AppendTimestamp appends row row of v, a plain Timestamp column, as "2006-01-02 15:04:05.123456", with between in the place of the
// space: the fraction without zeros at the end, and none if it is 0. It is in UTC, whatever the column's zone. Years that don't have four digits
// are as calc.AppendText has them.
func AppendTimestamp(dst []byte, v *vec.Vec, row int, between byte) []byte {
	unit := v.Type.Unit
	seconds, fraction := civil.Split(vec.Of[int64](v)[row], unit.PerSecond())
	days, seconds := civil.Split(seconds, civil.DaySeconds)
	year, month, day := civil.Date(days)
	if year < 1 || year > 9999 {
		return calc.AppendText(dst, v, row)
	}
	second := uint64(seconds)
	text := [len("2006-01-02 15:04:05.123456789")]byte{4: '-', 7: '-', 10: between, 13: ':', 16: ':', 19: '.'}
	put2(text[0:], uint64(year)/100)
	put2(text[2:], uint64(year)%100)
	put2(text[5:], uint64(month))
	put2(text[8:], uint64(day))
	put2(text[11:], second/3600)
	put2(text[14:], second/60%60)
	put2(text[17:], second%60)
	end := ClockEnd
	if fraction > 0 {
		digits := uint64(fraction) * Pow10[9-3*int(unit)] // nanoseconds
		put2(text[20:], digits/1e7)
		put2(text[22:], digits/1e5%100)
		put2(text[24:], digits/1e3%100)
		put2(text[26:], digits/10%100)
		text[28] = byte('0' + digits%10)
		for end = len(text); text[end-1] == '0'; end-- {
		}
	}
	return append(dst, text[:end]...)
}

// put2 writes a number below 100 as two digits.
func put2(dst []byte, n uint64) {
	_ = dst[1]
	dst[0], dst[1] = byte('0'+n/10), byte('0'+n%10)
}
