package acc_test

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/acc"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Keys become dense ids, and the ids say where each group's sum lies.
func Example() {
	names := vec.NewBuilder(vec.TString, 0)
	values := vec.NewBuilder(vec.TFloat64, 0)
	for i, name := range []string{"a", "b", "a", "c", "b"} {
		names.AppendString(name)
		vec.AppendFixed(values, 0.1*float64(i+1))
	}
	b := vec.Batch{N: 5, Cols: []*vec.Vec{names.Vec(), values.Vec()}}

	groups := group.New([]group.Key{{Type: vec.TString}}, group.Options{})
	ids := make([]uint32, b.Rows())
	groups.Intern(b.Cols[:1], b.N, b.Sel, ids)
	fmt.Println("ids", ids)

	sum, err := acc.NewSum(vec.TFloat64)
	if err != nil {
		fmt.Println(err)
		return
	}
	var split acc.Splitter
	sum.Grow(groups.Len())
	sum.Update(split.Input(b.Cols[1], b.N, b.Sel, ids))

	all := []uint32{0, 1, 2}
	keys := groups.Keys(all)[0]
	sums, err := sum.Result(all)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range all {
		fmt.Printf("%s %.1f\n", keys.Str(i), vec.Of[float64](sums)[i])
	}
	// Output:
	// ids [0 1 0 2 1]
	// a 0.4
	// b 0.7
	// c 0.4
}

// The smallest value of a group, before and after it has gone.
func ExampleNewMinRetract() {
	state, err := acc.NewMinRetract(vec.TInt64)
	if err != nil {
		fmt.Println(err)
		return
	}
	state.Grow(1)
	for _, epoch := range [][2]int64{{7, 1}, {5, 1}, {5, -1}} {
		values := vec.NewBuilder(vec.TInt64, 1)
		vec.AppendFixed(values, epoch[0])
		b := &vec.Batch{N: 1, Cols: []*vec.Vec{values.Finish()}, Diff: []int64{epoch[1]}}

		changes := state.Fresh()
		var split acc.Splitter
		changes.Grow(1)
		changes.Update(split.Changes(acc.Columns{Col: b.Cols[0]}, b, []uint32{0}))

		state.Merge(changes, []uint32{0}, []uint32{0})
		least, err := state.Result([]uint32{0})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d ×%+d: %d\n", epoch[0], epoch[1], least.Scalar(0).I)
	}
	// Output:
	// 7 ×+1: 7
	// 5 ×+1: 5
	// 5 ×-1: 7
}
