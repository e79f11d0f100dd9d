package csv

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Bad is a row that can't be taken.
type Bad struct {
	Start, End int    // the row in the buffer, without its line break; of one that is too large, MaxRowSize bytes
	At         int    // where in the buffer the trouble begins: its line is the one to name
	Column     int    // place in Options.Columns, −1 if it is the whole row
	Value      string // the field's text; "" if it is the whole row
	Reason     string // `"abc" is not a float64`, "expected 4 fields, found 3"
}

// Handler takes what a Parser finds, in the order of the rows but for bad rows, which come before
// the batch of the rows that they stand among. An error ends the parsing.
type Handler interface {
	Rows(b *Batch) error
	Bad(b *Bad) error
}

const (
	reasonInside   = "quote inside an unquoted field"
	reasonBehind   = "text behind a closing quote"
	reasonUnclosed = "quote that is never closed"
	reasonNotUTF8  = "is not valid UTF-8"
	reasonNull     = "NULL, but the column is declared NotNull"
)

// showLimit is how many bytes of a field a message shows.
const showLimit = 80

// show is a field's text for a message: quoted, a long one cut.
func show(text []byte) string {
	if len(text) <= showLimit {
		return strconv.Quote(string(text))
	}
	cut := showLimit
	for cut > showLimit-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(string(text[:cut])), len(text))
}

// wrongCount says that a row has another number of fields than there are columns.
func wrongCount(want, found int) string {
	if want == 1 {
		return fmt.Sprintf("expected 1 field, found %d", found)
	}
	return fmt.Sprintf("expected %d fields, found %d", want, found)
}

func tooLong(limit int) string {
	return fmt.Sprintf("row is larger than %d bytes, the limit on a row's size", limit)
}
