package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// survey is what there is of a log.
type survey struct {
	dir      string
	job      [16]byte
	fresh    bool      // there was none
	segments []segment // the oldest first; their ends are those of what counts
	tail     tail      // of the last one
	cut      Cut
}

// Cut is the torn end of a log: what was being written when the power went.
type Cut struct {
	Path   string
	Offset int64
	Bytes  int64 // 0: there is none
}

// look finds out what there is of a log. It reads the last segment, and of the others the headers.
func look(fsys disk.FS, dir string, job [16]byte) (survey, error) {
	s := survey{dir: dir, job: job}
	names, err := fsys.ReadDir(dir)
	if err != nil {
		return s, err
	}
	for _, name := range names {
		number, ok := segmentNumber(name)
		if !ok {
			continue
		}
		if before, ok := s.lastSegment(); ok && number != before.number+1 {
			return s, &DamageError{Path: dir, Reason: fmt.Sprintf("there is segment %d and then %d, what is between them is missing", before.number, number)}
		}
		if err := s.add(fsys, number); err != nil {
			return s, err
		}
	}
	s.fresh = len(s.segments) == 0
	if s.fresh {
		return s, nil
	}
	return s, s.findTail(fsys)
}

// lastSegment is the newest, if there is one.
func (s *survey) lastSegment() (segment, bool) {
	if len(s.segments) == 0 {
		return segment{}, false
	}
	return s.segments[len(s.segments)-1], true
}

// add adds the segment of that number, which says where the one before it ends.
func (s *survey) add(fsys disk.FS, number int64) error {
	next, f, err := openSegment(fsys, s.dir, number, s.job)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if before, ok := s.lastSegment(); ok {
		switch {
		case next.previous > before.end:
			return &DamageError{Path: before.path, Offset: before.end, Reason: fmt.Sprintf("the file was cut, it had %d bytes", next.previous)}
		case next.previous < before.born || next.last < before.last || next.id.Generation < before.id.Generation:
			return &DamageError{Path: next.path, Reason: "the header doesn't go with that of the segment before"}
		}
		s.segments[len(s.segments)-1].end = next.previous
	}
	s.segments = append(s.segments, next)
	return nil
}

// findTail finds how the last segment ends.
func (s *survey) findTail(fsys disk.FS) (err error) {
	last, f, err := openSegment(fsys, s.dir, s.segments[len(s.segments)-1].number, s.job)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if s.tail, err = findTail(f, last); err != nil {
		return err
	}
	s.segments[len(s.segments)-1].end = s.tail.whole
	if last.end > s.tail.whole {
		s.cut = Cut{Path: last.path, Offset: s.tail.whole, Bytes: last.end - s.tail.whole}
	}
	return nil
}

// takeTail takes from the last segment the frames that are whole but that nothing vouches for, as they are before they are sealed. The
// segment ends before them from now on.
func (s *survey) takeTail(fsys disk.FS) (taken []byte, err error) {
	if s.fresh {
		return nil, nil
	}
	last := &s.segments[len(s.segments)-1]
	err = last.frames(fsys, s.job, s.tail.safe, func(f Frame) error {
		taken = appendFrame(taken, f.Kind, f.Epoch, f.Payload)
		return nil
	})
	last.end = s.tail.safe
	return taken, err
}

// read calls yield for the frames of epochs after that one.
func (s *survey) read(fsys disk.FS, after int64, yield func(Frame) error) error {
	if s.fresh && after > 0 {
		return &DamageError{Path: s.dir, Reason: fmt.Sprintf("there was no journal, though there is a checkpoint of epoch %d", after)}
	}
	if len(s.segments) > 0 && s.segments[0].last > after {
		return &DamageError{Path: s.dir, Reason: fmt.Sprintf("epochs up to %d are no longer in it, and those after %d are needed", s.segments[0].last, after)}
	}
	entry := int64(0)
	for i, seg := range s.segments {
		if i+1 < len(s.segments) && s.segments[i+1].last <= after {
			continue
		}
		err := seg.frames(fsys, s.job, segmentHeader, func(f Frame) error {
			if f.Kind == Entry {
				if f.Epoch <= entry {
					return &DamageError{Path: seg.path, Reason: fmt.Sprintf("an entry of epoch %d after one of %d", f.Epoch, entry)}
				}
				entry = f.Epoch
			}
			if f.Epoch <= after {
				return nil
			}
			return yield(f)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// frames calls yield for a segment's frames from that place on, marks left out.
func (s segment) frames(fsys disk.FS, job [16]byte, from int64, yield func(Frame) error) (err error) {
	_, f, err := openSegment(fsys, filepath.Dir(s.path), s.number, job)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	r := newReader(f, s, from, s.end)
	for r.at < s.end {
		at := r.at
		frame, _, bad, err := r.next()
		switch {
		case err != nil:
			return err
		case bad != "":
			return &DamageError{Path: s.path, Offset: at, Reason: bad}
		case frame.Kind == mark:
			continue
		}
		if err := yield(frame); err != nil {
			return err
		}
	}
	return nil
}

// Scan reads the log of a job without changing it, also while a run writes it: it calls yield for the frames that are whole, in order, up to the first
// error, and says what the end is that isn't. That there is no log is no error. It may fail if the run releases what it is about to read.
func Scan(fsys disk.FS, dir string, job [16]byte, yield func(Frame) error) (Cut, error) {
	if _, err := fsys.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return Cut{}, nil
	}
	s, err := look(fsys, dir, job)
	if err != nil || s.fresh {
		return Cut{}, err
	}
	return s.cut, s.read(fsys, s.segments[0].last, yield)
}
