// Package civil is the calendar's arithmetic: days since 1970-01-01 to and from year, month and day of
// the proleptic Gregorian calendar, and ticks of a clock to and from hours, minutes and seconds.
//
// The calendar is the Gregorian one for all times, as in ISO 8601, PostgreSQL and Arrow: the day before
// 1582-10-15 is 1582-10-14, year 0 is 1 BC. It knows no leap seconds: every day has 86,400 seconds.
//
//	civil.Days(1970, 1, 2)    // 1
//	civil.Date(-1)            // 1969, 12, 31
//	civil.Split(-1, 86_400)   // -1, 86399: a second before 1970 is on the day before
package civil

// DaySeconds is the number of seconds of a day.
const DaySeconds = 24 * 60 * 60

const (
	eraDays  = 400*365 + 97 // the calendar repeats after 400 years
	toMarch0 = 719_468      // days from 0000-03-01 to 1970-01-01
)

// Days is the number of days from 1970-01-01 to the given day. month is 1 to 12; day may lie outside of its
// month and is counted on. It is exact for all years that an int64 of seconds reaches.
//
// The year is taken to begin in March, so that the leap day is its last, and days are counted in eras of 400
// years (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
func Days(year int64, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era, yearOfEra := Split(year, 400)
	dayOfYear := int64((153*(month-3)+2)/5 + day - 1)
	return era*eraDays + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - toMarch0
}

// Date is the inverse of Days: the year, month (1 to 12) and day (1 to 31) that lies that many days
// behind 1970-01-01.
func Date(days int64) (year int64, month, day int) {
	era, rest := Split(days+toMarch0, eraDays)
	d := uint32(rest)                                  // day of the era
	y := (d - d/1460 + d/36_524 - d/(eraDays-1)) / 365 // year of the era
	d -= 365*y + y/4 - y/100                           // day of the year, from March 1
	m := (5*d + 2) / 153                               // month, from March: 0 to 11
	day = int(d - (153*m+2)/5 + 1)
	year = era*400 + int64(y)
	if m < 10 {
		return year, int(m) + 3, day
	}
	return year + 1, int(m) - 9, day
}

// monthDays is the number of days of each month of a year without a leap day.
var monthDays = [13]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// IsLeap reports whether the year has a 29th of February.
func IsLeap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// Valid reports whether there is such a day.
func Valid(year int64, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	if month == 2 && day == 29 {
		return IsLeap(year)
	}
	return day <= int(monthDays[month])
}

// Split divides a by b > 0, rounding down: a = quotient·b + rest with 0 ≤ rest < b.
// It parts ticks since 1970 into days and ticks of the day, also before 1970.
func Split(a, b int64) (quotient, rest int64) {
	quotient, rest = a/b, a%b
	if rest < 0 {
		return quotient - 1, rest + b
	}
	return quotient, rest
}
