package calc

import "github.com/pwcol/pwcol/kernels/vec"

// castInt casts integers to numbers.
func castInt[S integer](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	switch n.to.Kind {
	case vec.Int8:
		intToInt[S, int8](n, x, sel, bad)
	case vec.Int16:
		intToInt[S, int16](n, x, sel, bad)
	case vec.Int32:
		intToInt[S, int32](n, x, sel, bad)
	case vec.Int64:
		intToInt[S, int64](n, x, sel, bad)
	case vec.Uint8:
		intToInt[S, uint8](n, x, sel, bad)
	case vec.Uint16:
		intToInt[S, uint16](n, x, sel, bad)
	case vec.Uint32:
		intToInt[S, uint32](n, x, sel, bad)
	case vec.Uint64:
		intToInt[S, uint64](n, x, sel, bad)
	case vec.Float32:
		convert(vec.Of[float32](&n.res.vec), vec.Of[S](x), sel)
	case vec.Float64:
		convert(vec.Of[float64](&n.res.vec), vec.Of[S](x), sel)
	case vec.Decimal:
		intToDecimal[S](n, x, sel, bad)
	}
}

func convert[D, S number](dst []D, src []S, sel []uint32) {
	if sel == nil {
		src = src[:len(dst)]
		for i, v := range src {
			dst[i] = D(v)
		}
		return
	}
	for _, i := range sel {
		dst[i] = D(src[i])
	}
}

// intToInt converts and looks whether all numbers come back as they were, with their sign.
func intToInt[S, D integer](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[D](&n.res.vec), vec.Of[S](x)
	lost := false
	if sel == nil {
		src = src[:len(dst)]
		for i, v := range src {
			d := D(v)
			lost = lost || S(d) != v || (d < 0) != (v < 0)
			dst[i] = d
		}
	} else {
		for _, i := range sel {
			v := src[i]
			d := D(v)
			lost = lost || S(d) != v || (d < 0) != (v < 0)
			dst[i] = d
		}
	}
	if lost {
		n.blame(x, sel, bad, func(row int) bool {
			v := src[row]
			return S(D(v)) != v || (D(v) < 0) != (v < 0)
		})
	}
}

func intToDecimal[S integer](n *cast, x *vec.Vec, sel []uint32, bad *Bad) {
	dst, src := vec.Of[vec.Int128](&n.res.vec), vec.Of[S](x)
	safe := !decimalCastCanFail(x.Type, n.to)
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		d := vec.Int128From(int64(src[i]))
		if src[i] >= 0 {
			d = vec.Int128{Lo: uint64(src[i])}
		}
		d, ok := rescale(d, int(n.to.Scale))
		dst[i] = d
		if !safe && (!ok || !fitsDigits(d, n.to.Precision)) && !x.IsNull(i) {
			n.fail(x, i, bad)
		}
	}
}

func (n *cast) fromBool(x *vec.Vec, sel []uint32, bad *Bad) {
	switch n.to.Kind {
	case vec.Int8, vec.Uint8:
		bitsTo(vec.Of[uint8](&n.res.vec), x, 1, sel)
	case vec.Int16, vec.Uint16:
		bitsTo(vec.Of[uint16](&n.res.vec), x, 1, sel)
	case vec.Int32, vec.Uint32:
		bitsTo(vec.Of[uint32](&n.res.vec), x, 1, sel)
	case vec.Int64, vec.Uint64:
		bitsTo(vec.Of[uint64](&n.res.vec), x, 1, sel)
	case vec.Float32:
		bitsTo(vec.Of[float32](&n.res.vec), x, 1, sel)
	case vec.Float64:
		bitsTo(vec.Of[float64](&n.res.vec), x, 1, sel)
	case vec.Decimal:
		one, ok := rescale(vec.Int128{Lo: 1}, int(n.to.Scale))
		bitsTo(vec.Of[vec.Int128](&n.res.vec), x, one, sel)
		if !ok || !fitsDigits(one, n.to.Precision) {
			n.blame(x, sel, bad, x.Bool)
		}
	}
}

// bitsTo writes one for true and zero for false.
func bitsTo[T vec.Fixed](dst []T, x *vec.Vec, one T, sel []uint32) {
	values := [2]T{1: one}
	for k := range rowsOf(x, sel) {
		i := rowAt(sel, k)
		dst[i] = values[x.Data[i>>3]>>(i&7)&1]
	}
}

// toBool is whether numbers aren't 0.
func (n *cast) toBool(x *vec.Vec, sel []uint32) *vec.Vec {
	out := n.res.bools(x.N, false)
	out.Valid = x.Valid
	switch x.Type.Kind {
	case vec.Int8, vec.Uint8:
		notZero(out.Data, vec.Of[uint8](x), sel)
	case vec.Int16, vec.Uint16:
		notZero(out.Data, vec.Of[uint16](x), sel)
	case vec.Int32, vec.Uint32:
		notZero(out.Data, vec.Of[uint32](x), sel)
	case vec.Int64, vec.Uint64:
		notZero(out.Data, vec.Of[uint64](x), sel)
	case vec.Float32:
		notZero(out.Data, vec.Of[float32](x), sel)
	case vec.Float64:
		notZero(out.Data, vec.Of[float64](x), sel)
	case vec.Decimal:
		notZero(out.Data, vec.Of[vec.Int128](x), sel)
	}
	return out
}

func notZero[T vec.Fixed](bitmap []byte, src []T, sel []uint32) {
	var zero T
	if sel == nil {
		for i, v := range src {
			bitmap[i>>3] |= byte(b2i(v != zero)) << (i & 7)
		}
		return
	}
	for _, i := range sel {
		bitmap[i>>3] |= byte(b2i(src[i] != zero)) << (i & 7)
	}
}
