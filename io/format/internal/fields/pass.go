package fields

import (
	"cmp"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Selector picks rows; a microbatch.Selector is one. Select appends to out the rows among b's that pass.
type Selector interface {
	Select(b *vec.Batch, out []uint32) []uint32
}

// Parser is a format's column.
type Parser interface {
	Base() *Column
	// ParseBlock parses the fields of rows, which ascend, into Base().Out, and lists those that can't be parsed
	// in Base().Bad.
	ParseBlock(f *Fields, rows []uint32)
}

// Pass goes over blocks of fields and makes batches of them. It owns its buffers: one goroutine at a time may use it.
type Pass struct {
	selector Selector
	filter   []Parser // the columns that the selector sees
	rest     []Parser // the other wanted ones

	batch       vec.Batch
	filterBatch vec.Batch
	identity    []uint32 // 0, 1, 2 …
	rows        []uint32 // those still in
	selected    []uint32

	// Bad is the fields of the last block that could not be parsed, one for each bad row; rows ascend within a column.
	Bad []BadField
}

// NewPass makes a pass that gives batches of the columns at the places want. A selector picks the rows, by the columns at the places filter, which may
// be wanted too; if it is nil, all rows are taken. column makes the column at a place: it is asked once for each.
func NewPass(selector Selector, filter, want []int, column func(place int) (Parser, error)) (*Pass, error) {
	p := &Pass{selector: selector}
	made := map[int]Parser{}
	columns := func(places []int, b *vec.Batch) (fresh []Parser, err error) {
		for _, at := range places {
			c := made[at]
			if c == nil {
				if c, err = column(at); err != nil {
					return nil, err
				}
				made[at] = c
				fresh = append(fresh, c)
			}
			b.Cols = append(b.Cols, &c.Base().Out)
		}
		return fresh, nil
	}
	var err error
	if selector != nil {
		if p.filter, err = columns(filter, &p.filterBatch); err != nil {
			return nil, err
		}
	}
	p.rest, err = columns(want, &p.batch)
	return p, err
}

// Block parses a block. The batch, whose selection is the good rows that the filter lets through, is valid until the next call.
func (p *Pass) Block(f *Fields) *vec.Batch {
	p.Bad = p.Bad[:0]
	p.rows = p.all(f.Rows)
	p.parse(f, p.filter)
	p.filterRows(f)
	p.parse(f, p.rest)
	p.batch.N, p.batch.Sel = f.Rows, p.selection(f.Rows)
	return &p.batch
}

// selection is p.rows as a batch of n rows has it.
func (p *Pass) selection(n int) []uint32 {
	if len(p.rows) == n {
		return nil
	}
	return p.rows
}

// all is the rows 0 … n−1.
func (p *Pass) all(n int) []uint32 {
	for i := len(p.identity); i < n; i++ {
		p.identity = append(p.identity, uint32(i))
	}
	return p.identity[:n]
}

// parse parses the fields of p.rows in the columns cs, and takes the rows with a bad one out of p.rows.
func (p *Pass) parse(f *Fields, cs []Parser) {
	for _, c := range cs {
		c.ParseBlock(f, p.rows)
		if bad := c.Base().Bad; len(bad) > 0 {
			slices.SortFunc(bad, func(a, b BadField) int { return cmp.Compare(a.Row, b.Row) })
			p.Bad = append(p.Bad, bad...)
			p.takeOut(bad)
		}
	}
}

// takeOut takes the rows of bad, which ascend, out of p.rows.
func (p *Pass) takeOut(bad []BadField) {
	kept := make([]uint32, 0, len(p.rows))
	for _, r := range p.rows {
		if len(bad) > 0 && bad[0].Row == r {
			bad = bad[1:]
			continue
		}
		kept = append(kept, r)
	}
	p.rows = kept
}

// filterRows leaves the rows in p.rows that the filter lets through.
func (p *Pass) filterRows(f *Fields) {
	if p.selector == nil || len(p.rows) == 0 {
		return
	}
	b := &p.filterBatch
	b.N, b.Sel = f.Rows, p.selection(f.Rows)
	if p.selected == nil { // a nil selection would be all rows
		p.selected = make([]uint32, 0, b.N)
	}
	p.selected = p.selector.Select(b, p.selected[:0])
	p.rows = p.selected
}
