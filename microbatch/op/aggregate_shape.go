package op

import (
	"fmt"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/acc"
	"github.com/pwcol/pwcol/kernels/group"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggShape is what all tables of an aggregate have in common: which accumulators there are, what they read, and
// which results are made of them. Reducers share: sum(x) and avg(x) are one sum, and a count of the rows less one of the
// NULLs in x counts x; the variances and standard deviations of x are read from the same moments.
//
//	count(), sum(x), avg(x), min(y)      x can be NULL
//	accumulators   0 rows   1 nulls(x)   2 sum(x)   3 min(y)
//	results        0        2            2/(0−1)    3
type aggShape struct {
	opts    group.Options
	retract bool         // rows go, too
	out     *plan.Schema // of the results
	keys    []int        // columns of the input
	keyDefs []group.Key
	origins []acc.Accumulator // every table's accumulators are Fresh of these
	inputs  []aggInput        // what feeds them
	results []aggResult
	rows    int // the place of the count of all rows, if rows go: a group is there as long as it has any
}

// aggInput is the columns that accumulators read, and which those are.
type aggInput struct {
	aggColumns
	accs []int
}

// aggColumns are columns of the input.
type aggColumns struct {
	column int  // −1: the rows
	arg    int  // what goes with it, for reducers of two columns; −1: none
	where  int  // only rows for which it is true; −1: all
	nulls  bool // NULLs of column count
}

// aggResult says how a result column comes from accumulators, which are given by their places.
type aggResult struct {
	name  string
	typ   vec.Type
	fn    plan.AggFunc
	state int // the accumulator whose result it is, or the sum to divide; count: −1
	rows  int // count, avg: the rows
	nulls int // count, avg: the NULLs among them; −1: there are none
}

// aggKey identifies an accumulator, so that reducers find those that there are already.
type aggKey struct {
	kind    aggKind
	columns aggColumns
	param   float64
	text    string
}

// aggKind is the kind of an accumulator: that of a reducer, or one of those of which some reducers are made.
type aggKind int

const (
	accRows aggKind = -1 - iota
	accNulls
	accSpread
)

// allRows are the columns of what counts rows.
var allRows = aggColumns{column: -1, arg: -1, where: -1}

func newAggShape(n *plan.Aggregate, opts group.Options, retract bool) (*aggShape, error) {
	in := n.Input.Schema()
	s := &aggShape{opts: opts, retract: retract, out: n.Out, keys: n.Keys, rows: -1}
	for _, k := range n.Keys {
		s.keyDefs = append(s.keyDefs, group.Key{Type: in.Field(k).Type, Nullable: in.Field(k).Nullable})
	}
	known := map[aggKey]int{}
	if retract {
		s.rows = s.need(aggKey{kind: accRows, columns: allRows}, known, acc.NewRows())
	}
	for _, a := range n.Aggs {
		r, err := s.result(a, in, known)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		s.results = append(s.results, r)
	}
	return s, nil
}

// result makes the accumulators that a reducer needs and the rule for its result.
func (s *aggShape) result(a plan.Agg, in *plan.Schema, known map[aggKey]int) (aggResult, error) {
	r := aggResult{name: a.Name, typ: a.Type, fn: a.Func, state: -1, rows: -1, nulls: -1}
	if a.Func == plan.AggCount || a.Func == plan.AggAvg {
		s.count(&r, a, in, known)
	}
	if a.Func == plan.AggCount {
		return r, nil
	}
	origin, err := newAccumulator(a, in, acc.Edge(s.retract))
	if err != nil {
		return r, err
	}
	r.state = s.need(keyOf(a), known, origin)
	return r, nil
}

// count makes what counts a reducer's values: the rows less the NULLs, both of which others may need, or, under a condition, the
// rows that are left.
func (s *aggShape) count(r *aggResult, a plan.Agg, in *plan.Schema, known map[aggKey]int) {
	columns := allRows
	if a.Where >= 0 {
		columns.column, columns.where = a.Arg, a.Where
		r.rows = s.need(aggKey{kind: accRows, columns: columns}, known, acc.NewRows())
		return
	}
	r.rows = s.need(aggKey{kind: accRows, columns: columns}, known, acc.NewRows())
	if a.Arg >= 0 && in.Field(a.Arg).Nullable {
		columns.column = a.Arg
		r.nulls = s.need(aggKey{kind: accNulls, columns: columns}, known, acc.NewNulls())
	}
}

// keyOf identifies the accumulator of a reducer. Reducers that differ only in what they read from it have the same.
func keyOf(a plan.Agg) aggKey {
	key := aggKey{kind: aggKind(a.Func), columns: readBy(a)}
	switch a.Func {
	case plan.AggAvg:
		key.kind = aggKind(plan.AggSum)
	case plan.AggAny:
		key.kind = aggKind(plan.AggMin)
	case plan.AggVarSamp, plan.AggVarPop, plan.AggStddevSamp, plan.AggStddevPop:
		key.kind = accSpread
	case plan.AggQuantileCont, plan.AggQuantileDisc:
		key.param = a.Param
	case plan.AggStringAgg:
		key.text = a.Text
	}
	return key
}

// readBy are the columns that a reducer reads: what decides which values count, or in which order, comes first.
func readBy(a plan.Agg) aggColumns {
	c := aggColumns{column: a.Arg, arg: -1, where: a.Where}
	if a.By >= 0 {
		c.column, c.arg = a.By, a.Arg
	}
	c.nulls = a.Func == plan.AggList || a.Func == plan.AggStringAgg
	return c
}

// newAccumulator makes the accumulator of a reducer.
func newAccumulator(a plan.Agg, in *plan.Schema, edge acc.Edge) (acc.Accumulator, error) {
	t := in.Field(a.Arg).Type
	if a.By >= 0 {
		return newAccumulatorBy(a, t, in.Field(a.By).Type, edge)
	}
	switch a.Func {
	case plan.AggSum, plan.AggAvg:
		if edge == acc.Retract && (a.Where >= 0 || in.Field(a.Arg).Nullable) {
			return acc.NewSumRetract(t)
		}
		return acc.NewSum(t)
	case plan.AggMin, plan.AggAny:
		return acc.NewAny(t, edge)
	case plan.AggMax:
		if edge == acc.Retract {
			return acc.NewMaxRetract(t)
		}
		return acc.NewMax(t)
	case plan.AggVarSamp, plan.AggVarPop, plan.AggStddevSamp, plan.AggStddevPop:
		return acc.NewSpread(t, spreadOf(a.Func))
	case plan.AggBoolAnd:
		return acc.NewBoolAnd(edge), nil
	case plan.AggBoolOr:
		return acc.NewBoolOr(edge), nil
	case plan.AggCountDistinct:
		return acc.NewCountDistinct(t), nil
	case plan.AggQuantileCont:
		return acc.NewQuantileCont(t, a.Param)
	case plan.AggQuantileDisc:
		return acc.NewQuantileDisc(t, a.Param)
	case plan.AggList:
		return acc.NewList(t)
	case plan.AggStringAgg:
		return acc.NewStringAgg(a.Text), nil
	}
	return nil, fmt.Errorf("internal error: no reducer %s", a.Func)
}

// spreadOf is the measure that a reducer stands for.
func spreadOf(f plan.AggFunc) acc.Spread {
	switch f {
	case plan.AggVarPop:
		return acc.VarPop
	case plan.AggStddevSamp:
		return acc.StddevSamp
	case plan.AggStddevPop:
		return acc.StddevPop
	default:
		return acc.VarSamp
	}
}

// newAccumulatorBy makes the accumulator of a reducer of values of type t in the order of another column.
func newAccumulatorBy(a plan.Agg, t, by vec.Type, edge acc.Edge) (acc.Accumulator, error) {
	switch a.Func {
	case plan.AggArgMin:
		return acc.NewArgMin(by, t, edge)
	case plan.AggArgMax:
		return acc.NewArgMax(by, t, edge)
	case plan.AggList:
		return acc.NewListBy(t, by)
	case plan.AggStringAgg:
		return acc.NewStringAggBy(a.Text, by), nil
	}
	return nil, fmt.Errorf("internal error: no reducer %s in an order", a.Func)
}

// need is the place of the accumulator of that key: origin's if there was none.
func (s *aggShape) need(key aggKey, known map[aggKey]int, origin acc.Accumulator) int {
	place, ok := known[key]
	if ok {
		return place
	}
	place = len(s.origins)
	known[key] = place
	s.origins = append(s.origins, origin)
	i := slices.IndexFunc(s.inputs, func(in aggInput) bool { return in.aggColumns == key.columns })
	if i < 0 {
		i = len(s.inputs)
		s.inputs = append(s.inputs, aggInput{aggColumns: key.columns})
	}
	s.inputs[i].accs = append(s.inputs[i].accs, place)
	return place
}

// emptyRow is the row that a table without keys has when there are no rows.
func (s *aggShape) emptyRow() *vec.Batch {
	b := &vec.Batch{N: 1}
	for _, r := range s.results {
		col := vec.NewBuilder(r.typ, 1)
		counts := r.fn == plan.AggCount || r.fn == plan.AggCountDistinct
		col.AppendScalar(vec.Scalar{Type: r.typ, Null: !counts})
		b.Cols = append(b.Cols, col.Finish())
	}
	return b
}
