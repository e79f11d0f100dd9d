package plan

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Watermark says that the rows' event time is in a column, and how far out of order they may come: no row is expected with
// a time before (the largest seen) − Delay. That is counted for each partition of a source; a source's watermark is
// the least of its partitions that aren't idle, and the node's the least of its sources. A partition that shows up
// later begins at its source's watermark. It moves between epochs only. Rows pass unchanged, but one
// whose time is NULL, or more than Ahead beyond the epoch's clock, is a bad row.
type Watermark struct {
	Base
	Input Node
	Time  int   // a timestamp column
	Delay int64 // µs
	Idle  int64 // µs without a row after which a partition isn't waited for; 0: it always is
	Ahead int64 // µs that a time may be ahead of the epoch's clock; 0: any
}

// WindowKind is a way to cut time.
type WindowKind uint8

// The kinds of windows. All are half open: start ≤ time < end.
const (
	// Tumbling windows are Size long and follow each other: [Origin + k·Size, Origin + (k+1)·Size).
	Tumbling WindowKind = iota
	// Sliding windows are Size long and one begins every Step: a row is in Size/Step of them.
	Sliding
	// Cumulating windows grow by Step up to Size, then begin anew: [s, s+Step), [s, s+2·Step) … [s, s+Size).
	Cumulating
	// Session windows are as long as rows of the same keys come less than Size (the gap) after each other; they end a gap after the last row.
	Session
)

// String is the kind's name: "tumbling".
func (k WindowKind) String() string {
	return [...]string{"tumbling", "sliding", "cumulating", "session"}[k]
}

// Window puts rows into windows of time, and reduces those of each window and key to one. Its rows are window_start and
// window_end (timestamps of the time column's type), the keys, and a column for each of Aggs.
//
// A window closes when the watermark reaches its end. Then, by itself, its row comes out, once. Early shows it before,
// again whenever it has changed and Early has passed since. With Lateness a closed window is kept for that much longer, in event time,
// and corrected when rows come for it. A row for a window that is not kept any more is late: it goes to the port Late, once
// for each such window, with LateSchema.
type Window struct {
	Base
	Input      Node
	Time       int // a timestamp column of Input; its watermark is the input's
	Kind       WindowKind
	Size       int64 // µs; of a Session the gap
	Step       int64 // µs; of Sliding and Cumulating windows, of which Size is a multiple or not (Sliding)
	Origin     int64 // µs since 1970
	Keys       []int // columns of Input: windows of their own for each value
	Aggs       []Agg
	Lateness   int64 // µs
	Early      int64 // µs of the engine's clock between early results; 0: none
	Drop       bool  // a window's row is retracted when the window isn't kept any more
	Processing bool  // the time is the clock of the row's epoch; Time is −1
	Out        *Schema
}

// Revises reports whether a window's row may come out and be corrected.
func (n *Window) Revises() bool { return n.Lateness > 0 || n.Early > 0 || n.Drop }

// Late yields the rows that were late for windows of Of.
type Late struct {
	Base
	Of  *Window
	Out *Schema // LateSchema of Of
}

// LateSchema is the schema of late rows: the columns of the window's input, but for those named like LateFields, and these.
func LateSchema(w *Window) *Schema {
	added := LateFields(w, Changing(w.Input))
	var fields []Field
	for _, f := range w.Input.Schema().Fields() {
		if !slices.ContainsFunc(added, func(a Field) bool { return a.Name == f.Name }) {
			fields = append(fields, f)
		}
	}
	return NewSchema(append(fields, added...)...)
}

// LateFields are the columns that late rows have behind those of the window's input, of that kind: window_start and window_end of the window that was
// closed, the reason, and, where rows also go, diff: how often the row came (+) or was taken back (−).
func LateFields(w *Window, input Changelog) []Field {
	bounds := w.Out.Fields()
	fields := []Field{bounds[0], bounds[1], {Name: "reason", Type: vec.TString}}
	if input == Retract {
		fields = append(fields, Field{Name: "diff", Type: vec.TInt64})
	}
	return fields
}

// Inputs is the table whose time it is.
func (n *Watermark) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Watermark) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's.
func (n *Watermark) Schema() *Schema { return n.Input.Schema() }

// Inputs is the table that is cut into windows.
func (n *Window) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Window) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is window_start, window_end, the keys, the results.
func (n *Window) Schema() *Schema { return n.Out }

// Inputs is the Window.
func (n *Late) Inputs() []Node { return []Node{n.Of} }

// WithInputs is the late rows of another Window.
func (n *Late) WithInputs(in []Node) Node { c := *n; c.Of = in[0].(*Window); return &c }

// Schema is LateSchema of the Window.
func (n *Late) Schema() *Schema { return n.Out }
