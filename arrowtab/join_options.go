package arrowtab

import (
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// JoinOption says which rows of two tables belong together, and what the result looks like. nil says nothing.
type JoinOption func(*joinOptions)

// joinOptions is all that options of joins say.
type joinOptions struct {
	pairs      []keyPair
	conds      []Expr
	suffix     string
	nullsEqual bool
	within     []within // more than one is a mistake
	now        bool
	direction  plan.Direction
	strict     bool
	tolerance  any      // nil: any distance
	ofAsOf     []string // options that were given and that only AsOfJoin has
}

// keyPair is two columns that must be equal.
type keyPair struct {
	left, right string
	shared      bool // they are one column of the result
}

// within is the times that must be near each other, and how near.
type within struct {
	left, right string
	lo, hi      time.Duration
}

// On joins rows that are equal in columns that both tables have. Each is one column of the result. NULL is equal to nothing.
func On(columns ...string) JoinOption {
	return func(o *joinOptions) {
		for _, c := range columns {
			o.pairs = append(o.pairs, keyPair{c, c, true})
		}
	}
}

// OnPair joins rows whose left column equals the right one. Both are columns of the result.
func OnPair(left, right string) JoinOption {
	return func(o *joinOptions) { o.pairs = append(o.pairs, keyPair{left, right, false}) }
}

// OnCond joins only pairs of rows for which cond is true. It is over the columns of both tables, called as in the result: a right
// column whose name the left table has too is called with the Suffix; so also in semi and anti joins, whose
// result has no right columns. A pair that isn't equal in the On columns is not looked at.
func OnCond(cond Expr) JoinOption {
	return func(o *joinOptions) { o.conds = append(o.conds, cond) }
}

// Suffix is put behind the names of right columns that the left table has too. Without it such a name is an error.
func Suffix(suffix string) JoinOption {
	return func(o *joinOptions) { o.suffix = suffix }
}

// NullsEqual lets a NULL in an On column be equal to NULL.
func NullsEqual() JoinOption {
	return func(o *joinOptions) { o.nullsEqual = true }
}

// Within joins only rows whose times are near each other: lo ≤ right − left ≤ hi. Both columns are timestamps, and if their table
// has no end, they are those of its watermark, so that rows which nothing can match any more are forgotten. A row that comes when its table's
// watermark has passed its time is late: it is left out, and counted (Stats.RowsLate).
//
//	clicks.Join(orders, pw.On("user"), pw.Within("clicked", "ordered", 0, time.Hour))
func Within(left, right string, lo, hi time.Duration) JoinOption {
	return func(o *joinOptions) { o.within = append(o.within, within{left, right, lo, hi}) }
}

// AsOfNow answers each left row once, by the right rows that are there when it comes, and never again: the result isn't revised when the
// right table changes, and the left rows are not kept. It depends on when rows come, so a stream's answers are not
// those of a batch.
func AsOfNow() JoinOption {
	return func(o *joinOptions) { o.now = true }
}

// Forward lets AsOfJoin look for the first right row at or after the left row's time.
func Forward() JoinOption {
	return func(o *joinOptions) { o.direction, o.ofAsOf = plan.Forward, append(o.ofAsOf, "Forward") }
}

// Nearest lets AsOfJoin look for the right row that is nearest in time, before or after; of two at the same distance it is the
// earlier one.
func Nearest() JoinOption {
	return func(o *joinOptions) { o.direction, o.ofAsOf = plan.Either, append(o.ofAsOf, "Nearest") }
}

// Strict lets AsOfJoin leave out right rows of the very same time.
func Strict() JoinOption {
	return func(o *joinOptions) { o.strict, o.ofAsOf = true, append(o.ofAsOf, "Strict") }
}

// Tolerance is the largest distance in time at which AsOfJoin takes a right row: a time.Duration, or an integer where the times
// are integers.
func Tolerance(distance any) JoinOption {
	return func(o *joinOptions) { o.tolerance, o.ofAsOf = distance, append(o.ofAsOf, "Tolerance") }
}
