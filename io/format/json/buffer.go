package json

import "github.com/pwcol/pwcol/io/format/internal/fields"

// Room that a Buffer must have around its rows: a byte in front, which is not a quote, and words behind, so that
// eight bytes can be loaded from anywhere.
const (
	Lead = 1
	Pad  = fields.Pad
)

// Buffer is text to parse: whole lines in Data[From:To], From ≥ Lead, To + Pad ≤ len(Data). The bytes behind To are
// anything; Parse may write a line break there.
//
//	Data  \n { " a " : 1 } \n … 64 bytes
//	         From             To
type Buffer struct {
	Data     []byte
	From, To int
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
