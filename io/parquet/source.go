package parquet

import (
	"context"
	"fmt"
	"io"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// source is a plan's leaf: the files of a path and which of their columns are meant.
type source struct {
	path    string
	files   []files.File
	footers []*footer // of files, as they were when the source was made
	schema  *plan.Schema
}

var _ microbatch.SourceOpener = (*source)(nil)

func (s *source) Schema() *plan.Schema { return s.schema }

func (s *source) Describe() plan.Description {
	d := plan.Description{Kind: "parquet", Target: s.path}
	if len(s.files) > 1 {
		d.Options = append(d.Options, plan.Option{Key: "files", Value: fmt.Sprint(len(s.files))})
	}
	return d
}

// openSource is a source being read. Which row groups there are to read, and how they are cut, is settled when it is opened.
type openSource struct {
	env    *microbatch.Env
	filter *microbatch.Filter
	schema *plan.Schema

	// columns are the places in the schema of the columns that are read, those of the filter first.
	columns    []int
	numFilter  int
	wanted     []int // for each column of the output its place in columns
	groups     []rowGroup
	pieceRows  int64 // a row group of more rows is cut into pieces of so many
	next       int   // row group that the next morsel is of
	nextRow    int64
	partitions int
}

// rowGroup is a row group that is to be read.
type rowGroup struct {
	file    *inputFile
	index   int   // in its file
	rows    int64 // > 0
	ordinal int   // among all row groups of all files, those left out included
	chunks  []chunkInfo
}

// inputFile is an open source's file.
type inputFile struct {
	file    files.File
	footer  *footer
	columns []column // as in the source's schema
}

// morsel is a range of a row group's rows.
type morsel struct {
	group    *rowGroup
	from, to int64
	bytes    int64 // its share of the stored bytes, for progress
}

// Each of few row groups is cut so that there are morselsPerWorker for every worker: with whole row groups
// the last one would keep one core busy and the others idle. A morsel of less than minMorselRows isn't worth
// the pages that two morsels both unpack.
const (
	morselsPerWorker = 4
	minMorselRows    = 8 * vec.BatchRows
)

// OpenSource reads the footers and chooses the row groups.
func (s *source) OpenSource(ctx context.Context, env *microbatch.Env, scan microbatch.Scan) (microbatch.Source, error) {
	o := &openSource{env: env, filter: scan.Filter, schema: s.schema}
	o.chooseColumns(scan)
	tests := pruneTests(scan.Filter)
	for i := range s.files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		in, err := s.openFile(i)
		if err != nil {
			return nil, err
		}
		if err := o.addFile(in, tests); err != nil {
			return nil, err
		}
	}
	o.cut()
	return o, nil
}

// openFile reads a file's footer, unless the one that was read before is still good.
func (s *source) openFile(i int) (*inputFile, error) {
	ft := s.footers[i]
	if !ft.isCurrent() {
		var err error
		if ft, err = readFooter(s.files[i]); err != nil {
			return nil, err
		}
	}
	columns, err := ft.columns(s.schema.Names())
	if err != nil {
		return nil, err
	}
	return &inputFile{s.files[i], ft, columns}, ft.fit(columns, s.schema)
}

// chooseColumns lists the columns to read: the filter's, then the others.
func (o *openSource) chooseColumns(scan microbatch.Scan) {
	place := map[int]int{}
	if scan.Filter != nil {
		for _, c := range scan.Filter.Columns {
			place[c] = len(o.columns)
			o.columns = append(o.columns, c)
		}
	}
	o.numFilter = len(o.columns)
	for _, c := range scan.Columns {
		p, there := place[c]
		if !there {
			p = len(o.columns)
			o.columns = append(o.columns, c)
		}
		o.wanted = append(o.wanted, p)
	}
}

// addFile adds the row groups of a file that may have rows for the filter.
func (o *openSource) addFile(in *inputFile, tests []pruneTest) error {
	for i, rg := range in.footer.meta.RowGroups {
		ordinal := o.partitions
		o.partitions++
		if rg.NumRows == 0 || canSkip(in, i, tests) {
			continue
		}
		g := rowGroup{file: in, index: i, rows: rg.NumRows, ordinal: ordinal}
		for _, c := range o.columns {
			chunk, err := in.footer.chunk(i, &in.columns[c])
			if err != nil {
				return err
			}
			chunk.dicts.acct = o.env.Account
			o.env.Stats.BytesTotal.Add(chunk.to - chunk.from)
			g.chunks = append(g.chunks, chunk)
		}
		o.groups = append(o.groups, g)
	}
	return nil
}

// cut sets how many rows a morsel has.
func (o *openSource) cut() {
	total := int64(0)
	for _, g := range o.groups {
		total += g.rows
	}
	o.pieceRows = total
	if want := morselsPerWorker * o.env.Threads; len(o.groups) < want {
		piece := total / int64(want)
		piece = (piece + vec.BatchRows - 1) / vec.BatchRows * vec.BatchRows
		o.pieceRows = max(piece, minMorselRows)
	}
}

// Next is the next range of rows.
func (o *openSource) Next(context.Context) (microbatch.Morsel, error) {
	if o.next == len(o.groups) {
		return nil, io.EOF
	}
	g := &o.groups[o.next]
	from := o.nextRow
	to := g.rows
	if g.rows-from > o.pieceRows+o.pieceRows/2 {
		to = from + o.pieceRows
	}
	o.nextRow = to
	if to == g.rows {
		o.next, o.nextRow = o.next+1, 0
	}
	return &morsel{group: g, from: from, to: to, bytes: g.share(from, to)}, nil
}

// share is the part of the row group's bytes that rows from to to stand for. The shares of all pieces
// add up to the whole.
func (g *rowGroup) share(from, to int64) int64 {
	bytes := int64(0)
	for _, c := range g.chunks {
		bytes += c.to - c.from
	}
	at := func(row int64) int64 { return int64(float64(bytes) * (float64(row) / float64(g.rows))) }
	return at(to) - at(from)
}

// Close gives back the dictionaries of row groups that were not read to their end. Readers hold the files.
func (o *openSource) Close() error {
	for _, g := range o.groups {
		for _, c := range g.chunks {
			c.dicts.done(g.rows)
		}
	}
	return nil
}
