package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/pwcol/pwcol/microbatch"
	"github.com/pwcol/pwcol/microbatch/disk"
	"github.com/pwcol/pwcol/microbatch/journal"
	"github.com/pwcol/pwcol/microbatch/state"
)

// stateCmd looks after the folders in which streams keep what they know.
type stateCmd struct {
	Ls     stateLsCmd     `cmd:"" help:"List the states in folders."`
	Show   stateShowCmd   `cmd:"" help:"Show a state: its checkpoints, its journal, what each step knows."`
	Verify stateVerifyCmd `cmd:"" help:"Read all of a state, and say what is damaged."`
	Rm     stateRmCmd     `cmd:"" help:"Remove a state that no run uses."`
}

// Help is what --help says below the commands.
func (stateCmd) Help() string {
	return `Examples:
  pwcol state ls .
  pwcol state show ./state
  pwcol state verify ./state
  pwcol state rm ./state

A state is the folder that a program gives as Config.State.Path, or state.path in
a file of settings. All but rm may be used while the program runs.`
}

// statePath is the argument of most of the commands.
type statePath struct {
	Path string `arg:"" help:"Folder of the state." type:"path"`
}

func (p statePath) open() (*state.Store, error) {
	return state.Open(disk.OS{}, p.Path, state.Options{ReadOnly: true})
}

// stateLsCmd lists states.
type stateLsCmd struct {
	Paths []string `arg:"" optional:"" help:"Folders that are states, or hold some; by default this one." type:"path"`
}

// Run prints a line a state.
func (c *stateLsCmd) Run(io console) error {
	if len(c.Paths) == 0 {
		c.Paths = []string{"."}
	}
	w := tabwriter.NewWriter(io.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "path\tjob\truns\tcheckpoints\tlast\tbytes")
	found := false
	for _, path := range c.Paths {
		under, err := filepath.Glob(filepath.Join(path, "*"))
		if err != nil {
			return err
		}
		for _, dir := range append([]string{path}, under...) {
			ok, err := listState(w, dir)
			if err != nil {
				return err
			}
			found = found || ok
		}
	}
	if !found {
		return errors.New("there is no state there")
	}
	return w.Flush()
}

// listState prints the line of a folder, if it is a state.
func listState(w *tabwriter.Writer, dir string) (ok bool, err error) {
	if info, err := os.Stat(filepath.Join(dir, state.JobFile)); err != nil || !info.Mode().IsRegular() {
		return false, nil
	}
	s, err := statePath{dir}.open()
	if err != nil {
		return false, err
	}
	all, err := s.Checkpoints()
	if err != nil {
		return false, err
	}
	bytes, err := sizeOf(dir)
	if err != nil {
		return false, err
	}
	last := "none"
	if len(all) > 0 {
		last = epochTime(all[0].Epoch)
	}
	_, err = fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%d\n", printable(dir), s.Job(), s.Generation(), len(all), last, bytes)
	return true, err
}

// sizeOf is the bytes of all files in a folder.
func sizeOf(dir string) (int64, error) {
	sum := int64(0)
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // the run has just removed it
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	return sum, err
}

// epochTime is when an epoch was cut.
func epochTime(epoch int64) string { return time.UnixMicro(epoch).Format("2006-01-02 15:04:05.000") }

// stateShowCmd shows a state.
type stateShowCmd struct{ statePath }

// Run prints what there is.
func (c *stateShowCmd) Run(io console) error {
	s, err := c.open()
	if err != nil {
		return err
	}
	fmt.Fprintf(io.stdout, "job %s, %d runs so far\n", s.Job(), s.Generation())
	all, err := s.Checkpoints()
	if err != nil {
		return err
	}
	if err := c.showJournal(io, s); err != nil {
		return err
	}
	for _, cp := range all {
		fmt.Fprintf(io.stdout, "\ncheckpoint %d, of %s\n", cp.Epoch, epochTime(cp.Epoch))
		if cp.Err != nil {
			fmt.Fprintf(io.stdout, "  damaged: %v\n", cp.Err)
			continue
		}
		w := tabwriter.NewWriter(io.stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "  rows\tbytes\tparts\tstep")
		for _, o := range cp.Manifest.Operators {
			bytes, rows := o.Bytes()
			fmt.Fprintf(w, "  %d\t%d\t%d\t%s\n", rows, bytes, len(o.Parts), printable(o.ID))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// showJournal prints how many epochs the journal has, and which.
func (c *stateShowCmd) showJournal(io console, s *state.Store) error {
	first, last, epochs, bytes := int64(0), int64(0), 0, 0
	cut, err := journal.Scan(disk.OS{}, filepath.Join(c.Path, microbatch.JournalFolder), s.Job(), func(f journal.Frame) error {
		bytes += len(f.Payload)
		if f.Kind != journal.Entry {
			return nil
		}
		if epochs++; first == 0 {
			first = f.Epoch
		}
		last = f.Epoch
		return nil
	})
	if err != nil {
		return err
	}
	if epochs == 0 {
		fmt.Fprintln(io.stdout, "journal: no epochs")
	} else {
		fmt.Fprintf(io.stdout, "journal: %d epochs from %s to %s, %d bytes\n", epochs, epochTime(first), epochTime(last), bytes)
	}
	if cut.Bytes > 0 {
		fmt.Fprintf(io.stdout, "journal: the last %d bytes of %s were being written when the run ended\n", cut.Bytes, cut.Path)
	}
	return nil
}

// stateVerifyCmd reads all of a state.
type stateVerifyCmd struct{ statePath }

// Run prints a line for each checkpoint and the journal; what is damaged is the error.
func (c *stateVerifyCmd) Run(io console) error {
	s, err := c.open()
	if err != nil {
		return err
	}
	all, err := s.Checkpoints()
	if err != nil {
		return err
	}
	var errs []error
	for _, cp := range all {
		err := cp.Err
		if err == nil {
			err = s.Verify(cp.Manifest)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		fmt.Fprintf(io.stdout, "checkpoint %d: whole\n", cp.Epoch)
	}
	frames := 0
	_, err = journal.Scan(disk.OS{}, filepath.Join(c.Path, microbatch.JournalFolder), s.Job(), func(journal.Frame) error { frames++; return nil })
	if err == nil {
		fmt.Fprintf(io.stdout, "journal: %d frames, whole\n", frames)
	}
	return errors.Join(append(errs, err)...)
}

// stateRmCmd removes a state.
type stateRmCmd struct{ statePath }

// Run removes it, unless a run uses it.
func (c *stateRmCmd) Run(console) error {
	if _, err := c.open(); err != nil { // nothing but a state is removed
		return err
	}
	s, err := state.Open(disk.OS{}, c.Path, state.Options{})
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range []string{state.CheckpointsFolder, state.BlocksFolder, microbatch.JournalFolder, state.JobFile, state.LockFile} {
		errs = append(errs, os.RemoveAll(filepath.Join(c.Path, name)))
	}
	errs = append(errs, s.Close())
	if errors.Join(errs...) == nil {
		errs = append(errs, os.Remove(c.Path)) // what else is in it stays, and is named
	}
	return errors.Join(errs...)
}
