package csv

import (
	"context"
	"errors"

	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/microbatch"
)

var _ microbatch.SourceOpener = (*source)(nil)

// OpenSource finds the files and looks at the header of each.
func (src *source) OpenSource(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	list, err := files.List(src.path, endings...)
	if err != nil {
		return nil, err
	}
	var inputs []*text.Input
	for _, f := range list {
		in, err := src.openInput(f)
		if err != nil {
			return nil, errors.Join(err, text.CloseInputs(inputs))
		}
		inputs = append(inputs, in)
	}
	return text.NewSource(src.textOptions("csv.Read"), env, scan, inputs), nil
}

func (src *source) textOptions(step string) text.Options {
	return text.Options{Step: step, Format: textFormat{src}, Chunk: src.settings.chunkSize}
}

func (src *source) openInput(f files.File) (*text.Input, error) {
	t, err := src.openText(f)
	if err != nil {
		return nil, err
	}
	h, err := src.settings.readHead(t, headSize)
	if err != nil {
		return nil, errors.Join(err, t.Close())
	}
	in := &text.Input{File: f, Name: t.Name, Packed: t.Packed != files.None || !f.Seekable(), Start: int64(h.start), Line: 1 + h.lines}
	if in.Columns, err = src.match(t.Name, h); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	if f.Seekable() {
		return in, t.Close()
	}
	t.PutBack(h.text()[h.start:])
	in.Text = t
	return in, nil
}

// openText opens a file; standard input may have been opened to find the schema.
func (src *source) openText(f files.File) (*text.Text, error) {
	if f.Path != files.Stdin || !src.inferred {
		return text.OpenText(f)
	}
	t := src.stdin
	if t == nil {
		return nil, errTwice
	}
	src.stdin = nil
	return t, nil
}

// match is the place in the schema of each of the file's columns.
func (src *source) match(name string, h *head) ([]int, error) {
	if !src.settings.noHeader {
		return h.match(name, src.schema)
	}
	places := make([]int, src.schema.Len())
	for i := range places {
		places[i] = i
	}
	return places, nil
}

// parserOptions are those of a parser of the input's rows for a scan.
func (src *source) parserOptions(in *text.Input, scan microbatch.Scan) format.Options {
	all := columns(src.schema)
	cols := make([]format.Column, len(in.Columns))
	fileOf := make([]int, len(all)) // the file's column for each of the schema's
	for i, at := range in.Columns {
		cols[i] = all[at]
		fileOf[at] = i
	}
	opts := src.settings.parserOptions(cols)
	for _, c := range scan.Columns {
		opts.Want = append(opts.Want, fileOf[c])
	}
	if f := scan.Filter; f != nil {
		opts.Selector = f.NewSelector()
		for _, c := range f.Columns {
			opts.FilterColumns = append(opts.FilterColumns, fileOf[c])
		}
	}
	return opts
}
