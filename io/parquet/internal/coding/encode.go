package coding

import "encoding/binary"

// minRun is how many equal numbers are worth a run of their own: a group of 8, since bit-packed runs
// are made of such.
const minRun = 8

// AppendHybrid appends numbers of width bits as a Hybrid decodes them. It is greedy: wherever a group of 8
// starts and holds 8 equal numbers, a run begins.
func AppendHybrid(dst []byte, codes []uint32, width uint) []byte {
	packed := 0 // start of the numbers that are to be bit-packed
	i := 0
	for i+minRun <= len(codes) {
		v := codes[i]
		if codes[i+1] != v || codes[i+2] != v || codes[i+3] != v || codes[i+4] != v ||
			codes[i+5] != v || codes[i+6] != v || codes[i+7] != v {
			i += 8
			continue
		}
		end := i + 8
		for end < len(codes) && codes[end] == v {
			end++
		}
		dst = appendPacked(dst, codes[packed:i], width)
		dst = AppendRun(dst, v, end-i, width)
		i, packed = end, end
	}
	return appendPacked(dst, codes[packed:], width)
}

// AppendRun appends n times the number v.
func AppendRun(dst []byte, v uint32, n int, width uint) []byte {
	dst = binary.AppendUvarint(dst, uint64(n)<<1)
	for bytes := (width + 7) / 8; bytes > 0; bytes-- {
		dst = append(dst, byte(v))
		v >>= 8
	}
	return dst
}

// appendPacked appends a bit-packed run, filled up to a multiple of 8 with zeros.
func appendPacked(dst []byte, codes []uint32, width uint) []byte {
	if len(codes) == 0 {
		return dst
	}
	groups := (len(codes) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	at := len(dst)
	dst = append(dst, make([]byte, groups*int(width)+8)...)
	out := dst[at:]
	for len(codes) >= 8 {
		pack8(out, (*[8]uint32)(codes), width)
		codes, out = codes[8:], out[width:]
	}
	if len(codes) > 0 {
		var last [8]uint32
		copy(last[:], codes)
		pack8(out, &last, width)
	}
	return dst[:at+groups*int(width)]
}

// pack8 packs 8 numbers into width bytes. It may write up to 8 bytes more.
func pack8(dst []byte, codes *[8]uint32, width uint) {
	var acc uint64
	var have uint
	for _, c := range codes {
		acc |= uint64(c) << have
		have += width
		if have >= 32 {
			binary.LittleEndian.PutUint32(dst, uint32(acc))
			dst = dst[4:]
			acc >>= 32
			have -= 32
		}
	}
	if have > 0 {
		binary.LittleEndian.PutUint32(dst, uint32(acc))
	}
}

// AppendLevels appends the definition levels of n rows of an optional column, from bit at of their validity
// bitmap: valid may be nil if no row is NULL; nulls is how many are.
func AppendLevels(dst, valid []byte, at, n, nulls int) []byte {
	switch nulls {
	case 0:
		return AppendRun(dst, 1, n, 1)
	case n:
		return AppendRun(dst, 0, n, 1)
	}
	bytes := (n + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(bytes)<<1|1)
	from := len(dst)
	dst = append(dst, make([]byte, bytes)...)
	CopyBits(dst[from:], 0, valid, at, n)
	return dst
}
