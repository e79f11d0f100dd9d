package op

import (
	"bytes"

	"github.com/pwcol/pwcol/kernels/vec"
)

// markDifferent sets differs[k] where the values of pair k aren't the same to the last bit; it leaves the others. Pairs without an old or
// a new row are left alone. NULL is the same as NULL.
func markDifferent(old, now *vec.Vec, pairs []change, differs []bool) {
	if old.Valid != nil || now.Valid != nil {
		markDifferentNulls(old, now, pairs, differs)
	}
	switch {
	case now.Type.Kind == vec.Bool:
		for k, p := range pairs {
			if p.both() && !differs[k] && !now.IsNull(int(p.new)) {
				differs[k] = old.Bool(int(p.old)) != now.Bool(int(p.new))
			}
		}
	case now.Type.IsVar():
		for k, p := range pairs {
			if p.both() && !differs[k] && !now.IsNull(int(p.new)) {
				differs[k] = !bytes.Equal(old.Str(int(p.old)), now.Str(int(p.new)))
			}
		}
	case now.Type.Kind == vec.List:
		markDifferentLists(old, now, pairs, differs)
	default:
		markDifferentWidth(old.Plain(), now.Plain(), pairs, differs)
	}
}

// both reports whether there is an old and a new row.
func (c change) both() bool { return c.old >= 0 && c.new >= 0 }

func markDifferentNulls(old, now *vec.Vec, pairs []change, differs []bool) {
	for k, p := range pairs {
		if p.both() && old.IsNull(int(p.old)) != now.IsNull(int(p.new)) {
			differs[k] = true
		}
	}
}

func markDifferentLists(old, now *vec.Vec, pairs []change, differs []bool) {
	var was, is []byte
	for k, p := range pairs {
		if p.both() && !differs[k] && !now.IsNull(int(p.new)) {
			was, is = old.AppendListKey(was[:0], int(p.old)), now.AppendListKey(is[:0], int(p.new))
			differs[k] = !bytes.Equal(was, is)
		}
	}
}

func markDifferentWidth(old, now *vec.Vec, pairs []change, differs []bool) {
	switch now.Type.Width() {
	case 1:
		markDifferentFixed(vec.Of[uint8](old), vec.Of[uint8](now), now, pairs, differs)
	case 2:
		markDifferentFixed(vec.Of[uint16](old), vec.Of[uint16](now), now, pairs, differs)
	case 4:
		markDifferentFixed(vec.Of[uint32](old), vec.Of[uint32](now), now, pairs, differs)
	case 8:
		markDifferentFixed(vec.Of[uint64](old), vec.Of[uint64](now), now, pairs, differs)
	case 16:
		markDifferentFixed(vec.Of[vec.Int128](old), vec.Of[vec.Int128](now), now, pairs, differs)
	}
}

func markDifferentFixed[T vec.Fixed](old, now []T, nulls *vec.Vec, pairs []change, differs []bool) {
	if nulls.Valid == nil {
		for k, p := range pairs {
			if p.both() && old[p.old] != now[p.new] {
				differs[k] = true
			}
		}
		return
	}
	for k, p := range pairs {
		if p.both() && !nulls.IsNull(int(p.new)) && old[p.old] != now[p.new] {
			differs[k] = true
		}
	}
}
