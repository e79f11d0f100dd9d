package csv

import "github.com/pwcol/pwcol/io/format/internal/fields"

// Room that a Buffer must have around its rows: a byte in front, so that every field has one before it, and words
// behind, so that a field's last digits can be loaded eight at a time.
const (
	Lead = 1
	Pad  = fields.Pad
)

// Buffer is text to parse: whole rows in Data[From:To], From ≥ Lead, To + Pad ≤ len(Data). The byte at From−1 is not
// the quote. The bytes behind To are anything; Parse may write a line break there.
//
//	Data  \n i d , n \n 1 , a \n … 64 bytes
//	         From              To
type Buffer struct {
	Data     []byte
	From, To int
	// NoQuotes says that the rows are known to hold no quote, so that none is looked for.
	NoQuotes bool
}

// NewBuffer is a buffer with a copy of text.
func NewBuffer(text []byte) *Buffer {
	data := make([]byte, Lead+len(text)+Pad)
	data[0] = '\n'
	copy(data[Lead:], text)
	return &Buffer{Data: data, From: Lead, To: Lead + len(text)}
}

// EndLine puts a line break behind the text if it has none.
func (b *Buffer) EndLine() {
	if b.From < b.To && b.Data[b.To-1] != '\n' {
		b.Data[b.To] = '\n'
		b.To++
	}
}
