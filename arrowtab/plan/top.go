package plan

// Top keeps, of the rows with equal Keys, N in the given order, behind the first Offset (top-k, row_number,
// deduplication). Ties are broken by the order of arrival where the rows have one (KeepsSeq), then by all columns, so that the
// result is one and the same however the rows come. N < 0 keeps all.
type Top struct {
	Base
	Input  Node
	Keys   []int     // columns of Input; none: all rows are one group
	Order  []SortKey // none: the order of arrival
	Last   bool      // of rows that arrived earlier and later the later one comes first (deduplication that keeps the last)
	N      int64
	Offset int64
	Number bool // a last column has the row's number in its group, from 1: int64
	Out    *Schema
}

// Accept keeps one row a key: a new one takes the place of the one that is there if Func says so of their Value columns. It
// depends on the order of arrival. Its input must be append.
type Accept struct {
	Base
	Input Node
	Keys  []int
	Value int
	Func  *Function // (new, kept) → bool
}

// Upsert makes changes of rows that replace each other by key: +1 puts a row in the place of the one with its key, −1 removes that one, of
// which only the key columns count. It keeps the last row of each key, and sends −old, +new.
type Upsert struct {
	Base
	Input Node
	Key   []int
}

// Inputs is the table whose rows are ranked.
func (n *Top) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Top) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's, and perhaps the row's number.
func (n *Top) Schema() *Schema { return n.Out }

// Inputs is the table that is deduplicated.
func (n *Accept) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Accept) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's.
func (n *Accept) Schema() *Schema { return n.Input.Schema() }

// Inputs is the source.
func (n *Upsert) Inputs() []Node { return []Node{n.Input} }

// WithInputs is the same on another input.
func (n *Upsert) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }

// Schema is the input's.
func (n *Upsert) Schema() *Schema { return n.Input.Schema() }
