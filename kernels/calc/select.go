package calc

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Select appends to out the rows among sel (nil: all of b's) for which cond, a bool expression, is true:
// neither false nor NULL, and not bad. They are in ascending order, as sel is. The result is never nil, so that it
// can be a Batch's Sel. out must not share memory with sel.
//
// Comparisons, logic and null tests find the rows without making a bool column. The loops store every row and
// advance behind those that hold, so that their speed doesn't depend on how many do (Kenneth Ross, "Selection
// Conditions in Main Memory", 2004). As in SQL, what an AND or OR already knows from its left-hand arguments isn't
// computed; here, other than in Eval, NULL AND x is known not to be true, so x isn't computed and can't be bad.
func Select(cond Expr, b *vec.Batch, sel []uint32, bad *Bad, out []uint32) []uint32 {
	return selectRows(cond, b, sel, true, bad, out)
}

// selector is a bool expression that finds its rows without making a column.
type selector interface {
	// rows appends to out the rows of sel for which the value is want, and which it didn't add to bad.
	rows(b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32
}

func selectRows(e Expr, b *vec.Batch, sel []uint32, want bool, bad *Bad, out []uint32) []uint32 {
	if out == nil {
		out = []uint32{}
	}
	if s, ok := e.(selector); ok {
		return s.rows(b, sel, want, bad, out)
	}
	var flat flattener // bool dictionaries are rare: no memory is kept for them
	v := flat.flatten(e.Eval(b, sel, bad), sel)
	from := len(out)
	out = appendBits(out, v.Data, b.N, sel, want)
	return keepValid(out, from, v.Valid)
}

// room makes out have room for the rows that a selection can append, and returns that room.
func room(out []uint32, n int, sel []uint32) (grown, dst []uint32) {
	if sel != nil {
		n = len(sel)
	}
	out = slices.Grow(out, n)
	return out, out[len(out) : len(out)+n]
}

// keepValid leaves out rows behind the first from that are NULL by the bitmap.
func keepValid(out []uint32, from int, valid []byte) []uint32 {
	if valid == nil {
		return out
	}
	rows, n := out[from:], 0
	for _, row := range rows {
		rows[n] = row
		n += int(valid[row>>3] >> (row & 7) & 1)
	}
	return out[:from+n]
}

// appendBits appends the rows of sel whose bit is want.
func appendBits(out []uint32, bitmap []byte, n int, sel []uint32, want bool) []uint32 {
	out, dst := room(out, n, sel)
	flip := uint64(0)
	if !want {
		flip = ^flip
	}
	k := 0
	if sel == nil {
		k = allBits(dst, bitmap, n, flip)
	} else {
		for _, row := range sel {
			dst[k] = row
			k += int((bitmap[row>>3]>>(row&7) ^ byte(flip)) & 1)
		}
	}
	return out[:len(out)+k]
}

func allBits(dst []uint32, bitmap []byte, n int, flip uint64) int {
	k := 0
	for base := 0; base < n; base += 64 {
		word := bitsFrom(bitmap, base, n) ^ flip
		if n-base < 64 {
			word &= 1<<(n-base) - 1
		}
		for ; word != 0; word &= word - 1 {
			dst[k] = uint32(base + bits.TrailingZeros64(word))
			k++
		}
	}
	return k
}

// bitsFrom is the 64 bits from base on, a multiple of 64, of a bitmap of n bits.
func bitsFrom(bitmap []byte, base, n int) uint64 {
	tail := bitmap[base>>3 : vec.BitmapLen(n)]
	if len(tail) >= 8 {
		return binary.LittleEndian.Uint64(tail)
	}
	word := uint64(0)
	for i, b := range tail {
		word |= uint64(b) << (8 * i)
	}
	return word
}

// without copies the rows of sel (nil: all n) whose bit is not set to dst[:0], which may be sel's own memory.
// It is never nil, which would mean all rows.
func without(dst, sel []uint32, marks []byte, n int) []uint32 {
	if dst == nil {
		dst = []uint32{}
	}
	if sel == nil {
		return appendBits(dst[:0], marks, n, nil, false)
	}
	dst = slices.Grow(dst[:0], len(sel))[:len(sel)]
	k := 0
	for _, row := range sel {
		dst[k] = row
		k += int(^marks[row>>3] >> (row & 7) & 1)
	}
	return dst[:k]
}

// marker marks rows of a batch.
type marker struct{ bits []byte }

// begin clears the marks of n rows.
func (m *marker) begin(n int) {
	m.bits = vec.Grow(m.bits, vec.BitmapLen(n))
	clear(m.bits)
}

func (m *marker) mark(rows []uint32) {
	for _, row := range rows {
		m.bits[row>>3] |= 1 << (row & 7)
	}
}

func (m *marker) markBad(rows []BadRow) {
	for _, r := range rows {
		m.bits[r.Row>>3] |= 1 << (r.Row & 7)
	}
}

// withoutBad leaves out rows behind the first from that are in failed.
func (m *marker) withoutBad(out []uint32, from int, failed []BadRow, n int) []uint32 {
	if len(failed) == 0 {
		return out
	}
	m.begin(n)
	m.markBad(failed)
	kept := without(out[from:], out[from:], m.bits, n)
	return out[:from+len(kept)]
}
