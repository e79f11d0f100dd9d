package csv

import (
	"bytes"

	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// RowError is a row that can't be read.
type RowError = text.RowError

// textFormat is CSV for package text: where rows begin and how they are parsed.
type textFormat struct{ src *source }

// Begin finds the first row behind the header, if there is to be one, and the schema's place for each of the header's columns.
func (f textFormat) Begin(t *text.Text, grows bool) (*text.Input, error) {
	h, err := f.src.settings.readHead(t, headSize, grows)
	if err != nil || grows && h.names == nil && !f.src.settings.noHeader {
		return nil, err
	}
	columns, err := f.src.match(t.Name, h)
	if err != nil {
		return nil, err
	}
	t.PutBack(h.text()[h.start:])
	return &text.Input{Columns: columns, Start: int64(h.start), Line: 1 + h.lines}, nil
}

func (f textFormat) NewSplitter() text.Splitter {
	s := f.src.settings
	return &splitter{Splitter: format.NewSplitter(s.dialect, s.maxRowSize), quote: s.dialect.Quote}
}

func (f textFormat) NewParser(in *text.Input, scan microbatch.Scan) (text.Parser, error) {
	p, err := format.NewParser(f.src.parserOptions(in, scan))
	if err != nil {
		return nil, err
	}
	return &parser{Parser: p}, nil
}

func (f textFormat) Column(in *text.Input, place int) (name string, inferred bool) {
	field := f.src.schema.Field(in.Columns[place])
	// Any text is a string, if it is text at all.
	return field.Name, f.src.inferred && field.Type.Kind != vec.String && !f.src.settings.hasType(field.Name)
}

// splitter is a Splitter with the survey of its last chunk. Text without quotes is plain.
type splitter struct {
	*format.Splitter
	quote  byte
	survey format.Survey
}

func (s *splitter) Survey(b *text.Buffer) bool {
	s.survey = s.Splitter.Survey(toBuffer(b))
	return s.survey.Quotes == 0
}

func (s *splitter) IsPlain(text []byte) bool {
	return s.quote == 0 || bytes.IndexByte(text, s.quote) < 0
}

func (s *splitter) LastRow(b *text.Buffer, at int) int {
	return s.Splitter.LastRow(toBuffer(b), s.survey, at)
}

func (s *splitter) NextRow(b *text.Buffer, at, target int, last bool) text.Cut {
	c := s.Splitter.NextRow(toBuffer(b), at, target, last)
	cut := text.Cut{At: c.At, More: c.More, Long: c.Long}
	if c.Bad != nil {
		cut.Bad = toBad(c.Bad)
	}
	return cut
}

func toBuffer(b *text.Buffer) *format.Buffer {
	return &format.Buffer{Data: b.Data, From: b.From, To: b.To, NoQuotes: b.Plain}
}

func toBad(b *format.Bad) *text.Bad {
	return &text.Bad{Start: b.Start, End: b.End, At: b.At, Column: b.Column, Value: b.Value, Reason: b.Reason}
}

// parser is a Parser that hands on to a text.Handler.
type parser struct {
	*format.Parser
	to text.Handler
}

func (p *parser) Parse(b *text.Buffer, h text.Handler) error {
	p.to = h
	return p.Parser.Parse(toBuffer(b), p)
}

func (p *parser) RowsRead() int64            { return p.Parser.RowsRead }
func (p *parser) Rows(b *format.Batch) error { return p.to.Rows(b.Batch, b.At) }
func (p *parser) Bad(b *format.Bad) error    { return p.to.Bad(toBad(b)) }
