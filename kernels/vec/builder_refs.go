package vec

// NoRow is the Row of a Ref that names no row: AppendRefs makes it a NULL.
const NoRow = ^uint32(0)

// AppendRefs appends the rows that refs name, in that order, out of several columns of the builder's type. Dictionaries
// of strings and lists are read through; columns of other types must be plain. Only the columns that refs name are
// looked at, so a few rows out of thousands of columns cost no more than out of one.
// Cost: O(len(refs)) plus the bytes copied.
func (b *Builder) AppendRefs(from []*Vec, refs []Ref) {
	n := len(refs)
	if n == 0 {
		return
	}
	b.appendRefsValid(from, refs)
	switch {
	case b.Type.IsVar():
		b.appendRefsVar(from, refs)
	case b.Type.Kind == List:
		b.appendRefsList(from, refs)
	case b.Type.Kind == Bool:
		b.growBits(n)
		for i, r := range refs {
			PutBit(b.v.Data, b.v.N+i, r.Row != NoRow && from[r.Batch].Bool(int(r.Row)))
		}
	default:
		b.appendRefsWidth(from, refs)
	}
	b.v.N += n
}

// appendRefsValid appends the refs' validity, if any of them is NULL or there is a bitmap already.
func (b *Builder) appendRefsValid(from []*Vec, refs []Ref) {
	first := 0
	if b.v.Valid == nil {
		for first < len(refs) && !isNullRef(from, refs[first]) {
			first++
		}
		if first == len(refs) {
			return
		}
	}
	b.needValid(len(refs))
	SetBits(b.v.Valid, b.v.N, b.v.N+len(refs))
	for i := first; i < len(refs); i++ {
		if isNullRef(from, refs[i]) {
			ClearBit(b.v.Valid, b.v.N+i)
		}
	}
}

func isNullRef(from []*Vec, r Ref) bool {
	return r.Row == NoRow || from[r.Batch].IsNull(int(r.Row))
}

func (b *Builder) appendRefsVar(from []*Vec, refs []Ref) {
	for _, r := range refs {
		if !isNullRef(from, r) {
			b.v.Data = append(b.v.Data, from[r.Batch].Str(int(r.Row))...)
		}
		b.v.Offsets = append(b.v.Offsets, offset(len(b.v.Data)))
	}
}

func (b *Builder) appendRefsList(from []*Vec, refs []Ref) {
	for _, r := range refs {
		if !isNullRef(from, r) {
			child, first, end := from[r.Batch].List(int(r.Row))
			b.elems.Append(child, appendRange([]uint32{}, int32(first), int32(end)))
		}
		b.v.Offsets = append(b.v.Offsets, offset(b.elems.Len()))
	}
}

func (b *Builder) appendRefsWidth(from []*Vec, refs []Ref) {
	w := b.Type.Width()
	b.v.Data = Grow(b.v.Data, (b.v.N+len(refs))*w)
	dst := b.v.Data[b.v.N*w:]
	switch w {
	case 1:
		copyRefs(Cast[uint8](dst), from, refs)
	case 2:
		copyRefs(Cast[uint16](dst), from, refs)
	case 4:
		copyRefs(Cast[uint32](dst), from, refs)
	case 8:
		copyRefs(Cast[uint64](dst), from, refs)
	case 16:
		copyRefs(Cast[Int128](dst), from, refs)
	}
}

func copyRefs[T Fixed](dst []T, from []*Vec, refs []Ref) {
	var zero T
	dst = dst[:len(refs)]
	for i, r := range refs {
		if r.Row == NoRow {
			dst[i] = zero
			continue
		}
		dst[i] = Cast[T](from[r.Batch].Data)[r.Row]
	}
}

// View makes out the column so far, over the builder's memory, as Vec does, without an allocation. It is valid
// until the next append or Reset.
func (b *Builder) View(out *Vec) {
	*out = b.v
	if b.elems != nil {
		out.Child = b.elems.Vec()
	}
}
