package plantest

import (
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// reduceAll is all reducers' results of some rows.
func reduceAll(aggs []plan.Agg, rows [][]any) (results []any, failed error) {
	for _, a := range aggs {
		v, err := reduce(a, rows)
		if err != nil {
			failed = err
		}
		results = append(results, v)
	}
	return results, failed
}

func reduce(a plan.Agg, rows [][]any) (any, error) {
	if a.Where >= 0 {
		rows = slices.DeleteFunc(slices.Clone(rows), func(row []any) bool { return row[a.Where] != true })
	}
	if a.Arg < 0 {
		return int64(len(rows)), nil
	}
	switch a.Func {
	case plan.AggArgMin, plan.AggArgMax:
		return best(a, rows), nil
	case plan.AggList:
		return list(a, rows), nil
	}
	var values []any
	for _, row := range rows {
		if row[a.Arg] != nil {
			values = append(values, row[a.Arg])
		}
	}
	switch {
	case a.Func == plan.AggCount:
		return int64(len(values)), nil
	case a.Func == plan.AggCountDistinct:
		return int64(len(differing(values))), nil
	case len(values) == 0:
		return nil, nil
	}
	return reduceValues(a, rows, values)
}

// reduceValues reduces values that aren't NULL, of which there are some.
func reduceValues(a plan.Agg, rows [][]any, values []any) (any, error) {
	slices.SortFunc(values, compare)
	switch a.Func {
	case plan.AggMin, plan.AggAny:
		return values[0], nil
	case plan.AggMax:
		return values[len(values)-1], nil
	case plan.AggBoolAnd:
		return !slices.Contains(values, any(false)), nil
	case plan.AggBoolOr:
		return slices.Contains(values, any(true)), nil
	case plan.AggStringAgg:
		return joined(a, rows), nil
	case plan.AggQuantileDisc:
		return values[max(int(math.Ceil(a.Param*float64(len(values)))), 1)-1], nil
	case plan.AggQuantileCont:
		return quantile(a.Param, values), nil
	case plan.AggVarPop, plan.AggVarSamp, plan.AggStddevPop, plan.AggStddevSamp:
		return spread(a.Func, values), nil
	}
	total, special := add(values)
	switch {
	case special != 0:
		return special, nil
	case a.Func == plan.AggAvg:
		f, _ := total.Float64()
		return f / float64(len(values)), nil
	}
	return sumOf(total, a.Type)
}

func differing(values []any) map[string]bool {
	texts := map[string]bool{}
	for _, v := range values {
		texts[RowText([]any{v})] = true
	}
	return texts
}

// best is Arg in the row with the smallest or largest By, of several the smallest.
func best(a plan.Agg, rows [][]any) any {
	var found []any
	for _, row := range rows {
		if row[a.By] == nil {
			continue
		}
		if found == nil {
			found = row
			continue
		}
		c := compare(row[a.By], found[a.By])
		if a.Func == plan.AggArgMax {
			c = -c
		}
		if c < 0 || c == 0 && compareNullable(row[a.Arg], found[a.Arg]) < 0 {
			found = row
		}
	}
	if found == nil {
		return nil
	}
	return found[a.Arg]
}

// inOrder is the rows by By, then by Arg.
func inOrder(a plan.Agg, rows [][]any) [][]any {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(x, y []any) int {
		if a.By >= 0 {
			if c := compareNullable(x[a.By], y[a.By]); c != 0 {
				return c
			}
		}
		return compareNullable(x[a.Arg], y[a.Arg])
	})
	return out
}

func list(a plan.Agg, rows [][]any) any {
	if len(rows) == 0 {
		return nil
	}
	out := List{}
	for _, row := range inOrder(a, rows) {
		out = append(out, row[a.Arg])
	}
	return out
}

func joined(a plan.Agg, rows [][]any) any {
	var texts []string
	for _, row := range inOrder(a, rows) {
		if s, ok := row[a.Arg].(string); ok {
			texts = append(texts, s)
		}
	}
	return strings.Join(texts, a.Text)
}

// quantile is the value at q·(n − 1) of values in order, on a line between two of them.
func quantile(q float64, values []any) any {
	at := q * float64(len(values)-1)
	low := floatOf(values[int(math.Floor(at))])
	high := floatOf(values[int(math.Ceil(at))])
	part := at - math.Floor(at)
	switch {
	case low == high || part == 0:
		return low
	case math.IsInf(high-low, 0) && !math.IsInf(low, 0) && !math.IsInf(high, 0): // beyond float64
		return float64(low*(1-part)) + float64(high*part)
	}
	return low + float64(part*(high-low))
}

func floatOf(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case Digits:
		f, _ := new(big.Float).SetInt(v.number()).Float64()
		return f
	}
	return v.(float64)
}

// spread is a variance or its root, by the definition: the squared distances from the mean.
func spread(f plan.AggFunc, values []any) any {
	degrees := int64(len(values))
	if f == plan.AggVarSamp || f == plan.AggStddevSamp {
		degrees--
	}
	if degrees == 0 {
		return nil
	}
	total, sum := new(big.Rat), new(big.Rat)
	for _, v := range values {
		if x, ok := v.(float64); ok && x-x != 0 {
			return math.NaN()
		}
	}
	total, _ = add(values)
	mean := total.Quo(total, new(big.Rat).SetInt64(int64(len(values))))
	for _, v := range values {
		one, _ := add([]any{v})
		d := one.Sub(one, mean)
		sum.Add(sum, d.Mul(d, d))
	}
	out, _ := sum.Quo(sum, new(big.Rat).SetInt64(degrees)).Float64()
	if f == plan.AggStddevPop || f == plan.AggStddevSamp {
		out = math.Sqrt(out)
	}
	return out
}
