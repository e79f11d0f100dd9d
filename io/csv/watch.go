package csv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/io/internal/watch"
	"github.com/pwcol/pwcol/microbatch"
)

// RewrittenPolicy says what becomes of the rows of a watched file that was written anew, or has become shorter, after they were read.
type RewrittenPolicy = text.Rewritten

// The policies.
const (
	// Fails ends the run with an error that names the file: its old rows are part of results, and nobody has said what is to become of them.
	Fails = text.RewrittenFails
	// Adds leaves them, and adds what the file holds now: for logs whose rotation copies and truncates them.
	Adds = text.RewrittenAdds
	// Replaces takes them back in the epoch in which the new ones come, and takes back those of a file that is gone: the table is what the
	// files hold. They are kept in memory for that, and the table's rows may be taken back (its changelog kind is retract).
	Replaces = text.RewrittenReplaces
)

// Interval is how often watched files are looked at: every 100 ms unless this says otherwise.
func Interval(d time.Duration) Option {
	return readOption("Interval", func(s *settings) error {
		if d <= 0 {
			return fmt.Errorf("csv.Interval(%s): it is longer than nothing", d)
		}
		s.interval = d
		return nil
	})
}

// Rewritten says what becomes of the rows of a watched file that was written anew: the run fails unless this says otherwise.
func Rewritten(p RewrittenPolicy) Option {
	return readOption("Rewritten", func(s *settings) error { s.rewritten = p; return nil })
}

// plainEndings are those of the files that a watched folder stands for: compressed files can't be read from the middle.
var plainEndings = []string{".csv", ".tsv", ".txt"}

// Watch is the table of the rows that the files at path have and will get: a stream. The path is a folder (its files that end in .csv, .tsv or .txt), a
// glob or a file; files may come, grow, and be renamed, and rows are read as soon as they are whole: with the line break behind them. Every
// file has its header, unless Header says that none has. Rows come in the
// order in which they are seen; event times of different files may be as far apart as a Delay allows.
//
// opts are those of Read, Interval and Rewritten. Without a schema it is found from the first file that is there; if there is none
// yet, a schema must be given.
func Watch(path string, opts ...pw.ReadOption) *pw.Table {
	s, err := newSettings(opts)
	if err != nil {
		return pw.NewSource(nil, pw.SourceOptions{Bad: s.bad, Err: err})
	}
	src, err := newWatched(path, s)
	if err != nil {
		return pw.NewSource(nil, pw.SourceOptions{Bad: s.bad, Err: err})
	}
	return pw.NewSource(src, pw.SourceOptions{Bad: s.bad})
}

// watched is what Watch reads, as a leaf of a plan.
type watched struct{ of *source }

var (
	_ microbatch.StreamOpener = (*watched)(nil)
	_ plan.Unbounded          = (*watched)(nil)
	_ plan.Feeding            = (*watched)(nil)
)

func newWatched(path string, s *settings) (*watched, error) {
	if path == files.Stdin {
		return nil, errors.New("standard input can't be watched; read it")
	}
	src, err := newSource(path, s)
	if errors.Is(err, fs.ErrNotExist) && s.schema == nil {
		return nil, fmt.Errorf("%w: give a schema, as there is nothing yet to find it from", err)
	}
	return &watched{src}, err
}

// Schema is the columns.
func (w *watched) Schema() *plan.Schema { return w.of.schema }

// Describe is the source for Explain.
func (w *watched) Describe() plan.Description {
	d := w.of.Describe()
	d.Options = append(d.Options, plan.Option{Key: "watch", Value: "true"})
	return d
}

// IsUnbounded reports that there is no end.
func (w *watched) IsUnbounded() bool { return true }

// Feed says whether rows may be taken back.
func (w *watched) Feed() (plan.Feed, []int) {
	if w.of.settings.rewritten == Replaces {
		return plan.Revisions, nil
	}
	return plan.Insertions, nil
}

// OpenStream begins to look at the files.
func (w *watched) OpenStream(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Stream, error) {
	list, err := watch.New(w.of.path, plainEndings...)
	if err != nil {
		return nil, err
	}
	o := text.WatchOptions{
		Options: w.of.textOptions("csv.Watch"), Files: list, Interval: w.of.settings.interval, Rewritten: w.of.settings.rewritten, Begin: w.of.begin,
	}
	return text.NewStream(ctx, o, env, scan), nil
}

// begin reads a file's header; false if there isn't all of it yet.
func (src *source) begin(file *os.File, name string) (*text.Input, bool, error) {
	t, err := text.StartOf(file, name)
	if err != nil {
		return nil, false, err
	}
	h, err := src.settings.readHead(t, headSize)
	if err != nil {
		return nil, false, err
	}
	if !src.settings.noHeader && (h.names == nil || h.text()[h.start-1] != '\n') {
		return nil, false, nil
	}
	in := &text.Input{Name: name, Start: int64(h.start), Line: 1 + h.lines}
	in.Columns, err = src.match(name, h)
	return in, true, err
}
