package fields

import (
	"strings"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Guess finds the type of a column from the texts of its values: the first of these that all of them are.
//
//	bool               true, false, in any case
//	int64              digits with or without a sign
//	float64            also with a point or exponent, NaN, Infinity; but not integers that are too large for int64, whose
//	                   digits would be lost
//	date               2006-01-02
//	timestamp[us]      2006-01-02 15:04:05, with a T, a fraction or a zone; a date counts as its midnight. [ns] if
//	                   there are more than 6 digits behind the point
//	string             anything
//
// A column without values is a string.
type Guess struct {
	values                                int
	notBool, notInt, notFloat, notDate    bool
	notTimestamp, hasWide, hasPoint, nano bool
}

// Add takes a value's text into account.
func (c *Guess) Add(text string) {
	c.values++
	if !c.notBool {
		c.notBool = !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false")
	}
	if !c.notInt || !c.notFloat {
		c.addNumber(text)
	}
	c.addTime(text)
}

// AddString takes a text into account that is known to be no number and no bool.
func (c *Guess) AddString(text string) {
	c.values++
	c.notBool, c.notInt, c.notFloat = true, true, true
	c.addTime(text)
}

// AddOther takes a value into account that only a string can hold.
func (c *Guess) AddOther() {
	c.AddString("")
}

func (c *Guess) addTime(text string) {
	if !c.notDate {
		c.notDate = !isISODate(text) || !is(vec.TDate, text)
	}
	if !c.notTimestamp {
		c.notTimestamp = len(text) < DateLen || !isISODate(text[:DateLen]) || !is(vec.TTimestamp(vec.Micro), text)
		c.nano = c.nano || fractionDigits(text) > 6
	}
}

func (c *Guess) addNumber(text string) {
	switch {
	case is(vec.TInt64, text):
		return
	case isTooLarge(vec.TInt64, text):
		c.notInt, c.hasWide = true, true
	case is(vec.TFloat64, text):
		c.notInt, c.hasPoint = true, true
	default:
		c.notInt, c.notFloat = true, true
	}
}

func is(t vec.Type, text string) bool {
	_, err := calc.ParseText(t, text)
	return err == nil
}

// isISODate reports the form 2006-01-02, so that neither 1-2-3 nor numbers pass for dates.
func isISODate(text string) bool {
	return len(text) == DateLen && text[4] == '-' && text[7] == '-'
}

// fractionDigits is the number of digits behind the last point.
func fractionDigits(text string) int {
	point := strings.LastIndexByte(text, '.')
	if point < 0 {
		return 0
	}
	digits := text[point+1:]
	return len(digits) - len(strings.TrimLeft(digits, "0123456789"))
}

// Type is the column's type.
func (c *Guess) Type() vec.Type {
	switch {
	case c.values == 0:
		return vec.TString
	case !c.notBool:
		return vec.TBool
	case !c.notInt:
		return vec.TInt64
	case !c.notFloat && (c.hasPoint || !c.hasWide):
		return vec.TFloat64
	case !c.notDate:
		return vec.TDate
	case !c.notTimestamp && c.nano:
		return vec.TTimestamp(vec.Nano)
	case !c.notTimestamp:
		return vec.TTimestamp(vec.Micro)
	}
	return vec.TString
}
