package bag

// log is changes that are not yet applied. A change is an entry, whose count is by how much it changes, and the place of the group's
// change before it, so each group's are a chain. Of one-word keys:
//
//	group 3: +7   group 1: −5   group 3: −9          data   7 +1 0 | 5 −1 0 | 9 −1 1
//	the slots' heads, by group   0 2 0 3             (places count from 1)
//
// The heads are in the slots: where a change is written down, the group's old result has mostly just been asked for.
type log struct {
	dirty []uint32 // groups that have changes
	data  []uint64
	n     int // changes
}

// logMin is how many changes are written down at least before they are applied unasked; beyond, it is as many as there are entries: so
// each is rewritten a few times in all.
const logMin = 1 << 16

func (l *log) reset() {
	l.dirty, l.data, l.n = l.dirty[:0], l.data[:0], 0
}

func (l *log) bytes() int64 { return int64(4*cap(l.dirty) + 8*cap(l.data)) }

// write writes a change down.
func (b *Bags) write(id uint32, key []uint64, diff int64) {
	if diff == 0 {
		return
	}
	l, head := &b.log, &b.slots[id].head
	if *head == 0 {
		l.dirty = append(l.dirty, id)
	}
	l.data = append(append(l.data, key...), uint64(diff), uint64(*head))
	l.n++
	*head = uint32(l.n)
}

// Add adds a key to each of the groups ids, or to group 0 if that is nil: keys has their words one after the other. diff is how often each
// comes or goes, nil: once.
func (b *Bags) Add(ids []uint32, keys []uint64, diff []int64) {
	for k := range len(keys) / b.words {
		id, d := uint32(0), int64(1)
		if ids != nil {
			id = ids[k]
		}
		if diff != nil {
			d = diff[k]
		}
		b.write(id, keys[k*b.words:(k+1)*b.words], d)
	}
	b.bound()
}

// AddText adds a text to a group that many times, or takes it out.
func (b *Bags) AddText(id uint32, key []byte, diff int64) {
	b.writeText(id, key, diff)
	b.bound()
}

func (b *Bags) writeText(id uint32, key []byte, diff int64) {
	if diff == 0 {
		return
	}
	b.longest = max(b.longest, len(key))
	b.key[0], b.key[1] = prefix(key), b.arena.add(key)
	b.write(id, b.key, diff)
}

// bound applies the changes if there are too many.
func (b *Bags) bound() {
	if b.log.n >= max(logMin, b.live) {
		b.Settle()
	}
}

// Merge adds what the groups src of other bags hold to the groups dst of these: src[k] to dst[k]. It only reads the others.
func (b *Bags) Merge(from *Bags, src, dst []uint32) {
	for k, id := range src {
		if s := from.slots[id]; s.form == formEmpty {
			if s.head == 0 || b.applied(from.single(s.head), dst[k]) {
				continue
			}
		}
		b.old = from.pending(id, from.entries(id, b.old[:0]))
		for i := 0; i < len(b.old); i += b.stride {
			e := b.old[i : i+b.stride]
			if b.text {
				b.writeText(dst[k], from.arena.at(e[1]), int64(e[2]))
				continue
			}
			b.write(dst[k], e[:b.words], int64(e[b.words]))
		}
		b.bound()
	}
}

// applied applies the only change of a group of other bags at once, if this group has none that are not yet applied.
func (b *Bags) applied(change []uint64, id uint32) bool {
	return change != nil && !b.text && b.slots[id].head == 0 && b.applySingle(id, change)
}

// pending appends a group's changes, latest first, to dst.
func (b *Bags) pending(id uint32, dst []uint64) []uint64 {
	step := b.stride + 1
	for place := b.slots[id].head; place != 0; {
		c := b.log.data[int(place-1)*step : int(place)*step]
		dst = append(dst, c[:b.stride]...)
		place = uint32(c[b.stride])
	}
	return dst
}
