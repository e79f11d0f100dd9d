package journal

import (
	"context"
	"fmt"
)

// spareBytes is how much memory of a group is kept for the next ones.
const spareBytes = 4 << 20

// write is the log's goroutine: it writes what has gathered, and syncs once for all of it, again and again.
func (l *Log) write() {
	defer close(l.done)
	for {
		frames, upTo, ok := l.take()
		if !ok {
			break
		}
		err := l.writer.write(frames, l.roll)
		l.wrote(frames, upTo, err)
	}
	if err := l.writer.close(); err != nil {
		l.wrote(nil, 0, err)
	}
}

// take is what has gathered, and the place behind it. It waits for something, and meanwhile vouches for what is written.
// It is not ok when the log has failed, or is closed and has nothing left.
func (l *Log) take() (frames []byte, upTo Position, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.gathered) == 0 && !l.closing && l.err == nil {
		l.mu.Unlock()
		err := l.writer.mark()
		l.mu.Lock()
		l.setError(err)
	}
	if err := l.waitFor(context.Background(), func() bool { return len(l.gathered) > 0 || l.closing }); err != nil || len(l.gathered) == 0 {
		return nil, 0, false
	}
	frames, l.gathered, l.spare = l.gathered, l.spare[:0], nil
	l.wake() // there is room
	return frames, l.appended, true
}

// wrote says how it went with a group.
func (l *Log) wrote(frames []byte, upTo Position, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.setError(err)
		return
	}
	l.durable = upTo
	if l.segments[len(l.segments)-1].number != l.writer.number {
		l.segments = append(l.segments, l.writer.segment)
	}
	if cap(frames) <= spareBytes {
		l.spare = frames
	}
	l.wake()
}

// setError keeps the first error: after it nothing is written any more. l.mu is held.
func (l *Log) setError(err error) {
	if l.err == nil && err != nil {
		l.err = fmt.Errorf("the journal can't be written, so the run can't go on: %w", err)
		l.wake()
	}
}
