package vec

// List is row i of a List column, plain or dictionary: rows [from, to) of child, which is the column's own.
func (v *Vec) List(i int) (child *Vec, from, to int) {
	if v.Dict != nil {
		return v.Dict.Values.List(int(v.Codes[i]))
	}
	return v.Child, int(v.Offsets[i]), int(v.Offsets[i+1])
}

// lists is the plain column that holds v's lists: v itself, or its dictionary's values.
func (v *Vec) lists() *Vec {
	if v.Dict != nil {
		return &v.Dict.Values
	}
	return v
}

// takeList copies the lists of rows sel of v, which is plain. A NULL row becomes an empty one, whatever v has there.
func takeList(out, v *Vec, sel []uint32) {
	out.Offsets = make([]int32, out.N+1)
	if sel == nil && v.Valid == nil {
		base := v.Offsets[0]
		for i, o := range v.Offsets[:out.N+1] {
			out.Offsets[i] = o - base
		}
		out.Child = v.Child.Slice(int(base), int(v.Offsets[out.N])).Take(nil)
		return
	}
	total := 0
	for i := range out.N {
		if r := at(sel, i); !v.IsNull(r) {
			total += int(v.Offsets[r+1] - v.Offsets[r])
		}
		out.Offsets[i+1] = int32(total)
	}
	offset(total)
	elems := make([]uint32, 0, total)
	for i := range out.N {
		if r := at(sel, i); !v.IsNull(r) {
			elems = appendRange(elems, v.Offsets[r], v.Offsets[r+1])
		}
	}
	out.Child = v.Child.Take(elems)
}

func appendRange(dst []uint32, from, to int32) []uint32 {
	for e := from; e < to; e++ {
		dst = append(dst, uint32(e))
	}
	return dst
}

// gatherList copies lists out of several columns.
func gatherList(out *Vec, from []*Vec, refs []Ref) {
	children := make([]*Vec, len(from))
	for i, v := range from {
		children[i] = v.lists().Child
	}
	out.Offsets = make([]int32, len(refs)+1)
	var elems []Ref
	for i, r := range refs {
		if v := from[r.Batch]; !v.IsNull(int(r.Row)) {
			_, first, end := v.List(int(r.Row))
			for e := first; e < end; e++ {
				elems = append(elems, Ref{Batch: r.Batch, Row: uint32(e)})
			}
		}
		out.Offsets[i+1] = offset(len(elems))
	}
	out.Child = Gather(children, elems)
}

// Elems is the builder of a List builder's elements. A list is appended by appending its elements to it, in order, and
// then calling AppendList:
//
//	b := vec.NewBuilder(vec.TList(vec.TInt64), 1)
//	vec.AppendFixed(b.Elems(), int64(7))
//	b.Elems().AppendNull()
//	b.AppendList() // [7, NULL]
//	b.AppendList() // []
func (b *Builder) Elems() *Builder { return b.elems }

// AppendList appends a row of the elements that were appended to Elems since the last row.
func (b *Builder) AppendList() {
	b.v.Offsets = append(b.v.Offsets, offset(b.elems.Len()))
	b.rowIsValid()
}

// appendLists appends the lists of n rows of v; their validity is appended already, their number not.
func (b *Builder) appendLists(v *Vec, sel []uint32, n int) {
	lists := v.lists()
	if v.Dict == nil && sel == nil && v.Valid == nil {
		from, base := v.Offsets[0], b.elems.Len()
		offset(base + int(v.Offsets[n]-from))
		b.elems.Append(v.Child.Slice(int(from), int(v.Offsets[n])), nil)
		for _, o := range v.Offsets[1 : n+1] {
			b.v.Offsets = append(b.v.Offsets, o-from+int32(base))
		}
		return
	}
	elems := []uint32{}
	for i := range n {
		if r := at(sel, i); !v.IsNull(r) {
			_, from, to := v.List(r)
			elems = appendRange(elems, int32(from), int32(to))
		}
		b.v.Offsets = append(b.v.Offsets, offset(b.elems.Len()+len(elems)))
	}
	b.elems.Append(lists.Child, elems)
}
