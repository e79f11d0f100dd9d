package vec

// Scalar is one value of a Type, or a NULL of it. It is plain data and comparable with ==.
type Scalar struct {
	Type Type
	Null bool
	I    int64   // integers (uint64 by its bits), Date, Time, Timestamp, Duration; Bool: 0 or 1
	F    float64 // Float32 (widened), Float64
	S    string  // String, Binary; List: its elements as ListScalar encodes them
	D    Int128  // Decimal
}

// Scalar is row i of the column as a scalar.
func (v *Vec) Scalar(i int) Scalar {
	s := Scalar{Type: v.Type}
	if v.IsNull(i) {
		s.Null = true
		return s
	}
	if v.Dict != nil {
		s = v.Dict.Values.Scalar(int(v.Codes[i]))
		s.Type = v.Type
		return s
	}
	switch v.Type.Kind {
	case Bool:
		if v.Bool(i) {
			s.I = 1
		}
	case Int8:
		s.I = int64(Of[int8](v)[i])
	case Int16:
		s.I = int64(Of[int16](v)[i])
	case Int32, Date:
		s.I = int64(Of[int32](v)[i])
	case Uint8:
		s.I = int64(Of[uint8](v)[i])
	case Uint16:
		s.I = int64(Of[uint16](v)[i])
	case Uint32:
		s.I = int64(Of[uint32](v)[i])
	case Int64, Uint64, Time, Timestamp, Duration:
		s.I = Of[int64](v)[i]
	case Float32:
		s.F = float64(Of[float32](v)[i])
	case Float64:
		s.F = Of[float64](v)[i]
	case String, Binary:
		s.S = string(v.Str(i))
	case Decimal:
		s.D = Of[Int128](v)[i]
	case List:
		child, from, to := v.List(i)
		s.S = string(appendElems(nil, child, from, to))
	}
	return s
}

// AppendScalar appends s, whose type is the builder's.
func (b *Builder) AppendScalar(s Scalar) {
	if s.Null {
		b.AppendNull()
		return
	}
	switch b.Type.Kind {
	case Bool:
		b.AppendBool(s.I != 0)
	case Int8, Uint8:
		AppendFixed(b, uint8(s.I))
	case Int16, Uint16:
		AppendFixed(b, uint16(s.I))
	case Int32, Uint32, Date:
		AppendFixed(b, uint32(s.I))
	case Int64, Uint64, Time, Timestamp, Duration:
		AppendFixed(b, s.I)
	case Float32:
		AppendFixed(b, float32(s.F))
	case Float64:
		AppendFixed(b, s.F)
	case String, Binary:
		b.AppendString(s.S)
	case Decimal:
		AppendFixed(b, s.D)
	case List:
		b.appendEncoded(s.S)
	}
}
