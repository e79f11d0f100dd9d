package op_test

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
	"github.com/pwcol/pwcol/microbatch/op"
)

// TestApplyLasts: what is remembered, results and failures, is there after a restart, and isn't asked for again.
func TestApplyLasts(t *testing.T) {
	for seed := range uint64(60) {
		g := newTester(seed, 5, appliedFields...)
		var asked atomic.Int64
		f := double(&asked)
		f.Async = &plan.Async{Capacity: 3}
		double := f.Call
		f.Call = func(ctx context.Context, args []*vec.Vec, n int) ([]*vec.Vec, error) {
			if x := args[0].Scalar(0); n == 1 && !x.Null {
				args = []*vec.Vec{{Type: vec.TInt64, N: 1, Data: vec.Bytes([]int64{x.I + toFailing})}}
			}
			return double(ctx, args, n)
		}
		bad := []plan.BadRows{plan.Reject, plan.Skip}[seed%2]
		in := retractPort(nil, g.fields...)
		d := driveLasting(t, g.rng, in, func(e *op.Env) { e.Bad = bad }, newApply(applied(f, []int{1}, g.fields...)))
		for epoch := range 16 {
			for range g.rng.IntN(4) {
				at, b := g.batch(g.changes(g.rng.IntN(10)))
				if err := d.push(at, b); err != nil {
					t.Fatal(err)
				}
			}
			if err := d.end(); err != nil {
				t.Fatal(err)
			}
			want, rejected := doubled(g.there, bad)
			d.check(fmt.Sprint("seed ", seed, ", epoch ", epoch), want)
			if !maps.Equal(d.rejected, rejected) {
				t.Fatalf("seed %d, epoch %d: rejected %v, want %v", seed, epoch, d.rejected, rejected)
			}
			d.goOn()
		}
		asked.Store(0)
		for row, n := range maps.Clone(g.there.rows) {
			at, b := g.batch([][]vec.Scalar{g.there.cols[row]}, []int64{-n})
			if err := d.push(at, b); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.end(); err != nil {
			t.Fatal(err)
		}
		if len(d.sum) > 0 || len(d.rejected) > 0 || asked.Load() > 0 {
			t.Errorf("seed %d: of no rows there are %v, rejected %v; %d calls", seed, d.sum, d.rejected, asked.Load())
		}
		d.close()
	}
}

// toFailing makes one of the few values that the rows have one for which double fails.
var toFailing = 13 - vectest.Value(vec.TInt64, 2).I

// doubled is what rows come to with the function double, and those that are rejected.
func doubled(there *bag, bad plan.BadRows) (want, rejected map[string]int64) {
	want, rejected = map[string]int64{}, map[string]int64{}
	for row, n := range there.rows {
		cols := there.cols[row]
		x := cols[1]
		reason := map[int64]string{13: "bad luck", 14: "it panicked: worse luck"}[x.I+toFailing]
		switch {
		case x.Null || reason == "":
			want[rowOf(append(cols[:2:2], vec.Scalar{Type: vec.TInt64, Null: x.Null, I: 2 * (x.I + toFailing)}))] = n
		case bad == plan.Reject:
			rejected[fmt.Sprintf("function double v2: %s: k=%s, x=%d", reason, cols[0].S, x.I)] = n
		}
	}
	return want, rejected
}

// TestApplyThatCannotLast: functions that may answer otherwise after a restart are refused in a stream with state.
func TestApplyThatCannotLast(t *testing.T) {
	guess, _ := numbered()
	late := double(&atomic.Int64{})
	late.Async = &plan.Async{Capacity: 1, Timeout: time.Second}
	for _, f := range []*plan.Function{guess, late} {
		for _, bounded := range []bool{false, true} {
			in := retractPort(nil, appliedFields...)
			in.Kind, in.Bounded = plan.Append, bounded
			o := op.NewApply(applied(f, []int{1}, appliedFields...), op.Env{Name: "tested (job.go:1)", Workers: 1, Durable: true, Bad: plan.Skip})
			_, err := o.Open([]op.Port{in})
			if refused := err != nil && strings.Contains(err.Error(), "tested (job.go:1): the function "+f.Name+" may answer otherwise"); refused == bounded {
				t.Errorf("%s, bounded %v: %v", f.Name, bounded, err)
			}
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
