package microbatch

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/pwcol/pwcol/microbatch/journal"
	"github.com/pwcol/pwcol/microbatch/op"
	"github.com/pwcol/pwcol/microbatch/state"
)

// durable is what a run with state has open for it, beside its graph:
//
//	poll an epoch ─▶ read its rows ─▶ entry into the journal ─▶ end the operators ─▶ wait for the journal ─▶ sinks commit ─▶ note what they hold
//	                                        │                                             ▲
//	                                        └────────────── written and synced ───────────┘
//	now and then, between epochs: the operators' state into a checkpoint, which is written beside the next epochs
type durable struct {
	config  State
	store   *state.Store
	journal *journal.Log
	earlier *earlierRun // nil: the state is new

	entry      journal.Position // of the epoch that runs
	scratch    []byte
	checkpoint *checkpoint // that is being written; nil: none
	times      checkpointTimes
}

// JournalFolder is the name of the journal in a state folder.
const JournalFolder = "journal"

// openDurable opens the folder for writing. From now on other runs with it are refused.
func openDurable(s State) (*durable, error) {
	store, err := state.Open(s.FS, s.Path, state.Options{})
	if err != nil {
		return nil, err
	}
	id := journal.Identity{Job: store.Job(), Generation: store.Generation()}
	log, err := journal.Open(s.FS, filepath.Join(s.Path, JournalFolder), id)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &durable{config: s, store: store, journal: log}, nil
}

// close gives the folder back. What is in the journal is safe.
func (d *durable) close() error {
	if d == nil {
		return nil
	}
	var errs []error
	if d.checkpoint != nil {
		errs = append(errs, d.checkpoint.abort())
	}
	return errors.Join(append(errs, d.journal.Close(), d.store.Close())...)
}

// openDurably opens a run that goes on from the newest checkpoint that is whole, or begins anew if the state is new.
func (c Config) openDurably(ctx context.Context, d *durable, open func(Config) (*engine, error)) (*engine, error) {
	all, err := d.store.Checkpoints()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		if last := d.journal.LastEpoch(); last > 0 {
			return nil, fmt.Errorf("the state in %s has a journal up to epoch %d, and no checkpoint that it could be added to: bring back the folder checkpoints, or use a new path", c.State.Path, last)
		}
		return open(c)
	}
	var damaged []error
	for _, cp := range all {
		err := cp.Err
		if err == nil {
			var e *engine
			d.earlier, err = readEarlier(d, cp.Manifest)
			if err == nil && d.earlier.engine.Finished {
				return nil, fmt.Errorf("the job whose state is in %s has finished: all its sources had ended; to run it again, give it a new path", c.State.Path)
			}
			if err == nil {
				e, err = open(c.as(d.earlier))
			}
			if err == nil {
				d.store.Resume(cp.Manifest)
				return e, nil
			}
		}
		var damage *state.DamageError
		if !errors.As(err, &damage) {
			return nil, err
		}
		c.Log.Warn("a checkpoint can't be used; the one before it is tried", "epoch", cp.Epoch, "error", err)
		damaged = append(damaged, err)
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return nil, fmt.Errorf("no checkpoint of the state in %s can be used: %w", c.State.Path, errors.Join(damaged...))
}

// as is the settings of a run that goes on from an earlier one: what the two must have in common is that one's.
func (c Config) as(r *earlierRun) Config {
	c.seed, c.started = r.engine.Seed, r.engine.Started
	return c
}

// load makes the graph's operators take up the checkpoint's state.
func (d *durable) load(g *graph) error {
	if d == nil {
		return nil
	}
	if err := g.checkDurable(); err != nil || d.earlier == nil {
		return err
	}
	m := d.earlier.manifest
	known := map[string]bool{}
	for _, s := range g.steps {
		o, ok := s.operator.(op.Durable)
		if !ok || s.bounded {
			continue
		}
		saved, has := m.Operator(s.key)
		known[s.key] = true
		if !has {
			if err := d.refuseLate(s); err != nil {
				return err
			}
			continue
		}
		if saved.Structure != s.structure() {
			return fmt.Errorf("%s: the state has another form of it: %s", s.name, saved.Structure)
		}
		if err := guard(s.called, func() error { return d.loadOperator(m, s.key, o) }); err != nil {
			return err
		}
	}
	return refuseDrop(m, known, d.config.AllowDrop)
}

// checkDurable is an error if the graph has state that can't be saved.
func (g *graph) checkDurable() error {
	for _, s := range g.steps {
		_, stateful := s.operator.(op.Stateful)
		if _, ok := s.operator.(op.Durable); stateful && !ok && !s.bounded {
			return fmt.Errorf("%s: what it knows can't be kept in a state yet: run it without State", s.name)
		}
	}
	return nil
}

// hasBegun reports whether the first epoch, with all that bounded sources have, is in the checkpoint.
func (d *durable) hasBegun() bool { return d != nil && d.earlier != nil && d.earlier.engine.Begun }

// refuseLate is an error if a step that the checkpoint doesn't know would have to see what bounded sources have: that was read when the job began.
func (d *durable) refuseLate(s *step) error {
	if !d.hasBegun() {
		return nil
	}
	for _, read := range readsOf(s) {
		if read.bounded {
			return fmt.Errorf("%s: it isn't in the state, and needs the rows of %s, which were read when the job began: begin anew with another path", s.name, read.name)
		}
	}
	return nil
}

func (d *durable) loadOperator(m state.Manifest, key string, o op.Durable) error {
	if err := d.store.Load(m, key, o.Load); err != nil {
		return err
	}
	return o.Loaded()
}

// refuseDrop is an error if the checkpoint has operators that the program has no more.
func refuseDrop(m state.Manifest, known map[string]bool, allow bool) error {
	if allow {
		return nil
	}
	var errs []error
	for _, o := range m.Operators {
		if _, rows := o.Bytes(); !known[o.ID] && rows > 0 {
			errs = append(errs, fmt.Errorf("the state has %d rows of %q, which the program has no more: run the program that the state is of, or let it go (State.AllowDrop)", rows, o.ID))
		}
	}
	return errors.Join(errs...)
}
