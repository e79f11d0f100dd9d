package csv

import (
	"bytes"
	"errors"
	"fmt"

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
	special [256]bool // bytes that a field has to be quoted for
}

// NewEncoder makes an encoder.
func NewEncoder(o EncoderOptions) Encoder {
	e := Encoder{EncoderOptions: o}
	for _, c := range []byte{o.Dialect.Delimiter, o.Dialect.Quote, o.Dialect.Comment, '\n', '\r'} {
		e.special[c] = c != 0
	}
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

// Append appends the rows of b that are meant. It fails if a text needs quotes and the dialect has none.
func (e *Encoder) Append(dst []byte, b *vec.Batch) ([]byte, error) {
	var err error
	for i := range b.Rows() {
		row := b.Row(i)
		for c, v := range b.Cols {
			if c > 0 {
				dst = append(dst, e.Dialect.Delimiter)
			}
			if dst, err = e.appendField(dst, v, row); err != nil {
				return dst, err
			}
		}
		dst = append(dst, '\n')
	}
	return dst, nil
}

func (e *Encoder) appendField(dst []byte, v *vec.Vec, row int) ([]byte, error) {
	switch {
	case v.IsNull(row):
		return append(dst, e.NullText...), nil
	case v.Type.Kind == vec.String:
		return e.appendText(dst, v.Str(row))
	}
	from := len(dst)
	dst = calc.AppendText(dst, v, row)
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
		return dst, fmt.Errorf("%s can't be written without quotes: %w", show(text), errNoQuotes)
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
