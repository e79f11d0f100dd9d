package plantest

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Digits is a uint64, or a decimal in units of its last digit: "-125" for −1.25.
type Digits string

func (d Digits) number() *big.Int {
	n, ok := new(big.Int).SetString(string(d), 10)
	if !ok {
		panic("plantest: not a number: " + d)
	}
	return n
}

// List is a list's elements.
type List []any

// Value is a scalar as this package has it.
func Value(s vec.Scalar) any {
	switch {
	case s.Null:
		return nil
	case s.Type.Kind == vec.Bool:
		return s.I != 0
	case s.Type.IsFloat():
		return s.F
	case s.Type.IsVar():
		return s.S
	case s.Type.Kind == vec.Decimal:
		return Digits(s.D.Big().String())
	case s.Type.Kind == vec.List:
		list := List{}
		for _, e := range s.Elems() {
			list = append(list, Value(e))
		}
		return list
	case s.Type.Kind == vec.Uint64:
		return Digits(strconv.FormatUint(uint64(s.I), 10))
	}
	return s.I
}

// RowsOf is the rows of a batch, less those that its selection leaves out.
func RowsOf(b *vec.Batch) [][]any {
	rows := make([][]any, b.Rows())
	for k := range rows {
		row := make([]any, len(b.Cols))
		for i, c := range b.Cols {
			row[i] = Value(c.Scalar(b.Row(k)))
		}
		rows[k] = row
	}
	return rows
}

// RowText is a text that two rows share exactly if they are equal; NaN equals itself. −0 has the text of 0: which of the
// two stands for a group, or is its minimum, nobody says.
func RowText(row []any) string {
	var sb strings.Builder
	for _, v := range row {
		switch v := v.(type) {
		case float64:
			fmt.Fprintf(&sb, "%v, ", v+0)
		case string:
			fmt.Fprintf(&sb, "%q, ", v)
		case Digits:
			fmt.Fprintf(&sb, "%sd, ", v)
		case List:
			fmt.Fprintf(&sb, "[%s], ", RowText(v))
		default:
			fmt.Fprintf(&sb, "%v, ", v)
		}
	}
	return strings.TrimSuffix(sb.String(), ", ")
}

// compareNullable orders two values of which each may be NULL, which is above all.
func compareNullable(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return compare(a, b)
}

// compareRows orders rows by their columns, one after the other.
func compareRows(a, b []any) int { return slices.CompareFunc(a, b, compareNullable) }

// compare orders two values of one type that aren't NULL. NaN is above all.
func compare(a, b any) int {
	switch a := a.(type) {
	case int64:
		return cmp.Compare(a, b.(int64))
	case float64:
		return compareFloats(a, b.(float64))
	case string:
		return cmp.Compare(a, b.(string))
	case Digits:
		return a.number().Cmp(b.(Digits).number())
	case List:
		return slices.CompareFunc(a, b.(List), compareNullable)
	case bool:
		switch {
		case a == b.(bool):
			return 0
		case a:
			return 1
		}
		return -1
	}
	panic(fmt.Sprintf("plantest: no order of %T", a))
}

func compareFloats(a, b float64) int {
	switch {
	case a == b || a != a && b != b:
		return 0
	case a != a || a > b:
		return 1
	}
	return -1
}
