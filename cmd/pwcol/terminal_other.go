//go:build !linux && !darwin

package main

import "os"

// terminalWidth is 80 if f looks like a terminal, and 0 if it doesn't.
func terminalWidth(f *os.File) int {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return 0
	}
	return 80
}
