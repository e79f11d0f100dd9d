package acc

import (
	"errors"
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/bag"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// coder makes keys of rows: of one column or two, so that the keys' order is that of the rows. Where all columns are of up to 8 bytes a
// key is words, one for each column and one more, 0 or 1, before those that may be NULL; else it is a text as package order writes it.
//
//	min of int32 7                     8000000000000007
//	argmax by float64 −0.0 of NULL     7fffffffffffffff | 1 0      (by: descending, so turned round)
//	min of "ab"                        01 61 62 00 00
//
// Floats: −0 is 0 and there is one NaN, above +Inf; other equal values have equal keys.
type coder struct {
	fields []field
	words  int // of a key; 0: it is a text

	keys []uint64 // scratch
}

// field is a column of the rows.
type field struct {
	typ      vec.Type
	desc     bool
	nullable bool
}

func newCoder(fields ...field) *coder {
	c := &coder{fields: fields}
	for _, f := range fields {
		if f.typ.Kind != vec.Bool && (f.typ.Width() == 0 || f.typ.Width() > 8) {
			c.words = 0
			return c
		}
		c.words += f.words()
	}
	return c
}

func (c *coder) fresh() *coder { return &coder{fields: c.fields, words: c.words} }

func (f field) words() int {
	if f.nullable {
		return 2
	}
	return 1
}

func (f field) key() order.Key { return order.Key{Desc: f.desc} }

// newBags makes bags of such keys.
func (c *coder) newBags() *bag.Bags {
	if c.words == 0 {
		return bag.NewTexts()
	}
	return bag.New(c.words)
}

// input is the column of an input that is field i.
func (c *coder) input(in *Input, i int) *vec.Vec {
	if i == 0 {
		return in.Col
	}
	return in.Arg
}

// encodeWords makes the keys of an input's rows, one after the other: valid until the next call.
func (c *coder) encodeWords(in *Input) []uint64 {
	c.keys = room(c.keys, in.N*c.words)
	at := 0
	for i, f := range c.fields {
		col := c.input(in, i)
		if f.nullable {
			writeNulls(c.keys[min(at, len(c.keys)):], c.words, col, in)
			at++
		}
		writeWords(c.keys[min(at, len(c.keys)):], c.words, col, in, f)
		if f.nullable && col.Valid != nil {
			clearNulls(c.keys, c.words, at, in.N)
		}
		at++
	}
	return c.keys
}

// encodeTexts makes the keys of an input's rows.
func (c *coder) encodeTexts(in *Input) *order.Keys {
	var cols []*vec.Vec
	var keys []order.Key
	for i, f := range c.fields {
		col := c.input(in, i)
		if in.Sel != nil {
			col = col.Take(in.Sel[:in.N])
		}
		cols, keys = append(cols, col), append(keys, f.key())
	}
	return order.Encode(cols, keys, in.N)
}

func writeNulls(keys []uint64, step int, col *vec.Vec, in *Input) {
	for k := range in.N {
		keys[k*step] = 0
		if col.IsNull(in.row(k)) {
			keys[k*step] = 1
		}
	}
}

// clearNulls makes the words of values 0 whose word before says that they are NULL.
func clearNulls(keys []uint64, step, at, n int) {
	for k := range n {
		if keys[k*step+at-1] != 0 {
			keys[k*step+at] = 0
		}
	}
}

const signBit = 1 << 63

// writeWords writes every step-th word: the values of a column as numbers that order like them.
func writeWords(keys []uint64, step int, col *vec.Vec, in *Input, f field) {
	flip := f.flip()
	switch f.typ.Kind {
	case vec.Bool:
		for k := range in.N {
			i := in.row(k)
			keys[k*step] = uint64(col.Data[i>>3]>>(i&7)&1) ^ flip
		}
	case vec.Int8:
		writeInts(keys, step, vec.Of[int8](col), in, flip)
	case vec.Int16:
		writeInts(keys, step, vec.Of[int16](col), in, flip)
	case vec.Int32, vec.Date:
		writeInts(keys, step, vec.Of[int32](col), in, flip)
	case vec.Uint8:
		writeInts(keys, step, vec.Of[uint8](col), in, flip)
	case vec.Uint16:
		writeInts(keys, step, vec.Of[uint16](col), in, flip)
	case vec.Uint32:
		writeInts(keys, step, vec.Of[uint32](col), in, flip)
	case vec.Uint64:
		writeInts(keys, step, vec.Of[uint64](col), in, flip)
	case vec.Float32:
		writeFloats(keys, step, vec.Of[float32](col), in, flip)
	case vec.Float64:
		writeFloats(keys, step, vec.Of[float64](col), in, flip)
	default:
		writeInts(keys, step, vec.Of[int64](col), in, flip)
	}
}

func writeInts[T integer](keys []uint64, step int, vals []T, in *Input, flip uint64) {
	for k := range in.N {
		keys[k*step] = uint64(int64(vals[in.row(k)])) ^ flip
	}
}

func writeFloats[T float32 | float64](keys []uint64, step int, vals []T, in *Input, flip uint64) {
	for k := range in.N {
		keys[k*step] = uint64(orderOf(float64(vals[in.row(k)])+0)) ^ flip
	}
}

// plain is a word without the turning round that makes it order.
func (f field) plain(w uint64) uint64 { return w ^ f.flip() }

// flip are the bits of a word that are turned round.
func (f field) flip() uint64 {
	flip := uint64(0)
	if f.desc {
		flip = math.MaxUint64
	}
	if f.typ.Kind != vec.Bool && !f.typ.IsUnsigned() {
		flip ^= signBit
	}
	return flip
}

// float64 is the number that a word of a numeric field stands for, rounded if it is of more than 53 bits.
func (f field) float64(w uint64) float64 {
	w = f.plain(w)
	switch {
	case f.typ.IsFloat():
		return floatOf(int64(w))
	case f.typ.IsUnsigned():
		return float64(w)
	default:
		return float64(int64(w))
	}
}

// check reports a key that no row has.
func (c *coder) check(words []uint64, text []byte) error {
	if c.words == 0 {
		return c.checkText(text)
	}
	for _, f := range c.fields {
		null := false
		if f.nullable {
			null = words[0] == 1
			if words[0] > 1 || null && words[1] != 0 {
				return errors.New("a key says neither NULL nor value")
			}
			words = words[1:]
		}
		if !null && !f.holds(f.plain(words[0])) {
			return fmt.Errorf("a key has the word %x for a %s", words[0], f.typ)
		}
		words = words[1:]
	}
	return nil
}

func (c *coder) checkText(text []byte) error {
	for _, f := range c.fields {
		var err error
		if text, err = order.Decode(vec.NewBuilder(f.typ, 0), text, f.key()); err != nil {
			return err
		}
	}
	if len(text) > 0 {
		return fmt.Errorf("a key has %d bytes too many", len(text))
	}
	return nil
}

// holds reports whether a plain word is a value of the field's type.
func (f field) holds(w uint64) bool {
	width := 8 * f.typ.Width()
	switch {
	case f.typ.Kind == vec.Bool:
		return w <= 1
	case f.typ.IsFloat():
		v := floatOf(int64(w))
		return orderOf(v+0) == int64(w) && (width == 64 || v != v || float64(float32(v)) == v)
	case f.typ.IsUnsigned():
		return w<<(64-width)>>(64-width) == w
	default:
		return int64(w)<<(64-width)>>(64-width) == int64(w)
	}
}

// shown collects the values of one field of keys.
type shown struct {
	c     *coder
	field int
	at    int           // of words: the value's place in the key
	skip  []vec.Builder // of texts: where the fields before go
	b     *vec.Builder
}

// values is a collector of field i.
func (c *coder) values(i, n int) *shown { return c.valuesTo(i, vec.NewBuilder(c.fields[i].typ, n)) }

// valuesTo is one that appends to a builder.
func (c *coder) valuesTo(i int, b *vec.Builder) *shown {
	v := &shown{c: c, field: i, b: b}
	for _, f := range c.fields[:i] {
		v.at += f.words()
		v.skip = append(v.skip, *vec.NewBuilder(f.typ, 1))
	}
	v.at += c.fields[i].words() - 1
	return v
}

// add appends the value that a key of bags has.
func (v *shown) add(b *bag.Bags, key []uint64) {
	if v.c.words == 0 {
		v.addText(b.Text(key))
		return
	}
	v.addWords(key)
}

// addText appends the value of a key that check has nothing against.
func (v *shown) addText(text []byte) {
	for i := range v.skip {
		v.skip[i].Reset()
		text, _ = order.Decode(&v.skip[i], text, v.c.fields[i].key())
	}
	if _, err := order.Decode(v.b, text, v.c.fields[v.field].key()); err != nil {
		panic("acc: a key that can't be decoded: " + err.Error())
	}
}

func (v *shown) addWords(key []uint64) {
	f := v.c.fields[v.field]
	if f.nullable && key[v.at-1] != 0 {
		v.b.AppendNull()
		return
	}
	w := f.plain(key[v.at])
	switch {
	case f.typ.Kind == vec.Bool:
		v.b.AppendBool(w != 0)
	case f.typ.Kind == vec.Float64:
		vec.AppendFixed(v.b, floatOf(int64(w)))
	case f.typ.Kind == vec.Float32:
		vec.AppendFixed(v.b, float32(floatOf(int64(w))))
	case f.typ.Width() == 1:
		vec.AppendFixed(v.b, uint8(w))
	case f.typ.Width() == 2:
		vec.AppendFixed(v.b, uint16(w))
	case f.typ.Width() == 4:
		vec.AppendFixed(v.b, uint32(w))
	default:
		vec.AppendFixed(v.b, w)
	}
}
