package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Manifest is a checkpoint: what was known at the end of an epoch.
type Manifest struct {
	Job        JobID           `json:"job"`
	Epoch      int64           `json:"epoch"`
	Generation int64           `json:"generation"` // of the run that wrote it
	Written    time.Time       `json:"written"`
	Engine     json.RawMessage `json:"engine,omitempty"` // what the engine wants to know (positions, clocks, seed), as JSON; its spaces may have changed
	Operators  []Operator      `json:"operators"`
}

// Operator is the state of an operator.
type Operator struct {
	ID        string  `json:"id"`        // as the engine calls it
	Structure string  `json:"structure"` // what its state looks like: another structure's state can't be loaded
	Tables    []Table `json:"tables,omitempty"`
	Parts     []Part  `json:"parts"` // in the order in which they are loaded: a whole one, then the deltas since
}

// Table is what the batches of one of an operator's tables look like.
type Table struct {
	Types []string `json:"types,omitempty"` // of the columns; none: no rows yet
}

// Part is what an operator has added at one checkpoint: blocks, one after the other, in a file.
type Part struct {
	Epoch  int64  `json:"epoch"` // of the checkpoint that it was written for
	Whole  bool   `json:"whole"` // else a delta to what is before
	File   string `json:"file,omitempty"`
	Offset int64  `json:"offset"`
	Bytes  int64  `json:"bytes"` // 0: nothing, and no file
	Blocks int64  `json:"blocks"`
	Rows   int64  `json:"rows"`
}

// Operator is that operator's state; ok if the checkpoint has it.
func (m Manifest) Operator(id string) (o Operator, ok bool) {
	for _, o := range m.Operators {
		if o.ID == id {
			return o, true
		}
	}
	return Operator{}, false
}

// Bytes is how much of the operator's state is on disk, and how many rows.
func (o Operator) Bytes() (bytes, rows int64) {
	for _, p := range o.Parts {
		bytes, rows = bytes+p.Bytes, rows+p.Rows
	}
	return bytes, rows
}

const (
	manifestSuffix = ".manifest"
	manifestKind   = "manifest"
)

func manifestName(epoch int64) string {
	return fmt.Sprintf("%s/%020d%s", CheckpointsFolder, epoch, manifestSuffix)
}

// manifestEpoch is the epoch in the name of a manifest.
func manifestEpoch(name string) (epoch int64, ok bool) {
	digits, ok := strings.CutSuffix(name, manifestSuffix)
	if !ok || len(digits) != 20 {
		return 0, false
	}
	epoch, err := strconv.ParseInt(digits, 10, 64)
	return epoch, err == nil && epoch > 0
}

// decodeManifest reads the manifest of a job's checkpoint of that epoch.
func decodeManifest(data []byte, job JobID, epoch int64) (Manifest, error) {
	var m Manifest
	if err := decodeDocument(data, manifestKind, &m); err != nil {
		return Manifest{}, err
	}
	switch {
	case m.Job != job:
		return Manifest{}, fmt.Errorf("it belongs to job %s, not to %s", m.Job, job)
	case m.Epoch != epoch:
		return Manifest{}, fmt.Errorf("it says that it is of epoch %d", m.Epoch)
	}
	seen := map[string]bool{}
	for _, o := range m.Operators {
		if seen[o.ID] {
			return Manifest{}, fmt.Errorf("operator %q comes twice", o.ID)
		}
		seen[o.ID] = true
		if err := o.check(epoch); err != nil {
			return Manifest{}, fmt.Errorf("operator %q: %w", o.ID, err)
		}
	}
	return m, nil
}

// check checks what can be checked without the files.
func (o Operator) check(epoch int64) error {
	if len(o.Parts) == 0 {
		return errors.New("it has no parts")
	}
	before := int64(0)
	for i, p := range o.Parts {
		switch {
		case p.Whole != (i == 0):
			return fmt.Errorf("part %d: a whole one comes first, then deltas", i+1)
		case p.Epoch <= before || p.Epoch > epoch:
			return fmt.Errorf("part %d: epoch %d after %d", i+1, p.Epoch, before)
		case p.Bytes == 0 && (p.File != "" || p.Blocks != 0 || p.Rows != 0 || p.Offset != 0):
			return fmt.Errorf("part %d: nothing can't be in a file", i+1)
		case p.Bytes != 0 && (!blockNames.MatchString(p.File) || p.Offset < blockHeader || p.Bytes < 0 || p.Offset+p.Bytes < 0 || p.Blocks < 1 || p.Rows < p.Blocks):
			return fmt.Errorf("part %d: %+v can't be", i+1, p)
		}
		before = p.Epoch
	}
	return nil
}
