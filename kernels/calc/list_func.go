package calc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

type listLen struct {
	a   Expr
	res result
}

// ListLen is the number of elements of a list as an int64, NULLs included.
func ListLen(a Expr) Expr {
	needList(a)
	return &listLen{a: a}
}

func needList(a Expr) {
	if a.Type().Kind != vec.List {
		panic(fmt.Sprintf("calc: %s where a list is needed", a.Type()))
	}
}

func (n *listLen) Type() vec.Type { return vec.TInt64 }

func (n *listLen) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.a.Eval(b, sel, bad)
	out := n.res.fixed(vec.TInt64, b.N)
	out.Valid = x.Valid
	lengths := vec.Of[int64](out)
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if !x.IsNull(row) {
			_, from, to := x.List(row)
			lengths[row] = int64(to - from)
		}
	}
	return out
}

type listGet struct {
	list, place Expr
	flat        flattener
	refs        []vec.Ref
}

// ListGet is the element at an int64 place of a list, counted from 1, from the end if it is negative; NULL if there is none.
func ListGet(list, place Expr) Expr {
	needList(list)
	needType(vec.TInt64, place)
	return &listGet{list: list, place: place}
}

func (n *listGet) Type() vec.Type { return n.list.Type().ElemType() }

func (n *listGet) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.list.Eval(b, sel, bad)
	p := n.flat.flatten(n.place.Eval(b, sel, bad), sel)
	places := vec.Of[int64](p)
	elems := x.Child
	if x.Dict != nil {
		elems = x.Dict.Values.Child
	}
	if cap(n.refs) < b.N {
		n.refs = make([]vec.Ref, b.N)
	}
	n.refs = n.refs[:b.N]
	clear(n.refs) // the NULL
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if x.IsNull(row) || p.IsNull(row) {
			continue
		}
		_, from, to := x.List(row)
		at := places[row]
		switch count := int64(to - from); {
		case at > 0 && at <= count:
			n.refs[row] = vec.Ref{Batch: 1, Row: uint32(int64(from) + at - 1)}
		case at < 0 && at >= -count:
			n.refs[row] = vec.Ref{Batch: 1, Row: uint32(int64(to) + at)}
		}
	}
	return vec.Gather([]*vec.Vec{nullOf(n.Type()), elems}, n.refs)
}

type listContains struct {
	list  Expr
	value vec.Scalar
	equal Expr // of an element
	res   result
	elems []uint32
	hits  []uint32
	found []byte // a bit for each element that is equal
}

// ListContains is whether an element of a list is equal to a value that isn't NULL. NULL elements are equal to none.
func ListContains(list Expr, value vec.Scalar) Expr {
	needList(list)
	equal := Compare(Eq, Column(0, list.Type().ElemType()), Literal(value))
	return &listContains{list: list, value: value, equal: equal}
}

func (n *listContains) Type() vec.Type { return vec.TBool }

func (n *listContains) Eval(b *vec.Batch, sel []uint32, bad *Bad) *vec.Vec {
	x := n.list.Eval(b, sel, bad)
	out := n.res.bools(b.N, false)
	out.Valid = x.Valid
	n.elems = n.elems[:0]
	var child *vec.Vec
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if x.IsNull(row) {
			continue
		}
		var from, to int
		child, from, to = x.List(row)
		for e := from; e < to; e++ {
			n.elems = append(n.elems, uint32(e))
		}
	}
	if len(n.elems) == 0 {
		return out
	}
	n.compare(child)
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if x.IsNull(row) {
			continue
		}
		_, from, to := x.List(row)
		if anyBit(n.found, from, to) {
			vec.SetBit(out.Data, row)
		}
	}
	return out
}

// compare finds the elements that are equal, of those that the rows have; of a dictionary's lists one may be there more than once.
func (n *listContains) compare(child *vec.Vec) {
	var none Bad // comparisons can't fail
	elems := &vec.Batch{N: child.N, Cols: []*vec.Vec{child}}
	n.hits = Select(n.equal, elems, n.elems, &none, n.hits[:0])
	n.found = vec.Grow(n.found, vec.BitmapLen(child.N))
	clear(n.found)
	for _, e := range n.hits {
		vec.SetBit(n.found, int(e))
	}
}

func anyBit(bitmap []byte, from, to int) bool {
	for i := from; i < to; i++ {
		if vec.Bit(bitmap, i) {
			return true
		}
	}
	return false
}
