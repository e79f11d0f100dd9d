package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// ranking turns rows into texts that compare as the rows of one key are ranked: by the columns of the order, then by the order of
// arrival (seq), then by all other columns. Of the columns, order by v descending, key k, the row (k 1, v 7, w "a") at place 5 of its source is
//
//	01 7f…f8    01 source partition place   01 row    01 61 00 00
//	v, turned   arrival                               w
//
// The columns can be had back from the text, as they are all in it but the key's.
type ranking struct {
	columns []int // of the input: first those of the order, then those that are neither order nor key
	types   []vec.Type
	keys    []order.Key
	ordered int      // how many of columns are the order
	seq     bool     // the order of arrival counts
	last    bool     // later ones come first
	sources []uint32 // those that rows come from: in a text is the place here, as a later run may number them anew
}

func newRanking(in Port, keys []int, by []plan.SortKey, seq, last bool, env Env) *ranking {
	r, schema := &ranking{seq: seq, last: last, sources: env.Sources}, in.Schema
	for _, k := range by {
		if !slices.Contains(keys, k.Column) && !slices.Contains(r.columns, k.Column) {
			r.columns = append(r.columns, k.Column)
			r.keys = append(r.keys, order.Key{Desc: k.Desc, NullsFirst: k.NullsFirst})
		}
	}
	r.ordered = len(r.columns)
	for c := range schema.Len() {
		if !slices.Contains(keys, c) && !slices.Contains(r.columns, c) {
			r.columns, r.keys = append(r.columns, c), append(r.keys, order.Key{})
		}
	}
	for _, c := range r.columns {
		r.types = append(r.types, schema.Field(c).Type)
	}
	return r
}

// seqBytes is how many bytes the order of arrival takes in a text.
const seqBytes = 17 + 5

// order is the texts of the rows that are meant, up to the order of arrival: a column of binary.
func (r *ranking) order(b *vec.Batch, at Seq) *vec.Vec { return r.encode(b, at, r.ordered) }

// whole is their texts.
func (r *ranking) whole(b *vec.Batch, at Seq) *vec.Vec { return r.encode(b, at, len(r.columns)) }

func (r *ranking) encode(b *vec.Batch, at Seq, columns int) *vec.Vec {
	n := b.Rows()
	var cols []*vec.Vec
	var keys []order.Key
	add := func(from, to int) {
		for i := from; i < to; i++ {
			c := b.Cols[r.columns[i]]
			if b.Sel != nil {
				c = c.Take(b.Sel)
			}
			cols, keys = append(cols, c), append(keys, r.keys[i])
		}
	}
	add(0, r.ordered)
	if r.seq {
		if i := slices.Index(r.sources, at.Source); i >= 0 {
			at.Source = uint32(i)
		}
		place, row := arrival(b, at)
		cols, keys = append(cols, place, row), append(keys, order.Key{Desc: r.last}, order.Key{Desc: r.last})
	}
	add(r.ordered, columns)
	return binaryOf(order.Encode(cols, keys, n))
}

// placeType is the type of a batch's place.
var placeType = vec.TDecimal(38, 0)

// arrival is two columns that order rows as they have arrived: by the batch's place, by the row in it.
func arrival(b *vec.Batch, at Seq) (place, row *vec.Vec) {
	n := b.Rows()
	places, rows := make([]vec.Int128, n), make([]uint32, n)
	for i := range places {
		places[i] = vec.Int128{Hi: int64(at.Source)<<32 | int64(at.Partition), Lo: uint64(at.Offset) ^ 1<<63}
		rows[i] = uint32(b.Row(i))
	}
	return &vec.Vec{Type: placeType, N: n, Data: vec.Bytes(places)}, &vec.Vec{Type: vec.TUint32, N: n, Data: vec.Bytes(rows)}
}

// binaryOf is encoded keys as a column.
func binaryOf(k *order.Keys) *vec.Vec {
	v := &vec.Vec{Type: vec.TBinary, N: len(k.Offsets) - 1, Data: k.Data, Offsets: make([]int32, len(k.Offsets))}
	for i, o := range k.Offsets {
		v.Offsets[i] = int32(o)
	}
	return v
}

// decode appends the columns of a row, whose text is without the order of arrival, to builders.
func (r *ranking) decode(text []byte, cols []*vec.Builder) {
	for i, c := range cols {
		rest, err := order.Decode(c, text, r.keys[i])
		if err != nil {
			panic(fmt.Sprintf("a row that was kept can't be read: %v", err)) // it was written here
		}
		text = rest
	}
}

// orderLen is how many bytes of a text are the columns of the order.
func (r *ranking) orderLen(text []byte) int {
	rest := text
	for i := range r.ordered {
		rest = order.Skip(rest, r.types[i], r.keys[i])
	}
	return len(text) - len(rest)
}
