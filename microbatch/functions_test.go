package microbatch_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch"
)

// golden is an expression over a column, and its value as text for each of the column's values, for NULL at last.
type golden struct {
	e    pw.Expr
	want []string
}

// goldenTable has the values of a column, NULL at last, and their numbers: in a plain batch and in one with a dictionary.
func goldenTable(name string, t vec.Type, values []vec.Scalar) *pw.Table {
	plain, numbers := vec.NewBuilder(t, len(values)), vec.NewBuilder(vec.TInt64, len(values))
	n := len(values) + 1
	coded := &vec.Vec{Type: t, N: n, Valid: vec.Alloc(vec.BitmapLen(n)), Codes: make([]uint32, n)}
	for i, v := range values {
		plain.AppendScalar(v)
		vec.AppendFixed(numbers, int64(i))
		coded.Codes[i] = uint32(i)
		vec.SetBit(coded.Valid, i)
	}
	coded.Dict = &vec.Dict{Values: *plain.Vec().Take(nil)}
	plain.AppendNull()
	vec.AppendFixed(numbers, int64(len(values)))
	i := numbers.Finish()
	schema := pw.NewSchema(pw.Field{Name: name, Type: t, Nullable: true}, pw.Int64("i"))
	batches := []*vec.Batch{{N: n, Cols: []*vec.Vec{plain.Finish(), i}}, {N: n, Cols: []*vec.Vec{coded, i}}}
	return pw.NewSource(pw.NewMemory(schema, batches), pw.SourceOptions{})
}

type goldenRow struct {
	I int64   `pw:"i"`
	R *string `pw:"r"`
}

// checkGolden computes the expression of all rows and of every other one, as a column that is written and as one that is grouped by.
func checkGolden(t *testing.T, table *pw.Table, g golden, same func(got, want string) bool) {
	t.Helper()
	result := g.e.Cast(pw.TString).As("r")
	for name, c := range map[string]microbatch.Config{"1 worker": {Threads: 1}, "poisoned": bent()["poisoned batches"]} {
		for what, of := range map[string]*pw.Table{
			"all":     table.Select("i", result),
			"some":    table.Filter(pw.Col("i").Rem(2).Eq(0)).Select("i", result),
			"grouped": table.Select("i", g.e.As("g")).GroupBy("i", "g").Reduce(pw.Count().As("n")).Select("i", pw.Col("g").Cast(pw.TString).As("r")),
		} {
			rows := rowsOf[goldenRow](t, c, of)
			if len(rows) == 0 {
				t.Fatalf("%s, %s, %s: no rows", g.e, name, what)
			}
			for _, r := range rows {
				got := "NULL"
				if r.R != nil {
					got = *r.R
				}
				if !same(got, g.want[r.I]) {
					t.Errorf("%s, %s, %s: row %d: got %q, want %q", g.e, name, what, r.I, got, g.want[r.I])
				}
			}
		}
	}
}

func equalTexts(a, b string) bool { return a == b }

func TestTextFunctionsAsDuckDBHasThem(t *testing.T) {
	var values []vec.Scalar
	for _, s := range goldenTexts {
		values = append(values, vec.Scalar{Type: vec.TString, S: s})
	}
	table := goldenTable("s", vec.TString, values)
	for _, g := range goldenTextAnswers {
		checkGolden(t, table, g, equalTexts)
	}
}

func TestTimeFunctionsAsDuckDBHasThem(t *testing.T) {
	for _, unit := range []vec.Unit{vec.Micro} {
		typ := vec.TTimestamp(unit)
		var values []vec.Scalar
		for _, s := range goldenTimes {
			v, err := calc.ParseText(typ, s)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, v)
		}
		table := goldenTable("t", typ, values)
		for _, g := range goldenTimeAnswers {
			checkGolden(t, table, g, equalTexts)
		}
	}
}

func TestNumberFunctionsAsDuckDBHasThem(t *testing.T) {
	var values []vec.Scalar
	for _, x := range goldenNumbers {
		values = append(values, vec.Scalar{Type: vec.TFloat64, F: x})
	}
	table := goldenTable("x", vec.TFloat64, values)
	for _, g := range goldenNumberAnswers {
		checkGolden(t, table, g, nearlyEqual)
	}
}

// nearlyEqual: the last bits of logarithms and powers are each library's own.
func nearlyEqual(got, want string) bool {
	x, errX := strconv.ParseFloat(got, 64)
	y, errY := strconv.ParseFloat(want, 64)
	if errX != nil || errY != nil {
		return got == want
	}
	return x == y || math.Abs(x-y) <= 1e-14*math.Abs(y)
}

// TestFunctionsThatFail: a value without a result is a bad row, and only that.
func TestFunctionsThatFail(t *testing.T) {
	var values []vec.Scalar
	for _, x := range []float64{4, -1, 0, math.NaN(), math.Inf(1), math.Inf(-1)} {
		values = append(values, vec.Scalar{Type: vec.TFloat64, F: x})
	}
	table := goldenTable("x", vec.TFloat64, values).OnBadRow(pw.Skip)
	for _, c := range []struct {
		e    pw.Expr
		want string
	}{
		{pw.Col("x").Sqrt(), "0 2, 2 0, 3 NaN, 4 Infinity, 6 NULL, "},
		{pw.Col("x").Ln().Floor(), "0 1, 3 NaN, 4 Infinity, 6 NULL, "},
		{pw.Col("x").Log10().Ceil(), "0 1, 3 NaN, 4 Infinity, 6 NULL, "},
	} {
		got := ""
		for _, r := range rowsOf[goldenRow](t, microbatch.Config{Threads: 1}, table.Select("i", c.e.Cast(pw.TString).As("r")).Limit(len(c.want))) {
			text := "NULL"
			if r.R != nil {
				text = *r.R
			}
			got += fmt.Sprint(r.I, " ", text, ", ")
		}
		if got != c.want+c.want {
			t.Errorf("%s: got %s", c.e, got)
		}
	}
	_, err := microbatch.Config{}.Batches(t.Context(), goldenTable("x", vec.TFloat64, values).Select(pw.Col("x").Sqrt().As("r")))
	if err == nil {
		t.Error("the root of −1 is no error")
	}
}
