package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// column is a flat column of a file: how its values are stored and what they become.
type column struct {
	name     string
	leaf     int          // place among a row group's column chunks
	phys     parquet.Type // what is stored
	width    int          // bytes of a stored value; 0: a bit, or its own length in front of it
	optional bool         // there are definition levels
	noNulls  bool         // a NULL is an error: the schema has none
	typ      vec.Type
	conv     conversion
}

// conversion is what turns stored values into a column's values.
type conversion uint8

const (
	convNone       conversion = iota // the stored bytes are the values
	convInt8                         // int32 → 1 byte, checked
	convInt16                        // int32 → 2 bytes, checked
	convUint8                        // int32 → 1 byte, checked
	convUint16                       // int32 → 2 bytes, checked
	convWiden                        // int32 → int64
	convDecimal32                    // int32 → Int128
	convDecimal64                    // int64 → Int128
	convDecimal                      // bytes, the highest first, two's complement → Int128
	convInt96                        // nanoseconds of the day, Julian day → int64 of nanoseconds
	convFloat16                      // half precision → float32
	convUUID                         // 16 bytes → text
	convFixedBytes                   // bytes of one length → Binary
)

func (c *column) field() plan.Field {
	return plan.Field{Name: c.name, Type: c.typ, Nullable: c.optional}
}

// isText reports whether values have to be valid UTF-8.
func (c *column) isText() bool { return c.typ.Kind == vec.String && c.conv == convNone }

// fileColumn makes the column of the schema's top-level field i, or says why it can't be read.
func fileColumn(s *schema.Schema, node schema.Node) (column, error) {
	c := column{name: node.Name()}
	p, ok := node.(*schema.PrimitiveNode)
	if !ok {
		return c, fmt.Errorf("column %q is nested (%s)", c.name, describeGroup(node))
	}
	if node.RepetitionType() == parquet.Repetitions.Repeated {
		return c, fmt.Errorf("column %q is repeated: each row has any number of values", c.name)
	}
	c.leaf = s.ColumnIndexByNode(node)
	c.phys, c.width = p.PhysicalType(), storedWidth(p)
	c.optional = node.RepetitionType() == parquet.Repetitions.Optional
	if ok := c.setType(p.LogicalType()); !ok {
		return c, fmt.Errorf("column %q has type %s stored as %s, which isn't supported", c.name, p.LogicalType(), c.phys)
	}
	return c, nil
}

func describeGroup(node schema.Node) string {
	if t := node.LogicalType(); t != nil && t.IsNested() {
		return t.String()
	}
	return "a group of columns"
}

func storedWidth(p *schema.PrimitiveNode) int {
	switch p.PhysicalType() {
	case parquet.Types.Int32, parquet.Types.Float:
		return 4
	case parquet.Types.Int64, parquet.Types.Double:
		return 8
	case parquet.Types.Int96:
		return 12
	case parquet.Types.FixedLenByteArray:
		return p.TypeLength()
	}
	return 0
}

// setType derives type and conversion from the logical type. It reports false for those that aren't supported.
func (c *column) setType(l schema.LogicalType) bool {
	switch c.phys {
	case parquet.Types.Boolean:
		c.typ = vec.TBool
		return isPlain(l)
	case parquet.Types.Int32:
		return c.setInt32(l)
	case parquet.Types.Int64:
		return c.setInt64(l)
	case parquet.Types.Int96:
		c.typ, c.conv = vec.TTimestamp(vec.Nano), convInt96
		return isPlain(l)
	case parquet.Types.Float:
		c.typ = vec.TFloat32
		return isPlain(l)
	case parquet.Types.Double:
		c.typ = vec.TFloat64
		return isPlain(l)
	case parquet.Types.ByteArray:
		return c.setByteArray(l)
	case parquet.Types.FixedLenByteArray:
		return c.setFixed(l)
	}
	return false
}

// isPlain reports whether a column has no logical type, or the one of columns that hold NULLs alone.
func isPlain(l schema.LogicalType) bool {
	switch l.(type) {
	case nil, schema.NoLogicalType, schema.NullLogicalType, schema.UnknownLogicalType:
		return true
	}
	return false
}

func (c *column) setInt32(l schema.LogicalType) bool {
	switch l := l.(type) {
	case *schema.IntLogicalType:
		return c.setSmallInt(int(l.BitWidth()), l.IsSigned())
	case schema.DateLogicalType:
		c.typ = vec.TDate
	case *schema.TimeLogicalType:
		c.typ, c.conv = vec.TTime(vec.Milli), convWiden
		return l.TimeUnit() == schema.TimeUnitMillis
	case *schema.DecimalLogicalType:
		c.conv = convDecimal32
		return c.setDecimal(l)
	default:
		c.typ = vec.TInt32
		return isPlain(l)
	}
	return true
}

func (c *column) setSmallInt(bits int, signed bool) bool {
	switch {
	case bits == 8 && signed:
		c.typ, c.conv = vec.TInt8, convInt8
	case bits == 16 && signed:
		c.typ, c.conv = vec.TInt16, convInt16
	case bits == 32 && signed:
		c.typ = vec.TInt32
	case bits == 8:
		c.typ, c.conv = vec.TUint8, convUint8
	case bits == 16:
		c.typ, c.conv = vec.TUint16, convUint16
	case bits == 32:
		c.typ = vec.TUint32
	default:
		return false
	}
	return true
}

func (c *column) setInt64(l schema.LogicalType) bool {
	switch l := l.(type) {
	case *schema.IntLogicalType:
		c.typ = vec.TInt64
		if !l.IsSigned() {
			c.typ = vec.TUint64
		}
		return l.BitWidth() == 64
	case *schema.TimeLogicalType:
		unit, ok := unitOf(l.TimeUnit())
		c.typ = vec.TTime(unit)
		return ok && unit != vec.Milli
	case *schema.TimestampLogicalType:
		unit, ok := unitOf(l.TimeUnit())
		c.typ = vec.TTimestamp(unit)
		if l.IsAdjustedToUTC() {
			c.typ.Zone = "UTC"
		}
		return ok
	case *schema.DecimalLogicalType:
		c.conv = convDecimal64
		return c.setDecimal(l)
	default:
		c.typ = vec.TInt64
		return isPlain(l)
	}
}

func unitOf(u schema.TimeUnitType) (vec.Unit, bool) {
	switch u {
	case schema.TimeUnitMillis:
		return vec.Milli, true
	case schema.TimeUnitMicros:
		return vec.Micro, true
	case schema.TimeUnitNanos:
		return vec.Nano, true
	}
	return 0, false
}

func (c *column) setByteArray(l schema.LogicalType) bool {
	switch l := l.(type) {
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		c.typ = vec.TString
	case schema.BSONLogicalType:
		c.typ = vec.TBinary
	case *schema.DecimalLogicalType:
		c.conv = convDecimal
		return c.setDecimal(l)
	default:
		c.typ = vec.TBinary
		return isPlain(l)
	}
	return true
}

func (c *column) setFixed(l schema.LogicalType) bool {
	if c.width <= 0 {
		return false
	}
	switch l := l.(type) {
	case schema.UUIDLogicalType:
		c.typ, c.conv = vec.TString, convUUID
		return c.width == 16
	case schema.Float16LogicalType:
		c.typ, c.conv = vec.TFloat32, convFloat16
		return c.width == 2
	case *schema.DecimalLogicalType:
		c.conv = convDecimal
		return c.setDecimal(l)
	default:
		c.typ, c.conv = vec.TBinary, convFixedBytes
		return isPlain(l)
	}
}

func (c *column) setDecimal(l *schema.DecimalLogicalType) bool {
	p, s := l.Precision(), l.Scale()
	c.typ = vec.TDecimal(uint8(p), int8(s))
	return p >= 1 && p <= 38 && s >= 0 && s <= p
}
