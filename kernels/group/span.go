package group

import "encoding/binary"

// span is where a value lies in an arena: the offset in the upper 40 bits, the length in the lower 24. A value
// of longSpan bytes or more has that as its length, and its own stands in the 8 bytes before it. So a value is found with one
// load, and an arena may have 1 TiB.
type span uint64

const (
	spanBits = 24
	longSpan = 1<<spanBits - 1
)

// appendSpan appends a value to an arena.
func appendSpan(arena, s []byte) ([]byte, span) {
	n := len(s)
	if n >= longSpan {
		arena = binary.LittleEndian.AppendUint64(arena, uint64(n))
		n = longSpan
	}
	at := span(len(arena))<<spanBits | span(n)
	return append(arena, s...), at
}

// of is the value.
func (p span) of(arena []byte) []byte {
	from, n := uint64(p>>spanBits), uint64(p&longSpan)
	if n == longSpan {
		n = binary.LittleEndian.Uint64(arena[from-8:])
	}
	return arena[from : from+n]
}
