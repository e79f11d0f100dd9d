package arrowtab

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
	bytesType    = reflect.TypeFor[[]byte]()
)

// SchemaOf is the schema of a struct's exported fields.
//
//	type Sale struct {
//		ID    int64                                             // column "id"
//		Name  *string                                           // a pointer: it may be NULL
//		Value float64   `pw:"amount"`                           // column "amount"
//		At    time.Time `pw:"timestamp,layout=%d.%m.%Y %H:%M"`  // timestamp[us], spelled like that in text
//		Day   time.Time `pw:"day,date"`                         // a date
//		Tags  []string                                          // a list of strings; nil is NULL
//		cache string                                            // not exported: no column
//		Note  string    `pw:"-"`                                // nor this
//	}
//
// Without a name in the tag a column is called like the field in snake case: SumValue is sum_value. Fields are bool,
// integers, floats, string, []byte (nil is NULL), time.Time, time.Duration (in nanoseconds), a pointer to one of
// those, or a slice of them. The tag's options are date, unit=s, ms, us or ns, zone=NAME and, at the end, layout=LAYOUT.
// What can't be a column is reported by the first table that uses the schema.
func SchemaOf[T any]() *Schema {
	fields, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		return plan.BrokenSchema(err)
	}
	return schemaOfFields(fields)
}

// structField is a struct's field that is a column.
type structField struct {
	Field
	place   int          // in the struct
	offset  uintptr      // the same in bytes
	goName  string       // "Sale.Name", for messages
	goType  reflect.Type // without the pointer
	pointer bool
}

func schemaOfFields(fields []structField) *Schema {
	out := make([]Field, len(fields))
	for i, f := range fields {
		out[i] = f.Field
	}
	return plan.NewSchema(out...)
}

func structFields(t reflect.Type) ([]structField, error) {
	if t.Kind() != reflect.Struct || t == timeType {
		return nil, fmt.Errorf("rows are structs, not %s", t)
	}
	var out []structField
	for i := range t.NumField() {
		sf := t.Field(i)
		tag := sf.Tag.Get("pw")
		if !sf.IsExported() || tag == "-" {
			continue
		}
		f := structField{place: i, offset: sf.Offset, goName: t.Name() + "." + sf.Name, goType: sf.Type}
		if sf.Type.Kind() == reflect.Pointer {
			f.pointer, f.goType = true, sf.Type.Elem()
		}
		if err := f.read(sf.Name, tag); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.goName, err)
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no exported fields", t)
	}
	return out, nil
}

// read sets the column's name, type and layout from the field's type and tag.
func (f *structField) read(goName, tag string) error {
	t, ok := typeOfGo(f.goType)
	switch {
	case ok:
	case f.goType.Kind() == reflect.Struct:
		return fmt.Errorf("%s is a struct; nested columns aren't supported: put its fields here, "+
			"or leave it out with the tag `pw:\"-\"`", f.goType)
	default:
		return fmt.Errorf("%s can't be a column; leave it out with the tag `pw:\"-\"`", f.goType)
	}
	f.Type = t
	f.Nullable = f.pointer || f.goType.Kind() == reflect.Slice
	name, options, _ := strings.Cut(tag, ",")
	f.Name = name
	if name == "" {
		f.Name = snakeCase(goName)
	}
	return f.readOptions(options)
}

func (f *structField) readOptions(options string) error {
	for options != "" {
		var option string
		if layout, ok := strings.CutPrefix(options, "layout="); ok {
			Layout(layout)(&f.Field) // to the end: it may have commas
			return nil
		}
		option, options, _ = strings.Cut(options, ",")
		key, value, _ := strings.Cut(option, "=")
		unit, isUnit := units[value]
		switch {
		case key == "date" && f.goType == timeType:
			f.Type = vec.TDate
		case key == "zone" && f.goType == timeType:
			f.Type.Zone = value
		case key == "unit" && isUnit && (f.goType == timeType || f.goType == durationType):
			f.Type.Unit = unit
		default:
			return fmt.Errorf("the tag's option %q is unknown, or not for %s; "+
				"there are date, unit=s, ms, us or ns, zone=NAME and layout=LAYOUT", option, f.goType)
		}
	}
	return nil
}

var units = map[string]vec.Unit{"s": vec.Second, "ms": vec.Milli, "us": vec.Micro, "ns": vec.Nano}

var goKinds = map[reflect.Kind]vec.Type{
	reflect.Bool: vec.TBool, reflect.String: vec.TString,
	reflect.Int: vec.TInt64, reflect.Int8: vec.TInt8, reflect.Int16: vec.TInt16, reflect.Int32: vec.TInt32, reflect.Int64: vec.TInt64,
	reflect.Uint: vec.TUint64, reflect.Uint8: vec.TUint8, reflect.Uint16: vec.TUint16, reflect.Uint32: vec.TUint32, reflect.Uint64: vec.TUint64,
	reflect.Float32: vec.TFloat32, reflect.Float64: vec.TFloat64,
}

// typeOfGo is the column type of a Go type's values.
func typeOfGo(t reflect.Type) (vec.Type, bool) {
	switch t {
	case timeType:
		return vec.TTimestamp(vec.Micro), true
	case durationType:
		return vec.TDuration(vec.Nano), true
	case bytesType:
		return vec.TBinary, true
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8 { // other types of bytes may mean anything
		elem, ok := typeOfGo(t.Elem())
		return vec.TList(elem), ok && elem.Kind != vec.List
	}
	ct, ok := goKinds[t.Kind()]
	return ct, ok
}

// snakeCase is SumValue as sum_value and HTTPPort as http_port.
func snakeCase(name string) string {
	r := []rune(name)
	var sb strings.Builder
	for i, c := range r {
		startsWord := i > 0 && unicode.IsUpper(c) &&
			(!unicode.IsUpper(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1]))
		if startsWord && r[i-1] != '_' {
			sb.WriteByte('_')
		}
		sb.WriteRune(unicode.ToLower(c))
	}
	return sb.String()
}
