package arrowtab

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// source is a table of the columns id int64, name string, value float64, timestamp.
func source(options ...SourceOptions) *Table {
	o := SourceOptions{}
	if len(options) > 0 {
		o = options[0]
	}
	return NewSource(testSource{NewSchema(
		Int64("id", NotNull()), String("name"), Float64("value"), Timestamp("timestamp", Layout("%Y-%m-%d %H:%M:%S")),
	)}, o)
}

type testSource struct{ schema *Schema }

func (s testSource) Schema() *Schema          { return s.schema }
func (testSource) Describe() plan.Description { return plan.Description{Kind: "test"} }

// schemaText is a schema with what isn't in its String: "id int64!" for one without NULLs.
func schemaText(s *Schema) string {
	parts := make([]string, s.Len())
	for i, f := range s.Fields() {
		parts[i] = f.Name + " " + f.Type.String()
		if !f.Nullable {
			parts[i] += "!"
		}
		if f.Layout != "" {
			parts[i] += " as " + f.Layout
		}
	}
	return strings.Join(parts, ", ")
}

func TestSteps(t *testing.T) {
	const all = "id int64!, name string, value float64, timestamp timestamp[us] as %Y-%m-%d %H:%M:%S"
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		table  *Table
		step   string // what the last node does
		schema string
	}{
		{source(), "read test", all},
		{source().Filter(Col("value").Gt(100)), "filter value > 100", all},
		{source().Filter(Col("value").Between(1, 2.5)), "filter value >= 1 AND value <= 2.5", all},
		{source().Filter(Col("id").In(1, 2, uint8(3))), "filter id = 1 OR id = 2 OR id = 3", all},
		{source().Filter(Col("id").In(7)), "filter id = 7", all},
		{source().Filter(Col("id").In()), "filter FALSE", all},
		{source().Filter(Col("timestamp").Ge(day).Or(Col("timestamp").IsNull())), "filter timestamp >= '2026-01-02 00:00:00' OR timestamp IS NULL", all},
		{source().Filter(Col("name").Eq("a").Not()), "filter NOT name = 'a'", all},
		{source().Select("value", Col("id").As("key")), "project value, id as key", "value float64, key int64!"},
		{source().Select(Col("timestamp").As("at")), "project timestamp as at", "at timestamp[us] as %Y-%m-%d %H:%M:%S"},
		{source().Select(Lit(1).As("one"), Col("value").Coalesce(0).As("v")), "project 1 as one, coalesce(value, 0) as v", "one int64!, v float64!"},
		{source().Select(If(Col("value").Gt(1), "big", "small").As("size")), "project if(value > 1, 'big', 'small') as size", "size string!"},
		{source().Select(Col("value").Cast(TInt32).Rem(7).As("r")), "project cast(value as int32) % 7 as r", "r int32"},
		{source().Select(Col("id").Sub(1).Mul(2).Quo(3).Neg().As("x"), Col("id").Div(2).As("half")), "project -((id - 1) * 2 // 3) as x, cast(id as float64) / 2 as half", "x int64!, half float64!"},
		{source().With(Col("id").Add(1).As("next"), Col("value").Mul(2).As("value")), "project id, name, value * 2 as value, timestamp, id + 1 as next", all[:strings.Index(all, ", timestamp")] + ", timestamp timestamp[us] as %Y-%m-%d %H:%M:%S, next int64!"},
		{source().Drop("timestamp", "id"), "project name, value", "name string, value float64"},
		{source().Rename(map[string]string{"id": "name", "name": "id"}).Drop("timestamp"), "project name, id, value", "name int64!, id string, value float64"},
		{source().GroupBy("name").Reduce(Count(), Sum("value"), Avg("id"), Min("timestamp").As("first")), "aggregate by name: count() as count, sum(value) as sum_value, avg(id) as avg_id, min(timestamp) as first", "name string, count int64!, sum_value float64, avg_id float64!, first timestamp[us]"},
		{source().Reduce(Count().As("n"), CountOf("name"), Sum("id"), Max("id")), "aggregate: count() as n, count(name) as count_name, sum(id) as sum_id, max(id) as max_id", "n int64!, count_name int64!, sum_id decimal(38, 0), max_id int64"},
		{source().GroupBy("name").Reduce(Sum(Col("value").Mul(2)).As("double"), Avg(Col("value")), Max(Col("value").Mul(2)).As("top")), "aggregate by name: sum(value * 2) as double, avg(value) as avg_value, max(value * 2) as top", "name string, double float64, avg_value float64, top float64"},
		{source().Sort("name", Desc("value").NullsFirst()), "sort by name, value desc nulls first", all},
		{source().Limit(3), "limit 3", all},
		{source().Union(source().Select("timestamp", Col("value").As("value"), "name", Col("id").Cast(TInt64).As("id"))), "union", all},
	} {
		n, err := c.table.Plan()
		if err != nil {
			t.Errorf("%s: %v", c.step, err)
			continue
		}
		if got := plan.Describe(n); got != c.step {
			t.Errorf("got  %s\nwant %s", got, c.step)
		}
		if got := schemaText(c.table.Schema()); got != c.schema {
			t.Errorf("%s:\ngot  %s\nwant %s", c.step, got, c.schema)
		}
	}
}

func TestStepErrors(t *testing.T) {
	columns := "The columns are: id, name, value, timestamp"
	for _, c := range []struct {
		table *Table
		want  string
	}{
		{source().Filter(Col("vlaue").Gt(1)), `filter: unknown column "vlaue"; did you mean "value"? ` + columns},
		{source().Filter(Col("id").Eq(struct{}{})), `filter: a struct {} can't be a constant; take an integer, float, string, bool, []byte, time.Time, time.Duration or nil`},
		{source().Filter(Expr{}), `filter: an expression is missing (nil)`},
		{source().Select(), `select: no columns are given`},
		{source().Select("a", 7), "select: unknown column \"a\". " + columns + "\nselect: a column is a name or an expression, not a int"},
		{source().Select(Col("id").Add(1)), `select: the column id + 1 needs a name: .As("name")`},
		{source().Select("id", Col("value").As("id")), `select: there would be two columns "id"; name one differently: .As("name")`},
		{source().With(Col("id").As("x"), Col("value").As("x")), `with: column "x" is given twice`},
		{source().With(Col("value").Mul(2)), `with: the column value * 2 needs a name: .As("name")`},
		{source().Drop("nam"), `drop: unknown column "nam"; did you mean "name"? ` + columns},
		{source().Drop("id", "name", "value", "timestamp"), `drop: no columns are left`},
		{source().Rename(map[string]string{"nam": "x"}), `rename: unknown column "nam"; did you mean "name"? ` + columns},
		{source().Rename(map[string]string{"id": "name"}), `rename: there would be two columns "name"; name one differently: .As("name")`},
		{source().GroupBy().Reduce(Count()), `group by: no key columns are given; to make one row of the whole table, call its Reduce`},
		{source().GroupBy("nam").Reduce(Sum("nope")), "group by: unknown column \"nam\"; did you mean \"name\"? " + columns + "\ngroup by: unknown column \"nope\". " + columns},
		{source().GroupBy("name").Reduce(Sum("name")), `group by: sum: column "name" is string, but sum takes numbers`},
		{source().GroupBy("name").Reduce(Count(), Count()), `group by: there would be two columns "count"; name one differently: .As("name")`},
		{source().GroupBy("name", "name").Reduce(Count()), `group by: there would be two columns "name"; name one differently: .As("name")`},
		{source().Reduce(), `reduce: no reducers are given`},
		{source().Reduce(Sum(Col("id").Add(1))), `reduce: the reducer of id + 1 needs a name: .As("name")`},
		{source().Reduce(Max(3)), `reduce: a reducer takes a column's name or an expression, not a int`},
		{source().Sort(), `sort: no keys are given`},
		{source().Sort("nam", 4), "sort: unknown column \"nam\"; did you mean \"name\"? " + columns + "\nsort: a key is a column's name, Asc or Desc, not a int"},
		{source().Limit(-1), `limit: -1 rows can't be had`},
		{source().Union(source().Drop("id")), `union: table 2: column "id" of table 1 is missing; there are name string, value float64, timestamp timestamp[us]`},
		{source().Drop("id").Union(source()), `union: table 2: column "id" is not in table 1, which has name string, value float64, timestamp timestamp[us]`},
		{source().Union(source(), source().With(Col("id").Cast(TString).As("id"))), `union: table 3: column "id" is string, but int64 in table 1; cast it`},
		{source().Rejected(), `rejected: no step before has bad rows and the policy Reject; give it to the source or, for what is computed, by OnBadRow(Reject)`},
		{NewSource(testSource{NewSchema(Int64("a"), Int64("a"))}, SourceOptions{}), `column "a" is there twice (columns 1 and 2)`},
		{NewSource(testSource{}, SourceOptions{}), `the source has no schema`},
		{NewSource(testSource{NewSchema(Decimal("d", 300, 2))}, SourceOptions{}), `column "d": a decimal has 1 to 38 digits, of which none to all are behind the point`},

		// Building goes on behind an error, but what the error hides isn't complained about.
		{source().Filter(Col("x").Gt(1)).Filter(Col("name").Gt(1)), "filter: unknown column \"x\". " + columns + "\nfilter: name > 1: column \"name\" is string, but 1 is not a string; take a constant that is one, or cast the other side"},
		{source().With(Col("x").As("y")).Filter(Col("y").Gt(1)).GroupBy("y").Reduce(Sum("z")).Sort("a").Limit(1).Select("b").Drop("c").Rename(nil).Rejected(), "with: unknown column \"x\". " + columns},
	} {
		_, err := c.table.Plan()
		if err == nil {
			t.Errorf("no error, want %s", c.want)
			continue
		}
		if got := withoutLines(err); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
		if _, err := NewOutput(c.table, nil, nil).Plan(); err == nil {
			t.Errorf("%s: the output has no error", c.want)
		}
	}
}

// withoutLines is the errors' text without the places at the start of each line.
func withoutLines(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, l := range lines {
		if rest, ok := strings.CutPrefix(l, "table_test.go:"); ok {
			_, lines[i], _ = strings.Cut(rest, ": ")
		}
	}
	return strings.Join(lines, "\n")
}

// TestReducersOfEqualText: a column may be called like an expression.
func TestReducersOfEqualText(t *testing.T) {
	s := NewSource(NewMemory(NewSchema(Int64("a"), Int64("b"), Int64("a + b")), nil), SourceOptions{})
	sum := Col("a").Add(Col("b"))
	n, err := s.Reduce(Sum(sum).As("x"), Sum("a + b").As("y"), Max(sum).As("z")).Plan()
	if err != nil {
		t.Fatal(err)
	}
	aggs := n.(*plan.Aggregate).Aggs
	if aggs[0].Arg == aggs[1].Arg || aggs[0].Arg != aggs[2].Arg {
		t.Errorf("the reducers read columns %d, %d and %d", aggs[0].Arg, aggs[1].Arg, aggs[2].Arg)
	}
}

func TestUnionCollectsAllErrors(t *testing.T) {
	base := source().Filter(Col("x").Gt(1))
	_, err := base.Union(base, source().Limit(-1)).Plan()
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("want two errors, one of each table, got %v", err)
	}
}

func TestStepsInAChainHaveTheirOwnLines(t *testing.T) {
	table := source().
		Filter(Col("a").Gt(1)).
		Limit(-1).
		Sort("b")
	_, err := table.Plan()
	first := strings.Index(err.Error(), "table_test.go:")
	var line int
	if _, scan := fmt.Sscanf(err.Error()[first:], "table_test.go:%d", &line); scan != nil {
		t.Fatal(scan)
	}
	for i, l := range strings.Split(err.Error(), "\n") {
		if !strings.HasPrefix(l, fmt.Sprintf("table_test.go:%d: ", line+i)) {
			t.Errorf("line %d: %s", line+i, l)
		}
	}
}

func TestRejected(t *testing.T) {
	fails := Col("id").Mul(2).As("x")
	for _, c := range []struct {
		table *Table
		want  []string
	}{
		{source(SourceOptions{Bad: Reject}), []string{"rejected by read test"}},
		{source(SourceOptions{Bad: Reject}).Filter(Col("value").Gt(1)), []string{"rejected by read test"}},
		{source(SourceOptions{Bad: Reject}).With(fails).Limit(1), []string{"rejected by read test", "rejected by project id, name, value, timestamp, id * 2 as x"}},
		{source().OnBadRow(Reject).Select(fails), []string{"rejected by project id * 2 as x"}},
		{source(SourceOptions{Bad: Reject}).OnBadRow(Skip).Select(fails), []string{"rejected by read test"}},
	} {
		n, err := c.table.Rejected().Plan()
		if err != nil {
			t.Error(err)
			continue
		}
		parts := []plan.Node{n}
		if _, ok := n.(*plan.Union); ok {
			parts = n.Inputs()
		}
		var got []string
		for _, p := range parts {
			got = append(got, plan.Describe(p))
		}
		if strings.Join(got, "; ") != strings.Join(c.want, "; ") {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if n.Schema().String() != plan.RejectedSchema.String() {
			t.Errorf("schema %s", n.Schema())
		}
	}
}

func TestPoliciesAreInherited(t *testing.T) {
	table := source(SourceOptions{Bad: Skip}).Filter(Col("id").Gt(1)).OnBadRow(Reject).Select("id").Limit(1)
	var got []string
	for _, n := range plan.Upstream(table.node) {
		got = append(got, n.Policy().String())
	}
	if strings.Join(got, " ") != "skip skip reject reject" {
		t.Errorf("got %v", got)
	}
}

func TestTablesAreImmutable(t *testing.T) {
	base := source().Filter(Col("x").Gt(1))
	_, _ = base.Limit(-1), base.Limit(-2)
	_, err := base.Limit(-3).Plan()
	if strings.Contains(err.Error(), "-1") || strings.Contains(err.Error(), "-2") {
		t.Errorf("a table has another's errors: %v", err)
	}
}

func TestSchemaAsReadOption(t *testing.T) {
	s := NewSchema(Int64("id"))
	var settings readSettings
	if err := ReadOption(s).ApplyRead(&settings); err != nil || settings.schema != s {
		t.Errorf("got %v, %v", settings.schema, err)
	}
	err := s.ApplyRead(t)
	if err == nil || err.Error() != "a schema can't be given here: *testing.T takes none" {
		t.Errorf("got %v", err)
	}
}

type readSettings struct{ schema *Schema }

func (r *readSettings) SetSchema(s *Schema) { r.schema = s }

func TestFieldConstructors(t *testing.T) {
	s := NewSchema(
		Bool("a"), Int8("b"), Int16("c"), Int32("d"), Int64("e"), Uint8("f"), Uint16("g"), Uint32("h"), Uint64("i"),
		Float32("j"), Float64("k"), String("l"), Binary("m"), Date("n", Layout("%d.%m.%Y")), Time("o", Unit(Nano)), Timestamp("p"),
		Timestamp("q", Layout("2006-01-02 15:04:05.000000000"), Zone("Europe/Vienna")), Timestamp("r", Unit(Second)), Duration("s"),
		Decimal("t", 10, 2, NotNull()),
	)
	want := "a bool, b int8, c int16, d int32, e int64, f uint8, g uint16, h uint32, i uint64, j float32, k float64, l string, m binary, " +
		"n date as %d.%m.%Y, o time[ns], p timestamp[us], q timestamp[ns, Europe/Vienna] as 2006-01-02 15:04:05.000000000, r timestamp[s], " +
		"s duration[us], t decimal(10, 2)!"
	if got := schemaText(s); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLiterals(t *testing.T) {
	type code int16
	for _, c := range []struct {
		v    any
		want string
	}{
		{7, "7 int64"},
		{code(-7), "-7 int64"},
		{uint64(1<<64 - 1), "18446744073709551615 uint64"},
		{uint8(200), "200 int64"},
		{float32(0.1), "0.1 float64"},
		{2.5, "2.5 float64"},
		{"it's", "'it''s' string"},
		{city("Wien"), "'Wien' string"},
		{true, "TRUE bool"},
		{[]byte{0, 255}, `'\x00ff' binary`},
		{time.UnixMicro(1), "'1970-01-01 00:00:00.000001' timestamp[us]"},
		{time.Unix(0, 1), "'1970-01-01 00:00:00.000000001' timestamp[ns]"},
		{90 * time.Second, "'00:01:30' duration[us]"},
		{time.Nanosecond, "'00:00:00.000000001' duration[ns]"},
	} {
		e, err := bind(Lit(c.v), source().Schema())
		if err != nil {
			t.Errorf("%v: %v", c.v, err)
			continue
		}
		if got := e.String() + " " + e.ResultType().String(); got != c.want {
			t.Errorf("%v: got %s, want %s", c.v, got, c.want)
		}
	}
	if _, err := bind(Lit(time.Unix(1<<40, 1)), source().Schema()); err == nil {
		t.Error("a time out of range is accepted")
	}
}

func TestExplainOfATable(t *testing.T) {
	got := source().Filter(Col("value").Gt(100)).GroupBy("name").Reduce(Count()).Explain()
	var lines []string
	for _, l := range strings.Split(got, "\n") {
		if i := strings.Index(l, ", table_test.go:"); i >= 0 {
			l = l[:i] + "]"
		}
		lines = append(lines, l)
	}
	want := `as written:
aggregate by name: count() as count → name string, count int64  [append, key name]
  filter value > 100  [append]
    read test → id int64, name string, value float64, timestamp timestamp[us]  [append]
as run:
aggregate by name: count() as count → name string, count int64  [append, key name]
  read test where value > 100 → name string  [append]
`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := source().Limit(-1).Explain(); !strings.Contains(got, "can't be had") {
		t.Errorf("got %s", got)
	}
}
