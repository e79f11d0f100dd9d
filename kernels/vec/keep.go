package vec

// Keep copies the rows that are meant into a dense batch of the caller's own, charged to acct
// (nil: not charged). Drop gives it back.
//
// Dictionary columns keep their codes and dictionary. A dictionary is charged to the account once, while any of the
// batches that were kept with it refers to it. But if the rows' values take less than an eighth of the dictionary
// (keptShare) they are put in, and the dictionary is let go: a hundred rows that are left of a hundred row groups
// don't hold a hundred dictionaries.
func (b *Batch) Keep(acct *Account) *Batch {
	out := &Batch{N: b.Rows(), Cols: make([]*Vec, len(b.Cols))}
	for i, c := range b.Cols {
		v := c.Take(b.Sel)
		if v.usesLittle() {
			v = v.Plain()
		}
		out.Cols[i] = v
	}
	if b.Diff != nil {
		out.Diff = make([]int64, 0, out.N)
		for i := range out.N {
			out.Diff = append(out.Diff, b.Diff[b.Row(i)])
		}
	}
	acct.Charge(out.Size())
	for _, v := range out.Cols {
		acct.hold(v.Dict)
	}
	return out
}

// Drop takes a batch that Keep has made off the account that it was charged to. It must not be used any more.
func (b *Batch) Drop(acct *Account) {
	acct.Release(b.Size())
	for _, v := range b.Cols {
		acct.letGo(v.Dict)
	}
}

// keptShare is how many times the values of a column's rows a dictionary may take and still be kept for them. As one
// dictionary may be shared by many batches, it pays to keep it well above 1.
const keptShare = 8

// usesLittle reports whether v is a dictionary column whose rows' values take less than 1/keptShare of the dictionary.
// It looks at no more rows than it takes to say no.
func (v *Vec) usesLittle() bool {
	if v.Dict == nil || v.Dict.Values.N == 0 {
		return false
	}
	values := &v.Dict.Values
	limit := values.Size() / keptShare
	if !values.Type.hasOffsets() {
		return int64(v.N*values.Type.Width()) < limit
	}
	used, each := int64(0), int64(1) // bytes, and how many an element or a byte has
	if c := values.Child; c != nil {
		each = 1 + c.Size()/int64(max(1, c.N))
	}
	for i, code := range v.Codes[:v.N] {
		if v.IsNull(i) {
			continue
		}
		used += each * int64(values.Offsets[code+1]-values.Offsets[code])
		if used >= limit {
			return false
		}
	}
	return used < limit
}
