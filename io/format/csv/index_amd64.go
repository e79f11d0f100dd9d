//go:build !purego

package csv

import "golang.org/x/sys/cpu"

//go:generate go -C _gen run . -out ../index_amd64.s -stubs ../index_stub_amd64.go -pkg csv

var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

// indexWide is the index of buf[from:to], a multiple of 64 bytes and not empty.
func indexWide(pos []uint32, buf []byte, from, to int, delim, quote byte) indexed {
	if len(pos) < indexSlack {
		return indexed{upTo: from}
	}
	text := buf[from:to]
	marks, done, lines, high := indexAVX2(&pos[0], len(pos), &text[0], len(text), from, delim, quote)
	return indexed{marks: marks, upTo: from + done, newlines: lines, high: high}
}
