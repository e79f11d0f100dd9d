package op_test

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
	"github.com/pwcol/pwcol/kernels/vec/vectest"
)

// bagOfRows is a table: rows, each with how often it is there.
type bagOfRows struct {
	rows  [][]vec.Scalar
	times []int64
}

// groupsOf reduces a table with Go's maps, sorting and big numbers: a text a row.
func groupsOf(n *plan.Aggregate, table bagOfRows) []string {
	groups := map[string][][]vec.Scalar{}
	if len(n.Keys) == 0 {
		groups[""] = nil
	}
	for i, row := range table.rows {
		var key []string
		for _, k := range n.Keys {
			key = append(key, vectest.Key(row[k]))
		}
		for range table.times[i] {
			name := strings.Join(key, "\x01")
			groups[name] = append(groups[name], row)
		}
	}
	var out []string
	for _, rows := range groups {
		var parts []string
		for _, k := range n.Keys {
			parts = append(parts, text(canonical(rows[0][k])))
		}
		for _, a := range n.Aggs {
			parts = append(parts, text(canonical(reduceRows(a, rows))))
		}
		out = append(out, strings.Join(parts, ", "))
	}
	slices.Sort(out)
	return out
}

// canonical makes −0 be 0.
func canonical(s vec.Scalar) vec.Scalar {
	if s.F == 0 {
		s.F = 0
	}
	return s
}

// reduceRows is a reducer of the rows of a group.
func reduceRows(a plan.Agg, rows [][]vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type}
	var kept [][]vec.Scalar
	for _, row := range rows {
		if a.Where < 0 || !row[a.Where].Null && row[a.Where].I != 0 {
			kept = append(kept, row)
		}
	}
	switch a.Func {
	case plan.AggList, plan.AggStringAgg:
		return reduceList(a, kept)
	case plan.AggArgMin, plan.AggArgMax:
		return reduceArg(a, kept)
	case plan.AggCount:
		if a.Arg < 0 {
			out.I = int64(len(kept))
			return out
		}
	}
	var vals []vec.Scalar
	for _, row := range kept {
		if !row[a.Arg].Null {
			vals = append(vals, canonical(row[a.Arg]))
		}
	}
	return reduceValues(a, vals)
}

func reduceValues(a plan.Agg, vals []vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type}
	slices.SortFunc(vals, inOrder)
	n := len(vals)
	switch a.Func {
	case plan.AggCount:
		out.I = int64(n)
		return out
	case plan.AggCountDistinct:
		out.I = int64(len(slices.CompactFunc(slices.Clone(vals), func(x, y vec.Scalar) bool { return inOrder(x, y) == 0 })))
		return out
	}
	if n == 0 {
		out.Null = true
		return out
	}
	switch a.Func {
	case plan.AggMin, plan.AggAny, plan.AggBoolAnd:
		return vals[0]
	case plan.AggMax, plan.AggBoolOr:
		return vals[n-1]
	case plan.AggQuantileDisc:
		return vals[max(1, int(math.Ceil(a.Param*float64(n))))-1]
	case plan.AggQuantileCont:
		out.F = line(vals, a.Param)
		return out
	case plan.AggSum, plan.AggAvg:
		return reduceSum(a, vals)
	default:
		return reduceSpread(a, vals)
	}
}

func number(s vec.Scalar) float64 {
	if s.Type.IsFloat() {
		return s.F
	}
	return float64(s.I)
}

func line(vals []vec.Scalar, q float64) float64 {
	at := q * float64(len(vals)-1)
	i := int(at)
	low, part := number(vals[i]), at-math.Floor(at)
	if part == 0 || number(vals[i+1]) == low {
		return low
	}
	return low + part*(number(vals[i+1])-low)
}

func reduceSum(a plan.Agg, vals []vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type}
	if f, odd := oddSum(vals); odd {
		out.F = f
		return out
	}
	total := exactSum(vals)
	f, _ := total.Float64()
	switch {
	case a.Func == plan.AggAvg:
		out.F = f / float64(len(vals))
	case a.Type.Kind == vec.Float64:
		out.F = f
	case a.Type.Kind == vec.Decimal:
		out.D, _ = vec.Int128FromBig(total.Num())
	default:
		out.I = total.Num().Int64()
	}
	return out
}

// oddSum is the sum of values among which are infinities or NaNs.
func oddSum(vals []vec.Scalar) (sum float64, odd bool) {
	for _, v := range vals {
		if v.Type.IsFloat() && (math.IsInf(v.F, 0) || v.F != v.F) {
			sum, odd = sum+v.F, true
		}
	}
	return sum, odd
}

func reduceSpread(a plan.Agg, vals []vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type}
	n := int64(len(vals))
	degrees := n
	if a.Func == plan.AggVarSamp || a.Func == plan.AggStddevSamp {
		degrees--
	}
	if degrees == 0 {
		out.Null = true
		return out
	}
	if _, odd := oddSum(vals); odd {
		out.F = math.NaN()
		return out
	}
	mean := new(big.Rat).Quo(exactSum(vals), big.NewRat(n, 1))
	total := new(big.Rat)
	for _, v := range vals {
		d := new(big.Rat).Sub(exactSum([]vec.Scalar{v}), mean)
		total.Add(total, d.Mul(d, d))
	}
	out.F, _ = total.Quo(total, big.NewRat(degrees, 1)).Float64()
	if a.Func == plan.AggStddevSamp || a.Func == plan.AggStddevPop {
		out.F = math.Sqrt(out.F)
	}
	return out
}

// reduceArg is the value of Arg where By is extreme.
func reduceArg(a plan.Agg, rows [][]vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type, Null: true}
	var best []vec.Scalar
	for _, row := range rows {
		if row[a.By].Null {
			continue
		}
		by := 0
		if best != nil {
			by = inOrder(row[a.By], best[a.By])
		}
		if a.Func == plan.AggArgMax {
			by = -by
		}
		if best == nil || by < 0 || by == 0 && inOrder(row[a.Arg], best[a.Arg]) < 0 {
			best = row
		}
	}
	if best != nil {
		return best[a.Arg]
	}
	return out
}

func reduceList(a plan.Agg, rows [][]vec.Scalar) vec.Scalar {
	out := vec.Scalar{Type: a.Type}
	slices.SortFunc(rows, func(x, y []vec.Scalar) int {
		by := 0
		if a.By >= 0 {
			by = inOrder(x[a.By], y[a.By])
		}
		return cmp.Or(by, inOrder(x[a.Arg], y[a.Arg]))
	})
	var elems []vec.Scalar
	var texts []string
	for _, row := range rows {
		elems = append(elems, canonical(row[a.Arg]))
		if !row[a.Arg].Null {
			texts = append(texts, row[a.Arg].S)
		}
	}
	switch {
	case a.Func == plan.AggStringAgg && len(texts) == 0, a.Func == plan.AggList && len(rows) == 0:
		out.Null = true
	case a.Func == plan.AggStringAgg:
		out.S = strings.Join(texts, a.Text)
	default:
		out = vec.ListScalar(a.Type.ElemType(), elems...)
	}
	return out
}

// inOrder puts NULL last and NaN above +Inf.
func inOrder(a, b vec.Scalar) int { return compareScalars(a, b, false, false) }
