package op_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/microbatch/op"
)

// applied is fields and the result of a function.
func applied(f *plan.Function, args []int, fields ...plan.Field) *plan.Apply {
	out := append(append([]plan.Field(nil), fields...), nullable("result", f.Results[0]))
	return &plan.Apply{Input: input(fields...), Func: f, Args: args, Out: plan.NewSchema(out...)}
}

// double is 2x; NULL stays NULL. It fails for whole batches that have 13, panics for those with 14, and counts the rows that it is asked for.
func double(asked *atomic.Int64) *plan.Function {
	return &plan.Function{
		Name: "double", Version: "2", Params: []vec.Type{vec.TInt64}, Results: []vec.Type{vec.TInt64}, Deterministic: true,
		Call: func(_ context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
			asked.Add(int64(n))
			out := vec.NewBuilder(vec.TInt64, n)
			for i := range n {
				switch x := args[0].Scalar(i); {
				case args[0].Dict != nil || args[0].N != n:
					return nil, errors.New("the argument isn't dense and plain")
				case x.Null:
					out.AppendNull()
				case x.I == 13:
					return nil, errors.New("bad luck")
				case x.I == 14:
					panic("worse luck")
				default:
					vec.AppendFixed(out, 2*x.I)
				}
			}
			return []*vec.Vec{out.Finish()}, nil
		},
	}
}

// numbered answers with how often it has been asked.
func numbered() (*plan.Function, *atomic.Int64) {
	var asked atomic.Int64
	return &plan.Function{
		Name: "numbered", Params: []vec.Type{vec.TInt64}, Results: []vec.Type{vec.TInt64},
		Call: func(_ context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
			out := vec.NewBuilder(vec.TInt64, n)
			for i := range n {
				if x := args[0].Scalar(i); x.I == 13 {
					return nil, errors.New("bad luck")
				}
				vec.AppendFixed(out, asked.Add(1))
			}
			return []*vec.Vec{out.Finish()}, nil
		},
	}, &asked
}

var appliedFields = []plan.Field{{Name: "k", Type: vec.TString}, nullable("x", vec.TInt64)}

func newApply(n *plan.Apply) func(op.Env) op.Operator {
	return func(env op.Env) op.Operator { return op.NewApply(n, env) }
}

// TestApplyNow: results are beside their rows under selections; rows for which the function fails are bad, each for itself.
func TestApplyNow(t *testing.T) {
	for seed := range uint64(60) {
		for _, async := range []*plan.Async{nil, {Capacity: 3}} {
			g := newTester(seed, 4, appliedFields...)
			var asked atomic.Int64
			f := double(&asked)
			f.Async = async
			in := retractPort(nil, g.fields...)
			if async != nil { // else its results are remembered
				in.Kind = plan.Append
			}
			n := applied(f, []int{1}, g.fields...)
			d := drive(t, in, 2, func(e *op.Env) { e.Bad = plan.Reject }, newApply(n))
			want, rejected := newBag(), map[string]int64{}
			for range 5 {
				var rows [][]vec.Scalar
				var diffs []int64
				for range g.rng.IntN(20) {
					row, diff := g.row(), int64(1)
					if async == nil {
						diff = int64(1 - 2*g.rng.IntN(2))
						diffs = append(diffs, diff)
					}
					if !row[1].Null {
						row[1].I = g.rng.Int64N(15)
					}
					rows = append(rows, row)
					result := vec.Scalar{Type: vec.TInt64, Null: row[1].Null, I: 2 * row[1].I}
					if row[1].Null || row[1].I < 13 {
						want.add(append(row[:2:2], result), diff)
						continue
					}
					reason := map[int64]string{13: "bad luck", 14: "it panicked: worse luck"}[row[1].I]
					text := fmt.Sprintf("function double v2: %s: k=%s, x=%d", reason, row[0].S, row[1].I)
					if rejected[text] += diff; rejected[text] == 0 {
						delete(rejected, text)
					}
				}
				at, b := g.batch(rows, diffs)
				if err := d.push(g.rng.IntN(2), at, b); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.end(); err != nil {
				t.Fatal(err)
			}
			d.check(fmt.Sprint("seed ", seed), want.rows)
			if !maps.Equal(d.rejected, rejected) {
				t.Errorf("rejected %v, want %v", d.rejected, rejected)
			}
			d.close()
		}
	}
}

// TestApplyFails: under the policy to fail, the error names the operator, the function and the row.
func TestApplyFails(t *testing.T) {
	var asked atomic.Int64
	g := newTester(1, 1, appliedFields...)
	d := drive(t, retractPort(nil, g.fields...), 1, nil, newApply(applied(double(&asked), []int{1}, g.fields...)))
	defer d.close()
	at, b := g.batch([][]vec.Scalar{
		{{Type: vec.TString, S: "a"}, {Type: vec.TInt64, I: 5}}, {{Type: vec.TString, S: "b"}, {Type: vec.TInt64, I: 13}},
	}, nil)
	const want = "tested (job.go:1): function double v2: bad luck, in the row k=b, x=13; to go on without such rows put OnBadRow(pw.Skip), or pw.Reject, before that step"
	if err := d.push(0, at, b); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestApplyBrokenPromise: a function that returns other columns than it said ends the run, whatever the policy.
func TestApplyBrokenPromise(t *testing.T) {
	f := double(&atomic.Int64{})
	for _, results := range [][]*vec.Vec{nil, {nil}, {vec.NewBuilder(vec.TInt64, 0).Finish()}, {vec.NewBuilder(vec.TBool, 0).Finish()}} {
		f.Call = func(context.Context, []*vec.Vec, int) ([]*vec.Vec, error) { return results, nil }
		g := newTester(1, 1, appliedFields...)
		d := drive(t, retractPort(nil, g.fields...), 1, func(e *op.Env) { e.Bad = plan.Skip }, newApply(applied(f, []int{1}, g.fields...)))
		at, b := g.batch([][]vec.Scalar{g.row()}, nil)
		if err := d.push(0, at, b); err == nil || !strings.Contains(err.Error(), "tested (job.go:1): function double v2 returned") {
			t.Error(err)
		}
		d.close()
	}
}

// TestApplyRemembers: what goes carries the result with which it came, though the function would say something else now; what is there no more
// is forgotten, and rows for which it has failed go without a trace.
func TestApplyRemembers(t *testing.T) {
	for seed := range uint64(80) {
		for _, async := range []*plan.Async{nil, {Capacity: 3}} {
			g := newTester(seed, 5, appliedFields...)
			f, asked := numbered()
			f.Async = async
			d := drive(t, retractPort(nil, g.fields...), 1+int(seed%3), func(e *op.Env) { e.Bad = plan.Skip }, newApply(applied(f, []int{1}, g.fields...)))
			for epoch := range 8 {
				before := asked.Load()
				fresh := maps.Clone(g.there.rows)
				for range g.rng.IntN(4) {
					rows, diffs := g.changes(g.rng.IntN(10))
					at, b := g.batch(rows, diffs)
					if err := d.push(g.rng.IntN(len(d.locals)), at, b); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.end(); err != nil {
					t.Fatal(err)
				}
				d.checkNet()
				got := map[string]int64{}
				for row, n := range d.sum {
					got[row[:strings.LastIndex(row, " | ")]] += n
				}
				d.sum, got = got, d.sum
				d.check(fmt.Sprint("epoch ", epoch), g.there.rows)
				d.sum = got
				newRows := int64(0)
				for row := range g.there.rows {
					if fresh[row] == 0 {
						newRows++
					}
				}
				if n := asked.Load() - before; n != newRows {
					t.Fatalf("seed %d, epoch %d: asked for %d rows, %d are new", seed, epoch, n, newRows)
				}
				if s := d.operator.(op.Stateful).State(); s.Keys != int64(len(g.there.rows)) {
					t.Fatalf("%d rows are kept, %d are there", s.Keys, len(g.there.rows))
				}
			}
			d.close()
		}
	}
}

// TestApplyRemembersFailures: a row for which the function failed doesn't go, either, but from the rejected rows, for the reason with which it came there.
func TestApplyRemembersFailures(t *testing.T) {
	for _, async := range []*plan.Async{nil, {Capacity: 3}} {
		f, _ := numbered()
		f.Async = async
		failures := 0
		succeed := f.Call
		f.Call = func(ctx context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
			results, err := succeed(ctx, args, n)
			if err != nil {
				failures++
				err = fmt.Errorf("failure %d", failures)
			}
			return results, err
		}
		g := newTester(1, 1, appliedFields...)
		d := drive(t, retractPort(nil, g.fields...), 1, func(e *op.Env) { e.Bad = plan.Reject }, newApply(applied(f, []int{1}, g.fields...)))
		bad := []vec.Scalar{{Type: vec.TString, S: "a"}, {Type: vec.TInt64, I: 13}}
		for _, step := range []struct{ diff, there int64 }{{2, 2}, {-1, 1}, {3, 4}, {-4, 0}} {
			at, b := g.batch([][]vec.Scalar{bad}, []int64{step.diff})
			if err := errors.Join(d.push(0, at, b), d.end()); err != nil {
				t.Fatal(err)
			}
			if n := d.rejected["function numbered: failure 1: k=a, x=13"]; n != step.there || d.stats.RowsRejected.Load() != n {
				t.Errorf("after %+d: rejected %v, want %d", step.diff, d.rejected, step.there)
			}
		}
		d.check("in the end", map[string]int64{})
		if len(d.changes) > 0 || len(d.rejected) > 0 || failures != 1 || d.operator.(op.Stateful).State().Keys != 0 {
			t.Errorf("%v, rejected %v, %d failures", d.changes, d.rejected, failures)
		}
		at, b := g.batch([][]vec.Scalar{bad}, []int64{-1})
		if err := errors.Join(d.push(0, at, b), d.end()); err == nil || !strings.Contains(err.Error(), "a row goes that never came: k=a, x=13") {
			t.Error(err)
		}
		d.close()
	}
}

// waiting is an Async function whose calls take as many seconds as x says, and for ever from 100 on; for odd x the first two attempts of each row fail.
func waiting(async plan.Async, attempts *atomic.Int64) *plan.Function {
	return &plan.Function{
		Name: "waiting", Params: []vec.Type{vec.TInt64}, Results: []vec.Type{vec.TInt64}, Deterministic: true, Async: &async,
		Call: func(ctx context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
			x := vec.Of[int64](args[0])[0]
			if x >= 100 { // it takes no notice of its context
				time.Sleep(1000 * time.Hour)
			}
			select {
			case <-time.After(time.Duration(x) * time.Second):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			if tried := attempts.Add(1); x%2 == 1 && tried <= 2 {
				return nil, errors.New("not yet")
			}
			return []*vec.Vec{{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{x})}}, nil
		},
	}
}

// TestApplyAsync: calls run side by side, are given up when they take too long, and are tried again, later and later; rows keep their order.
func TestApplyAsync(t *testing.T) {
	for _, test := range []struct {
		name  string
		async plan.Async
		x     []int64
		takes time.Duration
		bad   string
	}{
		{"one behind the other", plan.Async{Capacity: 1}, []int64{2, 4, 6}, 12 * time.Second, ""},
		{"side by side", plan.Async{Capacity: 10}, []int64{6, 4, 2}, 6 * time.Second, ""},
		{"two at a time", plan.Async{Capacity: 2}, []int64{2, 2, 4, 4}, 6 * time.Second, ""},
		{"too long", plan.Async{Capacity: 1, Timeout: 5 * time.Second}, []int64{2, 8, 4}, 11 * time.Second, "it took longer than 5s"},
		{"for ever", plan.Async{Capacity: 1, Timeout: 5 * time.Second}, []int64{2, 100, 4}, 11 * time.Second, "it took longer than 5s"},
		{"again", plan.Async{Capacity: 1, Retries: 2, Backoff: 10 * time.Second}, []int64{1}, 33 * time.Second, ""},
		{"not often enough", plan.Async{Capacity: 1, Retries: 1, Backoff: 10 * time.Second}, []int64{1}, 12 * time.Second, "not yet (after 2 attempts)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fields := []plan.Field{{Name: "x", Type: vec.TInt64}}
				g := newTester(1, 1, fields...)
				in := retractPort(nil, fields...)
				in.Kind, in.Ordered = plan.Append, true
				var attempts atomic.Int64
				n := applied(waiting(test.async, &attempts), []int{0}, fields...)
				d := drive(t, in, 2, func(e *op.Env) { e.Bad = plan.Reject }, newApply(n))
				defer d.close()
				for i, x := range test.x {
					at, b := g.batch([][]vec.Scalar{{{Type: vec.TInt64, I: x}}}, nil)
					if err := d.push(i%2, at, b); err != nil {
						t.Fatal(err)
					}
				}
				began := time.Now()
				if err := d.end(); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took != test.takes {
					t.Errorf("it took %v, want %v", took, test.takes)
				}
				var got []int64
				for _, c := range d.changes {
					got = append(got, c.cols[1].I)
				}
				var want []int64
				for _, x := range test.x {
					if test.bad == "" || x%4 == 2 || x == 4 {
						want = append(want, x)
					}
				}
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("results %v, want %v", got, want)
				}
				for _, r := range slices.Sorted(maps.Keys(d.rejected)) {
					if test.bad == "" || d.rejected[r] != 1 || !strings.HasPrefix(r, "function waiting: "+test.bad) {
						t.Errorf("rejected %v, want one for %q", d.rejected, test.bad)
					}
				}
				if test.bad != "" && len(d.rejected) != 1 {
					t.Errorf("rejected %v, want one for %q", d.rejected, test.bad)
				}
				time.Sleep(2000 * time.Hour) // what hangs comes back, so that the test can end
			})
		})
	}
}

// emitted takes what comes out of an operator as it is.
type emitted struct{ batches []*vec.Batch }

func (e *emitted) Emit(_ op.OutPort, _ op.Seq, b *vec.Batch) error {
	e.batches = append(e.batches, b)
	return nil
}

// TestApplyAsyncKeepsPlaces: rows come out where they were in their batch, by which they are told from others of the same place.
func TestApplyAsyncKeepsPlaces(t *testing.T) {
	f := double(&atomic.Int64{})
	f.Async = &plan.Async{Capacity: 2}
	fields := []plan.Field{{Name: "x", Type: vec.TInt64}}
	in := retractPort(nil, fields...)
	in.Kind, in.Ordered = plan.Append, true
	d := drive(t, in, 1, func(e *op.Env) { e.Bad = plan.Skip }, newApply(applied(f, []int{0}, fields...)))
	defer d.close()
	b := &vec.Batch{N: 6, Sel: []uint32{1, 2, 4}, Cols: []*vec.Vec{{Type: vec.TInt64, N: 6, Data: vec.Bytes([]int64{0, 5, 13, 0, 6, 0})}}}
	if err := d.push(0, op.Seq{}, b); err != nil {
		t.Fatal(err)
	}
	var out emitted
	if err := d.operator.EndEpoch(&op.Epoch{Calls: callsOn}, &out); err != nil {
		t.Fatal(err)
	}
	if got := out.batches[0]; len(out.batches) != 1 || !slices.Equal(got.Sel, []uint32{1, 4}) || vec.Of[int64](got.Cols[1])[1] != 10 || vec.Of[int64](got.Cols[1])[4] != 12 {
		t.Errorf("%+v", out.batches[0])
	}
}
