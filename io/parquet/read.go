package parquet

import (
	"errors"
	"fmt"
	"slices"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/io/internal/files"
)

// endings are those of the files that a directory is read for.
var endings = []string{".parquet", ".parq", ".pq"}

// Read is the table of the rows of a Parquet file, of all the files of a directory (*.parquet, *.parq, *.pq; not in
// its sub-folders) or of those that a glob names, one after the other in the order of their names.
//
// Footers are read at once: the columns and their types are those of the first file, and all files have to
// have them. Columns are matched by name; those that only later files have are left out. Of the
// rows only what the plan uses is read, when it runs.
//
// Options are Columns, and a *pw.Schema, which names the columns to read and the types that they have to have.
func Read(path string, opts ...pw.ReadOption) *pw.Table {
	src, err := newSource(path, opts)
	if err != nil {
		return pw.NewSource(nil, pw.SourceOptions{Err: err})
	}
	return pw.NewSource(src, pw.SourceOptions{})
}

// SchemaOf is the schema of a file, directory or glob: what Read's table has.
func SchemaOf(path string, opts ...pw.ReadOption) (*plan.Schema, error) {
	src, err := newSource(path, opts)
	if err != nil {
		return nil, err
	}
	return src.schema, nil
}

// Columns is an option of Read: the names of the columns that the table has, in that order. It is needed only
// where a file has columns that can't be read, nested ones for instance: columns that a plan doesn't use
// aren't read anyway.
func Columns(names ...string) pw.ReadOption { return columnsOption(names) }

type columnsOption []string

// ApplyRead sets the names.
func (o columnsOption) ApplyRead(target any) error {
	t, ok := target.(*readSettings)
	if !ok {
		return fmt.Errorf("parquet.Columns can't be given here: it is an option of parquet.Read")
	}
	if len(o) == 0 {
		return errors.New("parquet.Columns names no column")
	}
	t.columns = o
	return nil
}

// readSettings is what options change.
type readSettings struct {
	columns []string
	schema  *plan.Schema
}

// SetSchema makes a schema the option that it is.
func (s *readSettings) SetSchema(schema *plan.Schema) { s.schema = schema }

func newSource(path string, opts []pw.ReadOption) (*source, error) {
	var set readSettings
	for _, o := range opts {
		if err := o.ApplyRead(&set); err != nil {
			return nil, err
		}
	}
	if set.schema != nil && set.columns == nil {
		if err := set.schema.Validate(); err != nil {
			return nil, err
		}
		set.columns = set.schema.Names()
	}
	list, err := files.List(path, endings...)
	if err != nil {
		return nil, err
	}
	s := &source{path: path, files: list, schema: set.schema}
	for _, f := range list {
		if err := s.addSchema(f, set.columns, set.schema != nil); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// addSchema makes the file's schema the source's, or makes sure that it fits the one that there is: the user's or
// that of the files before.
func (s *source) addSchema(f files.File, names []string, given bool) error {
	ft, err := readFooter(f)
	if err != nil {
		return err
	}
	s.footers = append(s.footers, ft)
	if s.schema != nil {
		names = s.schema.Names()
	}
	columns, err := ft.columns(names)
	if err != nil {
		return err
	}
	if s.schema == nil {
		s.schema = schemaOf(columns)
		if err := s.schema.Validate(); err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		return nil
	}
	if !given {
		s.schema = withNulls(s.schema, columns)
	}
	return ft.fit(columns, s.schema)
}

func schemaOf(columns []column) *plan.Schema {
	fields := make([]plan.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field()
	}
	return plan.NewSchema(fields...)
}

// withNulls is the schema with those columns nullable that may be NULL in one more file.
func withNulls(s *plan.Schema, columns []column) *plan.Schema {
	fields := slices.Clone(s.Fields())
	for i, c := range columns {
		fields[i].Nullable = fields[i].Nullable || c.optional
	}
	return plan.NewSchema(fields...)
}
