package plan

import "slices"

// ColumnsOf is the places of the columns that a bound expression reads, each once, ascending.
func ColumnsOf(e Expr) []int {
	places := appendColumns(nil, e)
	slices.Sort(places)
	return slices.Compact(places)
}

func appendColumns(places []int, e Expr) []int {
	switch e := e.(type) {
	case *Column:
		return append(places, e.Index)
	case *Call:
		for _, a := range e.Args {
			places = appendColumns(places, a)
		}
	}
	return places
}

// Rebase is the bound expression e for an input that has only those of the old one's columns, in that order: each
// Column's Index is replaced by its place in columns. e itself isn't changed. A column that isn't
// in columns is a programmer's error and panics.
//
//	Rebase(#7 > #2, []int{2, 7})    // #1 > #0
func Rebase(e Expr, columns []int) Expr {
	switch e := e.(type) {
	case *Column:
		at := slices.Index(columns, e.Index)
		if at < 0 {
			panic("plan: column " + e.Name + " is not among those that are kept")
		}
		c := *e
		c.Index = at
		return &c
	case *Call:
		c := *e
		c.Args = make([]Expr, len(e.Args))
		for i, a := range e.Args {
			c.Args[i] = Rebase(a, columns)
		}
		return &c
	default:
		return e
	}
}
