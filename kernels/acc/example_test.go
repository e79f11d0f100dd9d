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
