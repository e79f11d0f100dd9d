package arrowtab

import (
	"errors"
	"fmt"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// Reducer makes one value out of the rows of a group. NULLs are left out; of no values the result is NULL, a count is 0.
type Reducer struct {
	reduce plan.AggFunc
	arg    *Expr // nil: the rows themselves
	name   string
	err    error
}

// Count is how many rows there are, an int64. It is named "count" unless As says otherwise.
func Count() Reducer { return Reducer{reduce: plan.AggCount, name: "count"} }

// CountOf is how many rows have a value in a column, an int64. What all these reducers take is a column's name or an
// expression; of a column, the result is named like "count_value" unless As says otherwise, of an expression
// it needs an As.
func CountOf(column any) Reducer { return reducer(plan.AggCount, "count", column) }

// Sum is the sum: of integers up to 32 bits an int64, of 64 bits a decimal(38, 0), of floats a float64 that is
// rounded once, at the end, so that the order of the rows doesn't matter; of decimals a decimal of 38 digits.
func Sum(column any) Reducer { return reducer(plan.AggSum, "sum", column) }

// Avg is the arithmetic mean, a float64.
func Avg(column any) Reducer { return reducer(plan.AggAvg, "avg", column) }

// Min is the smallest value. It has the column's type.
func Min(column any) Reducer { return reducer(plan.AggMin, "min", column) }

// Max is the largest value. It has the column's type; NaN is larger than all other floats.
func Max(column any) Reducer { return reducer(plan.AggMax, "max", column) }

// As names the result.
func (r Reducer) As(name string) Reducer {
	r.name = name
	return r
}

func reducer(f plan.AggFunc, prefix string, column any) Reducer {
	r := Reducer{reduce: f}
	switch c := column.(type) {
	case string:
		e := Col(c)
		r.arg, r.name = &e, prefix+"_"+c
	case Expr:
		r.arg = &c
		if c.name != "" {
			r.name = prefix + "_" + c.name
		}
	default:
		r.err = fmt.Errorf("a reducer takes a column's name or an expression, not a %T", column)
	}
	return r
}

// Grouped is a table whose rows are put into groups of equal keys. NULL is equal to NULL, and NaN to NaN.
type Grouped struct {
	table *Table
	keys  []string
}

// GroupBy puts the rows that are equal in those columns into a group each.
func (t *Table) GroupBy(columns ...string) Grouped { return Grouped{t, columns} }

// Reduce makes a row of each group: the key columns, then a column for each reducer. No order is promised.
func (g Grouped) Reduce(reducers ...Reducer) *Table {
	at := position()
	if len(g.keys) == 0 {
		err := errors.New("no key columns are given; to make one row of the whole table, call its Reduce")
		return g.table.lost(at, "group by", err)
	}
	return g.table.reduce(at, "group by", g.keys, reducers)
}

// Reduce makes one row of the whole table: a column for each reducer. There is a row also when the table is empty.
func (t *Table) Reduce(reducers ...Reducer) *Table {
	at := position()
	if len(reducers) == 0 {
		return t.lost(at, "reduce", errors.New("no reducers are given"))
	}
	return t.reduce(at, "reduce", nil, reducers)
}

func (t *Table) reduce(at, step string, keys []string, reducers []Reducer) *Table {
	if t.node == nil {
		return t
	}
	r := &reduction{in: t.node.Schema(), names: map[string]bool{}}
	for _, k := range keys {
		r.addKey(k)
	}
	for _, red := range reducers {
		r.addReducer(red, len(keys) > 0)
	}
	if len(r.errs) > 0 {
		for _, err := range r.errs {
			t = t.lost(at, step, err)
		}
		return t
	}
	input, columns := r.input(t.base(at), t.node)
	n := &plan.Aggregate{Base: t.base(at), Input: input, Out: plan.NewSchema(r.out...)}
	for i := range keys {
		n.Keys = append(n.Keys, columns[i])
	}
	for _, a := range r.aggs {
		a.Columns(func(c *int) { *c = columns[*c] })
		n.Aggs = append(n.Aggs, a)
	}
	return t.then(n)
}

// reduction collects what an Aggregate reads and makes, and what is wrong with it.
type reduction struct {
	in    *Schema
	exprs []plan.Expr // what is read: the keys, then the reducers' arguments, each once
	aggs  []plan.Agg  // Arg is a place in exprs
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

func (r *reduction) addReducer(red Reducer, grouped bool) {
	agg := plan.MakeAgg(red.reduce, -1)
	agg.Name, agg.Type = red.name, vec.TInt64
	nullable := false
	err := red.err
	if err == nil && red.arg != nil {
		var arg plan.Expr
		if arg, err = bind(*red.arg, r.in); err == nil {
			agg.Type, err = plan.AggType(red.reduce, arg)
		}
		if err == nil {
			agg.Arg = r.read(arg)
			nullable = red.reduce != plan.AggCount && (!grouped || plan.Nullable(arg))
		}
	}
	if err == nil && red.name == "" {
		err = fmt.Errorf("the reducer of %s needs a name: .As(\"name\")", red.arg)
	}
	if err != nil {
		r.errs = append(r.errs, err)
		return
	}
	r.aggs = append(r.aggs, agg)
	r.addField(Field{Name: red.name, Type: agg.Type, Nullable: nullable})
}

// input is the node to aggregate, and where in it each of r.exprs is: the table itself if all are columns of it, else
// a Project that computes them.
func (r *reduction) input(base plan.Base, table plan.Node) (plan.Node, []int) {
	columns := make([]int, len(r.exprs))
	computed := false
	for i, e := range r.exprs {
		if c, ok := e.(*plan.Column); ok {
			columns[i] = c.Index
		} else {
			computed = true
		}
	}
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
