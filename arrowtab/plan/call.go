package plan

import (
	"fmt"

	"github.com/pwcol/pwcol/kernels/calc"
	"github.com/pwcol/pwcol/kernels/vec"
)

// function is what there is to know of a function: a row of the table functions.
type function struct {
	name   string
	takes  []param  // its arguments; the last of a variadic one is that of all that follow
	many   bool     // it is variadic
	result vec.Type // Invalid: as typed says
	// typed is the type of the result for arguments that are as takes wants them; nil: result.
	typed func(args []Expr) vec.Type
	// check reports constants that the function has no use for; nil: it has for all.
	check func(args []Expr) error
	// instead is what the call is for some types of arguments: the argument itself, or a cast; nil, or nil as its result: the call.
	instead func(args []Expr) Expr
	null    bool // it may be NULL although no argument is
	fails   bool // there are values for which it can't be computed
	compile func(c *Call, args []calc.Expr) calc.Expr
}

// param is what a function takes in a place.
type param uint8

const (
	aString   param = iota
	anyText         // anything, cast to string
	aText           // a constant string
	aPattern        // a constant regular expression
	anInteger       // cast to int64
	aCount          // a constant integer
	aFloat          // a number, cast to float64
	aNumber         // a number as it is
	aMoment         // a timestamp or date
	aList           // any list
	anElement       // a constant of the type of the first argument's elements
)

var paramTexts = [...]string{
	aString: "a string; cast it", anyText: "anything", aText: "a constant string", aPattern: "a constant regular expression",
	anInteger: "an integer; cast it", aCount: "a constant integer", aFloat: "a number; cast it", aNumber: "a signed number or a duration; cast it",
	aMoment: "a timestamp or date; cast it", aList: "a list, as Split makes one", anElement: "a constant",
}

// typedFunction is the call of a function with its arguments brought to what it takes.
func typedFunction(op Op, f *function, args []Expr) (Expr, error) {
	out := make([]Expr, len(args))
	for i, a := range args {
		p := f.takes[min(i, len(f.takes)-1)]
		arg, err := f.argument(p, a, out)
		if err != nil {
			return nil, err
		}
		out[i] = arg
	}
	if f.check != nil {
		if err := f.check(out); err != nil {
			return nil, err
		}
	}
	if f.instead != nil {
		if e := f.instead(out); e != nil {
			return e, nil
		}
	}
	t := f.result
	if f.typed != nil {
		t = f.typed(out)
	}
	return &Call{op, out, t}, nil
}

// argument is a as p wants it. before are the arguments before it.
func (f *function) argument(p param, a Expr, before []Expr) (Expr, error) {
	if isBareNull(a) {
		return nil, fmt.Errorf("%s of NULL is always NULL", f.name)
	}
	if p == anElement {
		return f.element(a, before[0])
	}
	a, err := settle(a)
	if err != nil {
		return nil, err
	}
	t := a.ResultType()
	l, constant := a.(*Literal)
	constant = constant && !l.Value.Null
	ok := false
	switch p {
	case aString:
		ok = t.Kind == vec.String
	case anyText:
		return cast(a, vec.TString), nil
	case aText, aPattern:
		ok = constant && t.Kind == vec.String
	case anInteger, aCount:
		ok = t.IsInteger() && t.Kind != vec.Uint64 && (constant || p == anInteger)
		if ok {
			return cast(a, vec.TInt64), nil
		}
	case aFloat:
		ok = t.IsNumeric()
		if ok {
			return cast(a, vec.TFloat64), nil
		}
	case aNumber:
		ok = t.IsNumeric() || t.Kind == vec.Duration
	case aMoment:
		ok = t.Kind == vec.Timestamp || t.Kind == vec.Date
	case aList:
		ok = t.Kind == vec.List
	}
	if !ok {
		return nil, fmt.Errorf("%s, but %s takes %s", is(a), f.name, paramTexts[p])
	}
	return a, nil
}

// element is the constant a as an element of the list.
func (f *function) element(a, list Expr) (Expr, error) {
	l, ok := a.(*Literal)
	if !ok {
		return nil, fmt.Errorf("%s, but %s takes a constant", is(a), f.name)
	}
	v, err := Exactly(l.Value, list.ResultType().ElemType())
	if err != nil {
		return nil, fmt.Errorf("%s, but %w", is(list), err)
	}
	return &Literal{Value: v}, nil
}

// takesSo reports whether the function takes so many arguments.
func (f *function) takesSo(n int) bool {
	return n == len(f.takes) || f.many && n > len(f.takes)
}

// textOf is the constant string in that place, and numberOf the constant integer.
func textOf(args []Expr, i int) string { return args[i].(*Literal).Value.S }

func numberOf(args []Expr, i int) int64 { return args[i].(*Literal).Value.I }
