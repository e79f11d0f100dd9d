// Package crashdisk is a disk in memory, for tests, that loses at a crash what a real one may lose, and fails when told to.
//
//	d := crashdisk.New(seed)
//	fsys := d.FS()            // what the program under test gets
//	… write …
//	d.StopAfter(7)            // the power goes in the middle of the seventh operation from now
//	… write, and get errors …
//	d.Crash()                 // what is left is what a file system may leave
//	fsys = d.FS()             // the next start; the old FS and its files only yield ErrOff
//
// What may be lost is all that package disk doesn't promise. Of the pages (4 KiB) that were written since the last Sync, each may be there, be
// as it was, or be torn at a sector (512 bytes); the file may be longer than what of it is there, with zeros for the rest. Of the names made,
// changed and removed since the last SyncDir of their folder, any may be lost. How much is drawn anew for each crash: nothing, all that was written in order up to
// some point, or each piece for itself. Kill ends the process only, and nothing is lost; a crash that comes later may still lose it.
//
// An operation that FailAfter lets fail does a part of its work: a Write writes some bytes, a Sync saves some pages and forgets that the others are
// not saved, as Linux does. The same seed and the same operations give the same disk.
package crashdisk

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"sync"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// ErrOff is the error of every operation after the power has gone, and of those of a process that was killed.
var ErrOff = errors.New("the process has ended: the power is off")

// Disk is a simulated disk. It is safe for concurrent use.
type Disk struct {
	mu    sync.Mutex
	rng   *rand.Rand
	root  *node
	locks map[string]string // path to owner
	boot  int               // processes of an earlier boot are dead
	ops   int               // operations so far
	off   bool              // the power has gone; Crash turns it on again
	stop  int               // operation in which it goes; 0: none
	fail  int               // operation from which fault is returned; 0: none
	times int               // how often
	fault error
}

// New makes an empty disk with a root folder. All that happens by chance follows from the seed.
func New(seed uint64) *Disk {
	return &Disk{rng: rand.New(rand.NewPCG(seed, 0xd15c)), root: newFolder(), locks: map[string]string{}}
}

// FS is the disk as a process sees it that starts now.
func (d *Disk) FS() disk.FS {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &view{d: d, boot: d.boot}
}

// Ops is the number of operations so far, reads among them.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// StopAfter lets the power go in the middle of the nth operation from now: it does a part of its work or none, and fails
// with ErrOff as do all that follow.
func (d *Disk) StopAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stop = d.ops + n
}

// FailAfter lets as many operations as times says, from the nth from now on, fail with err: ENOSPC, EIO or what the test likes. Close, and Lock of what is locked,
// aren't counted.
func (d *Disk) FailAfter(n, times int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail, d.times, d.fault = d.ops+n, times, err
}

// Heal takes back FailAfter and StopAfter.
func (d *Disk) Heal() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail, d.stop = 0, 0
}

// Kill ends the process: what it has written stays, its locks are free.
func (d *Disk) Kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restart()
}

// Crash is a loss of power: what wasn't safe may be gone.
func (d *Disk) Crash() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restart()
	d.root.crash(d.rng, loss(d.rng.IntN(int(numLosses))))
}

// restart begins the next boot.
func (d *Disk) restart() {
	d.boot++
	d.off, d.stop, d.fail = false, 0, 0
	clear(d.locks)
}

// FlipBit flips a bit of a file, as a disk does that has grown old: on the medium and in what is read.
func (d *Disk) FlipBit(name string, bit int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.find("flip", name)
	if err != nil {
		return err
	}
	for _, data := range [][]byte{n.data, n.safe} {
		if bit/8 < int64(len(data)) {
			data[bit/8] ^= 1 << (bit % 8)
		}
	}
	return nil
}

// Files are all files' paths, sorted, with their lengths.
func (d *Disk) Files() (names []string, sizes []int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.root.walk(string(filepath.Separator), func(name string, n *node) {
		names = append(names, name)
		sizes = append(sizes, int64(len(n.data)))
	})
	return names, sizes
}

// begin counts an operation and says how it goes: whole is whether it does all its work, else it does some and returns err.
// d.mu is held.
func (d *Disk) begin(boot int) (whole bool, err error) {
	if d.off || boot != d.boot {
		return false, ErrOff
	}
	d.ops++
	switch {
	case d.stop > 0 && d.ops >= d.stop:
		d.off = true
		return false, ErrOff
	case d.fail > 0 && d.ops >= d.fail && d.ops < d.fail+d.times:
		return false, d.fault
	}
	return true, nil
}

// dead reports whether a process of that boot can do no more. d.mu is held.
func (d *Disk) dead(boot int) bool { return d.off || boot != d.boot }

// find is the node of that name. d.mu is held.
func (d *Disk) find(op, name string) (*node, error) {
	n := d.root
	for _, part := range split(name) {
		if n = n.names[part]; n == nil {
			return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
		}
	}
	return n, nil
}

// folder is the folder that name is in, and the last part of name. d.mu is held.
func (d *Disk) folder(op, name string) (dir *node, base string, err error) {
	dir, err = d.find(op, filepath.Dir(filepath.Clean(name)))
	if err != nil {
		return nil, "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	if !dir.isDir() {
		return nil, "", &fs.PathError{Op: op, Path: name, Err: errors.New("not a folder")}
	}
	return dir, filepath.Base(name), nil
}
