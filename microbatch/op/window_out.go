package op

import "github.com/pwcol/pwcol/kernels/vec"

// windowOut collects rows of windows until they fill a batch. A row is a window, a key, and the cell of a table that has its
// accumulators.
type windowOut struct {
	table  *aggTable // whose cells they are; nil: none yet
	merged *aggTable // for windows of several cells a key: has cells 0 to used−1
	used   int

	starts, ends []int64
	keys, cells  []uint32
}

// use makes cells be those of a table.
func (p *keyedPart) use(table *aggTable, out Out) error {
	if p.out.table == table {
		return nil
	}
	err := p.flush(out)
	p.out.table = table
	return err
}

// addRow adds a row of the table that is used.
func (o *windowOut) addRow(start, end int64, key, cell uint32) {
	o.starts, o.ends, o.keys, o.cells = append(o.starts, start), append(o.ends, end), append(o.keys, key), append(o.cells, cell)
}

func (o *windowOut) isFull() bool { return len(o.keys) >= vec.BatchRows }

// flush emits what has been collected. Cells may be freed after it.
func (p *keyedPart) flush(out Out) error {
	o := &p.out
	if p.base.retract {
		o.onlyThere()
	}
	step := min(vec.BatchRows, max(1, maxColumnBytes/max(1, p.keys.Longest())))
	if o.table != nil {
		step = min(step, o.table.maxRows())
	}
	for from := 0; from < len(o.keys); from += step {
		to := min(len(o.keys), from+step)
		cols, err := p.base.columns(o.table, o.cells[from:to])
		if err != nil {
			return err
		}
		if err := p.emit(p.batch(o.starts[from:to], o.ends[from:to], o.keys[from:to], cols), out); err != nil {
			return err
		}
	}
	o.starts, o.ends, o.keys, o.cells = o.starts[:0], o.ends[:0], o.keys[:0], o.cells[:0]
	o.clear()
	return nil
}

// clear forgets what has been merged.
func (o *windowOut) clear() {
	if o.used == 0 {
		return
	}
	for _, a := range o.merged.accs {
		a.Reset()
	}
	o.used = 0
}

// onlyThere leaves out rows of keys that have come and gone.
func (o *windowOut) onlyThere() {
	if len(o.cells) == 0 {
		return
	}
	n := 0
	for i, count := range o.table.rows(o.cells) {
		if count > 0 {
			o.starts[n], o.ends[n], o.keys[n], o.cells[n] = o.starts[i], o.ends[i], o.keys[i], o.cells[i]
			n++
		}
	}
	o.starts, o.ends, o.keys, o.cells = o.starts[:n], o.ends[:n], o.keys[:n], o.cells[:n]
}

func (o *windowOut) bytes() int64 {
	return o.merged.bytes() + int64(16*cap(o.starts)+8*cap(o.keys))
}
