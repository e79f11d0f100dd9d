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
// NULLs in x counts x.
//
//	count(), sum(x), avg(x), min(y)      x can be NULL
//	accumulators   0 rows   1 nulls(x)   2 sum(x)   3 min(y)
//	results        0        2            2/(0−1)    3
type aggShape struct {
	opts    group.Options
	keys    []int // columns of the input
	keyDefs []group.Key
	origins []acc.Accumulator // every table's accumulators are Fresh of these
	inputs  []aggInput        // what feeds them
	results []aggResult
}

// aggInput is a column and the accumulators that it feeds.
type aggInput struct {
	column int // −1: the rows
	accs   []int
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
	kind   aggKind
	column int
}

type aggKind uint8

const (
	accRows aggKind = iota
	accNulls
	accSum
	accMin
	accMax
)

func newAggShape(n *plan.Aggregate, opts group.Options) (*aggShape, error) {
	in := n.Input.Schema()
	s := &aggShape{opts: opts, keys: n.Keys}
	for _, k := range n.Keys {
		s.keyDefs = append(s.keyDefs, group.Key{Type: in.Field(k).Type, Nullable: in.Field(k).Nullable})
	}
	known := map[aggKey]int{}
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
		r.rows = s.need(aggKey{accRows, -1}, known, acc.NewRows())
		if a.Arg >= 0 && in.Field(a.Arg).Nullable {
			r.nulls = s.need(aggKey{accNulls, a.Arg}, known, acc.NewNulls())
		}
	}
	if a.Func == plan.AggCount {
		return r, nil
	}
	kind, origin, err := origin(a.Func, in.Field(a.Arg).Type)
	if err != nil {
		return r, err
	}
	r.state = s.need(aggKey{kind, a.Arg}, known, origin)
	return r, nil
}

func origin(fn plan.AggFunc, t vec.Type) (kind aggKind, a acc.Accumulator, err error) {
	switch fn {
	case plan.AggSum, plan.AggAvg:
		a, err = acc.NewSum(t)
		return accSum, a, err
	case plan.AggMin:
		a, err = acc.NewMin(t)
		return accMin, a, err
	case plan.AggMax:
		a, err = acc.NewMax(t)
		return accMax, a, err
	default:
		return 0, nil, fmt.Errorf("internal error: no reducer %d", fn)
	}
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
	i := slices.IndexFunc(s.inputs, func(in aggInput) bool { return in.column == key.column })
	if i < 0 {
		i = len(s.inputs)
		s.inputs = append(s.inputs, aggInput{column: key.column})
	}
	s.inputs[i].accs = append(s.inputs[i].accs, place)
	return place
}
