package nexmark

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// Generator makes events. It is not safe for concurrent use.
type Generator struct {
	config Config
	texts  *texts
	rows   [][]*vec.Builder // for each kind dateTime and its own columns; reused
	nulls  []*vec.Vec       // a column of NULLs for each of the types
}

// New makes a generator. Two of the same Config make the same events.
func New(c Config) (*Generator, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Generator{config: c, texts: newTexts(c.Seed), rows: newRows()}, nil
}

// Events is the events that come from-th to before to-th, as columns of Schema: a batch of people, one of auctions and one of bids, each in the order of
// the events, without those that would be empty. So the columns that a kind doesn't have are NULL throughout, and take no
// memory: they are slices of one that all batches share. Batches are the caller's, but must not be written to. Cost: about 400 ns an event.
func (g *Generator) Events(from, to int64) []*vec.Batch {
	for _, own := range g.rows {
		for _, b := range own {
			b.Reset()
		}
	}
	for n := from; n < to; n++ {
		e := g.config.number(n)
		kind := kindOf(e)
		at := g.config.timeOf(e)
		r := randomOf(g.config.Seed, e)
		own := g.rows[kind]
		vec.AppendFixed(own[0], at)
		switch kind {
		case Person:
			g.person(e, &r, own[1:])
		case Auction:
			g.auction(e, &r, own[1:])
		case Bid:
			g.bid(e, &r, own[1:])
		}
	}
	var out []*vec.Batch
	for kind, own := range g.rows {
		if own[0].Len() > 0 {
			out = append(out, g.batch(kind, own))
		}
	}
	return out
}

// newRows is columns for each kind: dateTime, then its own.
func newRows() [][]*vec.Builder {
	out := make([][]*vec.Builder, len(fieldsOf))
	for kind, fields := range fieldsOf {
		out[kind] = append(out[kind], vec.NewBuilder(clock, 0))
		for _, f := range fields {
			out[kind] = append(out[kind], vec.NewBuilder(f.Type, 0))
		}
	}
	return out
}

// batch is a copy of rows of one kind as columns of Schema.
func (g *Generator) batch(kind int, rows []*vec.Builder) *vec.Batch {
	types := vec.NewBuilder(vec.TInt32, rows[0].Len())
	for range rows[0].Len() {
		vec.AppendFixed(types, int32(kind))
	}
	own := &vec.Batch{N: rows[0].Len(), Cols: []*vec.Vec{types.Vec()}}
	for _, r := range rows {
		own.Cols = append(own.Cols, r.Vec())
	}
	own = own.Keep(nil)
	b := &vec.Batch{N: own.N, Cols: own.Cols[:2:2]}
	for k, fields := range fieldsOf {
		for i, f := range fields {
			if k == kind {
				b.Cols = append(b.Cols, own.Cols[2+i])
			} else {
				b.Cols = append(b.Cols, g.nullsOf(f.Type, own.N))
			}
		}
	}
	return b
}

// nullsOf is n NULLs, over memory that all batches share.
func (g *Generator) nullsOf(t vec.Type, n int) *vec.Vec {
	for i, v := range g.nulls {
		if v.Type != t {
			continue
		}
		if v.N < n {
			g.nulls[i] = nulls(t, n)
		}
		return g.nulls[i].Slice(0, n)
	}
	g.nulls = append(g.nulls, nulls(t, n))
	return g.nulls[len(g.nulls)-1]
}

func nulls(t vec.Type, n int) *vec.Vec {
	v := &vec.Vec{Type: t, N: n, Valid: vec.Alloc(vec.BitmapLen(n))}
	if t.IsVar() {
		v.Offsets = make([]int32, n+1)
		return v
	}
	v.Data = vec.Alloc(n * t.Width())
	return v
}
