package arrowtab

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pwcol/pwcol/arrowtab/plan"
	"github.com/pwcol/pwcol/kernels/civil"
	"github.com/pwcol/pwcol/kernels/vec"
)

var (
	errorType   = reflect.TypeFor[error]()
	contextType = reflect.TypeFor[context.Context]()
)

// userFunc is a function that the user has given, taken apart.
type userFunc struct {
	name, version string
	deterministic bool
	async         *Async // its first parameter is a context
	fn            reflect.Value
	batches       bool           // it takes slices, and the last of them is for the results
	fails         bool           // it returns an error
	params        []reflect.Type // of a row
	result        reflect.Type
}

func (u *userFunc) option(o FuncOption) {
	if o.version != "" {
		u.version = o.version
	}
	u.deterministic = u.deterministic || o.deterministic
}

// inspect finds out what the function takes; n is how many arguments it is given.
func (u *userFunc) inspect(n int) error {
	switch {
	case !u.fn.IsValid() || u.fn.Kind() == reflect.Func && u.fn.IsNil():
		return errors.New("it is nil, expected a func")
	case u.fn.Kind() != reflect.Func:
		return fmt.Errorf("it is of type %T, expected a func", u.fn.Interface())
	}
	t := u.fn.Type()
	var in []reflect.Type
	for i := range t.NumIn() {
		in = append(in, t.In(i))
	}
	if u.async != nil {
		if len(in) == 0 || in[0] != contextType {
			return fmt.Errorf("it is a %s, but the first parameter of one that waits is a context.Context", t)
		}
		in = in[1:]
	}
	switch {
	case t.IsVariadic():
	case u.async == nil && len(in) == n+1 && t.NumOut() == 1 && t.Out(0) == errorType && allSlices(in):
		u.batches, u.fails = true, true
		for _, p := range in[:n] {
			u.params = append(u.params, p.Elem())
		}
		u.result = in[n].Elem()
		return nil
	case len(in) == n && (t.NumOut() == 1 && t.Out(0) != errorType || t.NumOut() == 2 && t.Out(1) == errorType):
		u.fails = t.NumOut() == 2
		u.params, u.result = in, t.Out(0)
		return nil
	}
	if u.async != nil {
		return fmt.Errorf("it is a %s and is given %d arguments, expected func(context.Context%s) (R, error)", t, n, letters(n, ", ", ""))
	}
	return fmt.Errorf("it is a %s and is given %d arguments, expected func(%s) R, func(%s) (R, error) or, for batches, func(%sout []R) error",
		t, n, strings.TrimSuffix(letters(n, "", ", "), ", "), strings.TrimSuffix(letters(n, "", ", "), ", "), letters(n, "[]", ", "))
}

func allSlices(types []reflect.Type) bool {
	for _, t := range types {
		if t.Kind() != reflect.Slice {
			return false
		}
	}
	return true
}

// letters is "A, B, C, ", with what comes before and behind each.
func letters(n int, before, behind string) string {
	text := ""
	for i := range n {
		text += before + string(rune('A'+i%26)) + behind
	}
	return text
}

// to binds the function to its arguments.
func (u *userFunc) to(args []plan.Expr) (plan.AppliedTo, error) {
	b := &boundFunc{userFunc: u}
	to := plan.AppliedTo{Args: make([]plan.Expr, len(args))}
	f := &plan.Function{Name: u.name, Version: u.version, Deterministic: u.deterministic, Async: u.async}
	for i, arg := range args {
		c, e, err := argument(u.params[i], arg)
		if err != nil {
			return to, fmt.Errorf("function %s, argument %d, %s: %w", u.name, i+1, arg, err)
		}
		b.args, to.Args[i] = append(b.args, c), e
		f.Params = append(f.Params, e.ResultType())
		to.Nullable = to.Nullable || !c.pointer && plan.Nullable(e)
	}
	var err error
	if b.result, err = valueField(u.result); err != nil {
		return to, fmt.Errorf("function %s, result: %w", u.name, err)
	}
	to.Nullable = to.Nullable || b.result.Nullable
	f.Results = []vec.Type{b.result.Type}
	f.Call = b.call
	to.Func = f
	return to, nil
}

// valueField is how values of a Go type lie in a column.
func valueField(t reflect.Type) (structField, error) {
	f := structField{goName: t.String(), goType: t}
	if t.Kind() == reflect.Pointer {
		f.pointer, f.goType = true, t.Elem()
	}
	typ, ok := typeOfGo(f.goType)
	if !ok {
		return f, fmt.Errorf("%s can't be a value of a column; basic types, string, []byte, time.Time, time.Duration, slices of them and pointers to them can", t)
	}
	f.Type = typ
	f.Nullable = f.pointer || typ.Kind == vec.Binary || typ.Kind == vec.List
	return f, nil
}

// argument is how the values of an expression become those of a Go type, and the expression, cast if it has to be.
func argument(t reflect.Type, e plan.Expr) (rowColumn, plan.Expr, error) {
	f, err := valueField(t)
	if err != nil {
		return rowColumn{}, nil, err
	}
	if l, ok := e.(*plan.Literal); ok && l.Untyped {
		v, err := plan.Exactly(l.Value, f.Type)
		if err != nil {
			return rowColumn{}, nil, err
		}
		e = &plan.Literal{Value: v}
	}
	c := rowColumn{structField: f, from: e.ResultType()}
	if c.zone, err = civil.Zone(c.from.Zone); err != nil {
		return c, nil, err
	}
	if !c.fits() {
		return c, nil, fmt.Errorf("it is %s, which the function's %s doesn't hold; cast it, or let the function take another type", c.from, t)
	}
	if numbers := c.from.IsInteger() || c.from.IsFloat(); numbers && c.from != f.Type {
		e, c.from = &plan.Call{Op: plan.OpCast, Args: []plan.Expr{e}, Type: f.Type}, f.Type
	}
	return c, e, nil
}
