package csv

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Column is a column of the text.
type Column struct {
	Name     string
	Type     vec.Type
	Nullable bool   // false: a NULL makes the row bad
	Layout   string // of a Timestamp, Date or Time: strftime's or Go's; "" is what calc.ParseText reads
}

// Selector picks rows; a microbatch.Selector is one. Select appends to out the rows among b's that pass.
type Selector interface {
	Select(b *vec.Batch, out []uint32) []uint32
}

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
	filter  []*column // those that the Selector sees
	rest    []*column // the other wanted ones
	want    []*column

	batch       Batch
	filterBatch vec.Batch
	identity    []uint32 // 0, 1, 2 …
	rows        []uint32 // those still in
	selected    []uint32
	bad         []Bad
	block       *fields

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
	if err := p.makeColumns(); err != nil {
		return nil, err
	}
	p.batch.Batch = &vec.Batch{}
	for _, c := range p.want {
		p.batch.Cols = append(p.batch.Cols, &c.out)
	}
	for _, c := range p.filter {
		p.filterBatch.Cols = append(p.filterBatch.Cols, &c.out)
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

func (p *Parser) makeColumns() error {
	made := make(map[int]*column)
	column := func(at int) (*column, error) {
		if c := made[at]; c != nil {
			return c, nil
		}
		c, err := newColumn(at, p.opts.Columns[at], p.opts.Dialect.Quote, p.nulls)
		made[at] = c
		return c, err
	}
	if p.opts.Selector != nil {
		for _, at := range p.opts.FilterColumns {
			c, err := column(at)
			if err != nil {
				return err
			}
			p.filter = append(p.filter, c)
		}
	}
	for _, at := range p.opts.Want {
		before := len(made)
		c, err := column(at)
		if err != nil {
			return err
		}
		p.want = append(p.want, c)
		if len(made) > before { // else the filter needs it too, or it is wanted twice
			p.rest = append(p.rest, c)
		}
	}
	return nil
}

// Parse hands the rows of b to h, in batches of some thousands. It adds a line break to b if the last row has none. The
// error is h's.
func (p *Parser) Parse(b *Buffer, h Handler) error {
	b.EndLine()
	for at := b.From; at < b.To; {
		next := p.scanner.next(b, at)
		p.block = &p.scanner.block
		if err := p.parseBlock(at, h); err != nil {
			return err
		}
		at = next
	}
	return nil
}

// parseBlock parses the block's rows and hands them on.
func (p *Parser) parseBlock(at int, h Handler) error {
	f := p.block
	p.RowsRead += int64(f.rows + len(p.scanner.bad))
	p.bad = append(p.bad[:0], p.scanner.bad...)
	p.rows = p.all(f.rows)
	p.parseColumns(p.filter)
	p.filterRows()
	p.parseColumns(p.rest)
	if err := p.handBad(h); err != nil || len(p.rows) == 0 {
		return err
	}
	p.batch.At = at
	p.batch.N, p.batch.Sel = f.rows, p.rows
	if len(p.rows) == f.rows {
		p.batch.Sel = nil
	}
	return h.Rows(&p.batch)
}

// all is the rows 0 … n−1.
func (p *Parser) all(n int) []uint32 {
	for i := len(p.identity); i < n; i++ {
		p.identity = append(p.identity, uint32(i))
	}
	return p.identity[:n]
}

// parseColumns parses the fields of p.rows in the columns cs, and takes the rows with a bad one out of p.rows.
func (p *Parser) parseColumns(cs []*column) {
	for _, c := range cs {
		c.parse(p.block, p.rows)
		if len(c.bad) > 0 {
			p.takeBad(c)
		}
	}
}

// takeBad describes the rows that c could not parse and takes them out of p.rows.
func (p *Parser) takeBad(c *column) {
	f, quote := p.block, p.opts.Dialect.Quote
	bad := c.bad
	slices.SortFunc(bad, func(a, b badField) int { return cmp.Compare(a.row, b.row) })
	kept := make([]uint32, 0, len(p.rows))
	for _, r := range p.rows {
		if len(bad) == 0 || bad[0].row != r {
			kept = append(kept, r)
			continue
		}
		i := int(r)*f.width + c.field
		start, end := f.rowStart(int(r), quote), f.rowEnd(int(r), quote)
		p.bad = append(p.bad, Bad{
			Start: start, End: end, At: start, Column: c.field,
			Value: string(f.text(i)), Reason: bad[0].reason,
		})
		bad = bad[1:]
	}
	p.rows = kept
}

// filterRows leaves the rows in p.rows that the filter lets through.
func (p *Parser) filterRows() {
	if p.opts.Selector == nil || len(p.rows) == 0 {
		return
	}
	b := &p.filterBatch
	b.N, b.Sel = p.block.rows, p.rows
	if len(p.rows) == b.N {
		b.Sel = nil
	}
	if p.selected == nil { // a nil selection would be all rows
		p.selected = make([]uint32, 0, b.N)
	}
	p.selected = p.opts.Selector.Select(b, p.selected[:0])
	p.rows = p.selected
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
