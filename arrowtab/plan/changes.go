package plan

import (
	"slices"

	"github.com/pwcol/pwcol/kernels/vec"
)

// Changes makes rows of changes: the columns of Input, then time, the epoch's number as a timestamp, and diff, how often the row
// comes (+) or goes (−). What is bounded changes once. A row that comes with a number other than +1 or −1 is one row.
type Changes struct {
	Base
	Input Node
	Out   *Schema
}

// FromChanges is the way back: rows whose column Diff says how often they come or go, which is left out.
type FromChanges struct {
	Base
	Input Node
	Diff  int // an integer column; NULL is a bad row
	Out   *Schema
}

// Consolidate makes one change of all that an epoch does to a row, or none; the old row of a key comes before the new one. Of what is bounded come the rows
// that are left, each as often as it is there. The engine puts it before sinks of edges that are retract, unless the rows are net already (Net).
type Consolidate struct {
	Base
	Input Node
}

// ChangesSchema is the schema of the changes of rows of s.
func ChangesSchema(s *Schema) *Schema {
	return NewSchema(append(append([]Field(nil), s.Fields()...),
		Field{Name: "time", Type: vec.TTimestamp(vec.Micro)}, Field{Name: "diff", Type: vec.TInt64})...)
}

// NewChanges makes the changes of a node's rows rows. They are net: behind a node whose aren't there is a Consolidate.
func NewChanges(base Base, in Node) *Changes {
	return &Changes{Base: base, Input: consolidated(base, in), Out: ChangesSchema(in.Schema())}
}

// NewFromChanges makes rows of changes, of which the column diff says how often they come or go, a table.
func NewFromChanges(base Base, in Node, diff int) *FromChanges {
	fields := slices.Delete(slices.Clone(in.Schema().Fields()), diff, diff+1)
	return &FromChanges{Base: base, Input: in, Diff: diff, Out: NewSchema(fields...)}
}

// Net reports whether a node's rows are net changes: in an epoch no row comes and goes, nor comes twice where it has a key.
func Net(n Node) bool {
	switch n := n.(type) {
	case *Aggregate, *Upsert, *Accept, *Consolidate, *Window:
		return true
	case *Top: // of several rows a key, those with one key of the input aren't together
		return n.N == 1 || n.Number || KeyOf(n) == nil
	case *Filter:
		return Net(n.Input)
	}
	return false
}

// Consolidated is root with a Consolidate before its sink, if it needs one.
func Consolidated(root *Write) *Write {
	in := consolidated(root.Base, root.Input)
	if in == root.Input {
		return root
	}
	out := *root
	out.Input = in
	return &out
}

// Settled is a node whose rows are in's, of which none goes if in is bounded: before steps that can't take rows back, as Sort and Limit.
func Settled(base Base, in Node) Node {
	if !Bounded(in) {
		return in
	}
	return consolidated(base, in)
}

func consolidated(base Base, in Node) Node {
	if Changing(in) == Append || Net(in) {
		return in
	}
	return &Consolidate{Base: base, Input: in}
}

// Inputs is the table that changes.
func (n *Changes) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Changes) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is ChangesSchema of the input's.
func (n *Changes) Schema() *Schema { return n.Out }

// Inputs is the table of changes.
func (n *FromChanges) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *FromChanges) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's without the column Diff.
func (n *FromChanges) Schema() *Schema { return n.Out }

// Inputs is the table that changes.
func (n *Consolidate) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Consolidate) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's.
func (n *Consolidate) Schema() *Schema { return n.Input.Schema() }
