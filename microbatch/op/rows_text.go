package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

type span struct {
	chunk, at, n uint32
}

// arenaChunk is how many bytes a chunk has, at least. The first chunks are smaller.
const arenaChunk = 1 << 20

// setTexts writes a text over the one that was there if there is room, else behind all others.
func (c *storeColumn) setTexts(places []uint32, v *vec.Vec, rows []uint32) {
	var list []byte
	for k, p := range places {
		r := rowAt(rows, k)
		var text []byte
		switch {
		case v.IsNull(r):
		case c.typ.Kind == vec.List:
			list = v.AppendListKey(list[:0], r)
			text = list
		default:
			text = v.Str(r)
		}
		c.setText(p, text)
	}
	c.tidy()
}

func (c *storeColumn) setText(place uint32, text []byte) {
	at := c.texts[place]
	c.longest = max(c.longest, len(text))
	if len(text) > int(at.n) {
		c.garbage += int(at.n)
		c.texts[place] = c.add(text)
		return
	}
	c.garbage += int(at.n) - len(text)
	if len(text) > 0 {
		copy(c.arena[at.chunk][at.at:], text)
	}
	c.texts[place].n = uint32(len(text))
}

// add writes a text behind all others, whole in one chunk.
func (c *storeColumn) add(text []byte) span {
	last := len(c.arena) - 1
	if last < 0 || cap(c.arena[last])-len(c.arena[last]) < len(text) {
		c.arena = append(c.arena, make([]byte, 0, max(len(text), min(arenaChunk, max(1<<10, c.used)))))
		last++
	}
	at := span{uint32(last), uint32(len(c.arena[last])), uint32(len(text))}
	c.arena[last] = append(c.arena[last], text...)
	c.used += len(text)
	return at
}

func (c *storeColumn) text(place uint32) []byte {
	at := c.texts[place]
	if at.n == 0 {
		return nil
	}
	return c.arena[at.chunk][at.at : at.at+at.n]
}

// minGarbage keeps small arenas from being written anew again and again.
const minGarbage = 64 << 10

// tidy writes the arena anew if most of it is garbage.
func (c *storeColumn) tidy() {
	if c.garbage < minGarbage || c.garbage < c.used/2 {
		return
	}
	from := *c
	c.arena, c.used, c.garbage = nil, 0, 0
	for place := range c.texts {
		c.texts[place] = c.add(from.text(uint32(place)))
	}
}
