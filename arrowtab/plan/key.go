package plan

import "slices"

// KeyOf is the columns of a node whose values together are different on every row; nil if none are known. It is empty,
// but not nil, where there is at most one row.
func KeyOf(n Node) []int {
	switch n := n.(type) {
	case *Aggregate:
		return firstColumns(len(n.Keys))
	case *Filter, *Sort, *Limit, *Write, *Watermark, *Apply, *Consolidate:
		return KeyOf(n.Inputs()[0])
	case *Project:
		return n.key()
	case *Read:
		feed, key := FeedOf(n.Source)
		if feed == Upserts { // several rows of a key, until an Upsert has made changes of them
			return nil
		}
		return n.columnsOf(key)
	case *Upsert:
		return n.Key
	case *Accept:
		return n.Keys
	case *Top:
		return n.key()
	case *Window:
		return firstColumns(2 + len(n.Keys))
	case *Join:
		return n.key()
	case *AsOf:
		return n.key()
	}
	return nil
}

// firstColumns is 0, 1, … n−1.
func firstColumns(n int) []int {
	key := make([]int, n)
	for i := range key {
		key[i] = i
	}
	return key
}

// columnsOf is where columns of the source are in what is read; nil if one isn't.
func (n *Read) columnsOf(columns []int) []int {
	if columns == nil || n.Columns == nil {
		return columns
	}
	out := make([]int, len(columns))
	for i, c := range columns {
		if out[i] = slices.Index(n.Columns, c); out[i] < 0 {
			return nil
		}
	}
	return out
}

// key is the ranked key with the row's number, or without it if there is one row a key.
func (n *Top) key() []int {
	switch {
	case n.N == 1:
		return append([]int{}, n.Keys...)
	case n.Number:
		return append(slices.Clone(n.Keys), n.Out.Len()-1)
	}
	return KeyOf(n.Input)
}

// key is the left key where a left row comes out at most once: in a semi or anti join, and where the right rows' key is among what they
// are joined on; so it is with sides changed in an inner join, but for one as of now: what a right row was before it was revised has stayed in the
// results of earlier left rows. Else it is both sides' keys together. A right column that equals a left one is that one, which is what the language
// leaves of the two.
func (n *Join) key() []int {
	left, right := KeyOf(n.Left), KeyOf(n.Right)
	switch {
	case n.Within != nil && n.forgets():
		return nil
	case left == nil || n.Kind == Semi || n.Kind == Anti:
		return left
	case right == nil || n.Kind == RightOuter || n.Kind == FullOuter: // NULLs would make rows alike
		return nil
	case within(right, n.RightKeys):
		return left
	case n.Kind == Inner && !n.Now && within(left, n.LeftKeys):
		return n.joinedKey(nil, right)
	}
	return n.joinedKey(left, right)
}

// forgets reports whether rows of an interval join's sides may go when they are forgotten already: their results stay, beside those of the rows that
// have taken their place.
func (n *Join) forgets() bool {
	return !Bounded(n) && widest([]Changelog{Changing(n.Left), Changing(n.Right)}) == Retract
}

// key is the left rows': each has one answer. Where left rows may go when the join has forgotten them, their answers stay, as in an interval join.
func (n *AsOf) key() []int {
	byWatermarks := EventTime(n.Right) == n.RightTime && (Bounded(n.Left) || EventTime(n.Left) == n.LeftTime)
	if byWatermarks && !Bounded(n.Right) && Changing(n.Left) == Retract {
		return nil
	}
	return KeyOf(n.Left)
}

// within reports whether all columns are among those of keys.
func within(columns, keys []int) bool {
	return !slices.ContainsFunc(columns, func(c int) bool { return !slices.Contains(keys, c) })
}

func (n *Join) joinedKey(left, right []int) []int {
	key := slices.Clone(left)
	for _, c := range right {
		if i := slices.Index(n.RightKeys, c); i >= 0 {
			c = n.LeftKeys[i]
		} else {
			c += n.Left.Schema().Len()
		}
		if !slices.Contains(key, c) {
			key = append(key, c)
		}
	}
	if key == nil {
		key = []int{} // at most one row
	}
	return key
}

// key is the input's key if all of its columns are still there.
func (n *Project) key() []int {
	of := KeyOf(n.Input)
	if of == nil {
		return nil
	}
	key := make([]int, len(of))
	for i, column := range of {
		key[i] = slices.IndexFunc(n.Exprs, func(e Expr) bool {
			c, ok := e.(*Column)
			return ok && c.Index == column
		})
		if key[i] < 0 {
			return nil
		}
	}
	return key
}
