package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// The tables of a watermark's state in checkpoints. A source is called by its place among those that the rows come from (Env.Sources): its number
// is another one in each run.
//
//	clock        watermark, clock of the last epoch     one row, with which a state begins
//	sources      place, since, top, ended
//	partitions   place of the source, partition, top, last
//	refused      the row, how often
const (
	savedClock = iota
	savedSources
	savedPartitions
	savedRefused
)

var _ Durable = (*watermark)(nil)

// BeginSave implements Durable: all is copied.
func (w *watermark) BeginSave(bool) {
	w.saved = savedCopies{account: w.env.Account}
	w.saved.add(savedClock, savedInts(w.mark), savedInts(w.clocks.now))
	for place, s := range w.clocks.sources {
		w.saved.add(savedSources, savedInts(int64(place)), savedInts(s.since), savedInts(s.top), savedInts(savedBool(s.ended)))
		for parts := range slices.Chunk(s.parts, vec.BatchRows) {
			n := len(parts)
			places, numbers, tops, lasts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
			for i, p := range parts {
				places[i], numbers[i], tops[i], lasts[i] = int64(place), int64(p.number), p.top, p.last
			}
			w.saved.add(savedPartitions, savedInts(places...), savedInts(numbers...), savedInts(tops...), savedInts(lasts...))
		}
	}
	w.refused.copyTo(&w.saved)
}

// copyTo copies the rows that are there.
func (r *refusedRows) copyTo(to *savedCopies) {
	if r.rows == nil {
		return
	}
	var ids []uint32
	for id, n := range r.times {
		if n != 0 {
			ids = append(ids, uint32(id))
		}
	}
	savedRows(ids, r.rows.Longest(), func(ids []uint32) {
		times := make([]int64, len(ids))
		for i, id := range ids {
			times[i] = r.times[id]
		}
		to.add(savedRefused, append(r.rows.Keys(ids), savedInts(times...))...)
	})
}

// Save implements Durable.
func (w *watermark) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	return w.saved.save(rows, emit)
}

// Load implements Durable.
func (w *watermark) Load(table int, b *vec.Batch) error {
	err := checkSaved(b, w.savedTypes(table))
	if err == nil {
		err = w.load(table, b)
	}
	if err != nil {
		return fmt.Errorf("%s: state: table %d: %w", w.env.Name, table, err)
	}
	return nil
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
func (w *watermark) savedTypes(table int) []vec.Type {
	switch {
	case table == savedClock:
		return intTypes(2)
	case table == savedSources, table == savedPartitions:
		return intTypes(4)
	case table != savedRefused || w.refused.rows == nil:
		return nil
	}
	var types []vec.Type
	for _, f := range w.port.Schema.Fields() {
		types = append(types, f.Type)
	}
	return append(types, vec.TInt64)
}

func (w *watermark) load(table int, b *vec.Batch) error {
	if table == savedRefused {
		w.refused.load(b)
		return nil
	}
	cols := intsOf(b.Cols)
	if table == savedClock { // all that came before is no more
		for i := range b.N {
			w.mark, w.clocks.now = cols[0][i], cols[1][i]
		}
		for i := range w.clocks.sources {
			w.clocks.sources[i].forget()
		}
		w.refused.forget()
		return nil
	}
	for i, place := range cols[0] {
		if place < 0 || place >= int64(len(w.clocks.sources)) {
			return fmt.Errorf("source %d of %d: it was saved by another program", place+1, len(w.clocks.sources))
		}
		s := &w.clocks.sources[place]
		if table == savedSources {
			s.since, s.top, s.ended = cols[1][i], cols[2][i], cols[3][i] != 0
			continue
		}
		p := s.partition(uint32(cols[1][i]), 0)
		p.top, p.last = cols[2][i], cols[3][i]
	}
	return nil
}

// forget makes a source as new.
func (s *sourceClock) forget() {
	*s = sourceClock{number: s.number, top: NoWatermark, at: map[uint32]int{}}
}

// load takes rows as copyTo has made them.
func (r *refusedRows) load(b *vec.Batch) {
	last := len(b.Cols) - 1
	times := vec.Of[int64](b.Cols[last].Plain())
	rows := &vec.Batch{N: b.N, Cols: b.Cols[:last]}
	for i := range b.N {
		r.find(rows, uint32(i))
		r.change(times[i])
	}
}

// forget forgets all.
func (r *refusedRows) forget() {
	if r.rows == nil {
		return
	}
	r.rows.Reset()
	r.times, r.left = nil, 0
}

// Loaded implements Durable.
func (w *watermark) Loaded() error {
	w.limit = max(w.limit, w.furthest(w.clocks.now))
	return overBudget(w.env)
}
