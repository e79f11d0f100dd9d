package acc

import (
	"math"

	"github.com/pwcol/pwcol/kernels/order"
	"github.com/pwcol/pwcol/kernels/vec"
)

// discRank is the rank, from 0, of the first of n rows whose share, (rank + 1)/n, is q or more: PostgreSQL's percentile_disc.
func discRank(q float64, n int64) int64 {
	rows := math.Ceil(q * float64(n))
	if rows >= float64(n) { // which may be 2^63, beyond int64
		return n - 1
	}
	return max(int64(rows), 1) - 1
}

// continuous are PostgreSQL's percentile_cont: of n values, in order, the one at q·(n − 1), and between two of
// them what a straight line has.
//
//	values 10 20 40, q 0.75   at 1.5: 20 + 0.5·(40 − 20) = 30
func (o *ordered) continuous(ids []uint32) *vec.Vec {
	out := &vec.Vec{Type: vec.TFloat64, N: len(ids), Data: vec.Alloc(8 * len(ids))}
	vals := vec.Of[float64](out)
	for k, id := range ids {
		total := o.bags.Total(id)
		if total == 0 {
			setNull(out, k)
			continue
		}
		at, low := o.q*float64(total-1), total-1
		if at < float64(low) { // which may be 2^63, beyond int64
			low = int64(at)
		}
		vals[k] = o.number(o.bags.At(id, low))
		if part := at - float64(low); part > 0 && low+1 < total {
			vals[k] = between(vals[k], o.number(o.bags.At(id, low+1)), part)
		}
	}
	return out
}

// between is a + part·(b − a), for a ≤ b. Conversions keep the compiler from fusing products with sums, which rounds differently. NaN is
// that of math.NaN, as everywhere: −Inf + Inf has other bits, and so would count as another result than a NaN among the values.
func between(a, b, part float64) float64 {
	if a == b {
		return a
	}
	if d := b - a; !math.IsInf(d, 0) || math.IsInf(a, 0) || math.IsInf(b, 0) {
		if v := a + float64(part*d); v == v {
			return v
		}
		return math.NaN()
	}
	return float64(a*(1-part)) + float64(b*part) // b − a is beyond float64
}

// number is the float64 nearest to the value of a key of one numeric field.
func (o *ordered) number(key []uint64) float64 {
	f := o.code.fields[0]
	if o.code.words > 0 {
		return f.float64(key[0])
	}
	b := vec.NewBuilder(f.typ, 1)
	if _, err := order.Decode(b, o.bags.Text(key), f.key()); err != nil {
		panic("acc: a key that can't be decoded: " + err.Error())
	}
	return decimalFloat(vec.Of[vec.Int128](b.Vec())[0], int(f.typ.Scale))
}
