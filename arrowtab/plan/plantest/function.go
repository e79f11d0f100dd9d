package plantest

import (
	"context"
	"fmt"
	"math/big"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/vec"
)

// callFunction is the results of a function for one row.
func callFunction(f *plan.Function, args []any) ([]any, error) {
	columns := make([]*vec.Vec, len(args))
	for i, v := range args {
		b := vec.NewBuilder(f.Params[i], 1)
		if v == nil {
			b.AppendNull()
		} else {
			b.AppendScalar(scalarOf(v, f.Params[i]))
		}
		columns[i] = b.Finish()
	}
	out, err := f.Call(context.Background(), columns, 1)
	if err != nil {
		return nil, errBadRow
	}
	results := make([]any, len(out))
	for i, v := range out {
		results[i] = Value(v.Scalar(0))
	}
	return results, nil
}

// scalarOf is a value of this package as a scalar.
func scalarOf(v any, t vec.Type) vec.Scalar {
	s := vec.Scalar{Type: t}
	switch v := v.(type) {
	case bool:
		if v {
			s.I = 1
		}
	case int64:
		s.I = v
	case float64:
		s.F = v
	case string:
		s.S = v
	case Digits:
		if t.Kind == vec.Uint64 {
			s.I = int64(v.number().Uint64())
			return s
		}
		s.D = int128(v.number())
	default:
		panic(fmt.Sprintf("plantest: no scalar of %T", v))
	}
	return s
}

// int128 is an integer of up to 127 bits.
func int128(n *big.Int) vec.Int128 {
	low := new(big.Int).And(n, new(big.Int).SetUint64(1<<64-1))
	high := new(big.Int).Rsh(n, 64)
	return vec.Int128{Lo: low.Uint64(), Hi: high.Int64()}
}
