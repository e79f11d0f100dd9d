package calc_test

import (
	"bytes"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// node is an expression that can be built, and evaluated slowly: a row at a time, over scalars, in numbers
// without a limit.
type node struct {
	name  string // column, literal, arith, neg, compare, and, or, not, is null, is not null, if, coalesce, cast
	t     vec.Type
	args  []*node
	index int
	value vec.Scalar
	arith calc.ArithOp
	cmp   calc.CompareOp

	function func(calc.Expr) calc.Expr // of one argument, if it isn't nil
	ref      func(vec.Scalar) (vec.Scalar, bool)
}

func col(index int, t vec.Type) *node { return &node{name: "column", t: t, index: index} }

func lit(v vec.Scalar) *node { return &node{name: "literal", t: v.Type, value: v} }

func compare(op calc.CompareOp, a, b *node) *node {
	return &node{name: "compare", t: vec.TBool, cmp: op, args: []*node{a, b}}
}

func arith(op calc.ArithOp, t vec.Type, a, b *node) *node {
	return &node{name: "arith", t: t, arith: op, args: []*node{a, b}}
}

func call(name string, t vec.Type, args ...*node) *node { return &node{name: name, t: t, args: args} }

func (n *node) String() string {
	switch n.name {
	case "column":
		return fmt.Sprintf("#%d", n.index)
	case "literal":
		return fmt.Sprintf("'%.30s'", calc.AppendScalar(nil, n.value))
	}
	parts := make([]string, len(n.args))
	for i, a := range n.args {
		parts[i] = a.String()
	}
	name := n.name
	switch name {
	case "arith":
		name = n.arith.String()
	case "compare":
		name = n.cmp.String()
	case "cast":
		name = "cast to " + n.t.String()
	}
	return name + "(" + strings.Join(parts, ", ") + ")"
}

// build is the expression under test.
func (n *node) build() calc.Expr {
	args := make([]calc.Expr, len(n.args))
	for i, a := range n.args {
		args[i] = a.build()
	}
	if n.function != nil {
		return n.function(args[0])
	}
	switch n.name {
	case "column":
		return calc.Column(n.index, n.t)
	case "literal":
		return calc.Literal(n.value)
	case "arith":
		return calc.Arith(n.arith, args[0], args[1], n.t)
	case "neg":
		return calc.Neg(args[0])
	case "compare":
		return calc.Compare(n.cmp, args[0], args[1])
	case "and":
		return calc.And(args...)
	case "or":
		return calc.Or(args...)
	case "not":
		return calc.Not(args[0])
	case "is null":
		return calc.IsNull(args[0])
	case "is not null":
		return calc.IsNotNull(args[0])
	case "if":
		return calc.If(args[0], args[1], args[2])
	case "coalesce":
		return calc.Coalesce(args...)
	case "cast":
		return calc.Cast(args[0], n.t)
	case "concat":
		return calc.Concat(args...)
	}
	panic(n.name)
}

// eval is the value for a row, and whether it can be computed.
func (n *node) eval(row []vec.Scalar) (vec.Scalar, bool) {
	switch n.name {
	case "column":
		return row[n.index], true
	case "literal":
		return n.value, true
	case "and", "or":
		return n.evalLogic(row)
	case "if":
		found, ok := n.args[0].selects(row, true)
		switch {
		case !ok:
			return vec.Scalar{}, false
		case found:
			return n.args[1].eval(row)
		}
		return n.args[2].eval(row)
	case "coalesce":
		for _, a := range n.args {
			if v, ok := a.eval(row); !ok || !v.Null {
				return v, ok
			}
		}
		return vec.Scalar{Type: n.t, Null: true}, true
	}
	args := make([]vec.Scalar, len(n.args))
	null := false
	for i, a := range n.args {
		v, ok := a.eval(row)
		if !ok {
			return v, false
		}
		args[i] = v
		null = null || v.Null
	}
	switch {
	case n.name == "is null":
		return boolean(null), true
	case n.name == "is not null":
		return boolean(!null), true
	case null:
		return vec.Scalar{Type: n.t, Null: true}, true
	}
	return n.apply(args)
}

// apply computes what is NULL exactly if an argument is.
func (n *node) apply(args []vec.Scalar) (vec.Scalar, bool) {
	if n.function != nil {
		return n.ref(args[0])
	}
	switch n.name {
	case "concat":
		s := vec.Scalar{Type: n.t}
		for _, a := range args {
			s.S += a.S
		}
		return s, true
	case "not":
		return boolean(args[0].I == 0), true
	case "compare":
		return boolean(holds(n.cmp, order(args[0], args[1]))), true
	case "arith":
		return refArith(n.arith, args[0], args[1], n.t)
	case "neg":
		if n.t.IsFloat() {
			return vec.Scalar{Type: n.t, F: -args[0].F}, true
		}
		return fromUnits(new(big.Int).Neg(units(args[0])), n.t)
	case "cast":
		return refCast(args[0], n.t)
	}
	panic(n.name)
}

func (n *node) evalLogic(row []vec.Scalar) (vec.Scalar, bool) {
	decides := int64(0)
	if n.name == "or" {
		decides = 1
	}
	out := boolean(decides == 0)
	for _, a := range n.args {
		v, ok := a.eval(row)
		if !ok {
			return v, false
		}
		if v.Null {
			out = v
		} else if v.I == decides {
			return v, true
		}
	}
	return out, true
}

// selects is whether Select finds the row for want, and whether it can tell without a bad row.
func (n *node) selects(row []vec.Scalar, want bool) (bool, bool) {
	switch n.name {
	case "not":
		return n.args[0].selects(row, !want)
	case "and", "or":
		decides := (n.name == "or") == want
		for _, a := range n.args {
			if found, ok := a.selects(row, want); !ok || found == decides {
				return found, ok
			}
		}
		return !decides, true
	}
	v, ok := n.eval(row)
	return ok && !v.Null && (v.I == 1) == want, ok
}

func boolean(b bool) vec.Scalar {
	s := vec.Scalar{Type: vec.TBool}
	if b {
		s.I = 1
	}
	return s
}

func holds(op calc.CompareOp, order int) bool {
	switch op {
	case calc.Eq:
		return order == 0
	case calc.Ne:
		return order != 0
	case calc.Lt:
		return order < 0
	case calc.Le:
		return order <= 0
	case calc.Gt:
		return order > 0
	}
	return order >= 0
}

// order is −1, 0, 1 as a is below, equal to, above b.
func order(a, b vec.Scalar) int {
	switch {
	case a.Type.IsVar():
		return bytes.Compare([]byte(a.S), []byte(b.S))
	case a.Type.IsFloat():
		switch an, bn := math.IsNaN(a.F), math.IsNaN(b.F); {
		case an || bn:
			return int(boolean(an).I - boolean(bn).I)
		case a.F < b.F:
			return -1
		case a.F > b.F:
			return 1
		}
		return 0
	}
	return units(a).Cmp(units(b))
}

// units is a number, or the ticks, days or last digits that it counts.
func units(s vec.Scalar) *big.Int {
	switch s.Type.Kind {
	case vec.Decimal:
		return s.D.Big()
	case vec.Uint64:
		return new(big.Int).SetUint64(uint64(s.I))
	}
	return big.NewInt(s.I)
}

// fromUnits is the inverse, and whether the type has such a value.
func fromUnits(v *big.Int, t vec.Type) (vec.Scalar, bool) {
	s := vec.Scalar{Type: t}
	switch {
	case t.Kind == vec.Decimal:
		limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(t.Precision)), nil)
		s.D, _ = vec.Int128FromBig(v)
		return s, new(big.Int).Abs(v).Cmp(limit) < 0
	case t.IsUnsigned():
		s.I = int64(v.Uint64())
		return s, v.Sign() >= 0 && v.BitLen() <= 8*t.Width()
	}
	s.I = v.Int64()
	top := new(big.Int).Lsh(big.NewInt(1), uint(8*t.Width()-1))
	return s, v.Cmp(top) < 0 && v.Cmp(new(big.Int).Neg(top)) >= 0
}

func refArith(op calc.ArithOp, a, b vec.Scalar, t vec.Type) (vec.Scalar, bool) {
	if t.IsFloat() {
		return refFloatArith(op, a.F, b.F, t)
	}
	x, y, r := units(a), units(b), new(big.Int)
	switch op {
	case calc.Add:
		r.Add(x, y)
	case calc.Sub:
		r.Sub(x, y)
	case calc.Mul:
		r.Mul(x, y)
	default:
		if y.Sign() == 0 {
			return vec.Scalar{}, false
		}
		if op == calc.Quo {
			r.Quo(x, y)
		} else {
			r.Rem(x, y)
		}
	}
	return fromUnits(r, t)
}

func refFloatArith(op calc.ArithOp, x, y float64, t vec.Type) (vec.Scalar, bool) {
	r := 0.0
	switch op {
	case calc.Add:
		r = x + y
	case calc.Sub:
		r = x - y
	case calc.Mul:
		r = x * y
	case calc.Rem:
		r = math.Mod(x, y)
	default:
		r = x / y
	}
	if t.Kind == vec.Float32 { // a float64 has more than twice a float32's digits: rounding twice is rounding once
		r = float64(float32(r))
	}
	return vec.Scalar{Type: t, F: r}, op < calc.Quo || y != 0
}

func bigInt(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return n
}
