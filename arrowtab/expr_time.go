package arrowtab

import "github.com/pwcol/pwcol/arrowtab/plan"

// The functions of timestamps and dates go by the calendar and the clocks of the type's time zone, UTC if it has none.
//
// Times are added and subtracted by Add and Sub: Col("at").Add(10*time.Minute) is a timestamp, Col("end").Sub(Col("start")) a
// duration in the finer of the two units.

// DateTrunc is e cut to the start of its unit: "year", "quarter", "month", "week" (from Monday), "day", "hour", "minute",
// "second", "millisecond" or "microsecond". It keeps e's type.
func (e Expr) DateTrunc(unit string) Expr { return call(plan.OpDateTrunc, e, unit) }

// Year is the year of e as an int64; 0 is 1 BC.
func (e Expr) Year() Expr { return e.part("year") }

// Quarter is e's quarter, 1 to 4.
func (e Expr) Quarter() Expr { return e.part("quarter") }

// Month is e's month, 1 to 12.
func (e Expr) Month() Expr { return e.part("month") }

// Week is e's week by ISO 8601, 1 to 53.
func (e Expr) Week() Expr { return e.part("week") }

// Day is e's day of the month, 1 to 31.
func (e Expr) Day() Expr { return e.part("day") }

// Hour is e's hour, 0 to 23.
func (e Expr) Hour() Expr { return e.part("hour") }

// Minute is e's minute, 0 to 59.
func (e Expr) Minute() Expr { return e.part("minute") }

// Second is e's second, 0 to 59, without its fraction.
func (e Expr) Second() Expr { return e.part("second") }

// DayOfWeek is e's day of the week, from 0 for Sunday to 6.
func (e Expr) DayOfWeek() Expr { return e.part("dow") }

// DayOfYear is e's day of the year, from 1.
func (e Expr) DayOfYear() Expr { return e.part("doy") }

func (e Expr) part(name string) Expr { return call(plan.OpDatePart, e, name) }

// Strftime is e as text: Col("at").Strftime("%Y-%m-%d %H:%M"). There are %Y %y %m %d %H %I %p %M %S %f (microseconds) %j %a %A
// %b %B %u %w %z %s %% and, for several of these, %F %T %R %D.
func (e Expr) Strftime(layout string) Expr { return call(plan.OpStrftime, e, layout) }

// Epoch is how many units lie between 1970-01-01 UTC and e, as an int64, rounded down: Col("at").Epoch(pw.Milli).
func (e Expr) Epoch(unit TimeUnit) Expr { return call(plan.OpEpoch, e, unit.String()) }

// ToTimestamp is the time that lies that many units behind 1970-01-01 UTC: Col("event_ms").ToTimestamp(pw.Milli). e is an integer.
func (e Expr) ToTimestamp(unit TimeUnit) Expr { return call(plan.OpToTimestamp, e, unit.String()) }
