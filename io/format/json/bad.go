package json

import "fmt"

// Bad is a row that can't be taken.
type Bad struct {
	Start, End int    // the line in the buffer, without its line break; of one that is too large, MaxRowSize bytes
	At         int    // where in the line the trouble is
	Column     int    // place in Options.Columns, −1 if it is the whole row
	Value      string // the field as it is written, a string without its quotes; "" if it is the whole row
	Reason     string // `"abc" is not a float64`, `expected a colon behind a key, found '}'`
}

// Handler takes what a Parser finds, in the order of the rows but for bad rows, which come before
// the batch of the rows that they stand among. An error ends the parsing.
type Handler interface {
	Rows(b *Batch) error
	Bad(b *Bad) error
}

func tooLong(limit int) string {
	return fmt.Sprintf("row is larger than %d bytes, the limit on a row's size", limit)
}
