package acc

import (
	"errors"
	"runtime"
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

// TestListsOfAValueThatIsThereOften: results that are too large are an error before memory is taken for them; those that are large but fit are made.
func TestListsOfAValueThatIsThereOften(t *testing.T) {
	number, text := vec.Scalar{Type: vec.TInt64, I: 7}, vec.Scalar{Type: vec.TString, S: "ab"}
	for name, c := range map[string]struct {
		acc   Accumulator
		value vec.Scalar
		times int64
		fits  bool
	}{
		"list":                  {must(NewList(vec.TInt64)), number, 1<<27 + 1, false},
		"list at most":          {must(NewList(vec.TInt64)), number, 1 << 62, false},
		"list that fits":        {must(NewList(vec.TInt64)), number, 1 << 18, true},
		"list of texts":         {must(NewList(vec.TString)), text, 1<<28 + 1, false},
		"string_agg":            {NewStringAgg(", "), text, 1<<28 + 1, false},
		"string_agg at most":    {NewStringAgg(", "), text, 1 << 62, false},
		"string_agg that fits":  {NewStringAgg(", "), text, 1 << 18, true},
		"string_agg of nothing": {NewStringAgg(""), vec.Scalar{Type: vec.TString}, 1 << 62, true},
		"string_agg of NULL":    {NewStringAgg(", "), vec.Scalar{Type: vec.TString, Null: true}, 1 << 62, true},
	} {
		t.Run(name, func(t *testing.T) {
			feedDiffs(c.acc, c.value.Type, []vec.Scalar{c.value}, []int64{c.times})
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := c.acc.Result([]uint32{0})
			runtime.ReadMemStats(&after)
			var large *TooLargeError
			if errors.As(err, &large) == c.fits || !c.fits && large.Group != 0 {
				t.Error(err)
			}
			if n := after.TotalAlloc - before.TotalAlloc; !c.fits && n > 1<<20 {
				t.Errorf("%d bytes were allocated", n)
			}
		})
	}
}
