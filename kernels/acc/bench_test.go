package acc

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/kernels/vec"
)

// BenchmarkUpdate adds batches of random values to so many groups; 0 is the one without keys.
func BenchmarkUpdate(b *testing.B) {
	for _, groups := range []int{0, 5, 1000, 100_000} {
		for _, name := range []string{"rows", "sum int64", "sum int32", "sum float64", "max int64", "min float64"} {
			b.Run(fmt.Sprintf("%s/%d", name, groups), func(b *testing.B) { benchmarkUpdate(b, name, groups) })
		}
	}
}

func benchmarkUpdate(b *testing.B, name string, groups int) {
	rng := rand.New(rand.NewPCG(1, 1))
	typ := vec.TInt64
	switch name {
	case "sum int32":
		typ = vec.TInt32
	case "sum float64", "min float64":
		typ = vec.TFloat64
	}
	a := map[string]func() Accumulator{
		"rows":        func() Accumulator { return NewRows() },
		"sum int64":   func() Accumulator { return newSumInt(typ, false) },
		"sum int32":   func() Accumulator { return newSumInt(typ, false) },
		"sum float64": func() Accumulator { return newSumFloat(false) },
		"max int64":   func() Accumulator { e, _ := NewMax(typ); return e },
		"min float64": func() Accumulator { e, _ := NewMin(typ); return e },
	}[name]()
	a.Grow(max(1, groups))
	var inputs []Input
	for range 16 {
		inputs = append(inputs, randomInput(rng, typ, groups))
	}
	least := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		for _, in := range inputs {
			a.Update(in)
		}
		least = min(least, time.Since(start))
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(len(inputs)*vec.BatchRows), "least-ns/row")
}

func randomInput(rng *rand.Rand, t vec.Type, groups int) Input {
	col := vec.NewBuilder(t, vec.BatchRows)
	in := Input{N: vec.BatchRows}
	for range vec.BatchRows {
		s := vec.Scalar{Type: t, I: rng.Int64N(1000), F: math.Round(rng.Float64()*1e8) / 1e6}
		col.AppendScalar(s)
		if groups > 0 {
			in.IDs = append(in.IDs, uint32(rng.IntN(groups)))
		}
	}
	in.Col = col.Finish()
	return in
}

// BenchmarkMerge merges the changes of 1000 scattered groups of so many, and asks for their results before and after: the figure is per group.
func BenchmarkMerge(b *testing.B) {
	for _, name := range []string{"rows", "sum int64", "sum float64", "min int64", "median int64", "stddev float64"} {
		for _, groups := range []int{1000, 10_000_000} {
			b.Run(fmt.Sprintf("%s/%d", name, groups), func(b *testing.B) { benchmarkMerge(b, name, groups) })
		}
	}
}

func benchmarkMerge(b *testing.B, name string, groups int) {
	const changed = 1000
	rng := rand.New(rand.NewPCG(1, 1))
	state := map[string]func() (Accumulator, error){
		"rows":           func() (Accumulator, error) { return NewRows(), nil },
		"sum int64":      func() (Accumulator, error) { return NewSumRetract(vec.TInt64) },
		"sum float64":    func() (Accumulator, error) { return NewSumRetract(vec.TFloat64) },
		"min int64":      func() (Accumulator, error) { return NewMinRetract(vec.TInt64) },
		"median int64":   func() (Accumulator, error) { return NewQuantileCont(vec.TInt64, 0.5) },
		"stddev float64": func() (Accumulator, error) { return NewSpread(vec.TFloat64, StddevSamp) },
	}[name]
	a, err := state()
	if err != nil {
		b.Fatal(err)
	}
	typ := vec.TInt64
	if strings.HasSuffix(name, "float64") {
		typ = vec.TFloat64
	}
	fillGroups(rng, a, typ, groups)
	local, in := a.Fresh(), randomInput(rng, typ, changed)
	src, dst := upTo(changed), make([]uint32, changed)
	in.N, in.IDs = changed, src
	in.Diff = slices.Repeat([]int64{1}, changed)
	var times []time.Duration // of groups that are not in any cache
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 { // what came goes again
			for k := range dst {
				dst[k] = uint32(rng.IntN(groups))
			}
		}
		start := time.Now()
		for k := range in.Diff {
			in.Diff[k] = int64(1 - 2*(i%2))
		}
		local.Reset()
		local.Grow(changed)
		local.Update(in)
		if _, err := a.Result(dst); err != nil {
			b.Fatal(err)
		}
		a.Merge(local, src, dst)
		if _, err := a.Result(dst); err != nil {
			b.Fatal(err)
		}
		if i%2 == 0 {
			times = append(times, time.Since(start))
		}
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[0].Nanoseconds())/changed, "least-ns/group")
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/changed, "median-ns/group")
	b.ReportMetric(float64(a.Bytes())/float64(groups), "B/group")
}

// fillGroups gives each group two values.
func fillGroups(rng *rand.Rand, a Accumulator, t vec.Type, groups int) {
	a.Grow(groups)
	in := randomInput(rng, t, groups)
	for from := 0; from < 2*groups; from += in.N {
		in.N = min(in.N, 2*groups-from)
		in.IDs = in.IDs[:in.N]
		for k := range in.IDs {
			in.IDs[k] = uint32((from + k) % groups)
		}
		a.Update(in)
	}
}

// BenchmarkDeleteMin deletes the smallest value of a group of a million over and over, so many an epoch, by way of a worker's
// accumulator, with the results before and after: the figure is per value.
func BenchmarkDeleteMin(b *testing.B) {
	for _, perEpoch := range []int{1, 1000} {
		b.Run(fmt.Sprint(perEpoch), func(b *testing.B) {
			const values = 1_000_000
			state := must(NewMinRetract(vec.TInt64))
			local, rng, group := state.Fresh(), rand.New(rand.NewPCG(1, 1)), []uint32{0}
			order := rng.Perm(values)
			in := Input{Col: &vec.Vec{Type: vec.TInt64}}
			for i := 0; i < b.N; i += perEpoch {
				if i%values == 0 {
					b.StopTimer()
					state.Reset()
					state.Grow(1)
					in.Col, in.N, in.Diff, in.IDs = longs(order), values, nil, make([]uint32, values)
					state.Update(in)
					if _, err := state.Result(group); err != nil {
						b.Fatal(err)
					}
					in.Diff = slices.Repeat([]int64{-1}, perEpoch)
					b.StartTimer()
				}
				next := make([]int, perEpoch)
				for k := range next {
					next[k] = i%values + k
				}
				in.Col, in.N, in.IDs = longs(next), perEpoch, in.IDs[:perEpoch]
				local.Reset()
				local.Grow(1)
				local.Update(in)
				before, _ := state.Result(group)
				state.Merge(local, group, group)
				after, _ := state.Result(group)
				if got := after.Scalar(0); before.Scalar(0).I != int64(next[0]) || !got.Null && got.I != int64(next[0]+perEpoch) {
					b.Fatalf("the smallest was %v and is %v after %d", before.Scalar(0), got, next[perEpoch-1])
				}
			}
		})
	}
}

func longs(vals []int) *vec.Vec {
	b := vec.NewBuilder(vec.TInt64, len(vals))
	for _, v := range vals {
		vec.AppendFixed(b, int64(v))
	}
	return b.Finish()
}
