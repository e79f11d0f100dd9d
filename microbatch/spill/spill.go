// Package spill keeps batches in temporary files when a run's memory budget is exceeded.
//
//	dir := spill.New("/var/tmp", func(bytes int64) { stats.BytesSpilled.Add(bytes) })
//	defer dir.Close()
//	run, err := dir.NewRun()
//	err = run.Write(batch) // as often as need be
//	err = run.Read(func(b *vec.Batch) error { … })
//	err = run.Close()
//
// A run is a file of blocks, a block is a batch: see package blocks for the format. Files are open while they are
// written to or read only, so that hundreds of runs take no file descriptors.
package spill

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/blocks"
	"github.com/pwcol/pwcol/microbatch/op"
)

var _ op.Spiller = (*Dir)(nil)

// Dir is a folder of runs. It is made when the first run is, and removed by Close; that of a process that was killed, by
// the next that makes one in the same place. It is safe for concurrent use.
type Dir struct {
	parent string
	wrote  func(bytes int64)

	mu   sync.Mutex
	path string // "" until the first run
	runs int
	free []*blocks.Coder
}

// New makes a Dir whose folder will be in parent; "" is the system's place for temporary files. wrote is called
// with the number of bytes of every block written, from any goroutine; it may be nil.
func New(parent string, wrote func(bytes int64)) *Dir {
	if wrote == nil {
		wrote = func(int64) {}
	}
	return &Dir{parent: parent, wrote: wrote}
}

// NewRun starts a sequence of batches.
func (d *Dir) NewRun() (op.SpillRun, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.path == "" {
		removeStale(d.parent)
		path, err := os.MkdirTemp(d.parent, folderPattern())
		if err != nil {
			return nil, fmt.Errorf("no folder for temporary files: %w", err)
		}
		d.path = path
	}
	d.runs++
	return &run{dir: d, path: filepath.Join(d.path, fmt.Sprintf("run%06d", d.runs))}, nil
}

// Close removes the folder and what is left in it.
func (d *Dir) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.path == "" {
		return nil
	}
	path := d.path
	d.path, d.free = "", nil
	return os.RemoveAll(path)
}

// coder takes one from the free list: as many are made as are in use at once.
func (d *Dir) coder() *blocks.Coder {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := len(d.free)
	if n == 0 {
		return blocks.NewCoder(blocks.S2)
	}
	c := d.free[n-1]
	d.free = d.free[:n-1]
	return c
}

func (d *Dir) giveBack(c *blocks.Coder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = append(d.free, c)
}

// run is one file. It is there from the first Write on.
type run struct {
	dir    *Dir
	path   string
	blocks int // written
}

// Write appends a batch; it is not held. A selection is applied, dictionary columns are made plain.
func (r *run) Write(b *vec.Batch) (err error) {
	c := r.dir.coder()
	defer r.dir.giveBack(c)
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return spillError(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return blocks.Parts(b, func(part *vec.Batch) error {
		block, err := c.Encode(part, 0)
		if err != nil {
			return fmt.Errorf("spilling to %s: %w", r.path, err)
		}
		if _, err := f.Write(block); err != nil {
			return spillError(err)
		}
		r.blocks++
		r.dir.wrote(int64(len(block)))
		return nil
	})
}

// spillError says what an error of the file system, which names the file, means for the user.
func spillError(err error) error {
	return fmt.Errorf("keeping data on disk because memory is short: %w", err)
}

// Read calls yield for every batch, in order; each is lent.
func (r *run) Read(yield func(b *vec.Batch) error) (err error) {
	if r.blocks == 0 {
		return nil
	}
	f, err := os.Open(r.path)
	if err != nil {
		return spillError(err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return spillError(err)
	}
	c := r.dir.coder()
	defer r.dir.giveBack(c)
	in := io.LimitedReader{R: f, N: info.Size()}
	for n := range r.blocks {
		b, _, err := c.Read(&in)
		if err != nil {
			return fmt.Errorf("%s: block %d of %d: %w", r.path, n+1, r.blocks, err)
		}
		if err := yield(b); err != nil {
			return err
		}
	}
	if in.N > 0 {
		return fmt.Errorf("%s: %d bytes behind the last of %d blocks: something else has written to it", r.path, in.N, r.blocks)
	}
	return nil
}

// Close removes the file.
func (r *run) Close() error {
	r.blocks = 0
	if err := os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
