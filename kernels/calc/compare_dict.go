package calc

import "github.com/pwcol/pwcol/kernels/vec"

// verdicts remembers for each value of the last dictionary how it compares with the constant. A
// dictionary of 5 values and 8,192 rows: 5 comparisons, then 8,192 look-ups of a byte.
type verdicts struct {
	dict *vec.Dict
	rows int               // that came with dict
	of   [numTests][]uint8 // of[t][code] is 1 if test t holds, else 0; empty: not compared yet
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
		v.dict, v.rows, v.of[equal] = d, 0, v.of[equal][:0]
	}
	v.rows += rows
	if len(v.of[equal]) == 0 && (d.Values.N <= smallDict || v.rows >= d.Values.N) {
		v.compare(n)
	}
	return v.current(d)
}

// current reports whether the verdicts are those of a column's dictionary.
func (v *verdicts) current(d *vec.Dict) bool { return d != nil && v.dict == d && len(v.of[equal]) > 0 }

func (v *verdicts) compare(n *comparison) {
	values := v.dict.Values // a copy: the dictionary is shared
	values.Type = n.a.Type()
	hits := make([]uint32, values.N)
	for t := range numTests {
		v.of[t] = append(v.of[t][:0], make([]uint8, values.N)...)
		for _, code := range hits[:n.constants(t, hits, &values, nil, 0)] {
			v.of[t][code] = 1
		}
	}
}

// match writes the rows of sel (nil: all) whose value compares so.
func (v *verdicts) match(t test, dst []uint32, codes, sel []uint32, flip int) int {
	n, of := 0, v.of[t]
	if sel != nil {
		for _, i := range sel {
			dst[n] = i
			n += int(of[codes[i]]) ^ flip
		}
		return n
	}
	i := 0
	for ; i+4 <= len(codes); i += 4 { // as in allEqual
		c, to := codes[i:i+4:i+4], dst[n:n+4:n+4]
		k0, k1 := int(of[c[0]])^flip, int(of[c[1]])^flip
		k2, k3 := int(of[c[2]])^flip, int(of[c[3]])^flip
		to[0] = uint32(i)
		to[k0] = uint32(i + 1)
		to[k0+k1] = uint32(i + 2)
		to[k0+k1+k2] = uint32(i + 3)
		n += k0 + k1 + k2 + k3
	}
	for ; i < len(codes); i++ {
		dst[n] = uint32(i)
		n += int(of[codes[i]]) ^ flip
	}
	return n
}
