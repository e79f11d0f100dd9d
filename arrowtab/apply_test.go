package arrowtab

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"
)

func applyInput() *Table {
	type row struct {
		X    float64
		N    *int32
		Name string
		At   time.Time
	}
	return FromRows([]row{{}})
}

func TestApplyPlan(t *testing.T) {
	sum := func(a, b float64) float64 { return a + b }
	inner := Apply("inner", math.Abs, "x", Version("2"), Deterministic())
	plan := applyInput().Filter(inner.Gt(1)).With(Apply("outer", sum, inner, Col("n").Add(1).Cast(TFloat64)).As("y"), inner.As("z")).Explain()
	for _, want := range []string{
		"apply inner v2(x) → x float64, n int32, name string, at timestamp[us], inner(x) float64  [append, apply_test.go:",
		"apply outer(inner(x), cast(n + 1 as float64)) →",
		"outer(inner(x), cast(n + 1 as float64)) float64",
	} {
		if !strings.Contains(strings.ReplaceAll(plan, "CAST(n + 1 AS float64)", "cast(n + 1 as float64)"), want) {
			t.Errorf("%q isn't in\n%s", want, plan)
		}
	}
	if n := strings.Count(strings.Split(plan, "as run:")[0], "apply inner"); n != 2 { // one for each step
		t.Errorf("inner is called %d times in\n%s", n, plan)
	}
	names := applyInput().Filter(inner.Gt(1)).With(inner.As("z")).Schema().Names()
	if got := strings.Join(names, " "); got != "x n name at z" {
		t.Errorf("the columns are %s", got)
	}
}

func TestApplyErrors(t *testing.T) {
	wait := func(context.Context, float64) (float64, error) { return 0, nil }
	for _, c := range []struct {
		table *Table
		want  string
	}{
		{applyInput().With(Apply("f", 7, "x")), "with: function f: it is of type int, expected a func"},
		{applyInput().With(Apply("f", nil, "x")), "with: function f: it is nil, expected a func"},
		{applyInput().With(Apply("", math.Abs, "x").As("y")), "with: function : a function needs a name"},
		{applyInput().With(Apply("f", math.Abs)), "with: function f: it is a func(float64) float64 and is given 0 arguments, expected func() R, func() (R, error) or, for batches, func(out []R) error"},
		{applyInput().With(Apply("f", math.Abs, 7)), "with: function f: argument 1 is a int, expected a column's name or an expression; a constant is a Lit\nit is a func(float64) float64 and is given 0 arguments, expected func() R, func() (R, error) or, for batches, func(out []R) error"},
		{applyInput().With(Apply("f", math.Abs, "x", "n")), "with: function f: it is a func(float64) float64 and is given 2 arguments, expected func(A, B) R, func(A, B) (R, error) or, for batches, func([]A, []B, out []R) error"},
		{applyInput().With(Apply("f", func(...float64) float64 { return 0 }, "x")), "with: function f: it is a func(...float64) float64 and is given 1 arguments, expected func(A) R, func(A) (R, error) or, for batches, func([]A, out []R) error"},
		{applyInput().With(Apply("f", func(float64) error { return nil }, "x")), "with: function f: it is a func(float64) error and is given 1 arguments, expected func(A) R, func(A) (R, error) or, for batches, func([]A, out []R) error"},
		{applyInput().With(Apply("f", math.Abs, "y")), `with: unknown column "y"; did you mean "x" or "n"? The columns are: x, n, name, at`},
		{applyInput().With(Apply("f", math.Abs, "name")), `with: function f, argument 1, name: it is string, which the function's float64 doesn't hold; cast it, or let the function take another type`},
		{applyInput().With(Apply("f", func(int8) int8 { return 0 }, "n")), `with: function f, argument 1, n: it is int32, which the function's int8 doesn't hold; cast it, or let the function take another type`},
		{applyInput().With(Apply("f", func(int8) int8 { return 0 }, Lit(300))), `with: function f, argument 1, 300: 300 is out of range for int8`},
		{applyInput().With(Apply("f", func(chan int) int8 { return 0 }, "n")), `with: function f, argument 1, n: chan int can't be a value of a column; basic types, string, []byte, time.Time, time.Duration, slices of them and pointers to them can`},
		{applyInput().With(Apply("f", func(float64) struct{} { return struct{}{} }, "x")), `with: function f, result: struct {} can't be a value of a column; basic types, string, []byte, time.Time, time.Duration, slices of them and pointers to them can`},
		{applyInput().With(ApplyAsync("f", math.Abs, Async{}, "x")), "with: function f: it is a func(float64) float64, but the first parameter of one that waits is a context.Context"},
		{applyInput().With(ApplyAsync("f", wait, Async{}, "x", "n")), "with: function f: it is a func(context.Context, float64) (float64, error) and is given 2 arguments, expected func(context.Context, A, B) (R, error)"},
		{applyInput().With(ApplyAsync("f", wait, Async{Retries: -1}, "x")), "with: function f: {Capacity:16 Timeout:0s Retries:-1 Backoff:0s}: none of them can be below 0"},
		{applyInput().Reduce(Sum(Apply("f", math.Abs, "x"))), `reduce: f(x): a function is called in With, Select or Filter; make it a column before: With(Apply(…).As("x"))`},
		{applyInput().Filter(Apply("f", math.Abs, "x")), `filter: column "f(x)" is float64, but a condition is true or false (bool); compare it with something`},
		{applyInput().Deduplicate([]string{"name"}, AcceptIf("n", func(a, b int64) bool { return a > b })), `deduplicate: AcceptIf: column "n" is int32, and the function takes int64; let it take that type, or cast the column before`},
		{applyInput().Deduplicate([]string{"name"}, AcceptIf("m", func(a, b int32) bool { return a > b })), `deduplicate: AcceptIf: unknown column "m"; did you mean "x" or "n"? The columns are: x, n, name, at`},
		{applyInput().Deduplicate([]string{"name"}, AcceptIf[int32]("n", nil)), `deduplicate: AcceptIf: the function is nil`},
	} {
		_, err := c.table.Plan()
		if err == nil {
			t.Errorf("no error, want %s", c.want)
			continue
		}
		_, got, _ := strings.Cut(err.Error(), ": ")
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
