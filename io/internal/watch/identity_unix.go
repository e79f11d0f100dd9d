//go:build unix

package watch

import (
	"io/fs"
	"syscall"
)

// identity is what stays the same of a file when it is renamed.
type identity struct{ device, inode uint64 }

func identify(_ string, info fs.FileInfo) identity {
	s := info.Sys().(*syscall.Stat_t)
	return identity{uint64(s.Dev), s.Ino}
}
