package plan

// Flatten makes a row of each element of a list: the columns of Input, with the element in the place of the list. A row whose list
// is NULL or empty yields none.
type Flatten struct {
	Base
	Input  Node
	Column int
	Out    *Schema
}

// Inputs is the table with the lists.
func (n *Flatten) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Flatten) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's, the list's place taken by its element.
func (n *Flatten) Schema() *Schema { return n.Out }
