package json

import (
	"encoding/base64"
	"math"
	"math/bits"
	"strconv"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Encoder turns batches into lines that a Parser with the same columns reads back, each an object with all of the columns in their
// order:
//
//	NULL         null
//	bool         true, false
//	integers     all digits, also those above 2^53 that some readers round
//	floats       the shortest text that is read back as the same number and as a float: 1.0, 0.5, 1e+20; NaN and infinities, for which
//	             JSON has no number, are null
//	decimal      a number with all digits of the scale: 12.50
//	string       a string, only with the escapes that have to be
//	binary       base64
//	timestamp    "2006-01-02T15:04:05.123456Z", in UTC whatever the column's zone
//	date, time   "2006-01-02", "15:04:05.25"
//	duration     "76:05:06.5"
//	list         an array
//
// It holds no state: any number of goroutines may use it.
type Encoder struct {
	keys [][]byte // what stands before each value: `{"id":`, `,"name":`
}

// NewEncoder makes an encoder of columns of those names.
func NewEncoder(names []string) Encoder {
	e := Encoder{keys: make([][]byte, len(names))}
	for i, name := range names {
		key := []byte{','}
		if i == 0 {
			key[0] = '{'
		}
		e.keys[i] = append(appendString(key, []byte(name)), ':')
	}
	return e
}

// form is how a column's values are written.
type form uint8

const (
	textForm   form = iota // strings
	intForm                // int64
	floatForm              // floats
	plainForm              // numbers and bools: as calc.AppendText has them
	quotedForm             // as calc.AppendText has them, in quotes; nothing in them needs an escape
	timeForm               // timestamps
	binaryForm
	listForm
)

func formOf(v *vec.Vec) form {
	switch k := v.Type.Kind; {
	case k == vec.String:
		return textForm
	case k == vec.Binary:
		return binaryForm
	case k == vec.List:
		return listForm
	case k == vec.Int64 && v.Dict == nil:
		return intForm
	case v.Type.IsFloat():
		return floatForm
	case v.Type.IsNumeric() || k == vec.Bool:
		return plainForm
	case k == vec.Timestamp:
		return timeForm
	}
	return quotedForm
}

// Append appends the rows of b that are meant.
func (e *Encoder) Append(dst []byte, b *vec.Batch) []byte {
	forms := make([]form, len(b.Cols))
	for i, v := range b.Cols {
		forms[i] = formOf(v)
	}
	for i := range b.Rows() {
		row := b.Row(i)
		for c, v := range b.Cols {
			dst = appendValue(append(dst, e.keys[c]...), v, row, forms[c])
		}
		if len(b.Cols) == 0 {
			dst = append(dst, '{')
		}
		dst = append(dst, '}', '\n')
	}
	return dst
}

func appendValue(dst []byte, v *vec.Vec, row int, f form) []byte {
	if v.IsNull(row) {
		return append(dst, "null"...)
	}
	switch f {
	case textForm:
		return appendString(dst, v.Str(row))
	case intForm:
		return strconv.AppendInt(dst, vec.Of[int64](v)[row], 10)
	case floatForm:
		return appendFloat(dst, v, row)
	case plainForm:
		return calc.AppendText(dst, v, row)
	case binaryForm:
		return append(base64.StdEncoding.AppendEncode(append(dst, '"'), v.Str(row)), '"')
	case listForm:
		return appendList(dst, v, row)
	}
	dst = append(dst, '"')
	if f == timeForm {
		dst = appendTimestamp(dst, v, row)
	} else {
		dst = calc.AppendText(dst, v, row)
	}
	return append(dst, '"')
}

// plain is row row of v in a plain column.
func plain(v *vec.Vec, row int) (*vec.Vec, int) {
	if v.Dict == nil {
		return v, row
	}
	return &v.Dict.Values, int(v.Codes[row])
}

func appendFloat(dst []byte, v *vec.Vec, row int) []byte {
	v, row = plain(v, row)
	x := 0.0
	if v.Type.Kind == vec.Float32 {
		x = float64(vec.Of[float32](v)[row])
	} else {
		x = vec.Of[float64](v)[row]
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return append(dst, "null"...)
	}
	return fields.AppendFloat(dst, v, row)
}

func appendTimestamp(dst []byte, v *vec.Vec, row int) []byte {
	v, row = plain(v, row)
	from := len(dst)
	dst = fields.AppendTimestamp(dst, v, row, 'T')
	if dst[from+len("2006-01-02")] != 'T' { // a year without four digits, with the column's zone behind
		return dst
	}
	return append(dst, 'Z')
}

func appendList(dst []byte, v *vec.Vec, row int) []byte {
	v, row = plain(v, row)
	f := formOf(v.Child)
	dst = append(dst, '[')
	for i := v.Offsets[row]; i < v.Offsets[row+1]; i++ {
		if i > v.Offsets[row] {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, v.Child, int(i), f)
	}
	return append(dst, ']')
}

// appendString appends text in quotes, its quotes, backslashes and control characters as escapes.
func appendString(dst, text []byte) []byte {
	dst = append(dst, '"')
	for {
		n := plainRun(text)
		dst = append(dst, text[:n]...)
		if n == len(text) {
			return append(dst, '"')
		}
		dst = appendEscape(dst, text[n])
		text = text[n+1:]
	}
}

// plainRun is how many bytes text begins with that need no escape.
func plainRun(text []byte) int {
	n := 0
	for ; n+8 <= len(text); n += 8 {
		if m := special(fields.Load(text, n)); m != 0 {
			return n + bits.TrailingZeros64(m)>>3
		}
	}
	for n < len(text) && text[n] >= 0x20 && text[n] != '"' && text[n] != '\\' {
		n++
	}
	return n
}

func appendEscape(dst []byte, c byte) []byte {
	const hexDigits = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
