package csv

import "fmt"

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
)

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
