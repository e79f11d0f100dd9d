package arrowtab

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// Source is what a connector reads, as plain data.
type Source = plan.Source

// Sink is what a connector writes to, as plain data.
type Sink = plan.Sink

// ReadOption is an option of a connector's Read function. A *Schema is one that many connectors take.
type ReadOption interface {
	// ApplyRead changes target, the connector's settings; it refuses settings of a type that it doesn't know.
	ApplyRead(target any) error
}

var _ ReadOption = (*Schema)(nil)

// SourceOptions says how a connector's source is read.
type SourceOptions struct {
	Bad BadRows // policy for rows that can't be parsed; steps built on the table take it over
	Err error   // what is wrong already: the table is there, but Run reports this
}

// NewSource makes the table of a source's rows. It is for connectors; src may be nil if o.Err isn't.
func NewSource(src Source, o SourceOptions) *Table {
	at := position()
	t := &Table{bad: o.Bad}
	err := o.Err
	var schema *Schema
	if src != nil {
		schema = src.Schema()
	}
	switch {
	case err == nil && schema == nil:
		err = errors.New("the source has no schema")
	case err == nil:
		err = schema.Validate()
	}
	if schema != nil && schema.Validate() == nil {
		t.node = &plan.Read{Base: t.base(at), Source: src, Out: schema}
	}
	if err != nil {
		return t.failed(at, "", err)
	}
	return t.normalised(at, src)
}

// normalised is the table of a source, its upserts made changes.
func (t *Table) normalised(at string, src Source) *Table {
	feed, key := plan.FeedOf(src)
	if feed != plan.Upserts {
		return t
	}
	valid := len(key) > 0
	for i, k := range key {
		valid = valid && k >= 0 && k < src.Schema().Len() && !slices.Contains(key[:i], k)
	}
	if !valid {
		return t.failed(at, "", fmt.Errorf("%s yields upserts, but says no key of columns by which they replace each other", src.Describe()))
	}
	return t.then(&plan.Upsert{Base: t.base(at), Input: t.node, Key: key})
}

// Output is a table with the place where it goes. Connectors' Write functions make them, microbatch.Run takes them.
type Output struct {
	write *plan.Write
	errs  []*Error
}

// NewOutput makes an output of t to sink. It is for connectors; err is what is wrong already.
func NewOutput(t *Table, sink Sink, err error) Output {
	at := position()
	if t == nil {
		return Output{errs: []*Error{{at, "", errors.New("the table that is to be written is nil")}}}
	}
	o := Output{errs: t.problems()}
	if t.node != nil {
		o.write = &plan.Write{Base: plan.Base{At: at}, Input: t.node, Sink: sink}
	}
	if err != nil {
		o.errs = addErrors(o.errs, &Error{at, "", err})
	}
	return o
}

// Plan is the output's plan, or the errors made while building it: all of them as one, a line each.
func (o Output) Plan() (*plan.Write, error) {
	if len(o.errs) > 0 {
		return nil, joined(o.errs)
	}
	return o.write, nil
}

// Plans is the plans of several outputs, or the errors of all of them as one; an error in a part that
// they share is there once.
func Plans(outputs ...Output) ([]*plan.Write, error) {
	var errs []*Error
	roots := make([]*plan.Write, len(outputs))
	for i, o := range outputs {
		if o.write == nil && len(o.errs) == 0 {
			return nil, fmt.Errorf("output %d of %d is empty; an output is what csv.Write and the like return", i+1, len(outputs))
		}
		errs = addErrors(errs, o.errs...)
		roots[i] = o.write
	}
	if len(errs) > 0 {
		return nil, joined(errs)
	}
	return roots, nil
}
