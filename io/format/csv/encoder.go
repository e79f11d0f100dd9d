package csv

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// EncoderOptions say how an Encoder writes.
type EncoderOptions struct {
	Dialect  Dialect
	NullText string // how NULL is written, unquoted
}

// Encoder turns batches into text that a Parser with the same dialect reads back. It holds no state: any number
// of goroutines may use it.
type Encoder struct {
	EncoderOptions
	special     [256]bool // bytes that a field has to be quoted for
	plainNumber bool      // numbers never need quotes
	plainTime   bool      // nor do timestamps
}

// NewEncoder makes an encoder.
func NewEncoder(o EncoderOptions) Encoder {
	e := Encoder{EncoderOptions: o}
	for _, c := range []byte{o.Dialect.Delimiter, o.Dialect.Quote, o.Dialect.Comment, '\n', '\r'} {
		e.special[c] = c != 0
	}
	e.plainNumber = o.NullText == "" // delimiter and quote are no bytes of numbers, see Dialect.Validate
	e.plainTime = e.plainNumber && !e.special[' '] && !e.special[':']
	return e
}

// AppendHeader appends a row of names.
func (e *Encoder) AppendHeader(dst []byte, names []string) ([]byte, error) {
	for i, name := range names {
		if i > 0 {
			dst = append(dst, e.Dialect.Delimiter)
		}
		var err error
		if dst, err = e.appendText(dst, []byte(name)); err != nil {
			return dst, err
		}
	}
	return append(dst, '\n'), nil
}

// form is how a column's values are written.
type form uint8

const (
	anyForm   form = iota // as calc.AppendText has them, in quotes if need be
	textForm              // strings
	plainForm             // as calc.AppendText has them
	intForm               // int64
	floatForm             // floats
	timeForm              // timestamps without a zone
)

// formOf is the fastest way to write a column.
func (e *Encoder) formOf(v *vec.Vec) form {
	t := v.Type
	switch {
	case t.Kind == vec.String:
		return textForm
	case v.Dict != nil:
		return anyForm
	case t.Kind == vec.Int64 && e.plainNumber:
		return intForm
	case t.IsFloat() && e.plainNumber:
		return floatForm
	case t.Kind == vec.Timestamp && t.Zone == "" && e.plainTime:
		return timeForm
	case (t.IsNumeric() || t.Kind == vec.Bool) && e.plainNumber:
		return plainForm
	}
	return anyForm
}

// Append appends the rows of b that are meant. It fails if a text needs quotes and the dialect has none.
func (e *Encoder) Append(dst []byte, b *vec.Batch) ([]byte, error) {
	forms := make([]form, len(b.Cols))
	for i, v := range b.Cols {
		forms[i] = e.formOf(v)
	}
	var err error
	for i := range b.Rows() {
		row := b.Row(i)
		for c, v := range b.Cols {
			if c > 0 {
				dst = append(dst, e.Dialect.Delimiter)
			}
			if dst, err = e.appendField(dst, v, row, forms[c]); err != nil {
				return dst, err
			}
		}
		dst = append(dst, '\n')
	}
	return dst, nil
}

func (e *Encoder) appendField(dst []byte, v *vec.Vec, row int, f form) ([]byte, error) {
	if v.IsNull(row) {
		return append(dst, e.NullText...), nil
	}
	switch f {
	case textForm:
		return e.appendText(dst, v.Str(row))
	case intForm:
		return strconv.AppendInt(dst, vec.Of[int64](v)[row], 10), nil
	case timeForm:
		return fields.AppendTimestamp(dst, v, row, ' '), nil
	case floatForm:
		return fields.AppendFloat(dst, v, row), nil
	case plainForm:
		return calc.AppendText(dst, v, row), nil
	}
	from := len(dst)
	if v.Type.IsFloat() {
		dst = fields.AppendFloat(dst, v, row)
	} else {
		dst = calc.AppendText(dst, v, row)
	}
	if !e.needsQuotes(dst[from:]) {
		return dst, nil
	}
	return e.appendText(dst[:from], bytes.Clone(dst[from:]))
}

// appendText appends a text, in quotes if it needs them.
func (e *Encoder) appendText(dst, text []byte) ([]byte, error) {
	if !e.needsQuotes(text) {
		return append(dst, text...), nil
	}
	quote := e.Dialect.Quote
	if quote == 0 {
		if len(text) == 0 {
			return dst, nil
		}
		return dst, fmt.Errorf("%s can't be written without quotes: %w", fields.Show(text), errNoQuotes)
	}
	dst = append(dst, quote)
	for {
		n := bytes.IndexByte(text, quote)
		if n < 0 {
			break
		}
		dst = append(append(dst, text[:n+1]...), quote)
		text = text[n+1:]
	}
	return append(append(dst, text...), quote), nil
}

var errNoQuotes = errors.New("the dialect has none")

func (e *Encoder) needsQuotes(text []byte) bool {
	if len(text) == 0 || text[0] == ' ' || text[len(text)-1] == ' ' || string(text) == e.NullText {
		return true
	}
	for _, c := range text {
		if e.special[c] {
			return true
		}
	}
	return false
}
