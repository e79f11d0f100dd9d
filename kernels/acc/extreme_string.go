package acc

import (
	"bytes"

	"github.com/pwcol/pwcol/kernels/vec"
)

// extremeString is the extreme of a String or Binary column. Each group has a stretch of one arena. A new best value
// takes the place of the old one if it fits, else it goes to the end and leaves garbage behind; the arena is
// compacted when most of it is garbage.
type extremeString struct {
	typ     vec.Type
	max     bool
	best    []stretch
	arena   []byte
	garbage int // bytes of the arena that no group's stretch has
	long    int
}

// stretch is where a group's value lies; room 0: it has none yet. An empty string has room for a byte.
type stretch struct {
	at        uint64
	len, room uint32
}

// minGarbage keeps small arenas from being compacted again and again.
const minGarbage = 64 << 10

func (e *extremeString) Grow(n int) { e.best = extend(e.best, n, stretch{}) }

func (e *extremeString) Update(in Input) {
	for k := range in.N {
		i, id := k, uint32(0)
		if in.Sel != nil {
			i = int(in.Sel[k])
		}
		if in.IDs != nil {
			id = in.IDs[k]
		}
		e.take(id, in.Col.Str(i))
	}
	e.tidy()
}

// take compares a value with its group's best.
func (e *extremeString) take(id uint32, v []byte) {
	b := &e.best[id]
	if b.room > 0 {
		c := bytes.Compare(v, e.value(*b))
		if c == 0 || (c > 0) != e.max {
			return
		}
	}
	e.long = max(e.long, len(v))
	if len(v) <= int(b.room) && b.room > 0 {
		b.len = uint32(copy(e.arena[b.at:], v))
		return
	}
	e.garbage += int(b.room)
	*b = stretch{at: uint64(len(e.arena)), len: uint32(len(v)), room: uint32(max(1, len(v)))}
	e.arena = append(e.arena, v...)
	if len(v) == 0 {
		e.arena = append(e.arena, 0)
	}
}

func (e *extremeString) value(s stretch) []byte { return e.arena[s.at : s.at+uint64(s.len)] }

// tidy compacts the arena if most of it is garbage, and there is enough to pay for looking at all groups.
func (e *extremeString) tidy() {
	if e.garbage <= max(minGarbage, len(e.arena)/2, len(e.best)) {
		return
	}
	arena := make([]byte, 0, len(e.arena)-e.garbage)
	for i, s := range e.best {
		if s.room == 0 {
			continue
		}
		e.best[i].at = uint64(len(arena))
		arena = append(arena, e.arena[s.at:s.at+uint64(s.room)]...)
	}
	e.arena, e.garbage = arena, 0
}

func (e *extremeString) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*extremeString)
	for k, id := range src {
		if s := other.best[id]; s.room > 0 {
			e.take(dst[k], other.value(s))
		}
	}
	e.tidy()
}

func (e *extremeString) States(ids []uint32) []*vec.Vec {
	b := vec.NewBuilder(e.typ, len(ids))
	for _, id := range ids {
		if s := e.best[id]; s.room > 0 {
			b.AppendBytes(e.value(s))
			continue
		}
		b.AppendNull()
	}
	return []*vec.Vec{b.Finish()}
}

func (e *extremeString) StateTypes() []vec.Type { return []vec.Type{e.typ} }

func (e *extremeString) MergeStates(cols []*vec.Vec, dst []uint32) error {
	return mergeValues(e, cols, dst)
}

func (e *extremeString) Result(ids []uint32) (*vec.Vec, error) { return e.States(ids)[0], nil }
func (e *extremeString) Fresh() Accumulator                    { return &extremeString{typ: e.typ, max: e.max} }
func (e *extremeString) Longest() int                          { return e.long }
func (e *extremeString) Bytes() int64                          { return int64(16*cap(e.best) + cap(e.arena)) }

func (e *extremeString) Clear(ids []uint32) {
	for _, id := range ids {
		e.garbage += int(e.best[id].room)
		e.best[id] = stretch{}
	}
	e.tidy()
}

func (e *extremeString) Negative([]uint32) []uint32 { return nil }

func (e *extremeString) Reset() {
	e.best, e.arena, e.garbage, e.long = e.best[:0], e.arena[:0], 0, 0
}
