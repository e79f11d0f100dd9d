package plantest

import (
	"cmp"
	"fmt"
	"math"
	"math/big"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// aggregate is the groups in the order of their first rows.
func aggregate(n *plan.Aggregate, rows [][]any) ([][]any, error) {
	var names []string
	groups := map[string][][]any{}
	if len(n.Keys) == 0 {
		names = []string{""} // a group also without rows
	}
	for _, row := range rows {
		name := RowText(keysOf(n.Keys, row))
		if len(groups[name]) == 0 && len(n.Keys) > 0 {
			names = append(names, name)
		}
		groups[name] = append(groups[name], row)
	}
	var out [][]any
	var failed error
	for _, name := range names {
		var row []any
		if len(n.Keys) > 0 {
			row = keysOf(n.Keys, groups[name][0])
		}
		results, err := reduceAll(n.Aggs, groups[name])
		failed = cmp.Or(failed, err)
		out = append(out, append(row, results...))
	}
	return out, failed
}

// keysOf is those columns of a row; −0 is the same key as 0.
func keysOf(columns []int, row []any) []any {
	var keys []any
	for _, k := range columns {
		v := row[k]
		if f, ok := v.(float64); ok {
			v = f + 0
		}
		keys = append(keys, v)
	}
	return keys
}

// add is the exact sum of the finite values, and that of the others: 0, ±Inf or NaN.
func add(values []any) (total *big.Rat, special float64) {
	total = new(big.Rat)
	for _, v := range values {
		switch v := v.(type) {
		case int64:
			total.Add(total, new(big.Rat).SetInt64(v))
		case Digits:
			total.Add(total, new(big.Rat).SetInt(v.number()))
		case float64:
			if math.IsInf(v, 0) || math.IsNaN(v) {
				special += v
				continue
			}
			total.Add(total, new(big.Rat).SetFloat64(v))
		default:
			panic(fmt.Sprintf("plantest: no sum of %T", v))
		}
	}
	return total, special
}

func sumOf(total *big.Rat, t vec.Type) (any, error) {
	switch {
	case t.IsFloat():
		f, _ := total.Float64()
		return f, nil
	case t.Kind == vec.Decimal:
		if total.Num().CmpAbs(tenTo(int(t.Precision))) >= 0 {
			return nil, errOverflow
		}
		return Digits(total.Num().String()), nil
	case !total.Num().IsInt64():
		return nil, errOverflow
	}
	return total.Num().Int64(), nil
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
