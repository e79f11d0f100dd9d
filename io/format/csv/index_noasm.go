//go:build purego || !amd64

package csv

const hasAVX2 = false

func indexWide([]uint32, []byte, int, int, byte, byte) indexed { panic("csv: no vector unit") }
