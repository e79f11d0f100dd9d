package group

import "github.com/pwcol/pwcol/kernels/vec"

// codeCache remembers the numbers of a dictionary's codes, so that each distinct value is looked up once for
// a dictionary and not once for a row. It knows the dictionary that came last: a reader's next row group
// has another one.
type codeCache struct {
	dict *vec.Dict
	ids  []uint32 // by code: number + 1, or 0 if not looked up yet
}

// of is the cache of that dictionary.
func (c *codeCache) of(d *vec.Dict) []uint32 {
	if c.dict == d {
		return c.ids
	}
	c.dict = d
	if n := d.Values.N; n <= cap(c.ids) {
		c.ids = c.ids[:n]
		clear(c.ids)
	} else {
		c.ids = make([]uint32, n)
	}
	return c.ids
}

func (c *codeCache) forget() { c.dict = nil }

// internCodes numbers the selected rows of a dictionary column.
func (t *values) internCodes(v *vec.Vec, sel []uint32, ids []uint32) {
	cache, codes := t.codes.of(v.Dict), v.Codes[:v.N]
	if v.Valid == nil && sel == nil {
		codes = codes[:len(ids)]
		for k, code := range codes {
			id := cache[code]
			if id == 0 {
				id = t.lookUp(v.Dict, code)
			}
			ids[k] = id - 1
		}
		return
	}
	for k := range ids {
		i := k
		if sel != nil {
			i = int(sel[k])
		}
		if v.IsNull(i) {
			ids[k] = t.findNull()
			continue
		}
		id := cache[codes[i]]
		if id == 0 {
			id = t.lookUp(v.Dict, codes[i])
		}
		ids[k] = id - 1
	}
}

// lookUp finds the number + 1 of a code's value and puts it into the cache.
func (t *values) lookUp(d *vec.Dict, code uint32) uint32 {
	s := d.Values.Str(int(code))
	id := t.find(s, t.hasher.bytes(s)) + 1
	t.codes.ids[code] = id
	return id
}
