package acc

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// maxElems bounds the elements of the lists of one result, and the bytes of its texts: offsets are of 31 bits.
const maxElems = math.MaxInt32

// elements are how many rows the groups have together, or an error if that is beyond what a column can have.
func (o *ordered) elements(ids []uint32) error {
	sum := int64(0)
	for _, id := range ids {
		n := o.bags.Total(id)
		if n < 0 || n > maxElems-sum { // below 0: states that were tampered with
			return fmt.Errorf("lists of more than %d elements together don't fit a column; the last has %d", maxElems, uint64(n))
		}
		sum += n
	}
	return nil
}

// lists are each group's values, in order. A group without a row has NULL.
func (o *ordered) lists(ids []uint32) (*vec.Vec, error) {
	if err := o.elements(ids); err != nil {
		return nil, err
	}
	out := vec.NewBuilder(o.out, len(ids))
	elems, stride := o.code.valuesTo(o.show, out.Elems()), o.bags.Stride()
	for _, id := range ids {
		o.entries = o.bags.Entries(id, o.entries[:0])
		some := false
		for i := 0; i < len(o.entries); i += stride {
			for range max(0, int64(o.entries[i+stride-1])) {
				elems.add(o.bags, o.entries[i:])
				some = true
			}
		}
		if !some {
			out.AppendNull()
			continue
		}
		if elems.b.Size() > maxElems && elems.b.Type.IsVar() {
			return nil, fmt.Errorf("lists whose strings take more than %d bytes together don't fit a column", maxElems)
		}
		out.AppendList()
	}
	return out.Finish(), nil
}

// texts are each group's strings, in order, with sep between them; NULLs are left out, and a group of nothing else has NULL.
func (o *ordered) texts(ids []uint32) (*vec.Vec, error) {
	if err := o.elements(ids); err != nil {
		return nil, err
	}
	out := vec.NewBuilder(o.out, len(ids))
	one, stride := o.code.values(o.show, 1), o.bags.Stride()
	var text []byte
	for _, id := range ids {
		o.entries = o.bags.Entries(id, o.entries[:0])
		some := false
		text = text[:0]
		for i := 0; i < len(o.entries); i += stride {
			one.b.Reset()
			one.add(o.bags, o.entries[i:])
			if one.b.Vec().IsNull(0) {
				continue
			}
			s := one.b.Vec().Str(0)
			for range max(0, int64(o.entries[i+stride-1])) {
				if some {
					text = append(text, o.sep...)
				}
				text, some = append(text, s...), true
				if int64(len(text))+out.Size() > maxElems {
					return nil, fmt.Errorf("texts of more than %d bytes together don't fit a column", maxElems)
				}
			}
		}
		if !some {
			out.AppendNull()
			continue
		}
		out.AppendBytes(text)
	}
	return out.Finish(), nil
}
