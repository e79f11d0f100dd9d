package calc

import "github.com/pwcol/pwcol/kernels/vec"

// verdicts remembers for each value of the last dictionary how it compares with the constant. A
// dictionary of 5 values and 8,192 rows: 5 comparisons, then 8,192 look-ups of a byte.
type verdicts struct {
	dict *vec.Dict
	rows int     // that came with dict
	of   []uint8 // bit t of of[code]: test t holds; nil: not compared yet
}

// smallDict is how many values a dictionary may have to be compared at its first batch: they
// fit into the first-level cache beside the codes. A larger one first has to bring as many rows as it has
// values: one that is larger than all its rows would cost more than those.
const smallDict = 4096

// know counts rows of a dictionary and reports whether its values have been compared.
func (v *verdicts) know(d *vec.Dict, rows int, n *comparison) bool {
	if n.lit.value.Null {
		return false
	}
	if v.dict != d {
		v.dict, v.rows, v.of = d, 0, v.of[:0]
	}
	v.rows += rows
	if len(v.of) == 0 && (d.Values.N <= smallDict || v.rows >= d.Values.N) {
		v.compare(n)
	}
	return v.current(d)
}

// current reports whether the verdicts are those of a column's dictionary.
func (v *verdicts) current(d *vec.Dict) bool { return d != nil && v.dict == d && len(v.of) > 0 }

func (v *verdicts) compare(n *comparison) {
	values := v.dict.Values // a copy: the dictionary is shared
	values.Type = n.a.Type()
	v.of = append(v.of[:0], make([]uint8, values.N)...)
	hits := make([]uint32, values.N)
	for _, t := range []test{equal, less, lessEqual} {
		for _, code := range hits[:n.constants(t, hits, &values, nil, 0)] {
			v.of[code] |= 1 << t
		}
	}
}

// match writes the rows of sel (nil: all) whose value compares so.
func (v *verdicts) match(t test, dst []uint32, codes, sel []uint32, flip int) int {
	n := 0
	if sel == nil {
		for i, code := range codes {
			dst[n] = uint32(i)
			n += int(v.of[code]>>t&1) ^ flip
		}
		return n
	}
	for _, i := range sel {
		dst[n] = i
		n += int(v.of[codes[i]]>>t&1) ^ flip
	}
	return n
}
