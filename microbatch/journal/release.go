package journal

import (
	"errors"
	"io/fs"
)

// Release removes the segments whose frames are all of that epoch or of earlier ones: the caller has a checkpoint of it. What the log has
// of those epochs in later segments stays.
func (l *Log) Release(epoch int64) error {
	l.releasing.Lock()
	defer l.releasing.Unlock()
	for {
		path, ok := l.released(epoch)
		if !ok {
			return nil
		}
		if err := l.fsys.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// One by one, so that a crash can't bring back an old segment and not the one behind it.
		if err := l.fsys.SyncDir(l.dir); err != nil {
			return err
		}
		l.mu.Lock()
		l.segments = l.segments[1:]
		l.mu.Unlock()
	}
}

// released is the oldest segment, if it can go: the one behind it says which epochs come before.
func (l *Log) released(epoch int64) (path string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.segments) < 2 || l.segments[1].last > epoch {
		return "", false
	}
	return l.segments[0].path, true
}
