//go:build unix

package spill

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// isGone reports whether there is no process of that number.
func isGone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

// isMine reports whether a file is this user's.
func isMine(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Getuid()
}
