package acc

import "github.com/pwcol/pwcol/kernels/vec"

// bools is the AND or OR of Bool values that also go: how many values a group has, and how many of them are true. AND is the minimum of
// bools and OR the maximum.
//
//	values 5, trues 3   AND false, OR true
type bools struct {
	and    bool
	values []int64
	trues  []int64
}

func (b *bools) Grow(n int) {
	b.values, b.trues = extend(b.values, n, 0), extend(b.trues, n, 0)
}

func (b *bools) Update(in Input) {
	tally(b.values, in.IDs, in.N, in.Diff)
	for k := range in.N {
		i := in.row(k)
		isTrue := int64(in.Col.Data[i>>3] >> (i & 7) & 1)
		b.trues[in.group(k)] += isTrue * in.times(k)
	}
}

func (b *bools) Merge(from Accumulator, src, dst []uint32) {
	other := from.(*bools)
	for k, id := range src {
		b.values[dst[k]] += other.values[id]
		b.trues[dst[k]] += other.trues[id]
	}
}

func (b *bools) States(ids []uint32) []*vec.Vec {
	return []*vec.Vec{fixed(vec.TInt64, b.values, ids), fixed(vec.TInt64, b.trues, ids)}
}

func (b *bools) StateTypes() []vec.Type { return []vec.Type{vec.TInt64, vec.TInt64} }

func (b *bools) MergeStates(cols []*vec.Vec, dst []uint32) error {
	if err := checkStates(cols, b.StateTypes(), len(dst)); err != nil {
		return err
	}
	values, trues := vec.Of[int64](cols[0]), vec.Of[int64](cols[1])
	for k, id := range dst {
		b.values[id] += values[k]
		b.trues[id] += trues[k]
	}
	return nil
}

func (b *bools) Result(ids []uint32) (*vec.Vec, error) {
	out := &vec.Vec{Type: vec.TBool, N: len(ids), Data: vec.Alloc(vec.BitmapLen(len(ids)))}
	for k, id := range ids {
		n, t := b.values[id], b.trues[id]
		if n <= 0 {
			setNull(out, k)
			continue
		}
		vec.PutBit(out.Data, k, t == n || !b.and && t > 0)
	}
	return out, nil
}

// setNull makes row i of a new column NULL.
func setNull(v *vec.Vec, i int) {
	if v.Valid == nil {
		v.Valid = vec.Alloc(vec.BitmapLen(v.N))
		vec.SetBits(v.Valid, 0, v.N)
	}
	vec.ClearBit(v.Valid, i)
}

func (b *bools) Clear(ids []uint32) {
	for _, id := range ids {
		b.values[id], b.trues[id] = 0, 0
	}
}

func (b *bools) Negative(ids []uint32) []uint32 {
	var out []uint32
	for _, id := range ids {
		if t := b.trues[id]; t < 0 || b.values[id] < t {
			out = append(out, id)
		}
	}
	return out
}

func (b *bools) Fresh() Accumulator { return &bools{and: b.and} }
func (b *bools) Longest() int       { return 0 }
func (b *bools) Bytes() int64       { return int64(8*cap(b.values) + 8*cap(b.trues)) }
func (b *bools) Reset()             { b.values, b.trues = b.values[:0], b.trues[:0] }
