package plantest

import (
	"math/big"
	"slices"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// join tries every pair of rows, in the order of the left rows, then of the right ones; right rows without a match come last.
func join(n *plan.Join, left, right [][]any) [][]any {
	var out [][]any
	matched := make([]bool, len(right))
	for _, l := range left {
		found := false
		for i, r := range right {
			if !matches(n, l, r) {
				continue
			}
			found, matched[i] = true, true
			if n.Kind != plan.Semi && n.Kind != plan.Anti {
				out = append(out, slices.Concat(l, r))
			}
		}
		switch {
		case n.Kind == plan.Semi && found, n.Kind == plan.Anti && !found:
			out = append(out, l)
		case (n.Kind == plan.LeftOuter || n.Kind == plan.FullOuter) && !found:
			out = append(out, slices.Concat(l, make([]any, n.Right.Schema().Len())))
		}
	}
	for i, r := range right {
		if (n.Kind == plan.RightOuter || n.Kind == plan.FullOuter) && !matched[i] {
			out = append(out, slices.Concat(make([]any, n.Left.Schema().Len()), r))
		}
	}
	return out
}

func matches(n *plan.Join, l, r []any) bool {
	if !equalKeys(n.LeftKeys, n.RightKeys, l, r, n.NullsEqual) {
		return false
	}
	if w := n.Within; w != nil {
		x := microsOf(l[w.LeftTime], n.Left.Schema().Field(w.LeftTime).Type)
		y := microsOf(r[w.RightTime], n.Right.Schema().Field(w.RightTime).Type)
		if x == nil || y == nil {
			return false
		}
		d := new(big.Rat).Sub(y, x)
		if d.Cmp(new(big.Rat).SetInt64(w.Lo)) < 0 || d.Cmp(new(big.Rat).SetInt64(w.Hi)) > 0 {
			return false
		}
	}
	if n.Cond == nil {
		return true
	}
	ok, err := holds(n.Cond, slices.Concat(l, r))
	if err != nil {
		panic("plantest: a join's condition fails")
	}
	return ok
}

func equalKeys(leftKeys, rightKeys []int, l, r []any, nulls bool) bool {
	for i, k := range leftKeys {
		x, y := l[k], r[rightKeys[i]]
		if (x == nil || y == nil) && !nulls || compareNullable(x, y) != 0 {
			return false
		}
	}
	return true
}

// microsOf is a timestamp in microseconds, nil of NULL.
func microsOf(v any, t vec.Type) *big.Rat {
	if v == nil {
		return nil
	}
	return new(big.Rat).Mul(new(big.Rat).SetInt64(v.(int64)), big.NewRat(1e6, t.Unit.PerSecond()))
}

// asOf tries every right row for each left one.
func asOf(n *plan.AsOf, left, right [][]any) [][]any {
	var out [][]any
	for _, l := range left {
		var best []any
		for _, r := range right {
			if comesNear(n, l, r) && (best == nil || isBetter(n, l, r, best)) {
				best = r
			}
		}
		switch {
		case best != nil:
			out = append(out, slices.Concat(l, best))
		case n.Kind == plan.LeftOuter:
			out = append(out, slices.Concat(l, make([]any, n.Right.Schema().Len())))
		}
	}
	return out
}

// comesNear reports whether r is on the right side of l, and near enough.
func comesNear(n *plan.AsOf, l, r []any) bool {
	x, y := l[n.LeftTime], r[n.RightTime]
	if x == nil || y == nil || !equalKeys(n.LeftKeys, n.RightKeys, l, r, false) {
		return false
	}
	c := compare(y, x)
	if c == 0 && n.Strict || c > 0 && n.Direction == plan.Backward || c < 0 && n.Direction == plan.Forward {
		return false
	}
	return n.Tolerance < 0 || distance(x, y).Cmp(big.NewInt(n.Tolerance)) <= 0
}

// isBetter reports whether right row r is a better answer for l than best: nearer, at the same distance earlier, at the same time larger.
func isBetter(n *plan.AsOf, l, r, best []any) bool {
	c := compare(r[n.RightTime], best[n.RightTime])
	switch {
	case c == 0:
		return compareRows(r, best) > 0
	case n.Direction == plan.Backward:
		return c > 0
	case n.Direction == plan.Forward:
		return c < 0
	}
	x := l[n.LeftTime]
	nearer := distance(x, r[n.RightTime]).Cmp(distance(x, best[n.RightTime]))
	return nearer < 0 || nearer == 0 && c < 0
}

// distance is how far two integers or times are from each other.
func distance(a, b any) *big.Int {
	d := new(big.Int).Sub(integer(a), integer(b))
	return d.Abs(d)
}

func integer(v any) *big.Int {
	if d, ok := v.(Digits); ok {
		return d.number()
	}
	return big.NewInt(v.(int64))
}

// withOneZero is rows with 0 for −0: joins yield no other.
func withOneZero(rows [][]any) [][]any {
	out := make([][]any, len(rows))
	for i, row := range rows {
		out[i] = make([]any, len(row))
		for c, v := range row {
			switch v := v.(type) {
			case float64:
				out[i][c] = v + 0
			case List:
				out[i][c] = List(withOneZero([][]any{v})[0])
			default:
				out[i][c] = v
			}
		}
	}
	return out
}
