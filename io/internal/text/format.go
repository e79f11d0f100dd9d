package text

import (
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// Room that a Buffer has around its text: a byte in front, a line break, and words behind, so that a
// field's last bytes can be loaded eight at a time.
const (
	Lead = 1
	Pad  = 64
)

// Buffer is text that lies in Data[From:To], From ≥ Lead, To + Pad ≤ len(Data).
type Buffer struct {
	Data     []byte
	From, To int
	Plain    bool // Splitter has found that it is plain
}

// Format is a kind of text: what a connector brings along.
type Format interface {
	// Begin finds where the first row of a text that is at its start begins, and leaves the text there: the Input has Columns, Start and
	// Line. It is nil if the text doesn't tell yet, which only one that grows may do: others end where they end.
	Begin(t *Text, grows bool) (*Input, error)
	// NewSplitter makes a worker's splitter.
	NewSplitter() Splitter
	// NewParser makes a worker's parser of the input's rows for a scan.
	NewParser(in *Input, scan microbatch.Scan) (Parser, error)
	// Column is the name of a column of the input's rows, by the place that Bad has, and whether its type is one that was found from a sample and may be
	// wrong.
	Column(in *Input, place int) (name string, inferred bool)
}

// Parser turns rows into batches. One goroutine at a time uses it.
type Parser interface {
	// Parse hands the rows of b, which are whole, to h in their order. The error is h's.
	Parse(b *Buffer, h Handler) error
	// RowsRead counts the good and bad rows so far.
	RowsRead() int64
}

// Handler takes what a Parser finds.
type Handler interface {
	// Rows takes a lent batch, whose first row is at place at of the buffer.
	Rows(b *vec.Batch, at int) error
	Bad(b *Bad) error
}

// Bad is a row that can't be taken.
type Bad struct {
	Start, End int    // the row in the buffer, without its line break
	At         int    // where the trouble begins: its line is the one to name
	Byte       int    // of that line, counted from 1; 0: the format doesn't say
	Column     int    // see Format.Column; −1 if it is the whole row
	Value      string // the field's text; "" if it is the whole row
	Reason     string
}

// Splitter finds where rows begin in a piece of text, without parsing it. One goroutine at a time uses it.
type Splitter interface {
	// Survey looks at b, a chunk that may begin and end anywhere, before it is known where its first row begins. It reports whether the
	// text is plain: whatever that means to the parser.
	Survey(b *Buffer) (plain bool)
	// IsPlain reports whether some text is.
	IsPlain(text []byte) bool
	// LastRow is a place where a row begins, given that one begins at place at of b, the chunk that was surveyed: the last one that the survey
	// tells, which may well be at itself.
	LastRow(b *Buffer, at int) int
	// NextRow finds the first row that begins at or behind place target, given that one begins at place at. last says that nothing comes behind
	// b: then it may put a line break there.
	NextRow(b *Buffer, at, target int, last bool) Cut
}

// Cut is what NextRow has found.
type Cut struct {
	At   int  // a row begins here: the one looked for, or if More or Long is set, one that b holds only a part of
	More bool // b ends too early
	Long bool // the row at At is too large and ends at the next line break behind b
	Bad  *Bad // what is wrong with a Long row; nil: nothing
}
