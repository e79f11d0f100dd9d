package jsonlines

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/json"
)

// settings are what the options of Read and Infer say.
type settings struct {
	schema     *plan.Schema // nil: found from a sample
	paths      []columnPath
	epochs     []columnEpoch
	types      []columnType
	layouts    []columnLayout
	bad        pw.BadRows
	sampleRows int // 0: defaultSampleRows, but no more than sampleBytes has
	maxRowSize int
	chunkSize  int // 0: what package text takes

	interval  time.Duration   // of Watch; 0: the default
	rewritten RewrittenPolicy // of Watch
}

type columnPath struct {
	column string
	keys   []string
}

type columnEpoch struct {
	column string
	unit   pw.TimeUnit
}

type columnType struct {
	column string
	is     pw.Type
}

type columnLayout struct{ column, layout string }

// defaultSampleRows is how many rows columns are found from, and sampleBytes how much of the file, at most.
const (
	defaultSampleRows = 20_480
	sampleBytes       = 1 << 20
)

func newSettings(opts []pw.ReadOption) (*settings, error) {
	s := &settings{maxRowSize: format.DefaultMaxRowSize}
	var errs []error
	for _, o := range opts {
		errs = append(errs, o.ApplyRead(s))
	}
	return s, errors.Join(errs...)
}

// SetSchema takes a schema that is given among the options.
func (s *settings) SetSchema(schema *plan.Schema) { s.schema = schema }

func (s *settings) maxSample() int {
	if s.sampleRows == 0 {
		return defaultSampleRows
	}
	return s.sampleRows
}

// applyColumns puts the types and layouts given by column into the schema. A column with a Layout or an Epoch whose type was found from a sample, and
// not given, becomes what they tell.
func (s *settings) applyColumns(schema *plan.Schema, inferred bool) (*plan.Schema, error) {
	fields := slices.Clone(schema.Fields())
	field := func(what, column string) (*plan.Field, error) {
		i, ok := schema.Index(column)
		if !ok {
			return nil, fmt.Errorf("%s for column %q: there is no such column; there are %s", what, column, strings.Join(schema.Names(), ", "))
		}
		return &fields[i], nil
	}
	for _, t := range s.types {
		f, err := field("type", t.column)
		if err != nil {
			return nil, err
		}
		f.Type = t.is
	}
	for _, l := range s.layouts {
		f, err := field("layout", l.column)
		if err != nil {
			return nil, err
		}
		f.Layout = l.layout
		if !inferred || s.hasType(l.column) {
			continue
		}
		if f.Type, err = format.LayoutType(l.layout); err != nil {
			return nil, fmt.Errorf("column %q: %w", l.column, err)
		}
	}
	for _, e := range s.epochs {
		f, err := field("epoch", e.column)
		if err != nil {
			return nil, err
		}
		if inferred && !s.hasType(e.column) {
			f.Type = pw.TimestampType(max(e.unit, pw.Micro))
		}
	}
	for _, p := range s.paths {
		if _, err := field("path", p.column); err != nil {
			return nil, err
		}
	}
	return plan.NewSchema(fields...), nil
}

// hasType reports whether the column's type was given by an option.
func (s *settings) hasType(column string) bool {
	return slices.ContainsFunc(s.types, func(t columnType) bool { return t.column == column })
}

// parserOptions are those of a parser that wants none of the schema's columns.
func (s *settings) parserOptions(schema *plan.Schema) format.Options {
	o := format.Options{MaxRowSize: s.maxRowSize}
	for _, f := range schema.Fields() {
		o.Columns = append(o.Columns, format.Column{Name: f.Name, Type: f.Type, Nullable: f.Nullable, Layout: f.Layout})
	}
	for _, p := range s.paths {
		if i, ok := schema.Index(p.column); ok {
			o.Columns[i].Path = p.keys
		}
	}
	for _, e := range s.epochs {
		if i, ok := schema.Index(e.column); ok {
			o.Columns[i].Epoch = &e.unit
		}
	}
	return o
}

// check reports whether the settings go together with the schema: layouts, paths, limits.
func (s *settings) check(schema *plan.Schema) error {
	if err := schema.Validate(); err != nil {
		return err
	}
	o := s.parserOptions(schema)
	for i := range o.Columns {
		o.Want = append(o.Want, i)
	}
	_, err := format.NewParser(o)
	return err
}
