package arrowtab

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// AsOfJoin gives each row of t the one row of right that was valid at its time: of those equal in the On columns the last whose rightTime is
// not after leftTime. Rows that find none are left out. Forward and Nearest look in other directions,
// Strict leaves out equal times, Tolerance says how far to look.
//
//	trades.AsOfJoin(quotes, "traded", "quoted", pw.On("symbol"), pw.Tolerance(time.Second))
//
// On a stream an answer is revised when a better right row comes later. The times are of the same type, and may be numbers of up to 64 bits.
//
// Where the right table has no end and both times are those of the tables' watermarks, the join forgets what no answer can depend on. A row
// that comes with a time before both watermarks is late: it is left out, and counted (Stats.RowsLate). What stays for good is
// the newest right row of each key, as the next left row may find it, unless a Tolerance ends that; and with Forward or Nearest, but without a Tolerance,
// a left row of a key for which no right row comes any more. Without the watermarks all rows are kept.
func (t *Table) AsOfJoin(right *Table, leftTime, rightTime string, options ...JoinOption) *Table {
	return t.asOf(position(), plan.Inner, right, leftTime, rightTime, options)
}

// AsOfLeftJoin is AsOfJoin, and the rows of t that find none, with NULL in the right columns.
func (t *Table) AsOfLeftJoin(right *Table, leftTime, rightTime string, options ...JoinOption) *Table {
	return t.asOf(position(), plan.LeftOuter, right, leftTime, rightTime, options)
}

func (t *Table) asOf(at string, kind plan.JoinKind, right *Table, leftTime, rightTime string, options []JoinOption) *Table {
	const step = "as-of join"
	t = t.sharing(at, step, right)
	if t.node == nil {
		return t
	}
	j := newJoiner(kind, t, right, options)
	j.refuseInAsOf()
	l, r, ok := j.alike(leftTime, rightTime)
	tolerance := int64(-1)
	if ok {
		tolerance = j.distance(leftTime, rightTime)
	}
	if len(j.errs) > 0 {
		return t.allLost(at, step, j.errs)
	}
	n := &plan.AsOf{
		Base: t.base(at), Left: j.left.plan(t.base(at)), Right: j.right.plan(t.base(at)), Kind: kind,
		LeftKeys: j.left.keys, RightKeys: j.right.keys, LeftTime: l, RightTime: r,
		Direction: j.o.direction, Strict: j.o.strict, Tolerance: tolerance,
	}
	n.Out = plan.JoinSchema(kind, n.Left.Schema(), j.renamed())
	return t.then(j.result(t.base(at), n))
}

// refuseInAsOf reports options that an as-of join hasn't.
func (j *joiner) refuseInAsOf() {
	for _, o := range []struct {
		given bool
		help  string
	}{
		{len(j.o.conds) > 0, "OnCond: Filter the right table before"},
		{len(j.o.within) > 0, "Within: Tolerance says how far to look"},
		{j.o.nullsEqual, "NullsEqual: a row without a key finds none"},
		{j.o.now, "AsOfNow: its answers are revised. For answers by what is there now, Join On the key with AsOfNow"},
	} {
		if o.given {
			j.fail(fmt.Errorf("there is no %s", o.help))
		}
	}
}

// distance is the tolerance in units of the time columns, −1 without one.
func (j *joiner) distance(leftTime, rightTime string) int64 {
	i, _ := j.left.node.Schema().Index(leftTime)
	t := j.left.node.Schema().Field(i).Type
	isTime := t.Kind == vec.Timestamp || t.Kind == vec.Date || t.Kind == vec.Time || t.Kind == vec.Duration
	switch {
	case t.Width() == 0 || t.Width() > 8:
		j.fail(fmt.Errorf("column %q is %s, but rows are brought together by times or numbers of at most 64 bits; cast it", leftTime, t))
	case (j.o.tolerance != nil || j.o.direction == plan.Either) && !isTime && !t.IsInteger():
		j.fail(fmt.Errorf("column %q is %s, but Nearest and Tolerance measure distances, between times or integers", leftTime, t))
	case j.o.tolerance == nil:
	case isTime:
		return j.timeDistance(t)
	default:
		return j.integerDistance(leftTime, t)
	}
	return -1
}

// timeDistance is the tolerance in whole units of t; what is less than one makes no difference.
func (j *joiner) timeDistance(t Type) int64 {
	d, ok := j.o.tolerance.(time.Duration)
	if !ok || d < 0 {
		j.fail(fmt.Errorf("Tolerance of times is a time.Duration of 0 or more, not %v (%T)", j.o.tolerance, j.o.tolerance))
		return -1
	}
	if t.Kind == vec.Date {
		return int64(d / (24 * time.Hour))
	}
	return int64(d) / (1e9 / t.Unit.PerSecond())
}

func (j *joiner) integerDistance(column string, t Type) int64 {
	v := reflect.ValueOf(j.o.tolerance)
	_, isDuration := j.o.tolerance.(time.Duration)
	switch {
	case isDuration:
		j.fail(fmt.Errorf("Tolerance is a time.Duration, but column %q is %s; give a number of its units, or cast both sides to timestamps", column, t))
	case v.CanInt() && v.Int() >= 0:
		return v.Int()
	case v.CanUint() && v.Uint() <= math.MaxInt64:
		return int64(v.Uint())
	default:
		j.fail(errors.New("Tolerance of integers is an integer of 0 or more"))
	}
	return -1
}
