package plan

// JoinKind says which rows a Join yields.
type JoinKind uint8

// The kinds of joins.
const (
	Inner      JoinKind = iota // pairs that match
	LeftOuter                  // and left rows without a match, the right columns NULL
	RightOuter                 // and right rows without a match, the left columns NULL
	FullOuter                  // both
	Semi                       // left rows that have a match, each once
	Anti                       // left rows that have none
)

// String is the join's name: "left".
func (k JoinKind) String() string {
	return [...]string{"inner", "left", "right", "full", "semi", "anti"}[k]
}

// Join pairs rows of Left with rows of Right that are equal in the key columns and for which Cond is true. A NULL key
// matches nothing, unless NullsEqual. Its rows are all columns of Left, then all of Right; of a Semi or Anti
// those of Left alone. The language leaves out by a Project what the user doesn't want twice.
type Join struct {
	Base
	Left, Right         Node
	Kind                JoinKind
	LeftKeys, RightKeys []int // as many of each, of pairwise equal types; none: every pair of rows is tried
	NullsEqual          bool
	Cond                Expr      // over left and right columns in a row; nil: none
	Within              *Interval // the rows' times must also be near each other; nil: any
	// Now answers each left row once, by the right rows that are there at the end of its epoch, and never again
	// (as-of-now): only the right side is kept. Left must be append. Only Inner and LeftOuter.
	Now bool
	Out *Schema
}

// Interval bounds the time of a right row by that of the left one: Lo ≤ right − left ≤ Hi, in µs. Both columns are
// timestamps. Rows that the watermark says can't match any more are forgotten; a row that comes when the watermark of its own side has passed it is
// late, and left out.
type Interval struct {
	LeftTime, RightTime int // columns of Left and Right
	Lo, Hi              int64
}

// AsOf gives each left row the one right row of equal keys whose time is nearest in a direction, the columns NULL if there is none (LeftOuter),
// or leaves it out (Inner). Of right rows of the same time the largest by all columns counts. When a
// better right row comes later, the answer is revised. If the times are those of both sides' watermarks, rows that no answer depends on any more are
// forgotten, and rows that come with a time before both are late, and left out. Its rows are all columns of Left, then all of Right.
type AsOf struct {
	Base
	Left, Right         Node
	Kind                JoinKind // Inner or LeftOuter
	LeftKeys, RightKeys []int
	LeftTime, RightTime int // columns of Left and Right, of the same type: times or numbers of up to 64 bits; with Tolerance and Either no floats
	Direction           Direction
	Strict              bool  // equal times don't count
	Tolerance           int64 // greatest distance, in the columns' unit; −1: any
	Out                 *Schema
}

// Direction is on which side of the left row's time AsOf looks.
type Direction uint8

// The directions.
const (
	Backward Direction = iota // right.time ≤ left.time
	Forward                   // right.time ≥ left.time
	Either                    // the nearest on either side; of two at the same distance the earlier
)

// String is the direction's name: "backward".
func (d Direction) String() string { return [...]string{"backward", "forward", "nearest"}[d] }

// Inputs are the left side (port 0) and the right side (port 1).
func (n *Join) Inputs() []Node { return []Node{n.Left, n.Right} }

// WithInputs is the same join of other inputs.
func (n *Join) WithInputs(in []Node) Node { c := *n; c.Left, c.Right = in[0], in[1]; return &c }

// Schema is the left columns, then the right ones.
func (n *Join) Schema() *Schema { return n.Out }

// Inputs are the left side (port 0) and the right side (port 1).
func (n *AsOf) Inputs() []Node { return []Node{n.Left, n.Right} }

// WithInputs is the same join of other inputs.
func (n *AsOf) WithInputs(in []Node) Node { c := *n; c.Left, c.Right = in[0], in[1]; return &c }

// Schema is the left columns, then the right ones.
func (n *AsOf) Schema() *Schema { return n.Out }
