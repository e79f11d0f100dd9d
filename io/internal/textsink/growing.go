package textsink

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/io/internal/growfile"
	"github.com/pwcol/pwcol/microbatch"
)

// growing is a stream's sink: a file that grows by epochs, each of which it has exactly once.
type growing struct {
	sink
	grows   *growfile.File
	resumed int64
}

var _ microbatch.Lasting = (*growing)(nil)

func openGrowing(o Options, env *microbatch.Env) (microbatch.Sink, error) {
	g, err := createOrResume(o, env)
	if err != nil {
		return nil, err
	}
	g.sink = newSink(g.grows, o, env)
	if g.grows.Position().Size > 0 {
		return g, nil
	}
	return g, g.begin(o.Header)
}

func createOrResume(o Options, env *microbatch.Env) (g *growing, err error) {
	g = &growing{}
	switch {
	case env.Earlier != nil:
		err = g.resume(o.Path, env.Earlier)
	case o.Overwrite:
		g.grows, err = growfile.Create(o.Path, growfile.Replace)
	default:
		g.grows, err = growfile.Create(o.Path, growfile.Refuse)
	}
	return g, err
}

// resume brings the file back to what an earlier run has written.
func (g *growing) resume(path string, e *microbatch.Earlier) error {
	first, err := decodePosition(e.Position)
	if err != nil {
		return err
	}
	later := make([]growfile.Position, len(e.Since))
	for i, p := range e.Since {
		if later[i], err = decodePosition(p.Position); err != nil {
			return err
		}
	}
	var n int
	if g.grows, n, err = growfile.Resume(path, first, later); err != nil {
		return err
	}
	if n > 0 {
		g.resumed = e.Since[n-1].Epoch
	}
	return nil
}

// Resumed is the last epoch that the file has.
func (g *growing) Resumed() int64 { return g.resumed }

// Position is the file's size and the checksum of what the last epoch has added.
func (g *growing) Position() ([]byte, error) {
	p := g.grows.Position()
	b := binary.LittleEndian.AppendUint64(nil, uint64(p.Size))
	return binary.LittleEndian.AppendUint32(b, p.Sum), nil
}

func decodePosition(b []byte) (growfile.Position, error) {
	if len(b) != 12 {
		return growfile.Position{}, fmt.Errorf("the state's note about it has %d bytes, expected 12: it is of another kind of sink", len(b))
	}
	p := growfile.Position{Size: int64(binary.LittleEndian.Uint64(b)), Sum: binary.LittleEndian.Uint32(b[8:])}
	if p.Size < 0 {
		return p, errors.New("the state's note about it has a negative size")
	}
	return p, nil
}

// Sync puts what was committed on disk.
func (g *growing) Sync(context.Context) error { return g.grows.Sync() }
