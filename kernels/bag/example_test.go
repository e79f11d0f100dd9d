package bag_test

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/bag"
)

// The smallest values of two groups, before and after one has gone.
func Example() {
	b := bag.New(1)
	b.Grow(2)
	b.Add([]uint32{0, 0, 1}, []uint64{7, 5, 9}, nil)
	fmt.Println(b.At(0, 0), b.Total(0))

	b.Add([]uint32{0}, []uint64{5}, []int64{-1})
	fmt.Println(b.At(0, 0), b.Total(0))
	fmt.Println(b.At(1, 0), b.Total(1))
	// Output:
	// [5] 2
	// [7] 1
	// [9] 1
}
