package plan

import "slices"

// KeyOf is the columns of a node whose values together are different on every row; nil if none are known. It is empty,
// but not nil, where there is at most one row.
func KeyOf(n Node) []int {
	switch n := n.(type) {
	case *Aggregate:
		key := make([]int, len(n.Keys))
		for i := range key {
			key[i] = i
		}
		return key
	case *Filter, *Sort, *Limit, *Write:
		return KeyOf(n.Inputs()[0])
	case *Project:
		return n.key()
	}
	return nil
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
