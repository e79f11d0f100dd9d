package microbatch

import (
	"errors"
	"fmt"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/microbatch/settings"
)

// configFile is what a file of settings may hold.
type configFile struct {
	Executor   executorSettings          `setting:"executor"`
	State      *settings.Node            `setting:"state"`
	Connectors map[string]*settings.Node `setting:"connectors"`
}

type executorSettings struct {
	Threads      int           `setting:"num_threads"`
	MaxMemory    settings.Size `setting:"max_memory"`
	TempDir      string        `setting:"temp_dir"`
	Autocommit   time.Duration `setting:"autocommit"`
	MaxEpochRows int64         `setting:"max_epoch_rows"`
	Inconsistent inconsistent  `setting:"inconsistent"`
	SinkRetries  int           `setting:"sink_retries"`
	LogInterval  time.Duration `setting:"log_interval"`
}

type stateSettings struct {
	Storage            storage       `setting:"storage"`
	Path               string        `setting:"path"`
	CheckpointInterval time.Duration `setting:"checkpoint_interval"`
	AllowDrop          bool          `setting:"allow_drop"`
}

// inconsistent is "fail" or "skip".
type inconsistent plan.BadRows

func (i *inconsistent) UnmarshalText(text []byte) error {
	for _, p := range []plan.BadRows{plan.Fail, plan.Skip} {
		if string(text) == p.String() {
			*i = inconsistent(p)
			return nil
		}
	}
	return fmt.Errorf("%q is neither fail nor skip", text)
}

// storage is where a state is: so far always in a folder.
type storage struct{}

func (*storage) UnmarshalText(text []byte) error {
	if string(text) != "local" {
		return fmt.Errorf("there is no storage %q: write local, for a folder of this machine", text)
	}
	return nil
}

// ReadConfig reads settings from a file, as package settings has it: YAML, variables of the environment as ${NAME}. What isn't in it is as in the zero
// Config; an error has all mistakes, each with its place.
//
//	executor:   {num_threads: 4, max_memory: 8GB, temp_dir: /var/tmp, autocommit: 100ms,
//	             max_epoch_rows: 100000, inconsistent: skip, sink_retries: 3, log_interval: 1m}
//	state:      {storage: local, path: ./state, checkpoint_interval: 60s, allow_drop: false}
//	connectors:
//	  postgres: {host: localhost, password: ${PGPASSWORD}}     what each connector makes of it is its own affair
func ReadConfig(path string) (Config, error) {
	root, err := settings.ReadFile(path)
	if err != nil {
		return Config{}, err
	}
	return configOf(root)
}

func configOf(root *settings.Node) (Config, error) {
	var f configFile
	err := root.Decode(&f)
	s := stateSettings{}
	if f.State != nil {
		err = errors.Join(err, f.State.Decode(&s))
		if err == nil && s.Path == "" {
			err = f.State.Errorf("there is no path: say where the state is to be kept, as path: ./state")
		}
	}
	if err != nil {
		return Config{}, err
	}
	x := f.Executor
	c := Config{
		Threads: x.Threads, MaxMemory: int64(x.MaxMemory), TempDir: x.TempDir, Autocommit: x.Autocommit, MaxEpochRows: x.MaxEpochRows,
		Inconsistent: plan.BadRows(x.Inconsistent), SinkRetries: x.SinkRetries, LogInterval: x.LogInterval,
		State:      State{Path: s.Path, CheckpointInterval: s.CheckpointInterval, AllowDrop: s.AllowDrop},
		Connectors: f.Connectors,
	}
	if _, err := c.withDefaults(); err != nil {
		return Config{}, root.Errorf("%w", err)
	}
	return c, nil
}
