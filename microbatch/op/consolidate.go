package op

import (
	"sync"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// consolidate makes one change of all that an epoch does to a row: its net, or nothing. Where the rows have a key, what goes of a
// key comes right before what comes. Where all rows come in one epoch, those that are left come out, as often as they are there; a row that goes more often than it
// came, never was.
//
// Workers add up their rows; at the end of the epoch the parts are merged, by the hash of the key.
// Cost: finding its row, a change; memory: the different rows of the epoch. Nothing is kept after it.
type consolidate struct {
	env   Env
	shape netShape
	final bool

	mu     sync.Mutex
	locals []*netTable
}

// NewConsolidate makes the operator of a Consolidate.
func NewConsolidate(_ *plan.Consolidate, env Env) Operator { return &consolidate{env: env} }

func (c *consolidate) Open(in []Port) (func() Local, error) {
	c.shape, c.final = newNetShape(in[0], c.env), in[0].Final
	if in[0].Kind == plan.Append {
		return func() Local { return passLocal{} }, nil
	}
	return func() Local {
		l := &netLocal{newNetTable(&c.shape)}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.locals = append(c.locals, l.table)
		return l
	}, nil
}

// netLocal is one worker's part.
type netLocal struct{ table *netTable }

func (l *netLocal) Push(_ int, _ Seq, b *vec.Batch, _ Out) error { return l.table.push(b) }

func (c *consolidate) EndEpoch(e *Epoch, out Out) error {
	fresh := func() *netTable { return newNetTable(&c.shape) }
	return eachPart(e, out, c.locals, fresh, stateParts(c.env.Workers), func(p int, t *netTable, rows []uint32, out Out) error {
		rows = t.net(rows)
		at := Seq{Source: c.env.Source, Partition: uint32(p)}
		if c.final {
			return c.emitLeft(t, rows, at, out)
		}
		step := t.maxRows()
		for from := 0; from < len(rows); from += step {
			at.Offset = int64(from)
			if err := out.Emit(Main, at, t.batch(rows[from:min(len(rows), from+step)])); err != nil {
				return err
			}
		}
		return nil
	})
}

// emitLeft emits the rows that are there.
func (c *consolidate) emitLeft(t *netTable, rows []uint32, at Seq, out Out) error {
	step := t.maxRows()
	var some []uint32
	flush := func() error {
		err := out.Emit(Main, at, &vec.Batch{N: len(some), Cols: t.rows.Keys(some)})
		at.Offset += int64(len(some))
		some = some[:0]
		return err
	}
	for _, row := range rows {
		if t.diff[row] < 0 {
			if err := c.env.Inconsistency(c.shape.schema, t.batch([]uint32{row}), 0); err != nil {
				return err
			}
			continue
		}
		for range t.diff[row] {
			if some = append(some, row); len(some) == step {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

func (c *consolidate) Close() error {
	for _, t := range c.locals {
		t.drop()
	}
	return nil
}
