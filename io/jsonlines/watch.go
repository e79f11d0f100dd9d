package jsonlines

import (
	"fmt"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/io/internal/text"
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
	return Option{"Interval", func(s *settings) error {
		if d <= 0 {
			return fmt.Errorf("jsonlines.Interval(%s): it is longer than nothing", d)
		}
		s.interval = d
		return nil
	}}
}

// Rewritten says what becomes of the rows of a watched file that was written anew: the run fails unless this says otherwise.
func Rewritten(p RewrittenPolicy) Option {
	return Option{"Rewritten", func(s *settings) error { s.rewritten = p; return nil }}
}

// plainEndings are those of the files that a watched folder stands for: compressed files can't be read from the middle.
var plainEndings = []string{".jsonl", ".ndjson"}

// Watch is the table of the rows that the files at path have and will get: a stream. The path is a folder (its files that end in .jsonl or .ndjson), a
// glob or a file; files may come, grow, and be renamed, and rows are read as soon as they are whole: with the line break behind them. Rows come in the
// order in which they are seen; event times of different files may be as far apart as a Delay allows.
//
// A file that has several names, by links, is read once. One that may not be opened is tried again until it may, and the log says so. What a file gets is
// read while it has a name that is watched: where logs are rotated, the name that they get then should be one, too.
//
// In a run with a state (Config.State) no row is read twice or left out by the next run. That goes on in each file where this one has stopped, and may have to
// read again what came behind the last checkpoint: those bytes must still be there, under whatever name, or it ends with an error that names the file. A file
// all of which was read before the checkpoint may be gone. With Rewritten(Adds) rows are kept in the journal instead, so that nothing is read
// again; Rewritten(Replaces) can't have a state yet.
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

// newWatched is what Watch reads, as a leaf of a plan.
func newWatched(path string, s *settings) (*text.Growing, error) {
	if err := text.CheckWatch(path); err != nil {
		return nil, err
	}
	src, err := newSource(path, s)
	if err != nil {
		return nil, text.ExplainWatch(err)
	}
	return &text.Growing{
		Source: src, Path: path, Endings: plainEndings,
		WatchOptions: text.WatchOptions{Options: src.textOptions("jsonlines.Watch"), Interval: s.interval, Rewritten: s.rewritten},
	}, nil
}
