package acc

import (
	"github.com/pwcol/pwcol/kernels/bag"
	"github.com/pwcol/pwcol/kernels/vec"
)

// ordered is every reducer that keeps its values in order: a bag of keys for each group, and what is read from it. See package bag:
// Update and Merge write changes down; Result applies them, in O(log n) each.
type ordered struct {
	code *coder
	bags *bag.Bags
	out  vec.Type
	view view
	show int     // the field of the rows that is the result
	q    float64 // of quantiles: the fraction
	sep  string  // of viewText: what goes between the values

	entries []uint64 // scratch
	some    []bool   // scratch
}

// view is what is read from a group's bag.
type view uint8

const (
	viewFirst    view = iota // the first row
	viewLast                 // the last
	viewDistinct             // the number of different ones
	viewDisc                 // the first whose share of the rows up to it is q or more
	viewCont                 // between the two rows nearest to q
	viewMode                 // the most frequent, the first of several
	viewList                 // all
	viewText                 // all, as one text
)

func newOrdered(v view, out vec.Type, show int, fields ...field) *ordered {
	code := newCoder(fields...)
	return &ordered{code: code, bags: code.newBags(), out: out, view: v, show: show}
}

func (o *ordered) Grow(n int) { o.bags.Grow(n) }

func (o *ordered) Update(in Input) {
	if in.N == 0 {
		return
	}
	if o.code.words > 0 {
		o.bags.Add(in.IDs, o.code.encodeWords(&in), in.Diff)
		return
	}
	keys := o.code.encodeTexts(&in)
	for k := range in.N {
		o.bags.AddText(in.group(k), keys.Row(k), in.times(k))
	}
}

func (o *ordered) Merge(from Accumulator, src, dst []uint32) {
	o.bags.Merge(from.(*ordered).bags, src, dst)
}

// States are the groups' encoded bags.
func (o *ordered) States(ids []uint32) []*vec.Vec {
	b := vec.NewBuilder(vec.TBinary, len(ids))
	var buf []byte
	for _, id := range ids {
		buf = o.bags.Encode(buf[:0], id)
		b.AppendBytes(buf)
	}
	return []*vec.Vec{b.Finish()}
}

func (o *ordered) StateTypes() []vec.Type { return []vec.Type{vec.TBinary} }

func (o *ordered) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, o.StateTypes(), len(dst)); err != nil {
		return err
	}
	for k, id := range dst {
		if err := o.bags.Decode(id, cols[0].Str(k), o.code.check); err != nil {
			return err
		}
	}
	return nil
}

func (o *ordered) Result(ids []uint32) (*vec.Vec, error) {
	o.bags.Settle()
	o.bags.Touch(ids)
	switch o.view {
	case viewFirst, viewLast:
		return o.ends(ids), nil
	case viewDistinct:
		return o.distinct(ids), nil
	case viewCont:
		return o.continuous(ids), nil
	case viewMode:
		return o.modes(ids), nil
	case viewList:
		return o.lists(ids)
	case viewText:
		return o.texts(ids)
	default:
		return o.ranked(ids), nil
	}
}

// ends are the first or the last row of each group.
func (o *ordered) ends(ids []uint32) *vec.Vec {
	o.some = room(o.some, len(ids))
	o.entries = o.bags.Ends(ids, o.view == viewLast, o.entries[:0], o.some)
	if o.code.words > 0 {
		return o.code.column(o.show, o.entries, o.some)
	}
	out, words := o.code.values(o.show, len(ids)), o.bags.Stride()-1
	for k, some := range o.some {
		if !some {
			out.b.AppendNull()
			continue
		}
		out.add(o.bags, o.entries[k*words:])
	}
	return out.b.Finish()
}

// ranked are results that are one row of each group, by its rank.
func (o *ordered) ranked(ids []uint32) *vec.Vec {
	out := o.code.values(o.show, len(ids))
	for _, id := range ids {
		total := o.bags.Total(id)
		if total == 0 {
			out.b.AppendNull()
			continue
		}
		out.add(o.bags, o.bags.At(id, discRank(o.q, total)))
	}
	return out.b.Finish()
}

func (o *ordered) distinct(ids []uint32) *vec.Vec {
	out := &vec.Vec{Type: vec.TInt64, N: len(ids), Data: vec.Alloc(8 * len(ids))}
	vals := vec.Of[int64](out)
	for k, id := range ids {
		vals[k] = int64(o.bags.Distinct(id))
	}
	return out
}

func (o *ordered) modes(ids []uint32) *vec.Vec {
	out, stride := o.code.values(o.show, len(ids)), o.bags.Stride()
	for _, id := range ids {
		o.entries = o.bags.Entries(id, o.entries[:0])
		best, most := 0, int64(0)
		for i := 0; i < len(o.entries); i += stride {
			if n := int64(o.entries[i+stride-1]); n > most {
				best, most = i, n
			}
		}
		if most == 0 {
			out.b.AppendNull()
			continue
		}
		out.add(o.bags, o.entries[best:best+stride])
	}
	return out.b.Finish()
}

func (o *ordered) Fresh() Accumulator {
	fresh := *o
	fresh.code, fresh.bags, fresh.entries, fresh.some = o.code.fresh(), o.bags.Fresh(), nil, nil
	return &fresh
}

// Longest is that of the states, or of the results.
func (o *ordered) Longest() int { return o.bags.EncodedMost() }

func (o *ordered) Bytes() int64 {
	return o.bags.Bytes() + int64(8*cap(o.code.keys)+8*cap(o.entries)+cap(o.some))
}

func (o *ordered) Clear(ids []uint32) { o.bags.Clear(ids) }

func (o *ordered) Negative(ids []uint32) []uint32 {
	var out []uint32
	if !o.bags.AnyNegative() {
		return nil
	}
	for _, id := range ids {
		if o.bags.Negative(id) {
			out = append(out, id)
		}
	}
	return out
}

func (o *ordered) Reset() { o.bags.Reset() }
