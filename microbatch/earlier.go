package microbatch

import (
	"encoding/json"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/microbatch/journal"
	"github.com/pwcol/pwcol/microbatch/state"
)

// earlierRun is what a run goes on from: a checkpoint, and what the journal has of the epochs since.
type earlierRun struct {
	manifest state.Manifest
	engine   engineData
	sources  map[string]*Earlier
	sinks    map[string]*Earlier
}

// engineData is what the engine itself notes in a checkpoint.
type engineData struct {
	Now      int64           `json:"now"`     // the clock of its epoch, µs since 1970
	Started  int64           `json:"started"` // when the job began, µs since 1970
	Seed     uint64          `json:"seed"`
	Begun    bool            `json:"begun"`    // the first epoch, which has the bounded sources, is in it
	Finished bool            `json:"finished"` // all sources had ended
	Sources  []connectorData `json:"sources"`
	Sinks    []connectorData `json:"sinks"`
}

// connectorData is where a connector stood.
type connectorData struct {
	Key      string `json:"key"`
	Position []byte `json:"position,omitempty"`
	Ended    bool   `json:"ended,omitempty"`
}

// readEarlier reads what connectors have to know before they are opened.
func readEarlier(d *durable, m state.Manifest) (*earlierRun, error) {
	r := &earlierRun{manifest: m, sources: map[string]*Earlier{}, sinks: map[string]*Earlier{}}
	if err := json.Unmarshal(m.Engine, &r.engine); err != nil {
		return nil, &state.DamageError{Path: d.config.Path, Epoch: m.Epoch, Err: fmt.Errorf("the engine's part: %w", err)}
	}
	for _, s := range r.engine.Sources {
		r.sources[s.Key] = &Earlier{Position: s.Position}
	}
	for _, s := range r.engine.Sinks {
		r.sinks[s.Key] = &Earlier{Position: s.Position}
	}
	err := d.journal.Read(m.Epoch, r.note)
	return r, err
}

// note takes what a frame of the journal says about connectors.
func (r *earlierRun) note(f journal.Frame) error {
	if f.Kind == journal.Note {
		key, position, err := decodeAck(f.Payload)
		if err != nil {
			return err
		}
		r.add(r.sinks, key, Progress{Epoch: f.Epoch, Position: position})
		return nil
	}
	e, _, err := decodeEntry(f.Payload)
	if err != nil {
		return err
	}
	for _, s := range e.sources {
		p := Progress{Epoch: e.number, Position: clone(s.place)}
		if !s.kept {
			p = Progress{Epoch: e.number, Range: p.Position}
		}
		r.add(r.sources, s.key, p)
	}
	return nil
}

// of is what a step's connector has to know; nil if the earlier run didn't have it.
func (r *earlierRun) of(s *step) *Earlier {
	if _, ok := s.node.(*plan.Read); ok {
		return r.sources[s.key]
	}
	return r.sinks[s.key]
}

func (r *earlierRun) add(to map[string]*Earlier, key string, p Progress) {
	if to[key] == nil {
		to[key] = &Earlier{}
	}
	to[key].Since = append(to[key].Since, p)
}

// clone is a copy that isn't nil.
func clone(b []byte) []byte { return append([]byte{}, b...) }

// appendAck is what is noted of a sink that has acknowledged an epoch.
func appendAck(dst []byte, key string, position []byte) []byte {
	return appendBytes(appendBytes(dst, []byte(key)), position)
}

func decodeAck(data []byte) (key string, position []byte, err error) {
	r := &byteReader{left: data}
	key, position = string(r.bytes()), clone(r.bytes())
	if r.bad || len(r.left) > 0 {
		return "", nil, errEntry
	}
	return key, position, nil
}
