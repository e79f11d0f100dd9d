package plan

import (
	"testing"

	"github.com/pwcol/pwcol/kernels/vec"
)

var functionSchema = NewSchema(append(testSchema.Fields(),
	Field{Name: "tags", Type: vec.TList(vec.TString), Nullable: true},
	Field{Name: "took", Type: vec.TDuration(vec.Milli)},
	Field{Name: "zoned", Type: vec.Type{Kind: vec.Timestamp, Unit: vec.Milli, Zone: "Europe/Vienna"}},
)...)

func duration(unit vec.Unit, ticks int64) Expr {
	return &Literal{Value: vec.Scalar{Type: vec.TDuration(unit), I: ticks}, Untyped: true}
}

// TestBindFunctions: what a function takes is cast where that means the same; of some arguments there is nothing to compute.
func TestBindFunctions(t *testing.T) {
	for _, c := range []struct {
		e         Expr
		want, typ string
		fallible  bool
		nullable  bool
	}{
		{call(OpLower, col("name")), "lower(name)", "string", false, true},
		{call(OpConcat, col("name"), lit("-"), col("id")), "concat(name, '-', cast(id as string))", "string", false, true},
		{call(OpSplit, col("name"), lit(",")), "string_split(name, ',')", "list(string)", false, true},
		{call(OpListGet, col("tags"), col("i8")), "list_extract(tags, cast(i8 as int64))", "string", false, true},
		{call(OpListContains, col("tags"), lit("x")), "list_contains(tags, 'x')", "bool", false, true},
		{call(OpListLen, call(OpSplit, lit("a,b"), lit(","))), "len(string_split('a,b', ','))", "int64", false, false},
		{call(OpListGet, call(OpSplit, lit("a,b"), lit(",")), lit(1)), "list_extract(string_split('a,b', ','), 1)", "string", false, true},
		{call(OpDateTrunc, col("day"), lit("month")), "date_trunc(day, 'month')", "date", true, true},
		{call(OpDatePart, col("zoned"), lit("hour")), "date_part(zoned, 'hour')", "int64", false, false},
		{call(OpEpoch, col("zoned"), lit("s")), "epoch(cast(zoned as timestamp[s, Europe/Vienna]), 's')", "int64", false, false},
		{call(OpEpoch, col("at_s"), lit("us")), "epoch(cast(at_s as timestamp[us]), 'us')", "int64", true, true},
		{call(OpToTimestamp, col("i32"), lit("ms")), "to_timestamp(cast(i32 as int64), 'ms')", "timestamp[ms]", false, true},
		{call(OpAbs, col("u8")), "u8", "uint8", false, true},
		{call(OpAbs, col("id")), "abs(id)", "int64", true, false},
		{call(OpAbs, col("f32")), "abs(f32)", "float32", false, true},
		{call(OpRound, col("price"), lit(1)), "cast(price as decimal(10, 1))", "decimal(10, 1)", true, true},
		{call(OpRound, col("price"), lit(2)), "price", "decimal(10, 2)", false, true},
		{call(OpRound, col("f32"), lit(-1)), "round(cast(f32 as float64), -1)", "float64", false, true},
		{call(OpFloor, col("id")), "id", "int64", false, false},
		{call(OpCeil, col("f32")), "ceil(cast(f32 as float64))", "float64", false, true},
		{call(OpSqrt, col("id")), "sqrt(cast(id as float64))", "float64", true, false},
		{call(OpPow, col("value"), lit(2)), "pow(value, 2)", "float64", false, true},

		{call(OpAdd, col("at"), duration(vec.Micro, 1e6)), "at + '00:00:01'", "timestamp[us]", true, true},
		{call(OpAdd, duration(vec.Micro, 3600e6), col("at_s")), "'01:00:00' + at_s", "timestamp[s]", true, true},
		{call(OpSub, col("at_s"), duration(vec.Micro, 1)), "cast(at_s as timestamp[us]) - '00:00:00.000001'", "timestamp[us]", true, true},
		{call(OpSub, col("zoned"), col("at_s")), "zoned - cast(at_s as timestamp[ms])", "duration[ms]", true, true},
		{call(OpSub, col("at"), lit("2026-01-02")), "at - '2026-01-02 00:00:00'", "duration[us]", true, true},
		{call(OpAdd, col("zoned"), col("took")), "zoned + took", "timestamp[ms, Europe/Vienna]", true, false},
		{call(OpAdd, col("day"), col("took")), "cast(day as timestamp[ms]) + took", "timestamp[ms]", true, true},
		{call(OpAdd, col("took"), duration(vec.Nano, 1)), "cast(took as duration[ns]) + '00:00:00.000000001'", "duration[ns]", true, false},
	} {
		e, err := Bind(c.e, functionSchema)
		if err != nil {
			t.Errorf("%s: %v", c.e, err)
			continue
		}
		if e.String() != c.want || e.ResultType().String() != c.typ {
			t.Errorf("%s is %s of type %s, want %s of type %s", c.e, e, e.ResultType(), c.want, c.typ)
		}
		if Fallible(e) != c.fallible || Nullable(e) != c.nullable {
			t.Errorf("%s: fallible %v, nullable %v", e, Fallible(e), Nullable(e))
		}
		if compiled := Compile(e); compiled.Type() != e.ResultType() {
			t.Errorf("%s is compiled to %s", e, compiled.Type())
		}
	}
}

func TestBindFunctionErrors(t *testing.T) {
	for _, c := range []struct {
		e    Expr
		want string
	}{
		{call(OpLower, col("id")), `lower(id): column "id" is int64, but lower takes a string; cast it`},
		{call(OpLower, lit(nil)), `lower(NULL): lower of NULL is always NULL`},
		{call(OpReplace, col("name"), col("name"), lit("x")), `replace(name, name, 'x'): column "name" is string, but replace takes a constant string`},
		{call(OpLower, col("name"), lit("x")), `lower: wrong number of arguments: 2`},
		{call(OpConcat), `concat: wrong number of arguments: 0`},
		{call(OpSplitPart, col("name"), lit(""), lit(1)), `split_part(name, '', 1): the separator is empty`},
		{call(OpSplitPart, col("name"), lit(","), lit(0)), `split_part(name, ',', 0): parts are counted from 1, from the end with −1; there is no part 0`},
		{call(OpSubstring, col("name"), lit(1), lit(-1)), `substring(name, 1, -1): a length of -1`},
		{call(OpCountSubstring, col("name"), lit("")), `count_substring(name, ''): the text to count is empty`},
		{call(OpRegexpMatches, col("name"), lit("(")), "regexp_matches(name, '('): error parsing regexp: missing closing ): `(`"},
		{call(OpRegexpExtract, col("name"), lit("a(b)"), lit(2)), `regexp_extract(name, 'a(b)', 2): there is no group 2: the pattern has 1; 0 is all of the match`},
		{call(OpDateTrunc, col("at"), lit("fortnight")), `date_trunc(at, 'fortnight'): there is no unit 'fortnight'; there are year, quarter, month, week, day, hour, minute, second, millisecond, microsecond`},
		{call(OpDatePart, col("clock"), lit("hour")), `date_part(clock, 'hour'): column "clock" is time[ms], but date_part takes a timestamp or date; cast it`},
		{call(OpEpoch, col("at"), lit("h")), `epoch(at, 'h'): there is no unit 'h'; there are s, ms, us, ns`},
		{call(OpToTimestamp, col("value"), lit("s")), `to_timestamp(value, 's'): column "value" is float64, but to_timestamp takes an integer; cast it`},
		{call(OpAbs, col("name")), `abs(name): column "name" is string, but abs takes a signed number or a duration; cast it`},
		{call(OpFloor, col("price")), `floor(price): column "price" is decimal(10, 2), but this takes floats and integers; cast it`},
		{call(OpRound, col("id"), lit(-2)), `round(id, -2): column "id" is int64, but round to -2 digits takes floats; cast it`},
		{call(OpListLen, col("name")), `len(name): column "name" is string, but len takes a list, as Split makes one`},
		{call(OpListContains, col("tags"), lit(7)), `list_contains(tags, 7): column "tags" is list(string), but 7 is not a string`},
		{call(OpEq, col("tags"), col("tags")), `tags = tags: column "tags" is list(string), but = takes no lists; compare their elements, or cast both to string`},
		{call(OpSub, col("day"), col("day")), `day - day: column "day" is date and column "day" is date, but - takes a timestamp and a duration, two timestamps to subtract, or two durations; cast one`},
		{call(OpAdd, col("at"), lit(5)), `at + 5: column "at" is timestamp[us] and 5 is int64, but + takes a timestamp and a duration, two timestamps to subtract, or two durations; cast one`},
		{castTo(col("name"), vec.TList(vec.TString)), `cast(name as list(string)): column "name" is string, which can't be cast to list(string)`},
	} {
		_, err := Bind(c.e, functionSchema)
		if err == nil {
			t.Errorf("%v: no error, want %s", c.e, c.want)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("got  %s\nwant %s", err, c.want)
		}
	}
}

// TestEveryFunctionIsComplete: a row of the table that lacks something is found here, not by a user.
func TestEveryFunctionIsComplete(t *testing.T) {
	for op := OpLower; op <= OpListContains; op++ {
		f, ok := functions[op]
		if !ok || f.name == "" || f.compile == nil || len(f.takes) == 0 || f.result.Kind == vec.Invalid && f.typed == nil {
			t.Errorf("operator %d: %+v", op, f)
		}
	}
}
