package acc

import (
	"fmt"
	"math"

	"github.com/pwcol/pwcol/kernels/vec"
)

// maxElems bounds the elements, and the bytes, of all results together: offsets are of 31 bits.
const maxElems = math.MaxInt32

// maxResultBytes bounds a single result.
const maxResultBytes = 1 << 30

// TooLargeError says that a group's list or text, or those of several groups together, don't fit a column. Nothing has been made of them yet: how
// large a result is is computed first, for a value that is there 2^40 times takes no more memory than one that is there once.
type TooLargeError struct {
	Group uint32  // the group, or the last of them
	Bytes float64 // about
	Of    int     // how many groups they are of
}

func (e *TooLargeError) Error() string {
	if e.Of > 1 {
		return fmt.Sprintf("the results of %d groups take %.3g bytes together, and a column can't have more than %d: limit what goes into a group, with Where or "+
			"a filter before it, or group by more columns", e.Of, e.Bytes, maxElems)
	}
	return fmt.Sprintf("the result takes %.3g bytes, and one can't have more than %d (1 GiB): limit what goes into a group, with Where or a filter before it, or "+
		"group by more columns", e.Bytes, maxResultBytes)
}

// checkSizes is an error if the results of groups don't fit. Only where they may be large each value's size is looked at.
func (o *ordered) checkSizes(ids []uint32) error {
	longest, bound := float64(max(o.bags.Longest(), 16)+elemOffset+len(o.sep)), 0.0
	for _, id := range ids {
		bound += longest * o.countOf(id)
	}
	if bound <= maxResultBytes {
		return nil
	}
	all := 0.0
	for k, id := range ids {
		size := o.sizeOf(id)
		if size > maxResultBytes {
			return &TooLargeError{Group: id, Bytes: size, Of: 1}
		}
		if all += size; all > maxElems {
			return &TooLargeError{Group: id, Bytes: all, Of: k + 1}
		}
	}
	return nil
}

// elemOffset is how many bytes a string in a list takes beside its own.
const elemOffset = 4

// countOf is how many values a group has: a float, as the sum of counts that were tampered with may be beyond an int64.
func (o *ordered) countOf(id uint32) float64 {
	stride, n := o.bags.Stride(), 0.0
	o.entries = o.bags.Entries(id, o.entries[:0])
	for i := 0; i < len(o.entries); i += stride {
		n += float64(max(0, int64(o.entries[i+stride-1])))
	}
	return n
}

// sizeOf is how many bytes a group's result takes, at least one for each value of a list.
func (o *ordered) sizeOf(id uint32) float64 {
	one, stride, size := o.code.values(o.show, 1), o.bags.Stride(), 0.0
	o.entries = o.bags.Entries(id, o.entries[:0])
	for i := 0; i < len(o.entries); i += stride {
		one.b.Reset()
		one.add(o.bags, o.entries[i:])
		size += float64(max(0, int64(o.entries[i+stride-1]))) * float64(o.bytesOf(one.b.Vec()))
	}
	return size
}

// bytesOf is how many bytes the value of a column of one takes in a result.
func (o *ordered) bytesOf(v *vec.Vec) int {
	switch {
	case o.view == viewText && v.IsNull(0):
		return 0
	case o.view == viewText:
		return v.VarBytes(0) + len(o.sep)
	case v.Type.IsVar():
		return v.VarBytes(0) + elemOffset
	default:
		return max(1, v.Type.Width())
	}
}

// lists are each group's values, in order. A group without a row has NULL.
func (o *ordered) lists(ids []uint32) (*vec.Vec, error) {
	if err := o.checkSizes(ids); err != nil {
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
		out.AppendList()
	}
	return out.Finish(), nil
}

// texts are each group's strings, in order, with sep between them; NULLs are left out, and a group of nothing else has NULL.
func (o *ordered) texts(ids []uint32) (*vec.Vec, error) {
	if err := o.checkSizes(ids); err != nil {
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
			s, n := one.b.Vec().Str(0), max(0, int64(o.entries[i+stride-1]))
			if len(s)+len(o.sep) == 0 { // of nothing there may be too much to count
				n = min(n, 1)
			}
			for range n {
				if some {
					text = append(text, o.sep...)
				}
				text, some = append(text, s...), true
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
