package calc

import "github.com/pwcol/pwcol/kernels/vec"

type column struct {
	index int
	t     vec.Type
}

// Column is the batch's column of that place, which has type t. It costs nothing: the result is the
// batch's own column, a dictionary column as such.
func Column(index int, t vec.Type) Expr { return &column{index, t} }

func (c *column) Type() vec.Type { return c.t }

func (c *column) Eval(b *vec.Batch, _ []uint32, _ *Bad) *vec.Vec { return b.Cols[c.index] }

// literal is a constant. The column of its repetitions is made once and cut to the batch's length.
type literal struct {
	value vec.Scalar
	full  vec.Vec // as long as the longest batch so far
	out   vec.Vec
}

// Literal is the same value in every row. A String, Binary or List is a dictionary column of one value.
func Literal(value vec.Scalar) Expr { return &literal{value: value} }

func (l *literal) Type() vec.Type { return l.value.Type }

func (l *literal) Eval(b *vec.Batch, _ []uint32, _ *Bad) *vec.Vec {
	if l.full.N < b.N || l.full.Type != l.value.Type {
		l.full = repeat(l.value, max(b.N, 1))
	}
	l.out = l.full
	l.out.N = b.N
	if l.full.Dict != nil {
		l.out.Codes = l.full.Codes[:b.N]
	} else if w := l.value.Type.Width(); w > 0 {
		l.out.Data = l.full.Data[:b.N*w]
	}
	return &l.out
}

// repeat is a column of n times the value.
func repeat(value vec.Scalar, n int) vec.Vec {
	t := value.Type
	v := vec.Vec{Type: t, N: n}
	if value.Null {
		v.Valid = vec.Alloc(vec.BitmapLen(n))
	}
	one := vec.NewBuilder(t, 1)
	one.AppendScalar(value)
	switch {
	case t.IsVar() || t.Kind == vec.List:
		v.Codes = make([]uint32, n)
		v.Dict = &vec.Dict{Values: *one.Finish()}
		v.Dict.Values.Valid = nil
	case t.Kind == vec.Bool:
		v.Data = vec.Alloc(vec.BitmapLen(n))
		fill(v.Data, value.I != 0)
	default:
		v.Data = one.Finish().Take(make([]uint32, n)).Data
	}
	return v
}
