package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// outColumn is a column to be written: how its values are stored.
type outColumn struct {
	name     string
	typ      vec.Type
	optional bool
	phys     parquet.Type
	width    int // bytes of a stored value; 0: a bit, or a length of its own
	logical  schema.LogicalType
	store    storing
}

// storing is what turns a column's values into stored ones.
type storing uint8

const (
	storeBytes     storing = iota // the values' bytes as they are
	storeBits                     // bool
	storeText                     // String, Binary
	storeInt8                     // 1 byte → int32
	storeInt16                    // 2 bytes → int32
	storeUint8                    // 1 byte → int32
	storeUint16                   // 2 bytes → int32
	storeNarrow                   // int64 that fits → int32
	storeSeconds                  // int64 of seconds → of milliseconds
	storeSeconds32                // int64 of seconds → int32 of milliseconds
	storeDecimal32                // Int128 → int32
	storeDecimal64                // Int128 → int64
	storeDecimal                  // Int128 → 16 bytes, the highest first
)

func outColumns(s *plan.Schema) ([]outColumn, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Len() == 0 {
		return nil, fmt.Errorf("a table without columns can't be written")
	}
	out := make([]outColumn, s.Len())
	for i, f := range s.Fields() {
		c := outColumn{name: f.Name, typ: f.Type, optional: f.Nullable}
		if err := c.setStored(); err != nil {
			return nil, fmt.Errorf("column %q: %w", f.Name, err)
		}
		out[i] = c
	}
	return out, nil
}

// setStored derives the stored type from the column's.
func (c *outColumn) setStored() error {
	switch c.typ.Kind {
	case vec.Bool:
		c.set(parquet.Types.Boolean, 0, schema.NoLogicalType{}, storeBits)
	case vec.Int8:
		c.set(parquet.Types.Int32, 4, schema.NewIntLogicalType(8, true), storeInt8)
	case vec.Int16:
		c.set(parquet.Types.Int32, 4, schema.NewIntLogicalType(16, true), storeInt16)
	case vec.Int32:
		c.set(parquet.Types.Int32, 4, schema.NoLogicalType{}, storeBytes)
	case vec.Int64:
		c.set(parquet.Types.Int64, 8, schema.NoLogicalType{}, storeBytes)
	case vec.Uint8:
		c.set(parquet.Types.Int32, 4, schema.NewIntLogicalType(8, false), storeUint8)
	case vec.Uint16:
		c.set(parquet.Types.Int32, 4, schema.NewIntLogicalType(16, false), storeUint16)
	case vec.Uint32:
		c.set(parquet.Types.Int32, 4, schema.NewIntLogicalType(32, false), storeBytes)
	case vec.Uint64:
		c.set(parquet.Types.Int64, 8, schema.NewIntLogicalType(64, false), storeBytes)
	case vec.Float32:
		c.set(parquet.Types.Float, 4, schema.NoLogicalType{}, storeBytes)
	case vec.Float64:
		c.set(parquet.Types.Double, 8, schema.NoLogicalType{}, storeBytes)
	case vec.String:
		c.set(parquet.Types.ByteArray, 0, schema.StringLogicalType{}, storeText)
	case vec.Binary:
		c.set(parquet.Types.ByteArray, 0, schema.NoLogicalType{}, storeText)
	case vec.Date:
		c.set(parquet.Types.Int32, 4, schema.DateLogicalType{}, storeBytes)
	case vec.Time:
		c.setTime()
	case vec.Timestamp:
		c.setTimestamp()
	case vec.Decimal:
		return c.setDecimal()
	case vec.List:
		return fmt.Errorf("lists can't be written to Parquet: cast %s to string, or flatten the table", c.typ)
	default:
		return fmt.Errorf("no Parquet type stands for %s: cast it to int64 or string", c.typ)
	}
	return nil
}

func (c *outColumn) set(phys parquet.Type, width int, logical schema.LogicalType, store storing) {
	c.phys, c.width, c.logical, c.store = phys, width, logical, store
}

func unitNumber(u vec.Unit) schema.TimeUnitType {
	switch u {
	case vec.Micro:
		return schema.TimeUnitMicros
	case vec.Nano:
		return schema.TimeUnitNanos
	}
	return schema.TimeUnitMillis
}

// setTime: Parquet has no seconds, and stores milliseconds in 4 bytes.
func (c *outColumn) setTime() {
	logical := schema.NewTimeLogicalType(false, unitNumber(c.typ.Unit))
	switch c.typ.Unit {
	case vec.Second:
		c.set(parquet.Types.Int32, 4, logical, storeSeconds32)
	case vec.Milli:
		c.set(parquet.Types.Int32, 4, logical, storeNarrow)
	default:
		c.set(parquet.Types.Int64, 8, logical, storeBytes)
	}
}

// setTimestamp: what Parquet keeps of a zone is whether there is one.
func (c *outColumn) setTimestamp() {
	logical := schema.NewTimestampLogicalType(c.typ.Zone != "", unitNumber(c.typ.Unit))
	if c.typ.Unit == vec.Second {
		c.set(parquet.Types.Int64, 8, logical, storeSeconds)
		return
	}
	c.set(parquet.Types.Int64, 8, logical, storeBytes)
}

func (c *outColumn) setDecimal() error {
	p, s := int32(c.typ.Precision), int32(c.typ.Scale)
	if p < 1 || p > 38 || s < 0 || s > p {
		return fmt.Errorf("no Parquet type stands for %s: the scale has to be from 0 to the precision", c.typ)
	}
	logical := schema.NewDecimalLogicalType(p, s)
	switch {
	case p <= 9:
		c.set(parquet.Types.Int32, 4, logical, storeDecimal32)
	case p <= 18:
		c.set(parquet.Types.Int64, 8, logical, storeDecimal64)
	default:
		c.set(parquet.Types.FixedLenByteArray, 16, logical, storeDecimal)
	}
	return nil
}

// fileSchema is the columns as a Parquet schema.
func fileSchema(columns []outColumn) (*schema.Schema, error) {
	fields := make(schema.FieldList, len(columns))
	for i, c := range columns {
		rep := parquet.Repetitions.Required
		if c.optional {
			rep = parquet.Repetitions.Optional
		}
		length := -1
		if c.phys == parquet.Types.FixedLenByteArray {
			length = c.width
		}
		node, err := schema.NewPrimitiveNodeLogical(c.name, rep, c.logical, c.phys, length, -1)
		if err != nil {
			return nil, fmt.Errorf("column %q: %w", c.name, err)
		}
		fields[i] = node
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return nil, err
	}
	return schema.NewSchema(root), nil
}
