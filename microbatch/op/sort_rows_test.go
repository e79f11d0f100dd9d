package op

import (
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// TestBatchesOfLongStringsAreShort: a column's strings are below 2 GiB in all, also those that a dictionary stands for.
func TestBatchesOfLongStringsAreShort(t *testing.T) {
	number, text := vec.NewBuilder(vec.TInt64, 1), vec.NewBuilder(vec.TString, 2)
	vec.AppendFixed(number, int64(1))
	text.AppendString("x")
	text.AppendBytes(make([]byte, 1<<20))
	ints, long := number.Finish(), text.Finish()
	short := long.Slice(0, 1)
	coded := &vec.Vec{Type: vec.TString, N: 1, Codes: []uint32{0}, Dict: &vec.Dict{Values: *long}}
	for i, test := range []struct {
		columns [][]*vec.Vec
		want    int
	}{
		{nil, vec.BatchRows},
		{[][]*vec.Vec{{ints}, {short, short}}, vec.BatchRows},
		{[][]*vec.Vec{{ints}, {short, long}}, 1 << 10},
		{[][]*vec.Vec{{short}, {coded}}, 1 << 10},
	} {
		if got := batchRows(test.columns); got != test.want {
			t.Errorf("%d: %d rows, want %d", i, got, test.want)
		}
	}
}
