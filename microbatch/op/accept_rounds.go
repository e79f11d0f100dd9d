package op

import (
	"cmp"
	"context"
	"slices"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// acceptRounds asks an accept's function for an epoch's rows, in rounds. Rows are numbered in the order of arrival; those of a key are a chain:
//
//	a 3   b 5   a 4   a 1
//	rows  0     1     2     3
//	next  2     –     3     –        a's chain begins at 0, b's at 1
type acceptRounds struct {
	accept *accept
	all    []seqBatch
	rows   []vec.Ref // of the batches
	next   []uint32  // by row: the key's next one; noRow: there is none
	keys   []acceptKey
	values []*vec.Vec // by batch: the column that the function is asked about; behind them that of the rows in the state, by key
	bad    [][]calc.BadRow

	// A round's: keys whose next row is looked at, and those for which the function is asked.
	active, asked []uint32
	new, kept     []vec.Ref
}

// acceptKey is a key that has rows in the epoch.
type acceptKey struct {
	id   uint32  // in the state
	next uint32  // its first row that was not looked at yet
	last uint32  // its last row
	kept vec.Ref // the row that is kept, as a place in values; Batch is noRow if there is none
}

// noRow is no row, no batch.
const noRow = ^uint32(0)

func newAcceptRounds(a *accept, all []seqBatch) *acceptRounds {
	r := &acceptRounds{accept: a, all: all, rows: arrivals(all), bad: make([][]calc.BadRow, len(all))}
	groups := a.shape.newGroups() // of the epoch, numbered like keys: what it costs mustn't grow with the state
	ids := make([][]uint32, len(all))
	for i, k := range all {
		ids[i] = make([]uint32, k.b.N)
		groups.Intern(a.shape.keyColumns(k.b), k.b.N, nil, ids[i])
		r.values = append(r.values, k.b.Cols[a.node.Value])
	}
	r.keys, r.next = make([]acceptKey, groups.Len()), make([]uint32, len(r.rows))
	for i, id := range a.part(0).intern(groups, numbers(groups.Len())) {
		r.keys[i] = acceptKey{id: id, next: noRow, kept: vec.Ref{Batch: noRow}}
	}
	for n, row := range r.rows {
		r.next[n] = noRow
		key := &r.keys[ids[row.Batch][row.Row]]
		if key.next == noRow {
			key.next = uint32(n)
		} else {
			r.next[key.last] = uint32(n)
		}
		key.last = uint32(n)
	}
	r.readState()
	r.active = numbers(len(r.keys))
	return r
}

// arrivals is the rows of batches, which are in the order of the input, in that order. Batches of one place are the same batch's rows that
// have come on several ways.
func arrivals(all []seqBatch) []vec.Ref {
	var rows []vec.Ref
	for from, to := 0, 0; from < len(all); from = to {
		first := len(rows)
		for ; to < len(all) && all[to].at == all[from].at; to++ {
			for row := range all[to].b.N {
				rows = append(rows, vec.Ref{Batch: uint32(to), Row: uint32(row)})
			}
		}
		if to-from > 1 {
			slices.SortStableFunc(rows[first:], func(x, y vec.Ref) int {
				return cmp.Compare(all[x.Batch].row(int(x.Row)), all[y.Batch].row(int(y.Row)))
			})
		}
	}
	return rows
}

// readState reads the values that are kept from earlier epochs.
func (r *acceptRounds) readState() {
	s := r.accept.part(0)
	ids := make([]uint32, len(r.keys))
	for i := range r.keys {
		key := &r.keys[i]
		ids[i] = key.id
		if s.alive[key.id] {
			key.kept = vec.Ref{Batch: uint32(len(r.all)), Row: uint32(i)}
		}
	}
	b := s.shape.batch(len(ids), s.groups.Keys(ids), s.store.gather(ids))
	r.values = append(r.values, b.Cols[r.accept.node.Value])
}

// run asks until all rows were looked at.
func (r *acceptRounds) run() error {
	for len(r.active) > 0 {
		r.begin()
		if err := r.ask(); err != nil {
			return err
		}
	}
	return nil
}

// begin takes each key's next row: it is kept if there was none, else the function is to be asked.
func (r *acceptRounds) begin() {
	r.asked, r.new, r.kept = r.asked[:0], r.new[:0], r.kept[:0]
	left := r.active[:0]
	for _, place := range r.active {
		key := &r.keys[place]
		row := r.rows[key.next]
		key.next = r.next[key.next]
		if key.next != noRow {
			left = append(left, place)
		}
		switch {
		case r.values[row.Batch].IsNull(int(row.Row)):
		case key.kept.Batch == noRow:
			key.kept = row
		default:
			r.asked, r.new, r.kept = append(r.asked, place), append(r.new, row), append(r.kept, key.kept)
		}
	}
	r.active = left
}

// ask lets the function decide.
func (r *acceptRounds) ask() error {
	if len(r.asked) == 0 {
		return nil
	}
	args := []*vec.Vec{vec.Gather(r.values, r.new), vec.Gather(r.values, r.kept)}
	results, bad, err := r.accept.call.batch(context.Background(), args, len(r.asked))
	if err != nil {
		return err
	}
	for _, b := range bad {
		row := r.new[b.Row]
		r.bad[row.Batch] = append(r.bad[row.Batch], calc.BadRow{Row: row.Row, Reason: b.Reason})
	}
	yes := results[0].Plain()
	for k, place := range r.asked {
		if !yes.IsNull(k) && yes.Bool(k) {
			r.keys[place].kept = r.new[k]
		}
	}
	return nil
}

// settle does with the rows for which the function has failed what the policy says.
func (r *acceptRounds) settle(out Out) error {
	settled := badRows{env: r.accept.env, schema: r.accept.shape.schema}
	for i, k := range r.all {
		settled.found.Rows = append(settled.found.Rows, r.bad[i]...)
		if _, err := settled.settle(k.at, k.b, nil, out); err != nil {
			return err
		}
	}
	return nil
}

// changed is the keys for which another row is kept than before, as the state numbers them, and the rows; also keys that have none (the
// row's Batch is noRow), as all their values were NULL.
func (r *acceptRounds) changed() (ids []uint32, rows []vec.Ref) {
	for _, key := range r.keys {
		if key.kept.Batch != uint32(len(r.all)) {
			ids, rows = append(ids, key.id), append(rows, key.kept)
		}
	}
	return ids, rows
}

// store is those rows, without their keys; for a row that is none, anything.
func (r *acceptRounds) store(rows []vec.Ref) *rowStore {
	s := newRowStore(r.accept.shape.restTypes())
	s.grow(len(rows))
	there := make([]vec.Ref, len(rows))
	for i, row := range rows {
		if row.Batch != noRow {
			there[i] = row
		}
	}
	places := numbers(len(rows))
	for i, c := range r.accept.shape.rest {
		var cols []*vec.Vec
		for _, k := range r.all {
			cols = append(cols, k.b.Cols[c])
		}
		s.cols[i].set(places, vec.Gather(cols, there), nil, s.n)
	}
	return s
}
