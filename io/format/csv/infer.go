package csv

import (
	"strings"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Inferrer finds the types of columns from a sample of their values: the first of these that all of a column's
// values are, NULLs left out.
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
type Inferrer struct {
	nulls nullTexts
	seen  []candidates
}

// candidates are what a column's values so far may be.
type candidates struct {
	values                                int
	notBool, notInt, notFloat, notDate    bool
	notTimestamp, hasWide, hasPoint, nano bool
}

// NewInferrer makes an inferrer of columns columns.
func NewInferrer(columns int, nulls []string) *Inferrer {
	return &Inferrer{nulls: newNullTexts(nulls), seen: make([]candidates, columns)}
}

// Add takes a row into account. It has as many fields as there are columns.
func (n *Inferrer) Add(row []Field) {
	for i, f := range row {
		if f.Text == "" || !f.Quoted && n.nulls.has([]byte(f.Text)) {
			continue
		}
		n.seen[i].add(strings.TrimSpace(f.Text))
	}
}

func (c *candidates) add(text string) {
	c.values++
	if !c.notBool {
		c.notBool = !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false")
	}
	if !c.notInt || !c.notFloat {
		c.addNumber(text)
	}
	if !c.notDate {
		c.notDate = !isISODate(text) || !is(vec.TDate, text)
	}
	if !c.notTimestamp {
		c.notTimestamp = len(text) < dateLen || !isISODate(text[:dateLen]) || !is(vec.TTimestamp(vec.Micro), text)
		c.nano = c.nano || fractionDigits(text) > 6
	}
}

func (c *candidates) addNumber(text string) {
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
	return len(text) == dateLen && text[4] == '-' && text[7] == '-'
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

// Types are the columns' types.
func (n *Inferrer) Types() []vec.Type {
	types := make([]vec.Type, len(n.seen))
	for i := range n.seen {
		types[i] = n.seen[i].resolve()
	}
	return types
}

func (c *candidates) resolve() vec.Type {
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
