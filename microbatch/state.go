package microbatch

import (
	"errors"
	"fmt"
	"time"

	"github.com/pwcol/pwcol/microbatch/disk"
)

// State says where a stream keeps what it has to know to go on after its process has ended, however it has ended. The zero State keeps
// nothing: a run begins anew, and what it had not finished is given to sinks once more, or not at all.
//
//	c := microbatch.Config{State: microbatch.State{Path: "state"}}
//	err := c.Run(ctx, outputs...)   // begins, or goes on where the last run with this path has ended
//
// With a state every row of the sources counts once, and sinks that can (Lasting) have every change once: what an epoch has taken is in the
// journal before a sink has what came of it, and the operators' state is written to a checkpoint now and then. A run that is started again loads the last
// checkpoint and runs the journal's epochs after it again, with the same rows, cuts and clock.
type State struct {
	// Path is of a folder of its own, which is made if need be; "" is no state.
	Path string
	// CheckpointInterval is about the time between checkpoints; 0 is 60 s. With longer ones a start takes longer.
	CheckpointInterval time.Duration
	// AllowDrop lets a run begin though the state has operators that the program has no more. What they know is lost with the next
	// checkpoint.
	AllowDrop bool
	// FS is the file system that the folder is on; nil is the machine's.
	FS disk.FS
}

// checkpointInterval is the time between checkpoints if nothing else is said.
const checkpointInterval = 60 * time.Second

func (s State) withDefaults() (State, error) {
	if s.CheckpointInterval < 0 {
		return s, fmt.Errorf("config: checkpoint_interval (%s) must not be negative", s.CheckpointInterval)
	}
	if s.Path == "" && s != (State{}) {
		return s, errors.New("config: state: there are settings, but no path")
	}
	if s.CheckpointInterval == 0 {
		s.CheckpointInterval = checkpointInterval
	}
	if s.FS == nil {
		s.FS = disk.OS{}
	}
	return s, nil
}
