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

func (id identity) note(m *Mark) { m.Device, m.Inode = id.device, id.inode }

func identityOf(m *Mark) identity { return identity{m.Device, m.Inode} }

// among is the identity that has taken this one's place among those that there are, as its device is called otherwise now; false: it is among them itself, or
// there is none.
func (id identity) among(there map[identity]string) (identity, bool) {
	if _, ok := there[id]; ok {
		return identity{}, false
	}
	for other := range there {
		if other.device == id.device {
			return identity{}, false // it is called as before, and the file is gone
		}
	}
	for other := range there {
		if other.inode == id.inode {
			return other, true
		}
	}
	return identity{}, false
}
