package op

import (
	"github.com/pwcol/pwcol/kernels/vec"
)

// countMissing notes how many rows of each key have gone that never were.
func (u *topUpdate) countMissing() {
	u.missing = u.missing[:0]
	for _, key := range u.keys {
		n, _ := u.state.missing(key, &u.entries)
		u.missing = append(u.missing, n)
	}
}

// reportMissing reports the keys for which there are more of them now.
func (u *topUpdate) reportMissing() error {
	s := u.state.shape
	for k, key := range u.keys {
		n, text := u.state.missing(key, &u.entries)
		if n <= u.missing[k] {
			continue
		}
		cols := make([]*vec.Builder, len(s.rank.columns))
		for i, c := range s.rank.columns {
			cols[i] = vec.NewBuilder(s.schema.Field(c).Type, 1)
		}
		s.rank.decode(text, cols)
		b := &vec.Batch{N: 1, Cols: make([]*vec.Vec, s.schema.Len())}
		for i, v := range u.state.groups.Keys([]uint32{key}) {
			b.Cols[s.keys[i]] = v
		}
		for i, c := range s.rank.columns {
			b.Cols[c] = cols[i].Vec()
		}
		if err := s.env.Inconsistency(s.schema, b, 0); err != nil {
			return err
		}
	}
	return nil
}

// missing is how many rows of a key have gone that never were, and the text of one.
func (t *manyTable) missing(key uint32, scratch *[]uint64) (n int64, text []byte) {
	if !t.bags.Negative(key) {
		return 0, nil
	}
	*scratch = t.bags.Entries(key, (*scratch)[:0])
	stride := t.bags.Stride()
	for i := 0; i < len(*scratch); i += stride {
		if e := (*scratch)[i : i+stride]; int64(e[stride-1]) < 0 {
			n -= int64(e[stride-1])
			text = t.bags.Text(e)
		}
	}
	return n, text
}
