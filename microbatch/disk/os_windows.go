package disk

import (
	"errors"
	"os"
	"syscall"
)

// errSharing is the system's ERROR_SHARING_VIOLATION.
const errSharing = syscall.Errno(32)

// lock opens a file so that no other can open it for writing, until it is closed or the process ends.
func lock(name string) (*os.File, error) {
	path, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: name, Err: err}
	}
	h, err := syscall.CreateFile(path, syscall.GENERIC_READ|syscall.GENERIC_WRITE, syscall.FILE_SHARE_READ, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, errSharing):
		return nil, locked(name)
	case err != nil:
		return nil, &os.PathError{Op: "lock", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), name), nil
}

// SyncDir implements FS. Windows has no such call: NTFS keeps names in a journal of its own.
func (OS) SyncDir(string) error { return nil }
