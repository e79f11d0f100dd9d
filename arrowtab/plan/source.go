package plan

// Unbounded is a Source that may go on for ever: a topic, a folder that is watched. One that isn't Unbounded is
// read to its end in one epoch.
type Unbounded interface {
	Source
	// IsUnbounded reports whether this one has no end of its own.
	IsUnbounded() bool
}

// Feeding is a Source whose rows are not all insertions.
type Feeding interface {
	Source
	// Feed says what its rows are; key is the columns by which upserts replace each other.
	Feed() (feed Feed, key []int)
}

// Feed is what a source's rows are.
type Feed uint8

// The feeds.
const (
	Insertions Feed = iota // a batch has no Diff
	Revisions              // Diff says how often a row comes or goes; one that goes was there
	Upserts                // +1 replaces the row of the same key, −1 removes it: see Upsert
)

// FeedOf is what a source's rows are.
func FeedOf(s Source) (feed Feed, key []int) {
	if f, ok := s.(Feeding); ok {
		return f.Feed()
	}
	return Insertions, nil
}

func readKind(n *Read) Changelog {
	feed, _ := FeedOf(n.Source)
	return unless(feed == Insertions)
}

// Bounded reports whether all that n is made of is read to its end in the first epoch.
func Bounded(n Node) bool {
	for _, in := range Upstream(n) {
		if r, ok := in.(*Read); ok {
			if u, ok := r.Source.(Unbounded); ok && u.IsUnbounded() {
				return false
			}
		}
	}
	return true
}

// Final reports whether all rows of a key reach n in one epoch, so that it needs to keep nothing for later ones: its input
// is bounded, or each of its keys belongs to windows that come whole (see Whole).
func Final(n Node) bool {
	if Bounded(n) {
		return true
	}
	switch n := n.(type) {
	case *Aggregate:
		return Whole(n.Input, n.Keys) != nil
	case *Top:
		return Whole(n.Input, n.Keys) != nil
	case *Join:
		left := Whole(n.Left, n.LeftKeys)
		return left != nil && left == Whole(n.Right, n.RightKeys) && samePlace(n, left)
	}
	return false
}

// Whole is the Window that n's rows come from, if a column is among columns that is the same only in rows of windows which close
// together, and their rows come out just then; else nil.
func Whole(n Node, columns []int) *Window {
	for _, c := range columns {
		if w, at := windowColumn(n, c); w != nil && w.closesBy(at) {
			return w
		}
	}
	return nil
}

// closesBy reports whether windows whose rows are equal in column c close together, once: those that end together do. Those that begin together
// end together if all are equally long, which cumulating windows and sessions aren't.
func (n *Window) closesBy(c int) bool {
	const start, end = 0, 1
	return !n.Revises() && (c == end || c == start && (n.Kind == Tumbling || n.Kind == Sliding))
}

// windowColumn is the Window that column c of n comes from, through nodes that emit a window's rows in the epoch in which they get them, and
// the column's place in the Window's rows.
func windowColumn(n Node, c int) (*Window, int) {
	switch n := n.(type) {
	case *Window:
		return n, c
	case *Filter:
		return windowColumn(n.Input, c)
	case *Apply:
		if c < n.Input.Schema().Len() {
			return windowColumn(n.Input, c)
		}
	case *Project:
		if col, ok := n.Exprs[c].(*Column); ok {
			return windowColumn(n.Input, col.Index)
		}
	case *Aggregate:
		if c < len(n.Keys) && Final(n) {
			return windowColumn(n.Input, n.Keys[c])
		}
	case *Top:
		if c < n.Input.Schema().Len() && Final(n) {
			return windowColumn(n.Input, c)
		}
	case *Join:
		switch left := n.Left.Schema().Len(); {
		case !Final(n) || n.Kind == RightOuter || n.Kind == FullOuter:
		case c < left:
			return windowColumn(n.Left, c)
		case n.Kind == Inner:
			return windowColumn(n.Right, c-left)
		}
	}
	return nil, 0
}

// samePlace reports whether some pair of the join's keys is the same column of w on both sides, by which its windows close.
func samePlace(n *Join, w *Window) bool {
	for i, l := range n.LeftKeys {
		left, at := windowColumn(n.Left, l)
		right, there := windowColumn(n.Right, n.RightKeys[i])
		if left == w && right == w && at == there && w.closesBy(at) {
			return true
		}
	}
	return false
}
