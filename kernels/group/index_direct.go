package group

// maxDirectBits is the largest packed key that is an index itself: 4096 ids of 4 bytes fit the first-level cache
// beside what is aggregated.
const maxDirectBits = 12

// direct has the id + 1 of every possible packed key.
type direct struct {
	ids []uint32
}

func newDirect(bits int) *direct { return &direct{ids: make([]uint32, 1<<bits)} }

func (x *direct) intern(t *Packed, keys, _ []uint64, ids []uint32) {
	ids = ids[:len(keys)]
	for k, key := range keys {
		id := x.ids[key]
		if id == 0 {
			id = t.add(keys[k:k+1], 0) + 1
			x.ids[key] = id
		}
		ids[k] = id - 1
	}
}

func (x *direct) bytes() int64 { return int64(4 * cap(x.ids)) }
func (x *direct) reset()       { clear(x.ids) }
