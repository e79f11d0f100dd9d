package calc_test

import (
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

// refCast casts by fractions of big integers and by package time.
func refCast(s vec.Scalar, to vec.Type) (vec.Scalar, bool) {
	switch {
	case s.Type == to:
		return s, true
	case s.Type.IsVar() && to.Kind != vec.String:
		v, err := calc.ParseText(to, s.S)
		return v, err == nil
	case to.Kind == vec.String:
		return vec.Scalar{Type: to, S: string(calc.AppendScalar(nil, s))}, true
	case s.Type.Kind == to.Kind && (to.Kind == vec.Timestamp || to.Kind == vec.Time || to.Kind == vec.Duration):
		return refUnits(s, to)
	case s.Type.Kind == vec.Timestamp:
		return refSplit(s, to)
	case s.Type.Kind == vec.Date:
		loc, _ := civil.Zone(to.Zone)
		day := time.Unix(s.I*86400, 0).UTC()
		at := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, loc).Unix()
		return fromUnits(new(big.Int).Mul(big.NewInt(at), big.NewInt(to.Unit.PerSecond())), to)
	default:
		return refNumber(s, to)
	}
}

func refUnits(s vec.Scalar, to vec.Type) (vec.Scalar, bool) {
	n := new(big.Int).Mul(big.NewInt(s.I), big.NewInt(to.Unit.PerSecond()))
	per := big.NewInt(s.Type.Unit.PerSecond())
	if to.Kind == vec.Duration {
		return fromUnits(n.Quo(n, per), to)
	}
	return fromUnits(n.Div(n, per), to) // Euclidean: down, as per is positive
}

func refSplit(s vec.Scalar, to vec.Type) (vec.Scalar, bool) {
	loc, _ := civil.Zone(s.Type.Zone)
	seconds, fraction := civil.Split(s.I, s.Type.Unit.PerSecond())
	_, offset := time.Unix(seconds, 0).In(loc).Zone()
	days, clock := new(big.Int).DivMod(big.NewInt(seconds+int64(offset)), big.NewInt(86400), new(big.Int))
	if to.Kind == vec.Date {
		return fromUnits(days, to)
	}
	ticks := new(big.Int).Mul(clock, big.NewInt(s.Type.Unit.PerSecond()))
	ticks.Add(ticks, big.NewInt(fraction))
	ticks.Mul(ticks, big.NewInt(to.Unit.PerSecond()))
	return fromUnits(ticks.Quo(ticks, big.NewInt(s.Type.Unit.PerSecond())), to)
}

func refNumber(s vec.Scalar, to vec.Type) (vec.Scalar, bool) {
	if s.Type.IsFloat() && (math.IsNaN(s.F) || math.IsInf(s.F, 0)) {
		if to.Kind == vec.Bool {
			return boolean(true), true
		}
		return vec.Scalar{Type: to, F: s.F}, to.IsFloat()
	}
	r := fraction(s, to.Kind == vec.Decimal)
	switch {
	case to.Kind == vec.Bool:
		return boolean(r.Sign() != 0), true
	case to.Kind == vec.Float32:
		f, _ := r.Float32()
		return vec.Scalar{Type: to, F: signZero(float64(f), s)}, !math.IsInf(float64(f), 0)
	case to.Kind == vec.Float64:
		f, _ := r.Float64()
		return vec.Scalar{Type: to, F: signZero(f, s)}, !math.IsInf(f, 0)
	case to.Kind == vec.Decimal:
		r.Mul(r, powerOfTen(int(to.Scale)))
		return fromUnits(round(r, false), to)
	default:
		return fromUnits(round(r, s.Type.IsFloat()), to)
	}
}

// signZero: fractions know no −0.
func signZero(f float64, from vec.Scalar) float64 {
	if f == 0 && from.Type.IsFloat() {
		return math.Copysign(0, from.F)
	}
	return f
}

// fraction is a finite number; a float as one writes it if asked for, else exactly.
func fraction(s vec.Scalar, written bool) *big.Rat {
	switch {
	case s.Type.IsFloat() && written:
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(s.F, 'g', -1, 8*s.Type.Width()))
		return r
	case s.Type.IsFloat():
		return new(big.Rat).SetFloat64(s.F)
	case s.Type.Kind == vec.Decimal:
		return new(big.Rat).Mul(new(big.Rat).SetInt(s.D.Big()), powerOfTen(-int(s.Type.Scale)))
	}
	return new(big.Rat).SetInt(units(s))
}

func powerOfTen(n int) *big.Rat {
	p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil))
	if n < 0 {
		return p.Inv(p)
	}
	return p
}

// round is the nearest integer, of two the even one or the one away from zero.
func round(r *big.Rat, toEven bool) *big.Int {
	two := big.NewInt(2)
	twice := new(big.Int).Mul(new(big.Int).Abs(r.Num()), two)
	n, rest := new(big.Int).QuoRem(twice.Add(twice, r.Denom()), new(big.Int).Mul(r.Denom(), two), new(big.Int))
	if toEven && rest.Sign() == 0 && n.Bit(0) == 1 {
		n.Sub(n, big.NewInt(1))
	}
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return n
}
