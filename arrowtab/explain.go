package arrowtab

import (
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Explain is the table's plan as text, as it was built and as it will run (plan.Explain says how to read it), or
// the errors.
func (t *Table) Explain() string {
	if errs := t.problems(); len(errs) > 0 {
		return joined(errs).Error() + "\n"
	}
	optimized := optimize.Nodes([]plan.Node{t.node})
	return "as written:\n" + plan.Explain(t.node) + "as run:\n" + plan.Explain(optimized...)
}
