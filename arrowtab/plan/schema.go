package plan

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Field is a named, typed column of a Schema.
type Field struct {
	Name     string
	Type     vec.Type
	Nullable bool   // false: the plan has shown or the user has said that no row is NULL
	Layout   string // how text spells it (Timestamp, Date, Time): strftime or Go layout; "" is ISO 8601
}

// Schema is an ordered list of fields. It is immutable.
type Schema struct {
	fields []Field
	index  map[string]int // the first field of a name
	err    error          // why there is no schema
}

// BrokenSchema is a schema without fields whose Validate returns err: for a schema that couldn't be made where
// there is no place to return an error, so that the table that uses it reports it.
func BrokenSchema(err error) *Schema { return &Schema{err: err} }

// NewSchema makes a schema of those fields. Doubled or empty names are found by Validate.
func NewSchema(fields ...Field) *Schema {
	s := &Schema{fields: fields, index: make(map[string]int, len(fields))}
	for i, f := range fields {
		if _, doubled := s.index[f.Name]; !doubled {
			s.index[f.Name] = i
		}
	}
	return s
}

// Len is the number of fields.
func (s *Schema) Len() int { return len(s.fields) }

// Field is the i-th field.
func (s *Schema) Field(i int) Field { return s.fields[i] }

// Fields is all fields in order. The caller must not change them.
func (s *Schema) Fields() []Field { return s.fields }

// Index is the place of the field of that name, and whether there is one.
func (s *Schema) Index(name string) (int, bool) {
	i, ok := s.index[name]
	return i, ok
}

// Names is the fields' names in order.
func (s *Schema) Names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.Name
	}
	return names
}

// Pick is the schema of those fields, in that order.
func (s *Schema) Pick(columns []int) *Schema {
	fields := make([]Field, len(columns))
	for i, c := range columns {
		fields[i] = s.fields[c]
	}
	return NewSchema(fields...)
}

// Validate reports the first field without a name or type, whose name an earlier one has, or whose type has
// parameters that it can't have.
func (s *Schema) Validate() error {
	if s.err != nil {
		return s.err
	}
	for i, f := range s.fields {
		switch {
		case f.Name == "":
			return fmt.Errorf("column %d has no name", i+1)
		case f.Type.Kind == vec.Invalid:
			return fmt.Errorf("column %q has no type", f.Name)
		case s.index[f.Name] != i:
			return fmt.Errorf("column %q is there twice (columns %d and %d)", f.Name, s.index[f.Name]+1, i+1)
		}
		if err := f.validate(); err != nil {
			return fmt.Errorf("column %q: %w", f.Name, err)
		}
	}
	return nil
}

// validate reports parameters that the field's type doesn't have.
func (f Field) validate() error {
	t := f.Type
	if t.Kind == vec.List {
		return f.validateList()
	}
	ticks := t.Kind == vec.Time || t.Kind == vec.Timestamp || t.Kind == vec.Duration
	switch {
	case t.Kind == vec.Decimal && (t.Precision < 1 || t.Precision > 38 || t.Scale < 0 || t.Scale > int8(t.Precision)):
		return errors.New("a decimal has 1 to 38 digits, of which none to all are behind the point")
	case t.Unit != 0 && !ticks:
		return fmt.Errorf("%s has no unit", t.Kind)
	case t.Unit > vec.Nano:
		return fmt.Errorf("there is no %s; units are Second, Milli, Micro and Nano", t.Unit)
	case t.Zone != "" && t.Kind != vec.Timestamp:
		return fmt.Errorf("%s has no time zone", t.Kind)
	case f.Layout != "" && t.Kind != vec.Timestamp && t.Kind != vec.Time && t.Kind != vec.Date:
		return fmt.Errorf("%s has no layout", t.Kind)
	}
	_, err := civil.Zone(t.Zone)
	return err
}

// validateList reports what the elements' type can't be.
func (f Field) validateList() error {
	elem := f.Type.ElemType()
	switch {
	case elem.Kind == vec.Invalid || elem.Kind == vec.List:
		return errors.New("a list's elements are of a type other than lists")
	case f.Layout != "":
		return errors.New("list has no layout")
	}
	if err := (Field{Name: f.Name, Type: elem}).validate(); err != nil {
		return fmt.Errorf("its elements: %w", err)
	}
	return nil
}

// String is the schema on one line: "id int64, name string".
func (s *Schema) String() string {
	parts := make([]string, len(s.fields))
	for i, f := range s.fields {
		parts[i] = f.Name + " " + f.Type.String()
	}
	return strings.Join(parts, ", ")
}
