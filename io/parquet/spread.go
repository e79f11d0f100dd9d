package parquet

import (
	"fmt"
	"sort"

	"github.com/pwcol/pwcol/io/parquet/internal/coding"
	"github.com/pwcol/pwcol/kernels/vec"
)

// spread makes room for NULLs: the first present values of dst belong to the rows whose bit in valid, from bit
// at on, is set. It works from the back, in place; NULLs become 0. There is no branch on a row's bit, which
// the processor could not foresee.
//
//	valid   1 0 1 1 0
//	dst     a b c ? ?   →   a 0 b c 0
func spread[T uint8 | uint16 | uint32 | uint64](dst []T, valid []byte, at, present int) {
	for i := len(dst) - 1; i >= 0 && present <= i; i-- {
		bit := int(valid[(at+i)>>3] >> ((at + i) & 7) & 1)
		present -= bit
		dst[i] = dst[present] & -T(bit)
	}
}

// spreadDecimals is spread for values of 16 bytes.
func spreadDecimals(dst []vec.Int128, valid []byte, at, present int) {
	for i := len(dst) - 1; i >= 0 && present <= i; i-- {
		if vec.Bit(valid, at+i) {
			present--
			dst[i] = dst[present]
		} else {
			dst[i] = vec.Int128{}
		}
	}
}

// spreadFixed is spread for values of width bytes.
func spreadFixed(dst []byte, width int, valid []byte, at, k, present int) {
	switch width {
	case 1:
		spread(vec.Cast[uint8](dst)[:k], valid, at, present)
	case 2:
		spread(vec.Cast[uint16](dst)[:k], valid, at, present)
	case 4:
		spread(vec.Cast[uint32](dst)[:k], valid, at, present)
	case 8:
		spread(vec.Cast[uint64](dst)[:k], valid, at, present)
	case 16:
		spreadDecimals(vec.Cast[vec.Int128](dst)[:k], valid, at, present)
	}
}

// spreadBits sets bits [at, at+k) of dst to the bits of src, in order, where valid has a bit, else to 0.
func spreadBits(dst, src, valid []byte, at, k int) {
	next := 0
	for i := at; i < at+k; i++ {
		bit := valid[i>>3] >> (i & 7) & 1
		value := byte(0)
		if next>>3 < len(src) {
			value = src[next>>3] >> (next & 7) & bit
		}
		dst[i>>3] = dst[i>>3]&^(1<<(i&7)) | value<<(i&7)
		next += int(bit)
	}
}

// spreadOffsets makes empty strings of NULLs: the strings behind row at are those of the rows whose bit is set.
func spreadOffsets(c *coding.Column, valid []byte, at, k int) {
	present := c.Len() - at
	for range k - present {
		c.Offsets = append(c.Offsets, 0)
	}
	o := c.Offsets[at:]
	for i := k - 1; i >= 0 && present <= i; i-- {
		o[i+1] = o[present]
		if vec.Bit(valid, at+i) {
			present--
		}
	}
}

// gather copies values of a dictionary, each width bytes, by code.
func gather(dst, dict []byte, codes []uint32, width int) {
	switch width {
	case 1:
		gatherOf(vec.Cast[uint8](dst), vec.Cast[uint8](dict), codes)
	case 2:
		gatherOf(vec.Cast[uint16](dst), vec.Cast[uint16](dict), codes)
	case 4:
		gatherOf(vec.Cast[uint32](dst), vec.Cast[uint32](dict), codes)
	case 8:
		gatherOf(vec.Cast[uint64](dst), vec.Cast[uint64](dict), codes)
	case 16:
		gatherOf(vec.Cast[vec.Int128](dst), vec.Cast[vec.Int128](dict), codes)
	}
}

func gatherOf[T vec.Fixed](dst, dict []T, codes []uint32) {
	dst = dst[:len(codes)]
	for i, c := range codes {
		dst[i] = dict[c]
	}
}

// checkCodes makes sure that all codes are below n. The sign of n−1−code tells, four codes at a time.
func checkCodes(codes []uint32, n int) error {
	if len(codes) == 0 {
		return nil
	}
	last := int64(n) - 1
	var bad int64
	rest := codes
	for ; len(rest) >= 4; rest = rest[4:] {
		bad |= (last - int64(rest[0])) | (last - int64(rest[1])) | (last - int64(rest[2])) | (last - int64(rest[3]))
	}
	for _, c := range rest {
		bad |= last - int64(c)
	}
	if bad >= 0 {
		return nil
	}
	for _, c := range codes {
		if int64(c) > last {
			return fmt.Errorf("the code %d is not in the dictionary of %d values", c, n)
		}
	}
	return nil
}

// selFrom is the part of an ascending selection from row at on.
func selFrom(sel []uint32, at int) []uint32 {
	if at == 0 {
		return sel
	}
	return sel[sort.Search(len(sel), func(i int) bool { return int(sel[i]) >= at }):]
}
