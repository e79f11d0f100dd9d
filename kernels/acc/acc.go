// Package acc accumulates column values by group: counts, exact sums, averages, extremes, spreads, quantiles, lists. State is in
// flat slices that are indexed by the group ids of package group, or in package bag's.
//
//	sum, err := acc.NewSum(vec.TFloat64)
//	var split acc.Splitter
//	groups.Intern(keys, b.N, b.Sel, ids)
//	sum.Grow(groups.Len())
//	sum.Update(split.Input(b.Cols[2], b.N, b.Sel, ids))
//	...
//	result, err := sum.Result([]uint32{0, 1, 2}) // the sums of three groups
//
// Every accumulator is exact and commutative: neither the order of the rows, nor how they were cut into batches or spread over
// accumulators that are merged, shows in a result, to the last bit. Integer and decimal sums count how often they
// wrapped around; float sums are integers of 192 bits or more that are rounded once, at the end.
//
// NULLs are left out, but of lists. A group without a value has the result NULL; a count's is 0. Values that are given back are 0 for −0.
//
// # Rows that come and go
//
// Of a changing table, rows also go: Splitter.Changes makes inputs of batches with diffs. A result depends on the rows that are there and on nothing
// else: a group whose rows have all gone is as if it were new. Some reducers have a cheaper form for tables whose rows only come; it
// takes no account of diffs. The others take both.
//
//	reducer                          rows only come          rows come and go
//	counts                           NewRows, NewNulls       the same
//	sum, average                     NewSum                  NewSumRetract: and a count
//	min, max, any                    NewMin, NewMax, NewAny  NewMinRetract …: bags; of Bool, two counts
//	and, or                          NewBoolAnd, NewBoolOr   two counts
//	argument at min, max             NewArgMin, NewArgMax    bags
//	variance, standard deviation     NewSpread               the same
//	count of different values,       NewCountDistinct,       the same: bags
//	mode, quantiles, lists, strings  NewMode, …
//
// In an epoch, each worker accumulates its changes on their own, where what has gone is negative; then
//
//	old, err := state.Result(touched)   // what was emitted last
//	state.Grow(groups.Len())
//	state.Merge(changes, src, dst)
//	now, err := state.Result(touched)
//
// A row that goes and never came is wrong input. Negative tells the groups in which that shows: a count of rows or values below 0, a value
// in a bag, a NaN or infinity in a sum. It can't show in a sum of finite values: there 7 may go instead of 5 and 3 instead of
// 5 after that. Who has to know keeps a bag of the rows.
package acc

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Accumulator is the state of one reducer for all groups. It is not safe for concurrent use, but
// different accumulators are independent of each other.
type Accumulator interface {
	// Grow makes it have n groups; those that it has stay. It comes before the first update with their ids.
	Grow(n int)
	// Update takes a batch's rows. A group has a row, with a value or NULL, in the update that follows the Grow that made it.
	Update(in Input)
	// Merge adds what the groups src of another accumulator have to the groups dst of this one: src[k] to dst[k].
	// from is a Fresh one of the same origin. Grow(dst) comes before.
	Merge(from Accumulator, src, dst []uint32)
	// States are the states of those groups as plain columns, of StateTypes.
	States(ids []uint32) []*vec.Vec
	// StateTypes are the types of the columns that States gives.
	StateTypes() []vec.Type
	// MergeStates adds states, one row for each of the groups dst. Columns that no States call
	// has made are an error.
	MergeStates(cols []*vec.Vec, dst []uint32) error
	// Result is the result of those groups. An error says that one is beyond its type.
	Result(ids []uint32) (*vec.Vec, error)
	// Fresh makes an empty accumulator of the same kind: the two can be merged.
	Fresh() Accumulator
	// Longest is the number of bytes of the longest string held: see group.Groups.
	Longest() int
	// Bytes is the memory held.
	Bytes() int64
	// Clear makes those groups as good as new, so that their ids can be given away again: the next update brings a row of each.
	Clear(ids []uint32)
	// Negative are those of the groups that hold something which has gone more often than it has come: a value, or
	// a number of values below 0. A group may be there twice. Nil, in every state that changes can honestly lead to. What it can't tell: see
	// the package's doc.
	Negative(ids []uint32) []uint32
	// Reset forgets all groups and keeps the memory.
	Reset()
}

// Sum is an Accumulator that also gives the average.
type Sum interface {
	Accumulator
	// Average is the sums of those groups, each rounded to the nearest float64, divided by counts: float64, NULL where the count is 0.
	Average(ids []uint32, counts []int64) *vec.Vec
}

// NewSum makes the sum of a column of type t. The result's type:
//
//	int8 … int32, uint8 … uint32   int64; a sum beyond it is an error
//	int64, uint64                  decimal(38, 0); a sum of more than 38 digits is an error
//	float32, float64               float64
//	decimal(p, s)                  decimal(38, s); a sum of more than 38 digits is an error
func NewSum(t vec.Type) (Sum, error) { return newSum(t, false) }

// NewSumRetract is NewSum for values that also go: it takes 8 bytes a group more, for the number of its values. Where no value is NULL, and groups
// are asked for as long as they have rows only, NewSum will do.
func NewSumRetract(t vec.Type) (Sum, error) { return newSum(t, true) }

func newSum(t vec.Type, counting bool) (Sum, error) {
	switch {
	case t.IsInteger():
		return newSumInt(t, counting), nil
	case t.IsFloat():
		return newSumFloat(counting), nil
	case t.Kind == vec.Decimal:
		return newSumDecimal(t, counting), nil
	default:
		return nil, fmt.Errorf("can't sum %s: only numbers can be", t)
	}
}

// NewMin makes the minimum of a column of type t; the result has the same type. NaN is above +Inf, strings are
// compared by their bytes, false is below true.
func NewMin(t vec.Type) (Accumulator, error) { return newExtreme(t, false) }

// NewMax makes the maximum; see NewMin.
func NewMax(t vec.Type) (Accumulator, error) { return newExtreme(t, true) }

// extend is s with n elements, new ones being fill.
func extend[T any](s []T, n int, fill T) []T {
	old := len(s)
	if n <= old {
		return s
	}
	if n > cap(s) {
		grown := make([]T, n, max(n, 2*cap(s)))
		copy(grown, s)
		s = grown
	}
	s = s[:n]
	for i := range s[old:] {
		s[old+i] = fill
	}
	return s
}

// fixed makes a column of fixed-width values out of those that groups ids have.
func fixed[T vec.Fixed](t vec.Type, slots []T, ids []uint32) *vec.Vec {
	out := &vec.Vec{Type: t, N: len(ids), Data: vec.Alloc(len(ids) * t.Width())}
	dst := vec.Of[T](out)
	for k, id := range ids {
		dst[k] = slots[id]
	}
	return out
}

// checkStates reports columns that don't have the types.
func checkStates(cols []*vec.Vec, types []vec.Type, n int) error {
	if len(cols) != len(types) {
		return fmt.Errorf("state has %d columns, expected %d", len(cols), len(types))
	}
	for i, c := range cols {
		if c.Type != types[i] || c.N != n || c.Dict != nil {
			return fmt.Errorf("column %d of a state is %d rows of %s, expected %d of plain %s", i+1, c.N, c.Type, n, types[i])
		}
	}
	return nil
}
