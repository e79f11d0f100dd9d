package texttable_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
)

// program is the plan of a script: Go statements that the test interprets, with the functions of package arrowtab as they are in a
// user's program, without the "pw.":
//
//	big := orders.Filter(Col("value").Gt(100))
//	out := big.GroupBy("name").Reduce(Count(), Sum("value").As("total"))
type program struct {
	values map[string]reflect.Value
}

// functions are what a plan can call.
var functions = map[string]any{
	"Col": pw.Col, "Lit": pw.Lit, "If": pw.If, "Asc": pw.Asc, "Desc": pw.Desc, "PerKey": pw.PerKey,
	"Count": pw.Count, "CountOf": pw.CountOf, "CountDistinct": pw.CountDistinct, "Sum": pw.Sum, "Avg": pw.Avg, "Min": pw.Min, "Max": pw.Max, "Any": pw.Any,
	"ArgMin": pw.ArgMin, "ArgMax": pw.ArgMax, "First": pw.First, "Last": pw.Last, "Var": pw.Var, "VarPop": pw.VarPop, "Stddev": pw.Stddev,
	"StddevPop": pw.StddevPop, "BoolAnd": pw.BoolAnd, "BoolOr": pw.BoolOr, "Median": pw.Median, "Quantile": pw.Quantile, "QuantileDisc": pw.QuantileDisc,
	"List": pw.List, "StringAgg": pw.StringAgg,
	"On": pw.On, "OnPair": pw.OnPair, "OnCond": pw.OnCond, "Suffix": pw.Suffix, "NullsEqual": pw.NullsEqual, "Within": pw.Within, "AsOfNow": pw.AsOfNow,
	"Forward": pw.Forward, "Nearest": pw.Nearest, "Strict": pw.Strict, "Tolerance": pw.Tolerance,
	"Tumbling": pw.Tumbling, "Sliding": pw.Sliding, "Cumulating": pw.Cumulating, "Session": pw.Session, "By": pw.By, "Delay": pw.Delay, "Idle": pw.Idle,
	"Lateness": pw.Lateness, "EmitEarly": pw.EmitEarly, "KeepResults": pw.KeepResults, "Ahead": pw.Ahead, "Origin": pw.Origin, "Date": date,
	"KeepFirst": pw.KeepFirst, "KeepLast": pw.KeepLast, "KeepFirstBy": pw.KeepFirstBy, "KeepLastBy": pw.KeepLastBy,
	"Apply": pw.Apply, "ApplyAsync": pw.ApplyAsync, "Version": pw.Version, "Deterministic": pw.Deterministic,
	"AcceptFloat": pw.AcceptIf[float64],
}

// constants are names that stand for values.
var constants = map[string]any{
	"true": true, "false": false, "Second": time.Second, "Minute": time.Minute, "Hour": time.Hour, "Millisecond": time.Millisecond,
	"Fail": pw.Fail, "Skip": pw.Skip, "Reject": pw.Reject, "TString": pw.TString, "TInt64": pw.TInt64, "TFloat64": pw.TFloat64,
	"TDate":  pw.TDate,
	"square": square, "numbered": numbered, "looksUp": looksUp, "fails": fails, "panics": panics, "moved": moved, "Async3": pw.Async{Capacity: 3},
}

// date is the start of a day: Date("2024-01-01").
func date(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t
}

// interpret runs a plan over tables and returns all its variables that are tables.
func interpret(text string, tables map[string]*pw.Table) (out map[string]*pw.Table, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), "plan", "package p; func f() {\n"+text+"\n}", 0)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	run := program{map[string]reflect.Value{}}
	for name, t := range tables {
		run.values[name] = reflect.ValueOf(t)
	}
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		a, ok := s.(*ast.AssignStmt)
		if !ok {
			return nil, fmt.Errorf("a plan is assignments: out := …")
		}
		run.values[a.Lhs[0].(*ast.Ident).Name] = run.eval(a.Rhs[0])
	}
	out = map[string]*pw.Table{}
	for name, v := range run.values {
		if t, ok := v.Interface().(*pw.Table); ok {
			out[name] = t
		}
	}
	return out, nil
}

func (p program) eval(e ast.Expr) reflect.Value {
	switch e := e.(type) {
	case *ast.BasicLit:
		return literal(e)
	case *ast.Ident:
		return p.name(e.Name)
	case *ast.CallExpr:
		return p.call(e)
	case *ast.UnaryExpr:
		return negative(p.eval(e.X))
	case *ast.BinaryExpr: // 5 * Minute
		x, y := p.eval(e.X).Interface().(int), p.eval(e.Y).Interface().(time.Duration)
		return reflect.ValueOf(time.Duration(x) * y)
	case *ast.CompositeLit: // []string{"a"}
		var out []string
		for _, x := range e.Elts {
			out = append(out, p.eval(x).String())
		}
		return reflect.ValueOf(out)
	}
	panic(fmt.Sprintf("a plan can't have %T", e))
}

func literal(e *ast.BasicLit) reflect.Value {
	switch e.Kind {
	case token.INT:
		n, _ := strconv.Atoi(e.Value)
		return reflect.ValueOf(n)
	case token.FLOAT:
		x, _ := strconv.ParseFloat(e.Value, 64)
		return reflect.ValueOf(x)
	}
	text, err := strconv.Unquote(e.Value)
	if err != nil {
		panic(err)
	}
	return reflect.ValueOf(text)
}

func negative(v reflect.Value) reflect.Value {
	switch x := v.Interface().(type) {
	case int:
		return reflect.ValueOf(-x)
	case time.Duration:
		return reflect.ValueOf(-x)
	case float64:
		return reflect.ValueOf(-x)
	}
	panic(fmt.Sprintf("%s can't be negative", v.Type()))
}

func (p program) name(name string) reflect.Value {
	if v, ok := p.values[name]; ok {
		return v
	}
	if v, ok := constants[name]; ok {
		return reflect.ValueOf(v)
	}
	if v, ok := functions[name]; ok {
		return reflect.ValueOf(v)
	}
	panic(fmt.Sprintf("%s is neither a table nor a function of a plan", name))
}

func (p program) call(e *ast.CallExpr) reflect.Value {
	f := p.callee(e.Fun)
	args := make([]reflect.Value, len(e.Args))
	for i, a := range e.Args {
		args[i] = fit(p.eval(a), param(f.Type(), i))
	}
	return f.Call(args)[0]
}

func (p program) callee(e ast.Expr) reflect.Value {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return p.eval(e)
	}
	on := p.eval(s.X)
	f := on.MethodByName(s.Sel.Name)
	if !f.IsValid() {
		panic(fmt.Sprintf("%s has no method %s", on.Type(), s.Sel.Name))
	}
	return f
}

// param is the type of a function's i-th argument.
func param(f reflect.Type, i int) reflect.Type {
	if f.IsVariadic() && i >= f.NumIn()-1 {
		return f.In(f.NumIn() - 1).Elem()
	}
	return f.In(i)
}

// fit makes an untyped constant what the function takes.
func fit(v reflect.Value, to reflect.Type) reflect.Value {
	if to.Kind() != reflect.Interface && v.Type() != to && v.CanConvert(to) {
		return v.Convert(to)
	}
	return v
}
