//go:build linux || darwin

package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// terminalWidth is the number of characters on a line of the terminal that f is; 0 if it isn't one.
func terminalWidth(f *os.File) int {
	const usual = 80 // of a terminal that doesn't say
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0
	}
	if size.Col == 0 {
		return usual
	}
	return int(size.Col)
}
