package op

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// windowShape is what all tables of a windowing have in common. A table reduces rows by cells: what a key has in a pane. So rows get
// one column more, the cell's code, and the reducers are those of a group-by of it.
//
//	row     pane   key       cell
//	12:03   12:00  "a"  →  (0, 0)
//	12:04   12:00  "b"  →  (0, 1)
//	12:11   12:10  "a"  →  (1, 0)
type windowShape struct {
	*aggShape
	keys    []int
	keyDefs []group.Key
	results int // how many of aggShape.results are the user's
}

func newWindowShape(n *plan.Window, hidden []plan.Agg, retract bool, opts group.Options) (*windowShape, error) {
	in := n.Input.Schema()
	fields := append(slices.Clone(in.Fields()), plan.Field{Name: "cell", Type: vec.TInt64})
	agg := &plan.Aggregate{
		Input: &plan.Read{Out: plan.NewSchema(fields...)}, Keys: []int{len(fields) - 1}, Aggs: append(slices.Clone(n.Aggs), hidden...),
	}
	shape, err := newAggShape(agg, opts, retract)
	if err != nil {
		return nil, err
	}
	return &windowShape{aggShape: shape, keys: n.Keys, keyDefs: groupKeys(in, n.Keys), results: len(n.Aggs)}, nil
}

// cellCode is a key's cell in the pane, or window, of that number.
func cellCode(number, key uint32) int64 { return int64(number)<<32 | int64(key) }

func (s *windowShape) newKeys() group.Groups { return group.New(s.keyDefs, s.opts) }

// paneCells is what a worker has of an epoch: its keys, its panes, and its cells. Keys and panes are numbered as they come.
type paneCells struct {
	shape  *windowShape
	keys   group.Groups
	table  *aggTable // by cell
	panes  []int64   // by number
	at     map[int64]uint32
	recent [recentPanes]recentPane
	use    tableUse

	cols  []*vec.Vec // scratch
	kids  []uint32
	codes []int64
}

// recentPanes is how many panes are found without the map.
const recentPanes = 16

type recentPane struct {
	pane   int64
	number uint32
	known  bool
}

func newPaneCells(s *windowShape) *paneCells {
	return &paneCells{shape: s, keys: s.newKeys(), table: newAggTable(s.aggShape), at: map[int64]uint32{}}
}

// push takes the selected rows of b; panes has theirs, by physical row, or is nil if all are in pane 0.
func (c *paneCells) push(b *vec.Batch, panes []int64) {
	c.cols = c.cols[:0]
	for _, k := range c.shape.keys {
		c.cols = append(c.cols, b.Cols[k])
	}
	n := b.Rows()
	c.use.add(n)
	c.kids, c.codes = sized(c.kids, n), sized(c.codes, b.N)
	c.keys.Intern(c.cols, b.N, b.Sel, c.kids)
	c.encode(b, panes, c.codes)
	in := *b
	in.Cols = append(append(c.cols[:0], b.Cols...), &vec.Vec{Type: vec.TInt64, N: b.N, Data: vec.Bytes(c.codes)})
	c.cols = in.Cols[:0]
	c.table.push(&in)
}

// encode writes the rows' cells.
func (c *paneCells) encode(b *vec.Batch, panes []int64, codes []int64) {
	n := b.Rows()
	if panes == nil {
		number := c.number(0)
		for k := range n {
			codes[b.Row(k)] = cellCode(number, c.kids[k])
		}
		return
	}
	last := panes[b.Row(0)]
	number := c.number(last)
	for k := range n {
		i := b.Row(k)
		if p := panes[i]; p != last {
			last, number = p, c.number(p)
		}
		codes[i] = cellCode(number, c.kids[k])
	}
}

// number finds or makes a pane's number.
func (c *paneCells) number(pane int64) uint32 {
	r := &c.recent[uint64(pane)%recentPanes]
	if r.known && r.pane == pane {
		return r.number
	}
	number, ok := c.at[pane]
	if !ok {
		number = uint32(len(c.panes))
		c.panes = append(c.panes, pane)
		c.at[pane] = number
	}
	*r = recentPane{pane, number, true}
	return number
}

// cells are all cells, one number and key each.
func (c *paneCells) cells() []int64 {
	n := c.table.groups.Len()
	if n == 0 {
		return nil
	}
	return vec.Of[int64](c.table.groups.Keys(numbers(n))[0])
}

func (c *paneCells) bytes() int64 {
	return c.keys.Bytes() + c.table.bytes() + int64(48*len(c.panes)+4*cap(c.kids)+8*cap(c.codes))
}

// endEpoch forgets all, and gives back memory that epochs don't need: see tableUse.
func (c *paneCells) endEpoch() {
	if !c.use.outgrown(c.bytes()) {
		c.reset()
		return
	}
	use := c.use
	*c = *newPaneCells(c.shape)
	c.use = use
}

// reset forgets all and keeps the memory.
func (c *paneCells) reset() {
	if len(c.panes) == 0 {
		return
	}
	c.keys.Reset()
	c.table.reset()
	c.panes = c.panes[:0]
	clear(c.at)
	clear(c.recent[:])
}
