package parquet

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/metadata"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// A row group is left out if its statistics show that the filter holds for none of its rows. In doubt it is
// read. Statistics have been written wrongly by many, so they are believed only where
// the order that they were made by is beyond doubt:
//
//   - min_value and max_value count if the footer says that they are in the order of the column's type; the
//     fields of old, min and max, only for signed integers and floats;
//   - of unsigned integers and of counts of NULLs, not if Arrow for Go before version 18 wrote them
//     (apache/arrow-go #210, #489); of decimals stored as bytes, not if Arrow for C++ before 4 did (PARQUET-1655);
//   - a largest string may have been cut short, so that strings which begin with it are above it;
//   - a float's largest value says nothing of NaNs, which are above all other values: it counts only in
//     files written by this package, which leaves bounds out where there are NaNs.

// createdBy is how this package signs its files.
const createdBy = "pwcol"

// pruneTest is a term of a filter's conjunction that statistics can refute: a comparison of a column with a
// literal, a null test, or an OR of conjunctions.
type pruneTest struct {
	column int // place in the source's schema
	op     plan.Op
	value  vec.Scalar    // not NULL; unused by OpIsNull and OpIsNotNull
	either [][]pruneTest // of OpOr: the conjunction of each branch, none of them empty
}

// pruneTests are the terms of the filter's conjunction that can be refuted.
func pruneTests(f *microbatch.Filter) []pruneTest {
	if f == nil {
		return nil
	}
	return appendTests(nil, f.Expr)
}

func appendTests(tests []pruneTest, e plan.Expr) []pruneTest {
	call, ok := e.(*plan.Call)
	if !ok {
		return tests
	}
	switch call.Op {
	case plan.OpAnd:
		for _, a := range call.Args {
			tests = appendTests(tests, a)
		}
	case plan.OpOr:
		if either := branches(call.Args); either != nil {
			tests = append(tests, pruneTest{op: call.Op, either: either})
		}
	case plan.OpIsNull, plan.OpIsNotNull:
		if c, ok := call.Args[0].(*plan.Column); ok {
			tests = append(tests, pruneTest{column: c.Index, op: call.Op})
		}
	case plan.OpEq, plan.OpLt, plan.OpLe, plan.OpGt, plan.OpGe:
		if t, ok := comparisonTest(call.Op, call.Args[0], call.Args[1]); ok {
			tests = append(tests, t)
		} else if t, ok := comparisonTest(swapped(call.Op), call.Args[1], call.Args[0]); ok {
			tests = append(tests, t)
		}
	}
	return tests
}

// branches is the tests of each branch of an OR, or nil if one can't be refuted: then the OR can't either.
func branches(args []plan.Expr) [][]pruneTest {
	var either [][]pruneTest
	for _, a := range args {
		tests := appendTests(nil, a)
		if len(tests) == 0 {
			return nil
		}
		either = append(either, tests)
	}
	return either
}

func comparisonTest(op plan.Op, left, right plan.Expr) (pruneTest, bool) {
	c, ok := left.(*plan.Column)
	if !ok {
		return pruneTest{}, false
	}
	l, ok := right.(*plan.Literal)
	if !ok || l.Value.Null || l.Value.Type.IsFloat() && math.IsNaN(l.Value.F) {
		return pruneTest{}, false
	}
	return pruneTest{column: c.Index, op: op, value: l.Value}, true
}

// swapped is the operator of b op a that means the same as a op b.
func swapped(op plan.Op) plan.Op {
	switch op {
	case plan.OpLt:
		return plan.OpGt
	case plan.OpLe:
		return plan.OpGe
	case plan.OpGt:
		return plan.OpLt
	case plan.OpGe:
		return plan.OpLe
	}
	return op
}

// canSkip reports whether one of the tests holds for no row of the row group.
func canSkip(in *inputFile, group int, tests []pruneTest) bool {
	for _, t := range tests {
		if t.op == plan.OpOr {
			if canSkipAll(in, group, t.either) {
				return true
			}
			continue
		}
		s := in.footer.statistics(group, &in.columns[t.column])
		if s.refutes(t) {
			return true
		}
	}
	return false
}

// canSkipAll reports whether all branches of an OR hold for no row.
func canSkipAll(in *inputFile, group int, either [][]pruneTest) bool {
	for _, tests := range either {
		if !canSkip(in, group, tests) {
			return false
		}
	}
	return true
}

// statistics is what is known of the values of a column chunk.
type statistics struct {
	rows           int64
	nulls          int64 // −1: not known
	min, max       vec.Scalar
	hasMin, hasMax bool // bounds: no value is below min, or above max
}

// refutes reports whether the test is true for no row.
func (s *statistics) refutes(t pruneTest) bool {
	switch t.op {
	case plan.OpIsNull:
		return s.nulls == 0
	case plan.OpIsNotNull:
		return s.nulls == s.rows
	}
	if s.nulls == s.rows { // a comparison with NULL is never true
		return true
	}
	below := s.hasMin && s.min.Type.Kind == t.value.Type.Kind // literals have the column's type; be safe
	above := s.hasMax && s.max.Type.Kind == t.value.Type.Kind
	switch t.op {
	case plan.OpLt:
		return below && compare(t.value, s.min) <= 0
	case plan.OpLe:
		return below && compare(t.value, s.min) < 0
	case plan.OpGt, plan.OpGe:
		return above && isAbove(t.value, s.max, t.op == plan.OpGt)
	case plan.OpEq:
		return below && compare(t.value, s.min) < 0 || above && isAbove(t.value, s.max, false)
	}
	return false
}

// isAbove reports whether v is above the bound max, or equal to it if orEqual.
func isAbove(v, max vec.Scalar, orEqual bool) bool {
	if v.Type.IsVar() {
		return v.S > max.S && !strings.HasPrefix(v.S, max.S)
	}
	c := compare(v, max)
	return c > 0 || orEqual && c == 0
}

// compare orders two values of a type: −1, 0 or 1.
func compare(a, b vec.Scalar) int {
	switch {
	case a.Type.IsFloat():
		return order(a.F, b.F)
	case a.Type.IsUnsigned():
		return order(uint64(a.I), uint64(b.I))
	case a.Type.IsVar():
		return strings.Compare(a.S, b.S)
	case a.Type.Kind == vec.Decimal:
		return a.D.Cmp(b.D)
	}
	return order(a.I, b.I)
}

func order[T int64 | uint64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// statistics is what the footer says of a column chunk, as far as it can be believed.
func (f *footer) statistics(group int, c *column) statistics {
	rg := f.meta.RowGroups[group]
	s := statistics{rows: rg.NumRows, nulls: -1}
	if !c.optional {
		s.nulls = 0
	}
	if rg.Columns[c.leaf] == nil || rg.Columns[c.leaf].MetaData == nil || rg.Columns[c.leaf].MetaData.Statistics == nil {
		return s
	}
	st := rg.Columns[c.leaf].MetaData.Statistics
	w := writerOf(f.meta.WriterVersion())
	if n := st.NullCount; n != nil && *n >= 0 && *n <= rg.NumRows && !w.oldGo && c.optional {
		s.nulls = *n
	}
	minimum, maximum := st.MinValue, st.MaxValue
	if !f.hasTypeOrder(c.leaf) {
		minimum, maximum = nil, nil
	}
	if c.isSigned() && minimum == nil && maximum == nil {
		minimum, maximum = st.Min, st.Max
	}
	if !c.hasBounds(w) {
		return s
	}
	if minimum != nil {
		s.min, s.hasMin = c.statValue(minimum)
	}
	if maximum != nil && (!c.typ.IsFloat() || w.own) {
		s.max, s.hasMax = c.statValue(maximum)
	}
	return s
}

// hasTypeOrder reports whether min_value and max_value of a column are in the order of its type.
func (f *footer) hasTypeOrder(leaf int) bool {
	orders := f.meta.ColumnOrders
	return leaf < len(orders) && orders[leaf] != nil && orders[leaf].TYPE_ORDER != nil
}

// writer is what matters of the program that wrote a file.
type writerKind struct {
	own    bool // this package
	oldGo  bool // Arrow for Go before 18
	oldCPP bool // Arrow for C++ before 4
}

func writerOf(v *metadata.AppVersion) writerKind {
	return writerKind{
		own:    v.App == createdBy,
		oldGo:  v.App == "parquet-go" && v.Version.Major < 18,
		oldCPP: v.App == "parquet-cpp-arrow" && v.Version.Major < 4 || v.App == "parquet-cpp",
	}
}

// isSigned reports whether stored values are ordered as signed numbers, as all writers have always done it.
func (c *column) isSigned() bool {
	switch c.phys {
	case parquet.Types.Int32, parquet.Types.Int64, parquet.Types.Float, parquet.Types.Double:
		return !c.typ.IsUnsigned()
	}
	return false
}

// hasBounds reports whether bounds of the column are understood and can be believed.
func (c *column) hasBounds(w writerKind) bool {
	switch {
	case c.isSigned():
		return true
	case c.typ.IsUnsigned():
		return !w.oldGo
	case c.conv == convDecimal:
		return !w.oldGo && !w.oldCPP
	case c.typ.IsVar():
		return c.conv == convNone
	}
	return false
}

// statValue decodes a bound: a stored value without a length in front of it.
func (c *column) statValue(b []byte) (vec.Scalar, bool) {
	s := vec.Scalar{Type: c.typ}
	switch {
	case c.typ.IsVar():
		s.S = string(b)
		return s, true
	case c.conv == convDecimal:
		v, ok := bigEndian(b)
		s.D = v
		return s, ok && len(b) > 0
	case len(b) != c.width:
		return s, false
	}
	switch c.phys {
	case parquet.Types.Float:
		s.F = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	case parquet.Types.Double:
		s.F = math.Float64frombits(binary.LittleEndian.Uint64(b))
	case parquet.Types.Int32:
		s.I = int64(int32(binary.LittleEndian.Uint32(b)))
		if c.typ.IsUnsigned() {
			s.I = int64(uint32(s.I))
		}
	case parquet.Types.Int64:
		s.I = int64(binary.LittleEndian.Uint64(b))
	}
	if c.typ.Kind == vec.Decimal {
		s.D = vec.Int128From(s.I)
	}
	return s, !math.IsNaN(s.F)
}
