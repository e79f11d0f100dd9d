package text

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/internal/watch"
	"github.com/pwcol/pwcol/microbatch"
)

// Growing are files that are watched, as a leaf of a plan: the rows that they have and will get.
type Growing struct {
	plan.Source          // the same files, read as they are
	Path        string   // of a folder, a glob, or a file
	Endings     []string // of the files that a folder stands for: compressed ones can't be read from the middle
	WatchOptions
}

// WatchOptions are how files are watched.
type WatchOptions struct {
	Options
	Interval  time.Duration // 0: DefaultInterval
	Rewritten Rewritten
}

var (
	_ microbatch.StreamOpener = (*Growing)(nil)
	_ plan.Unbounded          = (*Growing)(nil)
	_ plan.Feeding            = (*Growing)(nil)
)

// CheckWatch says whether a path can be watched at all.
func CheckWatch(path string) error {
	if path == files.Stdin {
		return errors.New("standard input can't be watched; read it")
	}
	return nil
}

// ExplainWatch is the error of finding the schema of files that are to be watched: if there are none, they may still come.
func ExplainWatch(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: give a schema, as there is nothing yet to find it from", err)
	}
	return err
}

// Describe is the source for Explain.
func (g *Growing) Describe() plan.Description {
	d := g.Source.Describe()
	d.Options = append(d.Options, plan.Option{Key: "watch", Value: "true"})
	return d
}

// IsUnbounded reports that there is no end.
func (g *Growing) IsUnbounded() bool { return true }

// Feed says whether rows may be taken back.
func (g *Growing) Feed() (plan.Feed, []int) {
	if g.Rewritten == RewrittenReplaces {
		return plan.Revisions, nil
	}
	return plan.Insertions, nil
}

// OpenStream begins to look at the files.
func (g *Growing) OpenStream(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	if env.Durable && g.Rewritten == RewrittenReplaces {
		return nil, errors.New("rows that rewritten files replace can't be kept in a state yet: run it without State, or say that rewritten files add (Rewritten)")
	}
	list, err := watch.New(g.Path, g.Rewritten == RewrittenReplaces, g.Endings...)
	if err != nil {
		return nil, err
	}
	return newStream(ctx, list, g.WatchOptions, env, scan)
}
