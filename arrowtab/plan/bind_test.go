package plan

import (
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

func col(name string) Expr { return &Column{Name: name, Index: -1} }

func call(op Op, args ...Expr) Expr { return &Call{Op: op, Args: args} }

func castTo(e Expr, t vec.Type) Expr { return &Call{Op: OpCast, Args: []Expr{e}, Type: t} }

// lit is an untyped literal.
func lit(v any) Expr { return &Literal{Value: scalar(v), Untyped: true} }

func scalar(v any) vec.Scalar {
	switch v := v.(type) {
	case int:
		return vec.Scalar{Type: vec.TInt64, I: int64(v)}
	case float64:
		return vec.Scalar{Type: vec.TFloat64, F: v}
	case string:
		return vec.Scalar{Type: vec.TString, S: v}
	case bool:
		if v {
			return vec.Scalar{Type: vec.TBool, I: 1}
		}
		return vec.Scalar{Type: vec.TBool}
	}
	return vec.Scalar{Null: true}
}

var testSchema = NewSchema(
	Field{Name: "b", Type: vec.TBool, Nullable: true},
	Field{Name: "i8", Type: vec.TInt8, Nullable: true},
	Field{Name: "i32", Type: vec.TInt32, Nullable: true},
	Field{Name: "id", Type: vec.TInt64},
	Field{Name: "u8", Type: vec.TUint8, Nullable: true},
	Field{Name: "u64", Type: vec.TUint64, Nullable: true},
	Field{Name: "f32", Type: vec.TFloat32, Nullable: true},
	Field{Name: "value", Type: vec.TFloat64, Nullable: true},
	Field{Name: "name", Type: vec.TString, Nullable: true},
	Field{Name: "blob", Type: vec.TBinary, Nullable: true},
	Field{Name: "day", Type: vec.TDate, Nullable: true},
	Field{Name: "at", Type: vec.TTimestamp(vec.Micro), Nullable: true},
	Field{Name: "at_s", Type: vec.TTimestamp(vec.Second), Nullable: true},
	Field{Name: "clock", Type: vec.TTime(vec.Milli), Nullable: true},
	Field{Name: "price", Type: vec.TDecimal(10, 2), Nullable: true},
	Field{Name: "rate", Type: vec.TDecimal(6, 4), Nullable: true},
	Field{Name: "total", Type: vec.TDecimal(38, 0), Nullable: true},
	Field{Name: "tiny", Type: vec.TDecimal(38, 30), Nullable: true},
)

func TestBind(t *testing.T) {
	for _, c := range []struct {
		e    Expr
		want string // the bound expression
		typ  string
	}{
		{col("id"), "id", "int64"},
		{lit(1), "1", "int64"},

		// A literal takes the column's type.
		{call(OpGt, col("value"), lit(100)), "value > 100", "bool"},
		{call(OpGt, lit(100), col("i8")), "100 > i8", "bool"},
		{call(OpEq, col("f32"), lit(0.1)), "f32 = 0.1", "bool"},
		{call(OpEq, col("id"), lit(3.0)), "id = 3", "bool"},
		{call(OpLt, col("price"), lit(9.99)), "price < 9.99", "bool"},
		{call(OpLt, col("price"), lit("9.9")), "price < 9.90", "bool"},
		{call(OpGe, col("at"), lit("2026-01-02 03:04")), "at >= '2026-01-02 03:04:00'", "bool"},
		{call(OpGe, col("at"), lit("2026-01-02T03:04:05.5+01:00")), "at >= '2026-01-02 02:04:05.5'", "bool"},
		{call(OpEq, col("day"), lit("2026-01-02")), "day = '2026-01-02'", "bool"},
		{call(OpEq, col("clock"), lit("15:04:05.25")), "clock = '15:04:05.25'", "bool"},
		{call(OpEq, col("blob"), lit("ab")), `blob = '\x6162'`, "bool"},
		{call(OpAdd, col("u8"), lit(1)), "u8 + 1", "uint8"},

		// Two columns are promoted.
		{call(OpAdd, col("i8"), col("i32")), "cast(i8 as int32) + i32", "int32"},
		{call(OpAdd, col("u8"), col("i8")), "cast(u8 as int64) + cast(i8 as int64)", "int64"},
		{call(OpAdd, col("u8"), col("u64")), "cast(u8 as uint64) + u64", "uint64"},
		{call(OpMul, col("id"), col("f32")), "cast(id as float64) * cast(f32 as float64)", "float64"},
		{call(OpEq, col("f32"), col("value")), "cast(f32 as float64) = value", "bool"},
		{call(OpLt, col("day"), col("at")), "cast(day as timestamp[us]) < at", "bool"},
		{call(OpLt, col("at_s"), col("at")), "cast(at_s as timestamp[us]) < at", "bool"},

		// Decimals.
		{call(OpAdd, col("price"), col("price")), "price + price", "decimal(11, 2)"},
		{call(OpAdd, col("price"), col("rate")), "cast(price as decimal(12, 4)) + cast(rate as decimal(12, 4))", "decimal(13, 4)"},
		{call(OpSub, col("price"), col("i8")), "price - cast(i8 as decimal(10, 2))", "decimal(11, 2)"},
		{call(OpAdd, col("total"), lit(1)), "total + 1", "decimal(38, 0)"},
		{call(OpMul, col("price"), col("rate")), "price * rate", "decimal(16, 6)"},
		{call(OpMul, col("price"), lit(1.2)), "price * 1.2", "decimal(12, 3)"},
		{call(OpMul, lit(2), col("total")), "2 * total", "decimal(38, 0)"},
		{call(OpMul, col("price"), col("id")), "price * cast(id as decimal(19, 0))", "decimal(29, 2)"},
		{call(OpMul, col("price"), col("value")), "cast(price as float64) * value", "float64"},
		{call(OpGt, col("total"), col("price")), "cast(total as decimal(38, 2)) > cast(price as decimal(38, 2))", "bool"},

		{call(OpDiv, col("id"), lit(3)), "cast(id as float64) / 3", "float64"},
		{call(OpQuo, col("id"), lit(3)), "id // 3", "int64"},
		{call(OpNeg, col("price")), "-price", "decimal(10, 2)"},

		{call(OpAnd, col("b"), lit(nil), call(OpNot, col("b"))), "b AND NULL AND NOT b", "bool"},
		{call(OpIsNull, col("name")), "name IS NULL", "bool"},
		{call(OpCoalesce, col("name"), lit("x"), lit(nil)), "coalesce(name, 'x', NULL)", "string"},
		{call(OpCoalesce, lit(nil), lit(1), lit(2.5)), "coalesce(NULL, 1, 2.5)", "float64"},
		{call(OpIf, col("b"), col("i8"), col("id")), "if(b, cast(i8 as int64), id)", "int64"},
		{call(OpIf, lit(nil), lit(nil), col("day")), "if(NULL, NULL, day)", "date"},
		{castTo(lit(nil), vec.TString), "NULL", "string"},
		{castTo(lit("2026-01-02"), vec.TDate), "'2026-01-02'", "date"},
		{castTo(lit(1.5), vec.TInt64), "cast(1.5 as int64)", "int64"},
		{castTo(col("name"), vec.TFloat64), "cast(name as float64)", "float64"},
		{castTo(col("id"), vec.TInt64), "id", "int64"},
	} {
		got, err := Bind(c.e, testSchema)
		if err != nil {
			t.Errorf("%s: %v", c.e, err)
			continue
		}
		if got.String() != c.want || got.ResultType().String() != c.typ {
			t.Errorf("%s: got %s, %s; want %s, %s", c.e, got, got.ResultType(), c.want, c.typ)
		}
		checkBound(t, got)
	}
}

// checkBound checks what Bind promises of every part of a bound expression.
func checkBound(t *testing.T, e Expr) {
	t.Helper()
	switch e := e.(type) {
	case *Column:
		if f := testSchema.Field(e.Index); f.Name != e.Name || f.Type != e.Type || f.Nullable != e.Nullable {
			t.Errorf("column %+v isn't field %+v", e, f)
		}
	case *Literal:
		if e.Untyped || e.Value.Type.Kind == vec.Invalid {
			t.Errorf("literal %s has no type", e)
		}
	case *Call:
		if e.Type.Kind == vec.Invalid {
			t.Errorf("%s has no type", e)
		}
		for _, a := range e.Args {
			checkBound(t, a)
		}
		if op := e.Op; op >= OpAdd && op <= OpGe && op != OpNeg && op != OpMul && e.Args[0].ResultType() != e.Args[1].ResultType() {
			t.Errorf("%s: operands are %s and %s", e, e.Args[0].ResultType(), e.Args[1].ResultType())
		}
	}
}

func TestBindErrors(t *testing.T) {
	for _, c := range []struct {
		e    Expr
		want string
	}{
		{col("vlaue"), `unknown column "vlaue"; did you mean "value"? The columns are: b, i8, i32, id, u8, u64, f32, value, name, blob, day, at, at_s, clock, price, rate, total, tiny`},
		{lit(nil), `NULL needs a type here; cast it: Lit(nil).Cast(…)`},
		{call(OpGt, col("id"), lit(1.5)), `id > 1.5: column "id" is int64, but 1.5 is not a whole number; take a constant that is one, or cast the other side`},
		{call(OpGt, col("i8"), lit(300)), `i8 > 300: column "i8" is int8, but 300 is out of range for int8; take a constant that is one, or cast the other side`},
		{call(OpGt, col("u8"), lit(-1)), `u8 > -1: column "u8" is uint8, but -1 is out of range for uint8; take a constant that is one, or cast the other side`},
		{call(OpEq, col("id"), lit("7")), `id = '7': column "id" is int64, but '7' is not a whole number; take a constant that is one, or cast the other side`},
		{call(OpEq, col("name"), lit(7)), `name = 7: column "name" is string, but 7 is not a string; take a constant that is one, or cast the other side`},
		{call(OpEq, col("day"), lit("soon")), `day = 'soon': column "day" is date, but 'soon' is not a date such as '2006-01-02'; take a constant that is one, or cast the other side`},
		{call(OpEq, col("at_s"), lit("2026-01-02 03:04:05.5")), `at_s = '2026-01-02 03:04:05.5': column "at_s" is timestamp[s], but '2026-01-02 03:04:05.5' is finer than timestamp[s]; take a constant that is one, or cast the other side`},
		{call(OpEq, col("price"), lit(0.125)), `price = 0.125: column "price" is decimal(10, 2), but 0.125 has more digits behind the point than decimal(10, 2); take a constant that is one, or cast the other side`},
		{call(OpEq, col("name"), col("id")), `name = id: column "name" is string and column "id" is int64, which don't go together; cast one of them`},
		{call(OpEq, col("name"), lit(nil)), `name = NULL: a comparison with NULL is never true; use IsNull or IsNotNull`},
		{call(OpAdd, col("u64"), col("id")), `u64 + id: column "u64" is uint64 and column "id" is int64: no integer type holds both; cast one of them`},
		{call(OpAdd, col("name"), lit(1)), `name + 1: column "name" is string, but + takes numbers`},
		{call(OpAdd, col("id"), lit(nil)), `id + NULL: arithmetic with NULL is always NULL`},
		{call(OpQuo, col("value"), lit(2)), `value // 2: column "value" is float64, but // takes integers; Div is the division that gives a float`},
		{call(OpMul, col("tiny"), col("tiny")), `tiny * tiny: the product has more than 38 digits behind the point; cast a factor to a smaller scale`},
		{call(OpNeg, col("u8")), `-u8: column "u8" is uint8, which has no negative numbers; cast it to int64`},
		{call(OpAnd, col("b"), col("id")), `b AND id: column "id" is int64, but what AND takes is true or false (bool); compare it with something`},
		{call(OpNot, call(OpGt, call(OpAdd, col("id"), col("name")), lit(1))), `id + name: column "name" is string, but + takes numbers`},
		{call(OpCoalesce, col("name"), lit(1)), `coalesce(name, 1): the result is string, but 1 is not a string`},
		{call(OpCoalesce, lit(nil), lit(nil)), `coalesce(NULL, NULL): all arguments are NULL: the result has no type; cast one: Lit(nil).Cast(…)`},
		{call(OpIf, col("id"), lit(1), lit(2)), `if(id, 1, 2): column "id" is int64, but the condition is true or false (bool); compare it with something`},
		{castTo(col("day"), vec.TInt64), `cast(day as int64): column "day" is date, which can't be cast to int64`},
		{castTo(col("id"), vec.Type{Kind: vec.Decimal}), `cast(id as decimal(0, 0)): that is no type to cast to: a decimal has 1 to 38 digits, of which none to all are behind the point`},
		{call(OpAdd, col("id"), nil), `an expression is missing (nil)`},
	} {
		_, err := Bind(c.e, testSchema)
		if err == nil {
			t.Errorf("%v: no error, want %s", c.e, c.want)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("got  %s\nwant %s", err, c.want)
		}
	}
	_, err := BindBool(col("id"), testSchema)
	if want := `column "id" is int64, but a condition is true or false (bool); compare it with something`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestNullable(t *testing.T) {
	for _, c := range []struct {
		e    Expr
		want bool
	}{
		{col("id"), false},
		{col("value"), true},
		{lit(1), false},
		{call(OpAdd, col("id"), col("id")), false},
		{call(OpAdd, col("id"), col("i8")), true},
		{call(OpIsNull, col("i8")), false},
		{call(OpCoalesce, col("i8"), lit(0)), false},
		{call(OpCoalesce, col("i8"), col("i32")), true},
		{call(OpIf, col("b"), col("id"), lit(0)), false},
		{call(OpIf, col("b"), col("id"), lit(nil)), true},
	} {
		e, err := Bind(c.e, testSchema)
		if err != nil {
			t.Fatal(err)
		}
		if got := Nullable(e); got != c.want {
			t.Errorf("%s: got %v", e, got)
		}
	}
}

func TestExpressionsAreWrittenWithFewParentheses(t *testing.T) {
	a, b, c := col("a"), col("b"), col("c")
	for _, x := range []struct {
		e    Expr
		want string
	}{
		{call(OpMul, call(OpAdd, a, b), c), "(a + b) * c"},
		{call(OpAdd, call(OpMul, a, b), c), "a * b + c"},
		{call(OpSub, a, call(OpSub, b, c)), "a - (b - c)"},
		{call(OpSub, call(OpSub, a, b), c), "a - b - c"},
		{call(OpNeg, call(OpNeg, a)), "-(-a)"},
		{call(OpNeg, lit(-1)), "-(-1)"},
		{call(OpEq, call(OpEq, a, b), c), "(a = b) = c"},
		{call(OpOr, call(OpAnd, a, b), c), "a AND b OR c"},
		{call(OpAnd, a, call(OpOr, b, c)), "a AND (b OR c)"},
		{call(OpNot, call(OpAnd, a, b)), "NOT (a AND b)"},
		{call(OpNot, call(OpEq, a, b)), "NOT a = b"},
		{call(OpIsNull, call(OpAdd, a, b)), "a + b IS NULL"},
		{call(OpIsNotNull, call(OpOr, a, b)), "(a OR b) IS NOT NULL"},
		{call(OpEq, a, lit("it's")), "a = 'it''s'"},
		{call(OpEq, a, lit(true)), "a = TRUE"},
	} {
		if got := x.e.String(); got != x.want {
			t.Errorf("got %s, want %s", got, x.want)
		}
	}
}
