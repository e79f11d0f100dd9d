package parquet

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// slowCompare is the engine's order: NaN above all else, −0 = 0.
func slowCompare(a, b vec.Scalar) int {
	switch {
	case a.Type.IsFloat():
		if math.IsNaN(a.F) || math.IsNaN(b.F) {
			return cmp.Compare(b2i(math.IsNaN(a.F)), b2i(math.IsNaN(b.F)))
		}
		return cmp.Compare(a.F, b.F)
	case a.Type.IsUnsigned():
		return cmp.Compare(uint64(a.I), uint64(b.I))
	case a.Type.IsVar():
		return cmp.Compare(a.S, b.S)
	case a.Type.Kind == vec.Decimal:
		return a.D.Big().Cmp(b.D.Big())
	}
	return cmp.Compare(a.I, b.I)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// holds reports whether the test is true for a row.
func (t pruneTest) holds(s vec.Scalar) bool {
	switch {
	case t.op == plan.OpIsNull:
		return s.Null
	case t.op == plan.OpIsNotNull:
		return !s.Null
	case s.Null:
		return false
	}
	c := slowCompare(s, t.value)
	switch t.op {
	case plan.OpEq:
		return c == 0
	case plan.OpLt:
		return c < 0
	case plan.OpLe:
		return c <= 0
	case plan.OpGt:
		return c > 0
	default:
		return c >= 0
	}
}

var prunable = []plan.Op{plan.OpEq, plan.OpLt, plan.OpLe, plan.OpGt, plan.OpGe, plan.OpIsNull, plan.OpIsNotNull}

// TestPruningLosesNoRow makes sure that a row group which is left out has no row for which the test holds.
func TestPruningLosesNoRow(t *testing.T) {
	seed := rand.Uint64()
	paths, err := filepath.Glob(filepath.Join(testdata, "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for round := range 10 {
		r := rand.New(rand.NewPCG(seed, uint64(round)))
		schema, cols := randomTable(r, 400, []float64{0, 0.5, 1}[r.IntN(3)])
		for i := range cols {
			cols[i] = cols[i].Take(sortedRows(cols[i])) // bounds that differ from group to group
		}
		path := filepath.Join(dir, fmt.Sprintf("%d.parquet", round))
		set := defaults()
		set.groupRows = 1 + r.IntN(60)
		if err := writeFile(path, schema, morselsOf(r, cols), 1, set); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	skipped, own := 0, 0
	for _, path := range paths {
		if base := filepath.Base(path); base == "nested.parquet" || base == "interval.parquet" {
			continue
		}
		n := checkPruning(t, rand.New(rand.NewPCG(seed, 99)), fmt.Sprintf("seed %d, %s", seed, path), path)
		skipped += n
		if filepath.Dir(path) == dir {
			own += n
		}
	}
	if skipped-own < 1000 || own < 1000 {
		t.Errorf("row groups were left out %d times, of which in own files %d", skipped, own)
	}
}

func checkPruning(t *testing.T, r *rand.Rand, name, path string) (skipped int) {
	t.Helper()
	_, cols := mustScan(t, path, 1, nil)
	src, err := newSource(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := src.openFile(0)
	if err != nil {
		t.Fatal(err)
	}
	first := 0
	for g, rg := range in.footer.meta.RowGroups {
		for i, c := range cols {
			part := c.Slice(first, first+int(rg.NumRows))
			for range 40 {
				test := pruneTest{column: i, op: prunable[r.IntN(len(prunable))], value: randomScalar(r, c.Type)}
				if s := c.Scalar(r.IntN(c.N)); r.IntN(2) == 0 && !s.Null {
					test.value = s
				}
				if math.IsNaN(test.value.F) || !canSkip(in, g, []pruneTest{test}) {
					continue
				}
				skipped++
				for row := range part.N {
					if test.holds(part.Scalar(row)) {
						t.Fatalf("%s: row group %d is left out for column %s %s %s, but has %s", name, g,
							src.schema.Field(i).Name, test.op, scalarText(test.value), scalarText(part.Scalar(row)))
					}
				}
			}
		}
		first += int(rg.NumRows)
	}
	return skipped
}

// sortedRows is the rows in the order of their values, NULLs last.
func sortedRows(v *vec.Vec) []uint32 {
	rows := repeated(v.N, v.N)
	less := func(a, b uint32) int {
		x, y := v.Scalar(int(a)), v.Scalar(int(b))
		if x.Null || y.Null {
			return cmp.Compare(b2i(x.Null), b2i(y.Null))
		}
		return slowCompare(x, y)
	}
	sortBy(rows, less)
	return rows
}

func TestPruneTests(t *testing.T) {
	id := &plan.Column{Name: "id", Index: 3, Type: vec.TInt64}
	name := &plan.Column{Name: "name", Index: 1, Type: vec.TString}
	five := &plan.Literal{Value: vec.Scalar{Type: vec.TInt64, I: 5}}
	call := func(op plan.Op, args ...plan.Expr) *plan.Call { return &plan.Call{Op: op, Args: args, Type: vec.TBool} }
	cases := []struct {
		expr plan.Expr
		want string
	}{
		{call(plan.OpGt, id, five), "[{3 >}]"},
		{call(plan.OpGt, five, id), "[{3 <}]"},
		{call(plan.OpAnd, call(plan.OpEq, id, five), call(plan.OpIsNull, name)), "[{3 =} {1 IS NULL}]"},
		{call(plan.OpOr, call(plan.OpEq, id, five), call(plan.OpLt, id, five)), "[{[[{3 =}] [{3 <}]]}]"},
		{call(plan.OpOr, call(plan.OpEq, id, five), call(plan.OpNe, id, five)), "[]"},
		{call(plan.OpNot, call(plan.OpEq, id, five)), "[]"},
		{call(plan.OpNe, id, five), "[]"},
		{call(plan.OpEq, id, id), "[]"},
		{call(plan.OpEq, id, &plan.Literal{Value: vec.Scalar{Type: vec.TInt64, Null: true}}), "[]"},
		{call(plan.OpEq, call(plan.OpAdd, id, five), five), "[]"},
	}
	for _, c := range cases {
		if got := testsText(pruneTests(&microbatch.Filter{Expr: c.expr})); got != c.want {
			t.Errorf("%s: %v, want %s", c.expr, got, c.want)
		}
	}
}

// testsText is tests for comparison: {column operator}, or {[branches]}.
func testsText(tests []pruneTest) string {
	texts := []string{}
	for _, t := range tests {
		if t.op != plan.OpOr {
			texts = append(texts, fmt.Sprintf("{%d %s}", t.column, t.op))
			continue
		}
		branches := []string{}
		for _, b := range t.either {
			branches = append(branches, testsText(b))
		}
		texts = append(texts, fmt.Sprintf("{%s}", branches))
	}
	return fmt.Sprint(texts)
}

// TestStringsCutShort: a largest value that was cut without being raised is below values that begin with it.
func TestStringsCutShort(t *testing.T) {
	s := statistics{rows: 10, hasMin: true, hasMax: true, min: vec.Scalar{Type: vec.TString, S: "b"}, max: vec.Scalar{Type: vec.TString, S: "mm"}}
	for value, want := range map[string]bool{"a": true, "b": false, "m": false, "mm": false, "mmx": false, "mn": true, "n": true} {
		if got := s.refutes(pruneTest{op: plan.OpEq, value: vec.Scalar{Type: vec.TString, S: value}}); got != want {
			t.Errorf("= %q: %v, want %v", value, got, want)
		}
	}
}

// TestNaNIsNotPruned: a writer's bounds say nothing of NaNs, which are above every number.
func TestNaNIsNotPruned(t *testing.T) {
	path := filepath.Join(testdata, "types_none.v1.parquet")
	src, err := newSource(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := src.openFile(0)
	if err != nil {
		t.Fatal(err)
	}
	column, _ := src.schema.Index("f64")
	above := pruneTest{column: column, op: plan.OpGt, value: vec.Scalar{Type: vec.TFloat64, F: 1e301}}
	below := pruneTest{column: column, op: plan.OpLt, value: vec.Scalar{Type: vec.TFloat64, F: -1}}
	if canSkip(in, 0, []pruneTest{above}) || !canSkip(in, 0, []pruneTest{below}) {
		t.Error("the row group is left out for > or read for <")
	}
}
