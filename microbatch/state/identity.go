package state

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// JobID tells a job from all others, for ever. It is drawn when a state folder is made.
type JobID [16]byte

// String is the id in hexadecimal digits.
func (id JobID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText implements encoding.TextMarshaler.
func (id JobID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *JobID) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(id)) {
		return fmt.Errorf("a job's id has %d digits, not %d", hex.EncodedLen(len(id)), len(text))
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// identity is what the file JOB holds.
type identity struct {
	Job        JobID     `json:"job"`
	Created    time.Time `json:"created"`
	Generation int64     `json:"generation"` // of the latest run
	Started    time.Time `json:"started"`    // when that was
	By         string    `json:"by"`
}

// What a state folder has beside the journal.
const (
	JobFile           = "JOB"
	LockFile          = "LOCK"
	CheckpointsFolder = "checkpoints"
	BlocksFolder      = "blocks"
)

const jobKind = "job"

// readIdentity reads JOB. fs.ErrNotExist: there is none, and nothing else either, so this is a new state.
func readIdentity(fsys disk.FS, dir string) (identity, error) {
	path := filepath.Join(dir, JobFile)
	data, err := readFile(fsys, path)
	if errors.Is(err, fs.ErrNotExist) {
		return identity{}, errors.Join(err, mustBeEmpty(fsys, dir))
	}
	if err != nil {
		return identity{}, err
	}
	var id identity
	if err := decodeDocument(data, jobKind, &id); err != nil {
		return identity{}, fileError(path, 0, err)
	}
	if id.Generation < 1 || id.Job == (JobID{}) {
		return identity{}, &DamageError{Path: path, Err: fmt.Errorf("job %s, generation %d can't be", id.Job, id.Generation)}
	}
	return id, nil
}

// foreignError says that a folder isn't one of a state.
type foreignError struct{ dir, has string }

func (e *foreignError) Error() string {
	return fmt.Sprintf("%s isn't a state folder: it holds %s, but no file %s; give the path of a new folder or of an empty one (if this was a state folder, %s has been lost: restore it from a copy)",
		e.dir, e.has, JobFile, JobFile)
}

// mustBeEmpty checks that a folder has nothing but what a run leaves that was ended before it had made JOB.
func mustBeEmpty(fsys disk.FS, dir string) error {
	names, err := fsys.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, name := range names {
		if !slices.Contains([]string{LockFile, JobFile + disk.TempSuffix}, name) {
			return &foreignError{dir: dir, has: name}
		}
	}
	return err
}

// raise writes the identity of the next run: the first one's if there was none.
func raise(fsys disk.FS, dir, by string) (identity, error) {
	id, err := readIdentity(fsys, dir)
	var foreign *foreignError
	switch {
	case errors.As(err, &foreign):
		return id, foreign
	case errors.Is(err, fs.ErrNotExist):
		id = identity{Created: time.Now().UTC().Truncate(time.Second)}
		_, _ = rand.Read(id.Job[:]) // never fails
	case err != nil:
		return id, err
	}
	id.Generation++
	id.Started, id.By = time.Now().UTC().Truncate(time.Second), by
	data, err := encodeDocument(jobKind, id)
	if err != nil {
		return id, err
	}
	return id, disk.WriteFile(fsys, filepath.Join(dir, JobFile), data)
}

// readFile is what a file holds.
func readFile(fsys disk.FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	data, err := readAll(f)
	return data, errors.Join(err, f.Close())
}

// readAll is what a document's file holds.
func readAll(r Reader) ([]byte, error) {
	size, err := r.Size()
	switch {
	case err != nil:
		return nil, err
	case size > maxDocument:
		return nil, fmt.Errorf("%d bytes are too many for what it is", size)
	}
	data := make([]byte, size)
	n, err := r.ReadAt(data, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return data[:n], err
}
