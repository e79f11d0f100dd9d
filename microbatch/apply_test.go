package microbatch_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/microbatch"
)

// call is a row to call functions for.
type call struct {
	ID   int64
	X    float64
	N    *int32
	Name string
	Note *string
	At   time.Time
	Took time.Duration
	On   bool
	Raw  []byte
	List []int64
}

func calls() []call {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	n, note := int32(7), "note"
	return []call{
		{1, 1.5, &n, "a", &note, at, time.Second, true, []byte("raw"), []int64{1, 2}},
		{2, 2.5, nil, "bb", nil, at.Add(time.Hour), 2 * time.Second, false, nil, []int64{}},
		{3, -3, &n, "", &note, at, 0, true, []byte{}, nil},
	}
}

// celsius is a type of the user's.
type celsius float64

// TestApplyTypes calls functions of all types of values, of rows and of batches, and compares the results as text.
func TestApplyTypes(t *testing.T) {
	for _, test := range []struct {
		call pw.Expr
		want string
	}{
		{pw.Apply("f", math.Abs, "x"), "1.5 2.5 3"},
		{pw.Apply("f", func(x, out []float64) error {
			for i := range out {
				out[i] = 2 * x[i]
			}
			return nil
		}, "x"), "3 5 -6"},
		{pw.Apply("f", pw.Rows2(func(x float64, id int64) (float64, error) { return x + float64(id), nil }), "x", pw.Col("id").Mul(10)), "11.5 22.5 27"},
		{pw.Apply("f", func(x float64, k int8) float64 { return x * float64(k) }, "x", pw.Lit(3)), "4.5 7.5 -9"},
		{pw.Apply("f", func(c []celsius, out []celsius) error { copy(out, c); return nil }, "x"), "1.5 2.5 -3"},
		{pw.Apply("f", func(n int64) int64 { return n + 1 }, "n"), "8 NULL 8"}, // an int32, widened
		{pw.Apply("f", func(n *int64) int64 {
			if n == nil {
				return -1
			}
			return *n
		}, "n"), "7 -1 7"},
		{pw.Apply("f", func(n []*int32, note []string, out []*string) error {
			for i := range out {
				if n[i] != nil {
					s := fmt.Sprint(note[i], *n[i])
					out[i] = &s
				}
			}
			return nil
		}, "n", "note"), "note7 NULL note7"},
		{pw.Apply("f", strings.ToUpper, "name"), "A BB "},
		{pw.Apply("f", func() string { return "x" }), "x x x"},
		{pw.Apply("f", func(out []int8) error { clear(out); return nil }), "0 0 0"},
		{pw.ApplyAsync("f", func(context.Context) (string, error) { return "x", nil }, pw.Async{}), "x x x"},
		{pw.Apply("f", pw.Rows3(func(a, b string, on bool) (string, error) { return fmt.Sprint(a, b, on), nil }), "name", "note", "on"), "anotetrue NULL notetrue"},
		{pw.Apply("f", func(on bool) bool { return !on }, "on"), "false true false"},
		{pw.Apply("f", func(raw []byte) []byte { return slices.Concat(raw, []byte("!")) }, "raw"), `\x72617721 NULL \x21`},
		{pw.Apply("f", func(at time.Time, d time.Duration) time.Time { return at.Add(d) }, "at", "took"), "2026-01-02 03:04:06.000006 2026-01-02 04:04:07.000006 2026-01-02 03:04:05.000006"},
		{pw.Apply("f", func(at time.Time) int { return at.Hour() }, pw.Col("at").Cast(pw.TDate)), "0 0 0"},
		{pw.Apply("f", func(l []int64) int { return len(l) }, "list"), "2 0 NULL"},
		{pw.Apply("f", func(l [][]int64, out [][]float64) error {
			for i := range out {
				for _, x := range l[i] {
					out[i] = append(out[i], float64(x)/2)
				}
			}
			return nil
		}, "list"), "[0.5, 1] NULL NULL"},
		{pw.Apply("outer", math.Sqrt, pw.Apply("inner", math.Abs, "x")).Mul(2).As("f"), "2.449489742783178 3.1622776601683795 3.4641016151377544"},
		{pw.ApplyAsync("f", func(_ context.Context, s string) (int, error) { return len(s), nil }, pw.Async{Capacity: 2}, "name"), "1 2 0"},
		{pw.ApplyAsync("f", func(_ context.Context, s string) int { return len(s) }, pw.Async{}, "note"), "4 NULL 4"},
	} {
		f := test.call.As("f")
		for name, table := range map[string]*pw.Table{
			"all":    pw.FromRows(calls()).With(f),
			"some":   pw.FromRows(append(calls(), calls()...)).With(pw.Col("id").As("row")).Filter(pw.Col("id").Gt(0)).With(f).Distinct(),
			"select": pw.FromRows(calls()).Select("id", f),
		} {
			got, err := texts(table)
			if err != nil || got != test.want {
				t.Errorf("%s, %s: %q, want %q, %v", test.call, name, got, test.want, err)
			}
		}
	}
}

// texts is the column f as text, in the order of id.
func texts(table *pw.Table) (string, error) {
	type result struct {
		ID int64
		F  *string
	}
	poisoned := bent()["poisoned batches"]
	batches, err := poisoned.Batches(context.Background(), table.Select("id", pw.Col("f").Cast(pw.TString).As("f")))
	if err != nil {
		return "", err
	}
	rows, err := pw.RowsOf[result](pw.SchemaOf[result](), batches)
	slices.SortFunc(rows, func(a, b result) int { return int(a.ID - b.ID) })
	var out []string
	for _, r := range rows {
		if r.F == nil {
			out = append(out, "NULL")
			continue
		}
		out = append(out, *r.F)
	}
	return strings.Join(out, " "), err
}

// TestApplyInFilter: a function that decides which rows stay leaves no column behind; a call that is there twice is made once a row.
func TestApplyInFilter(t *testing.T) {
	asked := 0
	f := pw.Apply("f", func(x float64) float64 { asked++; return x }, "x")
	rows, err := microbatch.CollectRows[call](context.Background(), pw.FromRows(calls()).Filter(f.Gt(0).And(f.Lt(2))))
	if err != nil || len(rows) != 1 || rows[0].ID != 1 || asked != 3 {
		t.Errorf("%v, asked %d times, %v", rows, asked, err)
	}
}

// TestApplyBadRows: a function that fails for a row of a batch makes that row bad, and no other.
func TestApplyBadRows(t *testing.T) {
	fails := pw.Rows1(func(x float64) (float64, error) {
		if x == 2.5 {
			return 0, errors.New("I don't like it")
		}
		return x, nil
	})
	panics := func(x float64) float64 {
		if x == 2.5 {
			panic("no")
		}
		return x
	}
	release := make(chan struct{})
	defer close(release)
	hangs := func(_ context.Context, x float64) float64 {
		if x == 2.5 {
			<-release
		}
		return x
	}
	for what, e := range map[string]pw.Expr{
		"I don't like it":         pw.Apply("f", fails, "x", pw.Version("3")),
		"it panicked: no":         pw.Apply("f", panics, "x", pw.Version("3")),
		"it took longer than 5ms": pw.ApplyAsync("f", hangs, pw.Async{Timeout: 5 * time.Millisecond}, "x", pw.Version("3")),
	} {
		_, err := texts(pw.FromRows(calls()).With(e))
		if err == nil || !strings.Contains(err.Error(), "apply f v3(x) (apply_test.go:") || !strings.Contains(err.Error(), "function f v3: "+what+", in the row id=2") {
			t.Error(err)
		}
		got, err := texts(pw.FromRows(calls()).OnBadRow(pw.Skip).With(e))
		if err != nil || got != "1.5 -3" {
			t.Error(got, err)
		}
		rejected, err := microbatch.CollectRows[struct{ Reason string }](context.Background(), pw.FromRows(calls()).OnBadRow(pw.Reject).With(e).Rejected())
		if err != nil || len(rejected) != 1 || rejected[0].Reason != "function f v3: "+what {
			t.Error(rejected, err)
		}
	}
}

// TestAcceptIf keeps a row of each key as the function says.
func TestAcceptIf(t *testing.T) {
	type reading struct {
		Sensor string
		Value  float64
	}
	readings := pw.FromRows([]reading{{"a", 1}, {"b", 7}, {"a", 1.2}, {"a", 2}, {"b", 6}, {"a", 1.9}})
	kept, err := microbatch.CollectRows[reading](context.Background(),
		readings.Deduplicate([]string{"sensor"}, pw.AcceptIf("value", func(new, kept float64) bool { return new-kept > 0.5 })))
	slices.SortFunc(kept, func(a, b reading) int { return strings.Compare(a.Sensor, b.Sensor) })
	if want := []reading{{"a", 2}, {"b", 7}}; err != nil || !slices.Equal(kept, want) {
		t.Errorf("%v, want %v, %v", kept, want, err)
	}
}
