package plan

import "slices"

// Flatten makes a row of each element of a list: the columns of Input, with the element in the place of the list. A row whose list
// is NULL or empty yields none.
type Flatten struct {
	Base
	Input  Node
	Column int
	Out    *Schema
}

// NewFlatten makes a Flatten of a list column of in. The element may be NULL: lists don't say whether they have such.
func NewFlatten(base Base, in Node, column int) *Flatten {
	fields := slices.Clone(in.Schema().Fields())
	f := &fields[column]
	f.Type, f.Nullable = f.Type.ElemType(), true
	return &Flatten{Base: base, Input: in, Column: column, Out: NewSchema(fields...)}
}

// Inputs is the table with the lists.
func (n *Flatten) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Flatten) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's, the list's place taken by its element.
func (n *Flatten) Schema() *Schema { return n.Out }
