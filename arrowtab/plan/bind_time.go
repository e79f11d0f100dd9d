package plan

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/vec"
)

func isTemporal(e Expr) bool {
	k := e.ResultType().Kind
	return k == vec.Timestamp || k == vec.Date || k == vec.Duration
}

// typedMoments adds and subtracts times:
//
//	timestamp ± duration   timestamp     duration + timestamp   timestamp
//	timestamp − timestamp  duration      duration ± duration    duration
//
// A date is a timestamp at its midnight; two dates have no unit for what lies between them. The result has the finer one of the
// operands' units; a constant takes the other operand's, if that has it exactly.
func typedMoments(op Op, a, b Expr) (Expr, error) {
	if op == OpSub && isUntyped(b) && b.ResultType().Kind == vec.String {
		l, err := fitted(b, a)
		if err != nil {
			return nil, err
		}
		b = l
	}
	x, y := a.ResultType(), b.ResultType()
	moment := func(t vec.Type) bool { return t.Kind == vec.Timestamp || t.Kind == vec.Date }
	result := vec.Duration
	switch {
	case x.Kind == vec.Duration && y.Kind == vec.Duration:
	case moment(x) && y.Kind == vec.Duration, op == OpAdd && x.Kind == vec.Duration && moment(y):
		result = vec.Timestamp
	case op == OpSub && moment(x) && moment(y) && (x.Kind == vec.Timestamp || y.Kind == vec.Timestamp):
	default:
		return nil, fmt.Errorf("%s and %s, but %s takes a timestamp and a duration, two timestamps to subtract, or two durations; cast one", is(a), is(b), op)
	}
	a, b = ofUnit(a, b), ofUnit(b, a)
	unit := max(unitOf(a, b), unitOf(b, a))
	a, err := inTicks(a, unit)
	if err != nil {
		return nil, err
	}
	if b, err = inTicks(b, unit); err != nil {
		return nil, err
	}
	t := vec.Type{Kind: result, Unit: unit}
	if result == vec.Timestamp {
		t.Zone = a.ResultType().Zone + b.ResultType().Zone // only one has a zone
	}
	return &Call{op, []Expr{a, b}, t}, nil
}

// ofUnit is the constant e in the unit of other, if it is one that this unit has exactly; else e.
func ofUnit(e, other Expr) Expr {
	l, ok := e.(*Literal)
	if !ok || !l.Untyped || isUntyped(other) || other.ResultType().Kind == vec.Date {
		return e
	}
	t := e.ResultType()
	t.Unit = other.ResultType().Unit
	if v, err := Exactly(l.Value, t); err == nil {
		return &Literal{Value: v}
	}
	return e
}

// unitOf is e's unit; a date has the other's.
func unitOf(e, other Expr) vec.Unit {
	if e.ResultType().Kind == vec.Date {
		return other.ResultType().Unit
	}
	return e.ResultType().Unit
}

// inTicks is e as ticks of that unit.
func inTicks(e Expr, unit vec.Unit) (Expr, error) {
	e, err := settle(e)
	if err != nil {
		return nil, err
	}
	t := e.ResultType()
	if t.Kind == vec.Date {
		t = vec.TTimestamp(unit)
	}
	t.Unit = unit
	return cast(e, t), nil
}
