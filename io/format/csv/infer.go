package csv

import (
	"strings"

	"github.com/pwcol/pwcol/io/format/internal/fields"
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
	seen  []fields.Guess
}

// NewInferrer makes an inferrer of columns columns.
func NewInferrer(columns int, nulls []string) *Inferrer {
	return &Inferrer{nulls: newNullTexts(nulls), seen: make([]fields.Guess, columns)}
}

// Add takes a row into account. It has as many fields as there are columns.
func (n *Inferrer) Add(row []Field) {
	for i, f := range row {
		if f.Text == "" || !f.Quoted && n.nulls.has([]byte(f.Text)) {
			continue
		}
		n.seen[i].Add(strings.TrimSpace(f.Text))
	}
}

// Types are the columns' types.
func (n *Inferrer) Types() []vec.Type {
	types := make([]vec.Type, len(n.seen))
	for i := range n.seen {
		types[i] = n.seen[i].Type()
	}
	return types
}
