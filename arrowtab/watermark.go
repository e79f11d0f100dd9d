package arrowtab

import (
	"fmt"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// What a watermark is like where nothing is said.
const (
	usualIdle  = 30 * time.Second
	usualAhead = 24 * time.Hour
)

// Watermark says that a column of timestamps is the rows' event time, and how much older than the newest row one may be when it comes:
// no row is expected before (the newest time) − delay. WindowBy says so by itself; this is for Within, and for windows
// of a table that several windows share. A time that is NULL is a bad row. The options are Idle and Ahead.
func (t *Table) Watermark(column string, delay time.Duration, options ...WindowOption) *Table {
	at := position()
	const step = "watermark"
	if t.node == nil {
		return t
	}
	o := windowOptionsOf(options)
	var errs []error
	for _, name := range o.given {
		if name != "Idle" && name != "Ahead" {
			errs = append(errs, fmt.Errorf("%s is no option of Watermark; it takes Idle and Ahead", name))
		}
	}
	i, err := timeColumn(column, t.node.Schema())
	if err != nil {
		return t.allFailed(at, step, append(errs, err))
	}
	if plan.EventTime(t.node) == i {
		errs = append(errs, fmt.Errorf("the table has a watermark of %q already; give the delay where that is made", column))
	}
	o.delay = delay
	n, more := newWatermark(t, at, i, o)
	if errs = append(errs, more...); len(errs) > 0 {
		return t.allFailed(at, step, errs)
	}
	return t.then(n)
}

// newWatermark is t with the watermark of a column.
func newWatermark(t *Table, at string, column int, o windowOptions) (plan.Node, []error) {
	if !o.has("Idle") && !plan.Bounded(t.node) {
		o.idle = usualIdle
	}
	if !o.has("Ahead") && plan.Live(t.node) {
		o.ahead = usualAhead
	}
	var errs []error
	micros := func(what string, d time.Duration) int64 {
		us, err := wholeMicros(what, d)
		if err == nil && us < 0 {
			err = fmt.Errorf("%s is %s; it must be 0 or more", what, d)
		}
		if err != nil {
			errs = append(errs, err)
		}
		return us
	}
	n := &plan.Watermark{Base: t.base(at), Input: t.node, Time: column}
	n.Delay, n.Idle, n.Ahead = micros("Delay", o.delay), micros("Idle", o.idle), micros("Ahead", o.ahead)
	return n, errs
}
