package csv

import (
	"context"

	format "github.com/pwcol/pwcol/io/format/csv"
	"github.com/pwcol/pwcol/io/internal/text"
	"github.com/pwcol/pwcol/microbatch"
)

var _ microbatch.SourceOpener = (*source)(nil)

// OpenSource finds the files and looks at the header of each.
func (src *source) OpenSource(_ context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	return src.files.Open(src.textOptions("csv.Read"), env, scan)
}

func (src *source) textOptions(step string) text.Options {
	return text.Options{Step: step, Format: textFormat{src}, Chunk: src.settings.chunkSize}
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
