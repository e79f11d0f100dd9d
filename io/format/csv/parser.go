package csv

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Column is a column of the text.
type Column struct {
	Name     string
	Type     vec.Type
	Nullable bool   // false: a NULL makes the row bad
	Layout   string // of a Timestamp, Date or Time: strftime's or Go's; "" is what calc.ParseText reads
}

// Selector picks rows; a microbatch.Selector is one.
type Selector = fields.Selector

// Options say what a Parser makes of its text.
type Options struct {
	Dialect    Dialect
	Columns    []Column // of the text, in its order: every row has that many fields
	NullTexts  []string // unquoted texts that are NULL besides the empty one
	MaxRowSize int      // bytes; 0: DefaultMaxRowSize

	Want []int // columns of the batches, as places in Columns

	Selector      Selector // nil: all rows
	FilterColumns []int    // the columns that Selector sees, in its order, as places in Columns
}

// DefaultMaxRowSize is the largest row that is taken without being asked to: larger ones are nearly always a quote
// that was forgotten, and memory has to hold them.
const DefaultMaxRowSize = 16 << 20

// MaxRowSizeLimit is what MaxRowSize may be at most, so that places in a buffer fit 32 bits.
const MaxRowSizeLimit = 1 << 30

// Batch is a block of rows: the wanted columns, lent until the handler returns.
type Batch struct {
	*vec.Batch
	At int // place in the buffer of the block's first row
}

// Parser turns text into batches. It owns its buffers: one goroutine at a time may use it.
type Parser struct {
	opts    Options
	nulls   nullTexts
	scanner scanner
	pass    *fields.Pass
	batch   Batch
	bad     []Bad

	// RowsRead counts the good and bad rows so far.
	RowsRead int64
}

// NewParser makes a parser, or says what is wrong with the options.
func NewParser(o Options) (*Parser, error) {
	if o.MaxRowSize == 0 {
		o.MaxRowSize = DefaultMaxRowSize
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	p := &Parser{opts: o, nulls: newNullTexts(o.NullTexts)}
	p.scanner.init(o.Dialect, len(o.Columns), blockRows(len(o.Columns)), o.MaxRowSize)
	if err := p.makePass(); err != nil {
		return nil, err
	}
	return p, nil
}

func (o *Options) validate() error {
	if err := o.Dialect.Validate(); err != nil {
		return err
	}
	switch {
	case len(o.Columns) == 0:
		return errors.New("there are no columns")
	case o.MaxRowSize < 1 || o.MaxRowSize > MaxRowSizeLimit:
		return fmt.Errorf("the limit on a row's size is %d bytes; it must be between 1 and %d", o.MaxRowSize, MaxRowSizeLimit)
	}
	for _, text := range o.NullTexts {
		for _, c := range []byte(text) {
			if c == o.Dialect.Delimiter || c == '\n' || c == o.Dialect.Quote && c != 0 {
				return fmt.Errorf("the null text %q holds a delimiter, a quote or a line break", text)
			}
		}
	}
	return nil
}

// blockMarks bounds the fields of a block, and so the index's memory and what the passes over it touch again.
const blockMarks = 64 << 10

// blockRows is how many rows of that many columns make a block.
func blockRows(width int) int {
	return max(256, min(vec.BatchRows, blockMarks/width))
}

// makePass makes the columns that are wanted or that the filter sees.
func (p *Parser) makePass() (err error) {
	p.pass, err = fields.NewPass(p.opts.Selector, p.opts.FilterColumns, p.opts.Want, func(place int) (fields.Parser, error) {
		return newColumn(place, p.opts.Columns[place], p)
	})
	return err
}

// Parse hands the rows of b to h, in batches of some thousands. It adds a line break to b if the last row has none. The
// error is h's.
func (p *Parser) Parse(b *Buffer, h Handler) error {
	b.EndLine()
	for at := b.From; at < b.To; {
		next := p.scanner.next(b, at)
		if err := p.parseBlock(at, h); err != nil {
			return err
		}
		at = next
	}
	return nil
}

// parseBlock parses the block's rows and hands them on.
func (p *Parser) parseBlock(at int, h Handler) error {
	f := &p.scanner.block
	p.RowsRead += int64(f.Rows + len(p.scanner.bad))
	p.bad = append(p.bad[:0], p.scanner.bad...)
	rows := p.pass.Block(&f.Fields)
	for _, b := range p.pass.Bad {
		p.bad = append(p.bad, p.badField(b))
	}
	if err := p.handBad(h); err != nil || rows.Rows() == 0 {
		return err
	}
	p.batch.Batch, p.batch.At = rows, at
	return h.Rows(&p.batch)
}

// badField describes a row with a field that can't be parsed.
func (p *Parser) badField(b fields.BadField) Bad {
	f, quote := &p.scanner.block, p.opts.Dialect.Quote
	start, end := f.rowStart(int(b.Row), quote), f.rowEnd(int(b.Row), quote)
	text := f.Text(int(b.Row)*f.Width + b.Place)
	return Bad{Start: start, End: end, At: start, Column: b.Place, Value: string(text), Reason: b.Reason}
}

// handBad hands over the block's bad rows in their order.
func (p *Parser) handBad(h Handler) error {
	if len(p.bad) == 0 {
		return nil
	}
	slices.SortStableFunc(p.bad, func(a, b Bad) int { return cmp.Compare(a.Start, b.Start) })
	for i := range p.bad {
		if err := h.Bad(&p.bad[i]); err != nil {
			return err
		}
	}
	return nil
}
