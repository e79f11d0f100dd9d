package arrowtab

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// RowsOf is the rows of batches with the columns of s as structs: each exported field takes the column of its name,
// as SchemaOf has it; columns without a field are left out. A field may be wider than its column (an int32 column into
// an int64). Decimals, which sums of int64 are, go into integers, if they have no digits behind the point, into floats,
// rounded, and into strings, exactly. Lists go into slices. NULL needs a pointer, []byte or another slice. Times are in the column's zone, else in UTC.
func RowsOf[T any](s *Schema, batches []*vec.Batch) ([]T, error) {
	fields, err := structFields(reflect.TypeFor[T]())
	if err != nil {
		return nil, err
	}
	columns := make([]rowColumn, len(fields))
	total := 0
	for i, f := range fields {
		if columns[i], err = newRowColumn(f, s); err != nil {
			return nil, err
		}
	}
	for _, b := range batches {
		total += b.Rows()
	}
	rows := make([]T, total)
	into := reflect.ValueOf(rows)
	first := 0
	for _, b := range batches {
		for _, c := range columns {
			if err := c.fill(into, first, b); err != nil {
				return nil, err
			}
		}
		first += b.Rows()
	}
	return rows, nil
}

// rowColumn is a column on its way into a struct's field.
type rowColumn struct {
	structField
	column int
	from   vec.Type
	zone   *time.Location
}

func newRowColumn(f structField, s *Schema) (rowColumn, error) {
	i, ok := s.Index(f.Name)
	if !ok {
		return rowColumn{}, fmt.Errorf("field %s: %w", f.goName, plan.UnknownColumn(f.Name, s))
	}
	c := rowColumn{structField: f, column: i, from: s.Field(i).Type}
	if !c.fits() {
		return c, fmt.Errorf("field %s is %s, but column %q is %s; change the field or cast the column",
			f.goName, f.goType, f.Name, c.from)
	}
	var err error
	if c.zone, err = civil.Zone(c.from.Zone); err != nil {
		return c, fmt.Errorf("column %q: %w", f.Name, err)
	}
	return c, nil
}

// fits reports whether values of the column can go into the field.
func (c *rowColumn) fits() bool {
	switch kind := c.goType.Kind(); {
	case c.goType == timeType:
		return c.from.Kind == vec.Timestamp || c.from.Kind == vec.Date
	case c.goType == durationType:
		return c.from.Kind == vec.Duration || c.from.Kind == vec.Time
	case c.from.Kind == vec.List:
		elem, ok := c.element()
		return ok && elem.fits()
	case c.from.Kind == vec.Decimal:
		return kind == reflect.String || c.Type.IsFloat() || c.Type.IsInteger() && c.from.Scale <= 0
	case c.from.IsInteger() && c.Type.IsInteger():
		sameSign := c.from.IsSigned() == c.Type.IsSigned()
		return sameSign && c.from.Width() <= c.Type.Width() || c.Type.IsSigned() && c.from.Width() < c.Type.Width()
	case c.from.IsFloat() && c.Type.IsFloat():
		return c.from.Width() <= c.Type.Width()
	default:
		return c.from.Kind == c.Type.Kind && c.goType != timeType
	}
}

// element is the way of a list's elements into the elements of a slice, if the field is one.
func (c *rowColumn) element() (rowColumn, bool) {
	if c.Type.Kind != vec.List {
		return rowColumn{}, false
	}
	f := structField{Field: Field{Name: c.Name, Type: c.Type.ElemType()}, goName: c.goName, goType: c.goType.Elem()}
	return rowColumn{structField: f, from: c.from.ElemType(), zone: c.zone}, true
}

func (c *rowColumn) fill(rows reflect.Value, first int, b *vec.Batch) error {
	v := b.Cols[c.column]
	for i := range b.Rows() {
		s := v.Scalar(b.Row(i))
		into := rows.Index(first + i).Field(c.place)
		switch {
		case s.Null && !c.Nullable:
			return fmt.Errorf("row %d: column %q is NULL, but field %s is a %s; make it a *%s",
				first+i, c.Name, c.goName, c.goType, c.goType)
		case s.Null:
			continue
		case c.pointer:
			into.Set(reflect.New(c.goType))
			into = into.Elem()
		}
		if err := c.set(into, s); err != nil {
			return fmt.Errorf("row %d: column %q: %w", first+i, c.Name, err)
		}
	}
	return nil
}

func (c *rowColumn) set(into reflect.Value, s vec.Scalar) error {
	switch {
	case s.Type.Kind == vec.List:
		return c.setList(into, s)
	case c.goType == timeType:
		into.Set(reflect.ValueOf(timeOf(s).In(c.zone)))
	case c.goType == durationType:
		return setDuration(into, s)
	case s.Type.Kind == vec.Decimal:
		return setDecimal(into, s)
	case into.Kind() == reflect.Bool:
		into.SetBool(s.I != 0)
	case into.Kind() == reflect.String:
		into.SetString(s.S)
	case c.goType == bytesType:
		into.SetBytes([]byte(s.S))
	case into.CanFloat():
		into.SetFloat(s.F)
	case into.CanUint():
		into.SetUint(uint64(s.I))
	default:
		into.SetInt(s.I)
	}
	return nil
}

// setList makes a slice of a list, which isn't nil, for a nil slice is NULL.
func (c *rowColumn) setList(into reflect.Value, s vec.Scalar) error {
	elem, _ := c.element()
	values := s.Elems()
	into.Set(reflect.MakeSlice(c.goType, len(values), len(values)))
	for i, v := range values {
		if v.Null && elem.goType != bytesType {
			return fmt.Errorf("element %d is NULL, which a %s can't be", i+1, elem.goType)
		}
		if v.Null {
			continue
		}
		if err := elem.set(into.Index(i), v); err != nil {
			return fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return nil
}

func timeOf(s vec.Scalar) time.Time {
	if s.Type.Kind == vec.Date {
		return time.Unix(s.I*86400, 0)
	}
	perSecond := s.Type.Unit.PerSecond()
	seconds := floorDiv(s.I, perSecond)
	return time.Unix(seconds, (s.I-seconds*perSecond)*(1e9/perSecond))
}

func setDuration(into reflect.Value, s vec.Scalar) error {
	perTick := 1e9 / s.Type.Unit.PerSecond()
	if s.I > math.MaxInt64/perTick || s.I < math.MinInt64/perTick {
		return fmt.Errorf("%s is out of range for a time.Duration", calc.AppendScalar(nil, s))
	}
	into.SetInt(s.I * perTick)
	return nil
}

func setDecimal(into reflect.Value, s vec.Scalar) error {
	text := func() string { return string(calc.AppendScalar(nil, s)) }
	switch {
	case into.Kind() == reflect.String:
		into.SetString(text())
		return nil
	case into.CanFloat():
		f, err := strconv.ParseFloat(text(), 64) // correctly rounded
		into.SetFloat(f)
		return err
	}
	n := s.D.Big()
	switch {
	case into.CanInt() && n.IsInt64() && !into.OverflowInt(n.Int64()):
		into.SetInt(n.Int64())
	case into.CanUint() && n.IsUint64() && !into.OverflowUint(n.Uint64()):
		into.SetUint(n.Uint64())
	default:
		return fmt.Errorf("%s is out of range for a %s", text(), into.Type())
	}
	return nil
}
