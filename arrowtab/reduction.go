package arrowtab

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// reduction collects what an Aggregate or a Window reads and makes, and what is wrong with it.
type reduction struct {
	in    *Schema
	exprs []plan.Expr // what is read: the keys, then the reducers' arguments, each once
	aggs  []plan.Agg  // columns are places in exprs
	out   []Field
	names map[string]bool // of out
	errs  []error
}

func (r *reduction) addKey(name string) {
	e, err := plan.Bind(Col(name).e, r.in)
	if err != nil {
		r.errs = append(r.errs, err)
		return
	}
	r.read(e)
	r.addField(fieldOf(name, e, r.in))
}

// read is the place in exprs of an expression, which is added if it isn't there.
func (r *reduction) read(e plan.Expr) int {
	for i, there := range r.exprs {
		if plan.Same(there, e) {
			return i
		}
	}
	r.exprs = append(r.exprs, e)
	return len(r.exprs) - 1
}

func (r *reduction) addField(f Field) {
	if r.names[f.Name] {
		r.errs = append(r.errs, fmt.Errorf("there would be two columns %q; name one differently: .As(\"name\")", f.Name))
	}
	r.names[f.Name] = true
	r.out = append(r.out, f)
}

// addReducer adds a reducer. grouped: there is no group without rows.
func (r *reduction) addReducer(red Reducer, grouped bool) {
	agg, nullable, err := r.bind(red)
	if err == nil && red.name == "" {
		err = fmt.Errorf("the reducer of %s needs a name: .As(\"name\")", red.arg)
	}
	if err != nil {
		r.errs = append(r.errs, err)
		return
	}
	if red.where != nil || !grouped {
		nullable = agg.Func != plan.AggCount && agg.Func != plan.AggCountDistinct
	}
	r.aggs = append(r.aggs, agg)
	r.addField(Field{Name: red.name, Type: agg.Type, Nullable: nullable})
}

// bind is a reducer with the places of what it reads, and whether its result may be NULL although there are rows.
func (r *reduction) bind(red Reducer) (agg plan.Agg, nullable bool, err error) {
	agg = plan.MakeAgg(red.reduce, -1)
	agg.Name, agg.Type, agg.Param, agg.Text = red.name, vec.TInt64, red.param, red.text
	if red.err != nil {
		return agg, false, red.err
	}
	var cond, arg, by plan.Expr
	if red.where != nil {
		if cond, err = bindCondition(*red.where, r.in); err != nil {
			return agg, false, fmt.Errorf("%s: Where: %w", red.reduce, err)
		}
		agg.Where = r.read(cond)
	}
	if red.arg == nil {
		return agg, false, nil
	}
	if arg, err = bind(*red.arg, r.in); err != nil {
		return agg, false, err
	}
	if agg.Type, err = plan.AggType(red.reduce, arg); err != nil {
		return agg, false, err
	}
	agg.Arg = r.read(where(cond, arg))
	if red.by == nil {
		return agg, mayBeNull(red.reduce, arg, nil), nil
	}
	if by, err = bind(*red.by, r.in); err != nil {
		return agg, false, err
	}
	if t := by.ResultType(); t.Kind == vec.List {
		return agg, false, fmt.Errorf("%s: %s is %s, but rows are ordered by plain values", red.reduce, by, t)
	}
	agg.By = r.read(where(cond, by))
	return agg, mayBeNull(red.reduce, arg, by), nil
}

// where is e, computed only on the rows that a reducer looks at: on others it might fail.
func where(cond, e plan.Expr) plan.Expr {
	if cond == nil || !plan.Fallible(e) {
		return e
	}
	null := &plan.Literal{Value: vec.Scalar{Type: e.ResultType(), Null: true}}
	return &plan.Call{Op: plan.OpIf, Args: []plan.Expr{cond, e, null}, Type: e.ResultType()}
}

// mayBeNull reports whether a reducer of an argument and an order may have no value although there are rows.
func mayBeNull(f plan.AggFunc, arg, by plan.Expr) bool {
	switch f {
	case plan.AggCount, plan.AggCountDistinct, plan.AggList:
		return false
	case plan.AggVarSamp, plan.AggStddevSamp: // of a single row
		return true
	case plan.AggArgMin, plan.AggArgMax:
		return plan.Nullable(arg) || plan.Nullable(by)
	}
	return plan.Nullable(arg)
}

// placed is the reducers on an input in which r.exprs are in those columns.
func (r *reduction) placed(columns []int) []plan.Agg {
	aggs := slices.Clone(r.aggs)
	for i := range aggs {
		aggs[i].Columns(func(c *int) { *c = columns[*c] })
	}
	return aggs
}

// input is the node to aggregate, and where in it each of r.exprs is: the table itself if all are columns of it, else
// a Project that computes them.
func (r *reduction) input(base plan.Base, table plan.Node) (plan.Node, []int) {
	columns, computed := r.columns()
	if !computed {
		return table, columns
	}
	fields := make([]Field, len(r.exprs))
	for i, e := range r.exprs {
		columns[i] = i
		fields[i] = fieldOf(e.String(), e, r.in)
	}
	return &plan.Project{Base: base, Input: table, Exprs: r.exprs, Out: plan.NewSchema(fields...)}, columns
}

// wholeInput is input, but that all columns of the table are there too: rows may be late, and then they come out whole.
func (r *reduction) wholeInput(base plan.Base, table plan.Node) (plan.Node, []int) {
	columns, computed := r.columns()
	if !computed {
		return table, columns
	}
	p := newProjection(r.in)
	for i, f := range r.in.Fields() {
		p.addBound(f.Name, plan.ColumnAt(r.in, i))
	}
	for i, e := range r.exprs {
		if columns[i] < 0 {
			columns[i] = len(p.exprs)
			p.addBound(e.String(), e)
		}
	}
	return &plan.Project{Base: base, Input: table, Exprs: p.exprs, Out: plan.NewSchema(p.out...)}, columns
}

// columns is the places of r.exprs in the table, −1 for those that are computed, and whether there are such.
func (r *reduction) columns() (columns []int, computed bool) {
	columns = make([]int, len(r.exprs))
	for i, e := range r.exprs {
		if c, ok := e.(*plan.Column); ok {
			columns[i] = c.Index
		} else {
			columns[i], computed = -1, true
		}
	}
	return columns, computed
}
