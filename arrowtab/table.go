package arrowtab

import (
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Table is a bag of rows that is yet to be computed: a plan. It is immutable, every method makes a new one, and building
// reads no data. A mistake doesn't stop the building: it is kept, and comes back from Run with all the others.
type Table struct {
	node plan.Node // nil: the schema isn't known because of an error, and nothing is checked any more
	errs []*Error
	bad  BadRows // for the nodes built next
}

// BadRows is what becomes of a row that can't be parsed or computed.
type BadRows = plan.BadRows

// The policies for bad rows.
const (
	Fail   = plan.Fail   // the run ends with an error that names the row
	Skip   = plan.Skip   // it is left out and counted
	Reject = plan.Reject // it is left out and goes to Rejected
)

// Plan is the table's plan, or its errors: all of them as one, a line each.
func (t *Table) Plan() (plan.Node, error) {
	if errs := t.problems(); len(errs) > 0 {
		return nil, joined(errs)
	}
	return t.node, nil
}

// problems is all that is wrong with the table.
func (t *Table) problems() []*Error {
	if t.node == nil || plan.Bounded(t.node) {
		return t.errs
	}
	return append(slices.Clip(t.errs), endless(t.node)...)
}

// Schema is the schema of the table's rows; where an error hides it, one without fields whose Validate is that error.
func (t *Table) Schema() *Schema {
	if t.node == nil {
		return plan.BrokenSchema(joined(t.errs))
	}
	return t.node.Schema()
}

// OnBadRow is the same table, for steps built on it that treat bad rows like that. A
// source's own policy is an option of its Read function.
func (t *Table) OnBadRow(policy BadRows) *Table { return &Table{t.node, t.errs, policy} }

// base is what a node that is built on t has.
func (t *Table) base(at string) plan.Base { return plan.Base{At: at, Bad: t.bad} }

// then is the table of a node built on t.
func (t *Table) then(n plan.Node) *Table { return &Table{n, t.errs, t.bad} }

// failed is t with one more error. It keeps t's rows, so that the steps behind are checked: it is for steps that
// don't change the schema.
func (t *Table) failed(at, step string, err error) *Table {
	return &Table{t.node, addErrors(t.errs, &Error{at, step, err}), t.bad}
}

// lost is t with one more error, after which the schema isn't known.
func (t *Table) lost(at, step string, err error) *Table {
	f := t.failed(at, step, err)
	f.node = nil
	return f
}

// allLost is lost for several errors, each on its own.
func (t *Table) allLost(at, step string, errs []error) *Table {
	for _, err := range errs {
		t = t.lost(at, step, err)
	}
	return t
}

// allFailed is failed for several errors.
func (t *Table) allFailed(at, step string, errs []error) *Table {
	for _, err := range errs {
		t = t.failed(at, step, err)
	}
	return t
}
