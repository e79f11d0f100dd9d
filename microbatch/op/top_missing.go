package op

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
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

// checkTotals is an error if a key has so many rows that those of another epoch might be more than can be counted.
func (u *topUpdate) checkTotals() error {
	for _, key := range u.keys {
		if u.state.bags.Total(key) < maxTimes {
			continue
		}
		return u.tooMany(key)
	}
	return nil
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

// tooMany is the error about a key with too many rows.
func (u *topUpdate) tooMany(key uint32) error {
	s := u.state.shape
	var fields []plan.Field
	for _, c := range s.keys {
		fields = append(fields, s.schema.Field(c))
	}
	of := ""
	if len(fields) > 0 {
		of = ": " + rowText(plan.NewSchema(fields...), &vec.Batch{N: 1, Cols: u.state.groups.Keys([]uint32{key})}, 0)
	}
	return fmt.Errorf("%s: a key has %d rows (2^62) or more, more than can be counted%s", s.env.Name, maxTimes, of)
}
