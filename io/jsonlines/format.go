package jsonlines

import (
	"bytes"
	"fmt"

	format "github.com/pwcol/pwcol/io/format/json"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// RowError is a row that can't be read.
type RowError = text.RowError

// textFormat is JSON lines for package text: where rows begin and how they are parsed.
type textFormat struct{ src *source }

// maxMark is how many bytes a byte order mark has at most.
const maxMark = 3

// Begin finds the first row behind a byte order mark.
func (f textFormat) Begin(t *text.Text, _ bool) (*text.Input, error) {
	head := make([]byte, maxMark)
	n, _, err := t.Fill(head)
	if err != nil {
		return nil, err
	}
	start, err := text.Mark(t.Name, head[:n])
	if err != nil {
		return nil, err
	}
	t.PutBack(head[start:n])
	return &text.Input{Start: int64(start), Line: 1}, nil
}

func (f textFormat) NewSplitter() text.Splitter { return splitter{f.src.settings.maxRowSize} }

func (f textFormat) NewParser(_ *text.Input, scan microbatch.Scan) (text.Parser, error) {
	o := f.src.settings.parserOptions(f.src.schema)
	o.Want = scan.Columns
	if scan.Filter != nil {
		o.Selector, o.FilterColumns = scan.Filter.NewSelector(), scan.Filter.Columns
	}
	p, err := format.NewParser(o)
	if err != nil {
		return nil, err
	}
	return &parser{Parser: p}, nil
}

func (f textFormat) Column(_ *text.Input, place int) (name string, inferred bool) {
	field := f.src.schema.Field(place)
	// Any text is a string, if it is text at all.
	return field.Name, f.src.inferred && field.Type.Kind != vec.String && !f.src.settings.hasType(field.Name)
}

// splitter finds rows: no line break is part of one.
type splitter struct{ maxRow int }

func (splitter) Survey(*text.Buffer) bool { return true }
func (splitter) IsPlain([]byte) bool      { return true }

func (splitter) LastRow(b *text.Buffer, at int) int {
	return at + bytes.LastIndexByte(b.Data[at:b.To], '\n') + 1
}

func (s splitter) NextRow(b *text.Buffer, at, target int, last bool) text.Cut {
	if at >= target {
		return text.Cut{At: at}
	}
	// The row that begins last before target ends at the first line break from the byte before target on.
	if n := bytes.IndexByte(b.Data[max(at, target-1):b.To], '\n'); n >= 0 {
		return text.Cut{At: max(at, target-1) + n + 1}
	}
	if last {
		return text.Cut{At: b.To}
	}
	at += bytes.LastIndexByte(b.Data[at:b.To], '\n') + 1
	if b.To-at <= s.maxRow {
		return text.Cut{At: at, More: true}
	}
	reason := fmt.Sprintf("row is larger than %d bytes, the limit on a row's size", s.maxRow)
	return text.Cut{At: at, Long: true, Bad: &text.Bad{Start: at, End: min(b.To, at+s.maxRow), At: at, Column: -1, Reason: reason}}
}

// parser is a Parser that hands on to a text.Handler.
type parser struct {
	*format.Parser
	to text.Handler
}

func (p *parser) Parse(b *text.Buffer, h text.Handler) error {
	p.to = h
	return p.Parser.Parse(&format.Buffer{Data: b.Data, From: b.From, To: b.To}, p)
}

func (p *parser) RowsRead() int64            { return p.Parser.RowsRead }
func (p *parser) Rows(b *format.Batch) error { return p.to.Rows(b.Batch, b.At) }

func (p *parser) Bad(b *format.Bad) error {
	return p.to.Bad(&text.Bad{
		Start: b.Start, End: b.End, At: b.At, Byte: b.At - b.Start + 1, Column: b.Column, Value: b.Value, Reason: b.Reason,
	})
}
