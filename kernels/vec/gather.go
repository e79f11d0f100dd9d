package vec

// Ref is a row of one of several columns or batches: the number of the column and the row in it.
type Ref struct {
	Batch uint32
	Row   uint32
}

// Gather copies the rows that refs name, in that order, out of several columns of the same type
// into a plain column of its own. Cost: O(len(refs)) plus the bytes copied.
func Gather(from []*Vec, refs []Ref) *Vec {
	t := from[0].Type
	out := &Vec{Type: t, N: len(refs), Valid: gatherValid(from, refs)}
	switch {
	case t.Kind == Bool:
		out.Data = Alloc(BitmapLen(len(refs)))
		from = plainAll(from)
		for i, r := range refs {
			PutBit(out.Data, i, from[r.Batch].Bool(int(r.Row)))
		}
	case t.IsVar():
		gatherVar(out, from, refs)
	case t.Kind == List:
		gatherList(out, from, refs)
	default:
		out.Data = Alloc(len(refs) * t.Width())
		gatherWidth(out, from, refs)
	}
	return out
}

func gatherValid(from []*Vec, refs []Ref) []byte {
	nulls := false
	for _, v := range from {
		nulls = nulls || v.Valid != nil
	}
	if !nulls {
		return nil
	}
	out := Alloc(BitmapLen(len(refs)))
	for i, r := range refs {
		if !from[r.Batch].IsNull(int(r.Row)) {
			SetBit(out, i)
		}
	}
	return out
}

func gatherVar(out *Vec, from []*Vec, refs []Ref) {
	out.Offsets = make([]int32, len(refs)+1)
	total := 0
	for i, r := range refs {
		v := from[r.Batch]
		if !v.IsNull(int(r.Row)) {
			total += len(v.Str(int(r.Row)))
		}
		out.Offsets[i+1] = int32(total)
	}
	out.Data = Alloc(int(offset(total)))
	for i, r := range refs {
		if o := out.Offsets[i]; o < out.Offsets[i+1] {
			copy(out.Data[o:], from[r.Batch].Str(int(r.Row)))
		}
	}
}

func gatherWidth(out *Vec, from []*Vec, refs []Ref) {
	switch out.Type.Width() {
	case 1:
		gatherFixed(Of[uint8](out), from, refs)
	case 2:
		gatherFixed(Of[uint16](out), from, refs)
	case 4:
		gatherFixed(Of[uint32](out), from, refs)
	case 8:
		gatherFixed(Of[uint64](out), from, refs)
	case 16:
		gatherFixed(Of[Int128](out), from, refs)
	}
}

func gatherFixed[T Fixed](dst []T, from []*Vec, refs []Ref) {
	cols := make([][]T, len(from))
	for i, v := range plainAll(from) {
		cols[i] = Of[T](v)
	}
	for i, r := range refs {
		dst[i] = cols[r.Batch][r.Row]
	}
}

func plainAll(from []*Vec) []*Vec {
	out := make([]*Vec, len(from))
	for i, v := range from {
		out[i] = v.Plain()
	}
	return out
}
