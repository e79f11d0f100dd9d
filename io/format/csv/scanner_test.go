package csv

import (
	"strings"
	"testing"
)

// TestBadRowsAreFoundInBlocks: a text of bad rows only is not one block, whose list of them could be many times the text.
func TestBadRowsAreFoundInBlocks(t *testing.T) {
	const rows, blockRows = 10_000, 256
	for _, text := range []string{
		strings.Repeat("x\n", rows),
		strings.Repeat("\"x\"y,z\n", rows),
		strings.Repeat("x\n", rows-1) + "\"never closed,\n",
	} {
		b := NewBuffer([]byte(text))
		b.EndLine()
		var s scanner
		s.init(Default, 2, blockRows, DefaultMaxRowSize)
		found := 0
		for at := b.From; at < b.To; {
			at = s.next(b, at)
			if len(s.bad) > blockRows {
				t.Fatalf("%d bad rows in a block, want %d at most", len(s.bad), blockRows)
			}
			found += len(s.bad)
		}
		if found != rows {
			t.Errorf("%d bad rows, want %d", found, rows)
		}
	}
}
