package calc

import (
	"unsafe"

	"github.com/pwcol/pwcol/kernels/vec"
)

// lentString is b as a string over the same memory: only for calls that don't keep it.
func lentString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// toText writes values as text.
func (n *cast) toText(x *vec.Vec, sel []uint32, bad *Bad) *vec.Vec {
	w := &n.text
	w.begin(n.to, x.N)
	w.vec.Valid = x.Valid
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		w.row(row)
		w.data = AppendText(w.data, x, row)
		w.check(bad, row)
	}
	return w.end()
}

// fromText parses strings, and turns binary into text and back.
func (n *cast) fromText(x *vec.Vec, sel []uint32, bad *Bad) *vec.Vec {
	switch {
	case n.to.Kind == vec.String:
		return n.toText(x, sel, bad)
	case n.to.Kind == vec.Binary:
		return n.parseVar(x, sel, bad)
	case n.to.Kind == vec.Bool:
		n.res.bools(x.N, false)
	default:
		n.res.fixed(n.to, x.N)
	}
	out := &n.res.vec
	out.Valid = x.Valid
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		if x.IsNull(row) {
			continue
		}
		s, err := ParseText(n.to, lentString(x.Str(row)))
		if err != nil {
			n.res.fail(bad, row, err.Error())
			continue
		}
		putScalar(out, row, &s)
	}
	return out
}

// putScalar writes a value as row i of a column that isn't String or Binary; a Bool's bit must be 0.
func putScalar(out *vec.Vec, i int, s *vec.Scalar) {
	switch out.Type.Kind {
	case vec.Bool:
		out.Data[i>>3] |= byte(s.I) << (i & 7)
	case vec.Float32:
		vec.Of[float32](out)[i] = float32(s.F)
	case vec.Float64:
		vec.Of[float64](out)[i] = s.F
	case vec.Decimal:
		vec.Of[vec.Int128](out)[i] = s.D
	default:
		putInt(out, i, uint64(s.I))
	}
}

func (n *cast) parseVar(x *vec.Vec, sel []uint32, bad *Bad) *vec.Vec {
	w := &n.text
	w.begin(n.to, x.N)
	w.vec.Valid = x.Valid
	for k := range rowsOf(x, sel) {
		row := rowAt(sel, k)
		w.row(row)
		if x.IsNull(row) {
			continue
		}
		text, err := parseBytes(n.to, lentString(x.Str(row)))
		if err != nil {
			w.fail(bad, row, err.Error())
			continue
		}
		w.data = append(w.data, text...)
		w.check(bad, row)
	}
	return w.end()
}
