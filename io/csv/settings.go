package csv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	format "github.com/pwcol/pwcol/io/format/csv"
)

// settings are what the options of Read and Infer say.
type settings struct {
	schema     *plan.Schema // nil: found from a sample
	dialect    format.Dialect
	noHeader   bool
	nullTexts  []string
	types      []columnType
	layouts    []columnLayout
	bad        pw.BadRows
	sampleRows int // 0: defaultSampleRows, but no more than sampleBytes has
	maxRowSize int
	chunkSize  int // 0: what package text takes

	interval  time.Duration   // of Watch; 0: the default
	rewritten RewrittenPolicy // of Watch
}

type columnType struct {
	column string
	is     pw.Type
}

type columnLayout struct{ column, layout string }

// defaultSampleRows is how many rows types are found from, and sampleBytes how much of the file, at most.
const (
	defaultSampleRows = 20_480
	sampleBytes       = 1 << 20
)

func newSettings(opts []pw.ReadOption) (*settings, error) {
	s := &settings{dialect: format.Default, maxRowSize: format.DefaultMaxRowSize}
	var errs []error
	for _, o := range opts {
		errs = append(errs, o.ApplyRead(s))
	}
	errs = append(errs, s.dialect.Validate())
	return s, errors.Join(errs...)
}

func (s *settings) maxSample() int {
	if s.sampleRows == 0 {
		return defaultSampleRows
	}
	return s.sampleRows
}

// SetSchema takes a schema that is given among the options.
func (s *settings) SetSchema(schema *plan.Schema) { s.schema = schema }

// applyColumns puts the types and layouts given by column into the schema. A column whose type was found from a sample, and
// not given, becomes what its layout can tell: a timestamp, date or time.
func (s *settings) applyColumns(schema *plan.Schema, inferred bool) (*plan.Schema, error) {
	fields := slices.Clone(schema.Fields())
	for _, t := range s.types {
		i, ok := schema.Index(t.column)
		if !ok {
			return nil, noColumn("type", t.column, schema)
		}
		fields[i].Type = t.is
	}
	for _, l := range s.layouts {
		i, ok := schema.Index(l.column)
		if !ok {
			return nil, noColumn("layout", l.column, schema)
		}
		fields[i].Layout = l.layout
		if !inferred || s.hasType(l.column) {
			continue
		}
		t, err := format.LayoutType(l.layout)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", l.column, err)
		}
		fields[i].Type = t
	}
	return plan.NewSchema(fields...), nil
}

// hasType reports whether the column's type was given by an option.
func (s *settings) hasType(column string) bool {
	return slices.ContainsFunc(s.types, func(t columnType) bool { return t.column == column })
}

func noColumn(what, column string, schema *plan.Schema) error {
	return fmt.Errorf("%s for column %q: there is no such column; there are %s", what, column, strings.Join(schema.Names(), ", "))
}

// columns are the schema's columns for a parser.
func columns(schema *plan.Schema) []format.Column {
	out := make([]format.Column, schema.Len())
	for i, f := range schema.Fields() {
		out[i] = format.Column{Name: f.Name, Type: f.Type, Nullable: f.Nullable, Layout: f.Layout}
	}
	return out
}

// parserOptions are those of a parser of rows with the given columns, which wants none of them.
func (s *settings) parserOptions(cols []format.Column) format.Options {
	return format.Options{Dialect: s.dialect, Columns: cols, NullTexts: s.nullTexts, MaxRowSize: s.maxRowSize}
}

// check reports whether the settings go together with the schema: layouts, null texts, limits.
func (s *settings) check(schema *plan.Schema) error {
	if err := schema.Validate(); err != nil {
		return err
	}
	o := s.parserOptions(columns(schema))
	for i := range o.Columns {
		o.Want = append(o.Want, i)
	}
	_, err := format.NewParser(o)
	return err
}
