package json

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Column is a column that is made of the objects.
type Column struct {
	Name     string
	Path     []string // the keys that lead to its value, from the outermost object on; nil: Name
	Type     vec.Type
	Nullable bool      // false: a NULL makes the row bad
	Layout   string    // of a Timestamp, Date or Time: strftime's or Go's; "" is what calc.ParseText reads
	Epoch    *vec.Unit // of a Timestamp, Date, Time or Duration: what a number counts, since 1970 or midnight; nil: a number is bad
}

// Options say what a Parser makes of its text.
type Options struct {
	Columns    []Column
	MaxRowSize int // bytes; 0: DefaultMaxRowSize

	Want []int // columns of the batches, as places in Columns

	Selector      Selector // nil: all rows
	FilterColumns []int    // the columns that Selector sees, in its order, as places in Columns
}

// Selector picks rows; a microbatch.Selector is one.
type Selector = fields.Selector

// DefaultMaxRowSize is the largest row that is taken without being asked to: memory has to hold it.
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
	opts      Options
	walker    walker
	fields    fields.Fields
	pass      *fields.Pass
	places    []int // for each slot of the walker's rows, the place in Options.Columns
	blockRows int
	batch     Batch
	bad       []Bad

	// RowsRead counts the good and bad rows so far.
	RowsRead int64
}

// NewParser makes a parser, or says what is wrong with the options.
func NewParser(o Options) (*Parser, error) {
	if o.MaxRowSize == 0 {
		o.MaxRowSize = DefaultMaxRowSize
	}
	if o.MaxRowSize < 1 || o.MaxRowSize > MaxRowSizeLimit {
		return nil, fmt.Errorf("the limit on a row's size is %d bytes; it must be between 1 and %d", o.MaxRowSize, MaxRowSizeLimit)
	}
	if len(o.Columns) == 0 {
		return nil, errors.New("there are no columns")
	}
	p := &Parser{opts: o}
	if err := p.makePass(); err != nil {
		return nil, err
	}
	paths := make([][]string, len(p.places))
	for slot, place := range p.places {
		paths[slot] = o.Columns[place].path()
	}
	root, err := newKeys(paths)
	if err != nil {
		return nil, err
	}
	p.walker = walker{root: root, width: len(paths), maxRow: o.MaxRowSize}
	p.blockRows = blockRows(len(paths))
	return p, nil
}

func (c *Column) path() []string {
	if c.Path == nil {
		return []string{c.Name}
	}
	return c.Path
}

// blockFields bounds the fields of a block, and so what the passes over them touch again.
const blockFields = 64 << 10

// blockRows is how many rows of that many wanted fields make a block.
func blockRows(width int) int {
	return max(256, min(vec.BatchRows, blockFields/max(1, width)))
}

// makePass makes a column and a slot for all that are wanted or that the filter sees.
func (p *Parser) makePass() (err error) {
	p.pass, err = fields.NewPass(p.opts.Selector, p.opts.FilterColumns, p.opts.Want, func(place int) (fields.Parser, error) {
		c, err := newColumn(p, len(p.places), p.opts.Columns[place])
		p.places = append(p.places, place)
		return c, err
	})
	return err
}

// Parse hands the rows of b to h, in batches of some thousands. It adds a line break to b if the last row has none. The
// error is h's.
func (p *Parser) Parse(b *Buffer, h Handler) error {
	b.EndLine()
	for at := b.From; at < b.To; {
		next := p.walker.block(b, at, p.blockRows)
		if err := p.parseBlock(at, h); err != nil {
			return err
		}
		at = next
	}
	return nil
}

// parseBlock parses the block's rows and hands them on.
func (p *Parser) parseBlock(at int, h Handler) error {
	w := &p.walker
	p.RowsRead += int64(w.rows + len(w.bad))
	p.fields = w.fields()
	rows := p.pass.Block(&p.fields)
	p.bad = append(p.bad[:0], w.bad...)
	for _, b := range p.pass.Bad {
		p.bad = append(p.bad, p.badField(b))
	}
	if err := p.handBad(h); err != nil || rows.Rows() == 0 {
		return err
	}
	p.batch.Batch, p.batch.At = rows, at
	return h.Rows(&p.batch)
}

// badField describes a row with a field that can't be taken.
func (p *Parser) badField(b fields.BadField) Bad {
	f, i := &p.fields, int(b.Row)*p.fields.Width+b.Place
	start := int(p.walker.rowStarts[b.Row])
	bad := Bad{Start: start, End: p.walker.lineEnd(start), At: start, Column: p.places[b.Place], Value: string(f.Text(i)), Reason: b.Reason}
	switch {
	case isString(f, i):
		bad.At = int(f.Starts[i])
	case f.Starts[i] != missingStart:
		bad.At = int(f.Starts[i]) + 1
	}
	return bad
}

// handBad hands over the block's bad rows in their order.
func (p *Parser) handBad(h Handler) error {
	slices.SortStableFunc(p.bad, func(a, b Bad) int { return cmp.Compare(a.Start, b.Start) })
	for i := range p.bad {
		if err := h.Bad(&p.bad[i]); err != nil {
			return err
		}
	}
	return nil
}
