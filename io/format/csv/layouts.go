package csv

import (
	"github.com/pwcol/pwcol/io/format/internal/fields"
	"github.com/pwcol/pwcol/kernels/vec"
)

// LayoutType is the type of the values that a layout tells: a timestamp, or a date or time where it has nothing of
// the other. Nine digits behind the seconds make it nanoseconds, else it counts microseconds.
func LayoutType(layout string) (vec.Type, error) { return fields.LayoutType(layout) }
