package csv

import (
	"errors"
	"fmt"
)

// Dialect is how text is cut into rows and fields.
type Dialect struct {
	Delimiter byte // between fields
	Quote     byte // around fields, doubled inside; 0: there are no quotes
	Comment   byte // first byte of lines that are skipped; 0: there are none
}

// Default is the dialect of RFC 4180.
var Default = Dialect{Delimiter: ',', Quote: '"'}

// Validate reports bytes that can't do what they are meant for.
func (d Dialect) Validate() error {
	switch {
	case !isPunctuation(d.Delimiter):
		return fmt.Errorf("%q can't be the delimiter: numbers and names need it; use a punctuation mark, a space or a tab", d.Delimiter)
	case d.Quote != 0 && (!isPunctuation(d.Quote) || d.Quote == ' ' || d.Quote == '\t'):
		return fmt.Errorf("%q can't be the quote: use a punctuation mark", d.Quote)
	case d.Comment != 0 && !isPunctuation(d.Comment):
		return fmt.Errorf("%q can't begin comments: use a punctuation mark", d.Comment)
	case d.Quote == d.Delimiter || d.Comment == d.Delimiter || d.Quote != 0 && d.Quote == d.Comment:
		return errors.New("delimiter, quote and comment must be different bytes")
	}
	return nil
}

// isPunctuation reports bytes that no number holds, so that a number ends at a delimiter or quote.
func isPunctuation(c byte) bool {
	switch {
	case c == '.' || c == '-' || c == '+' || c == '\n' || c == '\r' || c == 0 || c >= 0x80:
		return false
	case c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return false
	}
	return true
}
