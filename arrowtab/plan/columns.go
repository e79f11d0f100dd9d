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
	return Replace(e, func(c *Column) Expr {
		at := slices.Index(columns, c.Index)
		if at < 0 {
			panic("plan: column " + c.Name + " is not among those that are kept")
		}
		moved := *c
		moved.Index = at
		return &moved
	})
}

// Replace is the bound expression e with every column replaced by what by says. Parts without a column are shared with e, which
// isn't changed.
func Replace(e Expr, by func(*Column) Expr) Expr {
	switch e := e.(type) {
	case *Column:
		return by(e)
	case *Call:
		c := *e
		c.Args = make([]Expr, len(e.Args))
		for i, a := range e.Args {
			c.Args[i] = Replace(a, by)
		}
		return &c
	}
	return e
}

// ColumnAt is the bound expression of a schema's i-th column.
func ColumnAt(s *Schema, i int) *Column {
	f := s.Field(i)
	return &Column{Name: f.Name, Index: i, Type: f.Type, Nullable: f.Nullable}
}
