package op

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// keyParts is the parts of an operator's state, each nil until there is something for it. In checkpoints its tables are savedKeyRows, of a row a key, and
// savedGone.
//
//	savedKeyRows    the columns of the key, the others, what the operator keeps more
//	savedGone    the columns of the key
type keyParts struct {
	shape *keyedShape
	more  []vec.Type
	parts []*keyState
}

const savedKeyRows = savedGroups

func newKeyParts(s *keyedShape, parts int, more ...vec.Type) keyParts {
	return keyParts{shape: s, more: more, parts: make([]*keyState, parts)}
}

// part is a part, which it makes if there is none.
func (p *keyParts) part(i int) *keyState {
	if p.parts[i] == nil {
		p.parts[i] = newKeyState(p.shape, p.more...)
	}
	return p.parts[i]
}

// State says how much the parts keep.
func (p *keyParts) State() State {
	var sum State
	for _, s := range p.parts {
		if s != nil {
			sum.Keys += int64(s.live)
			sum.Bytes += s.charged
		}
	}
	return sum
}

// BeginSave implements Durable.
func (p *keyParts) BeginSave(whole bool) {
	for _, s := range p.parts {
		if s != nil {
			s.saves.begin(whole, s.groups.Len())
		}
	}
}

// Save implements Durable.
func (p *keyParts) Save(rows int, emit func(table int, b *vec.Batch) error) (done bool, err error) {
	return saveParts(len(p.parts), rows, func(i, rows int) (int, error) {
		s := p.parts[i]
		if s == nil {
			return 0, nil
		}
		n, err := s.saves.save(rows, s.maxRows(), emit)
		s.charge()
		return n, err
	})
}

// Load implements Durable.
func (p *keyParts) Load(table int, b *vec.Batch) error {
	if err := p.load(table, b); err != nil {
		return fmt.Errorf("%s: state: table %d: %w", p.shape.env.Name, table, err)
	}
	return nil
}

func (p *keyParts) load(table int, b *vec.Batch) error {
	if err := checkSaved(b, p.savedTypes(table)); err != nil {
		return err
	}
	rows, keys := savedParts(p.shape.newGroups(), b, len(p.shape.keys), len(p.parts))
	if err := checkDistinct(b, keys); err != nil {
		return err
	}
	for i := range p.parts {
		some := rows.part(i)
		switch {
		case len(some) == 0:
		case table == savedGone:
			p.part(i).loadGone(taken(b.Cols, some), len(some))
		default:
			p.part(i).load(taken(b.Cols, some), len(some))
		}
	}
	return nil
}

// savedTypes are the columns of a table's batches; nil if there is no such table.
func (p *keyParts) savedTypes(table int) []vec.Type {
	types := p.shape.keyTypes()
	switch table {
	case savedKeyRows:
		return append(types, p.shape.restTypes(p.more...)...)
	case savedGone:
		return types
	}
	return nil
}

// Loaded implements Durable.
func (p *keyParts) Loaded() error {
	for _, s := range p.parts {
		if s != nil {
			s.charge()
		}
	}
	return overBudget(p.shape.env)
}

func (p *keyParts) drop() {
	for i, s := range p.parts {
		if s != nil {
			s.drop()
			p.parts[i] = nil
		}
	}
}

// saved is the rows of those keys that have one.
func (s *keyState) saved(ids []uint32) []savedBatch {
	there := make([]uint32, 0, len(ids))
	for _, id := range ids {
		if int(id) < len(s.alive) && s.alive[id] {
			there = append(there, id)
		}
	}
	if len(there) == 0 {
		return nil
	}
	return []savedBatch{{savedKeyRows, &vec.Batch{N: len(there), Cols: append(s.groups.Keys(there), s.store.gather(there)...)}}}
}

// load takes n rows, in the place of those of the same keys.
func (s *keyState) load(cols []*vec.Vec, n int) {
	keys := len(s.shape.keys)
	ids := make([]uint32, n)
	s.groups.Intern(cols[:keys], n, nil, ids)
	s.grow()
	s.store.set(ids, cols[keys:], nil)
	s.come(ids)
}

// loadGone takes out the rows of n keys, of which some may have none.
func (s *keyState) loadGone(keys []*vec.Vec, n int) {
	ids := make([]uint32, n)
	s.groups.Intern(keys, n, nil, ids)
	s.grow()
	s.store.clear(ids)
	s.leave(ids)
	s.groups.Remove(ids)
}
