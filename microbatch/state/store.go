package state

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pwcol/pwcol/microbatch/blocks"
	"github.com/pwcol/pwcol/microbatch/disk"
)

// Options say how a state is opened.
type Options struct {
	// ReadOnly looks at the state as it is, also while a run writes it: nothing is locked or changed, and nothing can be written.
	ReadOnly bool
	// QueueBytes bounds how much of a checkpoint waits in memory to be compressed and written; 0 is 16 MiB.
	QueueBytes int
	// Owner is whom others are told of while this run has the state; "": process, machine and time.
	Owner string
}

// Store is a state folder. It is safe for concurrent use.
type Store struct {
	dir      string
	id       identity
	storage  Storage
	lock     io.Closer // nil: opened for reading
	readOnly bool

	queueBytes int

	mu      sync.Mutex
	files   int64                // of blocks, that this run has begun
	base    map[string]*Operator // what the next deltas are added to; nil: all has to be whole
	writing *Writer              // not finished yet
	held    map[*Writer]bool     // those whose files must stay, though no manifest may refer to them yet
	coders  []*blocks.Coder      // not in use
}

// coder takes one from the free list: as many are made as are in use at once.
func (s *Store) coder() *blocks.Coder {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.coders)
	if n == 0 {
		return blocks.NewCoder(blocks.Zstd)
	}
	c := s.coders[n-1]
	s.coders = s.coders[:n-1]
	return c
}

func (s *Store) giveBack(c *blocks.Coder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.coders = append(s.coders, c)
}

// Open opens the state in a folder, which it makes if need be, and begins a new generation of it.
//
// It fails if the folder holds something else, if another run has it (as long as that lives), if it was written by a newer version, if it is damaged, or if it can't
// be written to. Never is a folder that isn't empty taken for a new state.
func Open(fsys disk.FS, dir string, o Options) (*Store, error) {
	if o.ReadOnly {
		return openReadOnly(fsys, dir)
	}
	if o.Owner == "" {
		o.Owner = owner()
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = queueBytes
	}
	if err := disk.MkdirAll(fsys, dir); err != nil {
		return nil, fmt.Errorf("the state can't be kept in %s: %w", dir, err)
	}
	lock, err := fsys.Lock(filepath.Join(dir, LockFile), o.Owner)
	if err != nil {
		return nil, lockError(dir, err)
	}
	s := &Store{dir: dir, lock: lock, queueBytes: o.QueueBytes, held: map[*Writer]bool{}}
	if s.id, err = raise(fsys, dir, o.Owner); err == nil {
		s.storage, err = Local(fsys, dir, CheckpointsFolder, BlocksFolder)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the state can't be kept in %s: %w", dir, err), lock.Close())
	}
	return s, nil
}

func openReadOnly(fsys disk.FS, dir string) (*Store, error) {
	id, err := readIdentity(fsys, dir)
	var foreign *foreignError
	switch {
	case errors.As(err, &foreign):
		return nil, foreign
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no state in %s: %w", dir, err)
	case err != nil:
		return nil, err
	}
	storage, err := Local(fsys, dir)
	return &Store{dir: dir, id: id, storage: storage, readOnly: true}, err
}

// owner is what is said of a run that has a state.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown machine"
	}
	return fmt.Sprintf("process %d on %s since %s", os.Getpid(), host, time.Now().Format(time.RFC3339))
}

// lockError says what it means that a folder can't be locked.
func lockError(dir string, err error) error {
	var locked *disk.LockedError
	if !errors.As(err, &locked) {
		return fmt.Errorf("the state can't be kept in %s: %w", dir, err)
	}
	by := ""
	if locked.Owner != "" {
		by = " (" + locked.Owner + ")"
	}
	return fmt.Errorf("another run%s uses the state in %s: wait for its end or stop it, or give this one a path of its own: %w", by, dir, err)
}

// Job is the id of the job whose state this is.
func (s *Store) Job() JobID { return s.id.Job }

// Generation is the number of this run: greater than all before. Of a store that was opened for reading it is the latest run's.
func (s *Store) Generation() int64 { return s.id.Generation }

// Close gives the folder back. What was begun and not published is forgotten.
func (s *Store) Close() error {
	s.mu.Lock()
	w := s.writing
	s.mu.Unlock()
	var err error
	if w != nil {
		err = w.Abort()
	}
	if s.lock == nil {
		return err
	}
	return errors.Join(err, s.lock.Close())
}

// Checkpoint is one that was published.
type Checkpoint struct {
	Epoch    int64
	Manifest Manifest
	Err      error // not nil: its manifest can't be read, and there is none
}

// Checkpoints are those that were published, the newest first. Their manifests are checked, not their blocks.
func (s *Store) Checkpoints() ([]Checkpoint, error) {
	names, err := s.storage.List(CheckpointsFolder)
	if s.readOnly && errors.Is(err, fs.ErrNotExist) {
		return nil, nil // the run was ended before it had made the folder
	}
	if err != nil {
		return nil, err
	}
	var all []Checkpoint
	for i := len(names) - 1; i >= 0; i-- {
		epoch, ok := manifestEpoch(names[i])
		if !ok {
			continue
		}
		m, err := s.manifest(epoch)
		if s.readOnly && errors.Is(err, fs.ErrNotExist) {
			continue // the run has just removed it
		}
		all = append(all, Checkpoint{Epoch: epoch, Manifest: m, Err: err})
	}
	return all, nil
}

// manifest reads the manifest of an epoch.
func (s *Store) manifest(epoch int64) (Manifest, error) {
	name := manifestName(epoch)
	r, err := s.storage.Open(name)
	if err != nil {
		return Manifest{}, err
	}
	data, err := readAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return Manifest{}, fileError(s.storage.Place(name), epoch, err)
	}
	m, err := decodeManifest(data, s.id.Job, epoch)
	return m, fileError(s.storage.Place(name), epoch, err)
}
