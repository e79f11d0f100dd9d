package arrowtab

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Flatten makes a row of each element of a column of lists: the element takes the list's place, all other columns are
// repeated. A row whose list is NULL or empty yields no row.
//
//	words := t.With(pw.Col("line").Split(" ").As("word")).Flatten("word")
//
//	line   word [a, b]  →  line   word a
//	                       line   word b
func (t *Table) Flatten(column string) *Table {
	at := position()
	if t.node == nil {
		return t
	}
	schema := t.node.Schema()
	i, ok := schema.Index(column)
	if !ok {
		return t.lost(at, "flatten", plan.UnknownColumn(column, schema))
	}
	f := schema.Field(i)
	if f.Type.Kind != vec.List {
		return t.lost(at, "flatten", fmt.Errorf("column %q is %s, but Flatten takes a list, as Split makes one", column, f.Type))
	}
	return t.then(plan.NewFlatten(t.base(at), t.node, i))
}
