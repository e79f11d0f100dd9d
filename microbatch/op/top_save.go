package op

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// The tables of a topMany's state in checkpoints. Of a key that is saved all rows are; in a checkpoint it is gone first, so that what it had before
// doesn't stay.
//
//	savedKeyRows    the columns of the key, the text that the ranking makes of a row, how often the row is there: below 0, if it went and never was
//	savedGone    the columns of the key

// saved is the rows of those keys that have any.
func (t *manyTable) saved(ids []uint32) []savedBatch {
	there := make([]uint32, 0, len(ids))
	for _, id := range ids {
		if t.has(id) {
			there = append(there, id)
		}
	}
	if len(there) == 0 {
		return nil
	}
	s := manySave{table: t, out: []savedBatch{{savedGone, &vec.Batch{N: len(there), Cols: t.groups.Keys(there)}}}}
	s.texts = vec.NewBuilder(vec.TBinary, 0)
	var entries []uint64
	stride := t.bags.Stride()
	for _, id := range there {
		entries = t.bags.Entries(id, entries[:0])
		for i := 0; i < len(entries); i += stride {
			s.add(id, t.bags.Text(entries[i:i+stride]), int64(entries[i+stride-1]))
		}
	}
	s.flush()
	return s.out
}

// manySave is rows of a table that become batches.
type manySave struct {
	table *manyTable
	out   []savedBatch

	keys  []uint32
	texts *vec.Builder
	times []int64
	bytes int
}

func (s *manySave) add(key uint32, text []byte, times int64) {
	size := len(text) + s.table.groups.Longest()
	if len(s.keys) == vec.BatchRows || s.bytes+size > maxColumnBytes {
		s.flush()
	}
	s.keys, s.times, s.bytes = append(s.keys, key), append(s.times, times), s.bytes+size
	s.texts.AppendBytes(text)
}

func (s *manySave) flush() {
	n := len(s.keys)
	if n == 0 {
		return
	}
	cols := append(s.table.groups.Keys(s.keys), s.texts.Finish(), &vec.Vec{Type: vec.TInt64, N: n, Data: vec.Bytes(s.times)})
	s.out = append(s.out, savedBatch{savedKeyRows, &vec.Batch{N: n, Cols: cols}})
	s.keys, s.texts, s.times, s.bytes = nil, vec.NewBuilder(vec.TBinary, 0), nil, 0
}

// has reports whether a key has rows, or some that went and never were.
func (t *manyTable) has(key uint32) bool { return t.bags.Total(key) > 0 || t.bags.Negative(key) }

// BeginSave implements Durable.
func (t *topMany) BeginSave(whole bool) {
	for _, s := range t.parts {
		if s != nil {
			s.saves.begin(whole, s.Len())
		}
	}
}

// Save implements Durable.
func (t *topMany) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	return saveParts(len(t.parts), rows, func(p, rows int) (int, error) {
		s := t.parts[p]
		if s == nil {
			return 0, nil
		}
		n, err := s.saves.save(rows, keysAtOnce, emit)
		s.charge()
		return n, err
	})
}

// Load implements Durable.
func (t *topMany) Load(table int, b *vec.Batch) error {
	if err := t.load(table, b); err != nil {
		return fmt.Errorf("%s: state: table %d: %w", t.env.Name, table, err)
	}
	return nil
}

func (t *topMany) load(table int, b *vec.Batch) error {
	if err := checkSaved(b, t.savedTypes(table)); err != nil {
		return err
	}
	rows, keys := savedParts(t.shape.newGroups(), b, len(t.shape.keys), len(t.parts))
	if table == savedGone {
		if err := checkDistinct(b, keys); err != nil {
			return err
		}
	}
	for p := range t.parts {
		some := rows.part(p)
		if len(some) == 0 {
			continue
		}
		if t.parts[p] == nil {
			t.parts[p] = t.newPart()
		}
		part := &vec.Batch{N: len(some), Cols: taken(b.Cols, some)}
		if table == savedGone {
			t.parts[p].loadGone(part)
			continue
		}
		if err := t.parts[p].load(part); err != nil {
			return err
		}
	}
	return nil
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
func (t *topMany) savedTypes(table int) []vec.Type {
	types := t.shape.keyTypes()
	switch table {
	case savedKeyRows:
		return append(types, vec.TBinary, vec.TInt64)
	case savedGone:
		return types
	}
	return nil
}

// load takes rows.
func (t *manyTable) load(b *vec.Batch) error {
	keys := len(t.shape.keys)
	ids := make([]uint32, b.N)
	t.groups.Intern(b.Cols[:keys], b.N, nil, ids)
	t.grow()
	texts, times := b.Cols[keys].Plain(), vec.Of[int64](b.Cols[keys+1])
	check := t.shape.rank.newCheck()
	for k, id := range ids {
		if n := times[k]; n == 0 || n > maxTimes || n < -maxTimes {
			return fmt.Errorf("a row is there %d times: it was saved by another program, or damaged", n)
		}
		if err := check.text(texts.Str(k)); err != nil {
			return fmt.Errorf("a row can't be read: %w; it was saved by another program, or damaged", err)
		}
		t.bags.AddText(id, texts.Str(k), times[k])
	}
	t.note(ids)
	return nil
}

// loadGone takes out the rows of keys, of which some may have none.
func (t *manyTable) loadGone(b *vec.Batch) {
	ids := make([]uint32, b.N)
	t.groups.Intern(b.Cols, b.N, nil, ids)
	t.grow()
	t.bags.Clear(ids)
	if t.shape.cuts {
		for _, id := range ids {
			t.bars[id] = noBar
		}
	}
	t.groups.Remove(ids)
}

// Loaded implements Durable.
func (t *topMany) Loaded() error {
	for _, s := range t.parts {
		if s == nil {
			continue
		}
		s.cut()
		s.live = 0
		for id := range s.Len() {
			if s.has(uint32(id)) {
				s.live++
			}
		}
		s.charge()
	}
	return overBudget(t.env)
}

// textCheck finds out whether texts are such as a ranking makes.
type textCheck struct {
	rank       *ranking
	cols       []*vec.Builder
	place, row *vec.Builder
}

func (r *ranking) newCheck() *textCheck {
	c := &textCheck{rank: r, place: vec.NewBuilder(placeType, 1), row: vec.NewBuilder(vec.TUint32, 1)}
	for _, t := range r.types {
		c.cols = append(c.cols, vec.NewBuilder(t, 1))
	}
	return c
}

var errText = errors.New("it isn't as long as its columns")

// text is an error if a text is none.
func (c *textCheck) text(text []byte) (err error) {
	r := c.rank
	for i, col := range c.cols {
		if i == r.ordered {
			if text, err = c.arrival(text); err != nil {
				return err
			}
		}
		if text, err = order.Decode(col, text, r.keys[i]); err != nil {
			return err
		}
		col.Reset()
	}
	if r.ordered == len(c.cols) {
		if text, err = c.arrival(text); err != nil {
			return err
		}
	}
	if len(text) > 0 {
		return errText
	}
	return nil
}

// arrival is what comes after the order of arrival.
func (c *textCheck) arrival(text []byte) ([]byte, error) {
	r := c.rank
	if !r.seq {
		return text, nil
	}
	rest, err := order.Decode(c.place, text, order.Key{Desc: r.last})
	if err == nil {
		rest, err = order.Decode(c.row, rest, order.Key{Desc: r.last})
	}
	if err == nil && len(text)-len(rest) != seqBytes {
		err = errText
	}
	c.place.Reset()
	c.row.Reset()
	return rest, err
}
