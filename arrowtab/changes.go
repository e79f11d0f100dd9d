package arrowtab

import (
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Changes is the changes of t as rows: its columns, then time, the epoch's number as a timestamp, and diff, how often the row comes (+1) or goes
// (−1). What has an end changes once.
func (t *Table) Changes() *Table {
	at := position()
	if t.node == nil {
		return t
	}
	var errs []error
	for _, name := range []string{"time", "diff"} {
		if _, there := t.node.Schema().Index(name); there {
			errs = append(errs, fmt.Errorf("there would be two columns %q; Rename that of the table", name))
		}
	}
	if len(errs) > 0 {
		return t.allLost(at, "changes", errs)
	}
	return t.then(plan.NewChanges(t.base(at), t.node))
}

// FromChanges is the table whose changes t's rows are: a column of integers says how often the row of the other columns comes or goes, and is left
// out. NULL in it is a bad row. A row that goes must have come before, or must come in the same epoch.
func (t *Table) FromChanges(diff string) *Table {
	at := position()
	const step = "from changes"
	if t.node == nil {
		return t
	}
	s := t.node.Schema()
	i, ok := s.Index(diff)
	switch {
	case !ok:
		return t.lost(at, step, plan.UnknownColumn(diff, s))
	case !s.Field(i).Type.IsInteger():
		return t.lost(at, step, fmt.Errorf("column %q is %s, but how often a row comes or goes is an integer", diff, s.Field(i).Type))
	case s.Len() == 1:
		return t.lost(at, step, fmt.Errorf("there is no column but %q", diff))
	}
	return t.then(plan.NewFromChanges(t.base(at), t.node, i))
}
