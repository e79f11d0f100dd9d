package group

import (
	"cmp"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// layout says where in a packed key each column's value lies. The key columns int32 that can be NULL, string and int16
// make a key of two words:
//
//	bits of word 0   0…31 string's number   32…63 int32
//	bits of word 1   0…15 int16             16    the int32 is NULL
//
// A string's NULL is one of its numbers. No field crosses from a word to the next; a decimal has two fields.
type layout struct {
	columns []Key
	values  []place // of each column's value; a decimal's low word
	high    []place // of a decimal's high word
	nulls   []place // of the NULL bits; width 0: none
	words   int
	bits    int  // in all
	strs    bool // there is a string column
}

// place is a field of a packed key.
type place struct {
	word  int
	shift uint
	width uint // bits
}

func (p place) mask() uint64 { return (1<<p.width - 1) << p.shift }

// numberBits is the width of the number that stands for a string.
const numberBits = 32

func newLayout(keys []Key) *layout {
	l := &layout{
		columns: keys,
		values:  make([]place, len(keys)), high: make([]place, len(keys)), nulls: make([]place, len(keys)),
	}
	var fields []*place
	for i, k := range keys {
		l.values[i].width = valueBits(k.Type)
		fields = append(fields, &l.values[i])
		if k.Type.Kind == vec.Decimal {
			l.high[i].width = 64
			fields = append(fields, &l.high[i])
		}
		if k.Type.IsVar() {
			l.strs = true
		} else if k.Nullable && !l.alone() {
			l.nulls[i].width = 1
			fields = append(fields, &l.nulls[i])
		}
	}
	l.arrange(fields)
	return l
}

// alone reports whether the key is one column that fills a word: its NULL has no bit.
func (l *layout) alone() bool {
	return len(l.columns) == 1 && valueBits(l.columns[0].Type) == 64 && l.columns[0].Type.Width() == 8
}

// arrange gives every field the first place where it fits, wide ones first.
func (l *layout) arrange(fields []*place) {
	slices.SortStableFunc(fields, func(a, b *place) int { return cmp.Compare(b.width, a.width) })
	var used []uint
	for _, f := range fields {
		w := slices.IndexFunc(used, func(u uint) bool { return u+f.width <= 64 })
		if w < 0 {
			w = len(used)
			used = append(used, 0)
		}
		f.word, f.shift = w, used[w]
		used[w] += f.width
		l.bits += int(f.width)
	}
	l.words = len(used)
}

// valueBits is the width of a type's value in a packed key, a decimal's by halves.
func valueBits(t vec.Type) uint {
	switch {
	case t.Kind == vec.Bool:
		return 1
	case t.IsVar():
		return numberBits
	case t.Kind == vec.Decimal:
		return 64
	default:
		return uint(8 * t.Width())
	}
}
