package optimize_test

import (
	"math"
	"regexp"
	"strings"
	"testing"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

type testSource struct{}

func (testSource) Schema() *pw.Schema {
	return pw.NewSchema(pw.Int64("a", pw.NotNull()), pw.Int64("b"), pw.Float64("x"), pw.Float64("y"), pw.String("s"))
}

func (testSource) Describe() plan.Description { return plan.Description{Kind: "t"} }

func source() *pw.Table { return pw.NewSource(testSource{}, pw.SourceOptions{}) }

func col(name string) pw.Expr { return pw.Col(name) }

var properties = regexp.MustCompile(`  \[.*\]`)

// explain is the plans as text, without what stands in brackets.
func explain(nodes []plan.Node) string {
	return properties.ReplaceAllString(plan.Explain(nodes...), "")
}

func nodesOf(t *testing.T, tables []*pw.Table) []plan.Node {
	t.Helper()
	nodes := make([]plan.Node, len(tables))
	for i, table := range tables {
		n, err := table.Plan()
		if err != nil {
			t.Fatal(err)
		}
		nodes[i] = n
	}
	return nodes
}

type rule func([]plan.Node) []plan.Node

type ruleTest struct {
	name   string
	tables []*pw.Table
	want   string
}

func checkRule(t *testing.T, r rule, tests []ruleTest) {
	t.Helper()
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			before := nodesOf(t, c.tables)
			text := plan.Explain(before...)
			after := r(before)
			if got, want := explain(after), strings.TrimPrefix(c.want, "\n"); got != want {
				t.Errorf("of\n%s\ncame\n%s\nwant\n%s", text, got, want)
			}
			if plan.Explain(before...) != text {
				t.Error("the plan was changed in place")
			}
			if again := explain(r(after)); again != explain(after) {
				t.Errorf("the rule isn't idempotent: then came\n%s", again)
			}
		})
	}
}

func one(t *pw.Table) []*pw.Table { return []*pw.Table{t} }

const all = " → a int64, b int64, x float64, y float64, s string"

func TestFold(t *testing.T) {
	f := func(cond pw.Expr) []*pw.Table { return one(source().Filter(cond)) }
	p := func(e pw.Expr) []*pw.Table { return one(source().Select(e.As("r"))) }
	null := pw.Lit(nil).Cast(pw.TBool)
	read := "\n  read t" + all + "\n"
	checkRule(t, optimize.Fold, []ruleTest{
		{"arithmetic", p(col("a").Add(pw.Lit(2).Mul(3).Sub(1))), "project a + 5 as r → r int64" + read},
		{"integers", p(pw.Lit(-7).Quo(2).Add(pw.Lit(-7).Rem(2))), "project -4 as r → r int64" + read},
		{"floats", p(pw.Lit(1.5).Mul(2.0).Div(4)), "project 0.75 as r → r float64" + read},
		{"decimals", p(pw.Lit("1.25").Cast(pw.DecimalType(3, 2)).Mul(pw.Lit("0.5").Cast(pw.DecimalType(2, 1)))), "project 0.625 as r → r decimal(5, 3)" + read},
		{"negation", p(pw.Lit(5).Neg()), "project -5 as r → r int64" + read},
		{"overflow stays", p(pw.Lit(int64(1<<63 - 1)).Add(1)), "project 9223372036854775807 + 1 as r → r int64" + read},
		{"negative overflow stays", p(pw.Lit(int64(-1 << 63)).Neg()), "project -(-9223372036854775808) as r → r int64" + read},
		{"division by zero stays", p(pw.Lit(1).Quo(0)), "project 1 // 0 as r → r int64" + read},
		{"float division by zero stays", p(pw.Lit(1).Div(0)), "project 1 / 0 as r → r float64" + read},
		{"rounding", p(pw.Lit(1.5).Cast(pw.TInt64)), "project 2 as r → r int64" + read},
		{"text", p(pw.Lit("2026-01-02").Cast(pw.TDate)), "project '2026-01-02' as r → r date" + read},
		{"cast that fails stays", p(pw.Lit("x").Cast(pw.TInt64)), "project cast('x' as int64) as r → r int64" + read},
		{"cast", p(pw.Lit(7).Add(1).Cast(pw.TFloat64)), "project 8 as r → r float64" + read},
		{"comparison", f(pw.Lit(1).Lt(2)), "read t" + all + "\n"},
		{"strings", f(pw.Lit("b").Le("a")), "limit 0" + read},
		{"null", f(null), "limit 0" + read},
		{"true and", f(col("x").Gt(1).And(true, col("y").Gt(2))), "filter x > 1 AND y > 2" + read},
		{"false and", f(col("x").Gt(1).And(false, col("y").Gt(2))), "limit 0" + read},
		{"false behind what can fail", f(col("a").Mul(2).Gt(1).And(false, col("y").Gt(2))), "filter a * 2 > 1 AND FALSE" + read},
		{"null and", f(col("x").Gt(1).And(null)), "filter x > 1 AND NULL" + read},
		{"nulls", p(null.And(null)), "project NULL as r → r bool" + read},
		{"NaN", f(pw.Lit(math.NaN()).Gt(math.Inf(1))), "read t" + all + "\n"},
		{"true or", f(col("x").Gt(1).Or(true)), "read t" + all + "\n"},
		{"false or", f(col("x").Gt(1).Or(false)), "filter x > 1" + read},
		{"nested and", f(col("x").Gt(1).And(col("y").Gt(2).And(col("b").Gt(3)))), "filter x > 1 AND y > 2 AND b > 3" + read},
		{"nested or stays in and", f(col("x").Gt(1).And(col("y").Gt(2).Or(col("b").Gt(3)))), "filter x > 1 AND (y > 2 OR b > 3)" + read},
		{"not", f(pw.Lit(false).Not()), "read t" + all + "\n"},
		{"if", p(pw.If(pw.Lit(1).Gt(2), col("x"), col("y"))), "project y as r → r float64" + read},
		{"if null", p(pw.If(null, col("x"), col("y"))), "project y as r → r float64" + read},
		{"coalesce", p(pw.Lit(nil).Coalesce(col("b"), nil, col("a"), 5)), "project coalesce(b, a) as r → r int64" + read},
		{"coalesce of one", p(col("a").Coalesce(5)), "project a as r → r int64" + read},
		{"is null", f(col("a").IsNull()), "limit 0" + read},
		{"is not null", f(col("a").IsNotNull().And(col("b").IsNotNull())), "filter b IS NOT NULL" + read},
		{"what can fail isn't known not to be null", f(col("a").Mul(2).IsNotNull()), "filter a * 2 IS NOT NULL" + read},
		{"null in arithmetic", p(pw.Lit(nil).Cast(pw.TInt64).Neg()), "project NULL as r → r int64" + read},
	})
}

// TestNeverTrueHidesNoError: a step that can fail runs even if none of its rows is wanted.
func TestNeverTrueHidesNoError(t *testing.T) {
	never := pw.Lit(1).Gt(2)
	fails := source().Select("x", col("a").Mul(2).As("a2"))
	group := source().GroupBy("s")
	checkRule(t, optimize.Fold, []ruleTest{
		{"a projection", one(fails.Filter(never)), `
filter FALSE
  project x, a * 2 as a2 → x float64, a2 int64
    read t` + all + "\n"},
		{"further up", one(fails.Select("x").Sort("x").Filter(never)), `
filter FALSE
  sort by x
    project x → x float64
      project x, a * 2 as a2 → x float64, a2 int64
        read t` + all + "\n"},
		{"one input of a union", one(source().Select("x").Union(fails.Select("x")).Filter(never)), `
filter FALSE
  union → x float64
    project x → x float64
      read t` + all + `
    project x → x float64
      project x, a * 2 as a2 → x float64, a2 int64
        read t` + all + "\n"},
		{"a filter", one(source().Filter(col("a").Mul(2).Gt(1)).Filter(never)), `
filter FALSE
  filter a * 2 > 1
    read t` + all + "\n"},
		{"a sum", one(group.Reduce(pw.Sum("a")).Filter(never)), `
filter FALSE
  aggregate by s: sum(a) as sum_a → s string, sum_a decimal(38, 0)
    read t` + all + "\n"},
		{"nothing that can fail", one(group.Reduce(pw.Sum("x"), pw.Count()).With(col("count").IsNull().As("n")).Filter(never)), `
limit 0
  project s, sum_x, count, FALSE as n → s string, sum_x float64, count int64, n bool
    aggregate by s: sum(x) as sum_x, count() as count → s string, sum_x float64, count int64
      read t` + all + "\n"},
	})
}

func TestPushFilters(t *testing.T) {
	shared := source().Select("x", "y")
	checkRule(t, optimize.PushFilters, []ruleTest{
		{"through a projection", one(source().Select(col("x").Mul(2).As("x2"), "y").Filter(col("x2").Gt(10).And(col("y").Lt(1)))), `
project x * 2 as x2, y → x2 float64, y float64
  filter x * 2 > 10 AND y < 1
    read t` + all + "\n"},
		{"not through one that can fail", one(source().Select(col("a").Mul(2).As("a2"), "y").Filter(col("y").Gt(1))), `
filter y > 1
  project a * 2 as a2, y → a2 int64, y float64
    read t` + all + "\n"},
		{"not if it can fail itself", one(source().Select("a", "y").Filter(col("a").Mul(2).Gt(1))), `
filter a * 2 > 1
  project a, y → a int64, y float64
    read t` + all + "\n"},
		{"the part before what can fail", one(source().Select("a", "y").Filter(col("y").Gt(1).And(col("a").Mul(2).Gt(1), col("y").Lt(9)))), `
filter a * 2 > 1 AND y < 9
  project a, y → a int64, y float64
    filter y > 1
      read t` + all + "\n"},
		{"not past a filter that can fail", one(source().Filter(col("a").Mul(2).Gt(1)).Filter(col("y").Gt(1))), `
filter a * 2 > 1 AND y > 1
  read t` + all + "\n"},
		{"through a sort", one(source().Sort("x").Filter(col("y").Gt(1))), `
sort by x
  filter y > 1
    read t` + all + "\n"},
		{"not through a limit", one(source().Limit(5).Filter(col("y").Gt(1))), `
filter y > 1
  limit 5
    read t` + all + "\n"},
		{"through a union", one(source().Select("x").Union(source().Select(col("y").As("x"))).Filter(col("x").Gt(1))), `
union → x float64
  project x → x float64
    filter x > 1
      read t` + all + `
  project y as x → x float64
    filter y > 1
      read t` + all + "\n"},
		{"keys through an aggregate", one(source().GroupBy("s", "b").Reduce(pw.Count()).Filter(col("b").Gt(1).And(col("count").Gt(2), col("s").Ne("x")))), `
filter count > 2
  aggregate by s, b: count() as count → s string, b int64, count int64
    filter b > 1 AND s <> 'x'
      read t` + all + "\n"},
		{"not into an aggregate if −0 and 0 aren't the same to it", one(source().GroupBy("x").Reduce(pw.Count()).
			Filter(col("x").Ge(0).And(col("x").Cast(pw.TString).Eq("0")))), `
filter cast(x as string) = '0'
  aggregate by x: count() as count → x float64, count int64
    filter x >= 0
      read t` + all + "\n"},
		{"not through a reduction to one row", one(source().Reduce(pw.Count()).Filter(pw.Lit(1).Gt(2))), `
filter 1 > 2
  aggregate: count() as count → count int64
    read t` + all + "\n"},
		{"two filters become one", one(source().Filter(col("x").Gt(1)).Filter(col("y").Gt(2))), `
filter x > 1 AND y > 2
  read t` + all + "\n"},
		{"not two policies for what can fail", one(source().Filter(col("a").Mul(2).Gt(1)).OnBadRow(pw.Skip).Filter(col("a").Mul(3).Gt(1))), `
filter a * 3 > 1
  filter a * 2 > 1
    read t` + all + "\n"},
		{"not into what others use", []*pw.Table{shared.Filter(col("x").Gt(1)), shared}, `
filter x > 1
  #1 project x, y → x float64, y float64
    read t` + all + `
#1, see above
`},
	})
}

// TestStepsThatAreAskedForBadRowsStay: what a step leaves out is told from its own input, so it isn't merged or moved.
func TestStepsThatAreAskedForBadRowsStay(t *testing.T) {
	const rejected = "operator string, file string, line int64, column string, value string, reason string, row string"
	base := source().OnBadRow(pw.Reject)
	fails := col("a").Mul(2).Gt(1)
	filter := base.Select("a", "x").Filter(col("x").Gt(1).And(fails))
	checkRule(t, optimize.PushFilters, []ruleTest{{"filter", []*pw.Table{filter, filter.Rejected()}, `
#1 filter x > 1 AND a * 2 > 1
  project a, x → a int64, x float64
    read t` + all + `
rejected by filter x > 1 AND a * 2 > 1 → ` + rejected + `
  #1, see above
`}})
	project := base.Select("a", "x").Select(col("a").Mul(2).As("a2"))
	checkRule(t, optimize.MergeProjects, []ruleTest{{"project", []*pw.Table{project, project.Rejected()}, `
#1 project a * 2 as a2 → a2 int64
  project a, x → a int64, x float64
    read t` + all + `
rejected by project a * 2 as a2 → ` + rejected + `
  #1, see above
`}})
	always := base.Filter(pw.If(pw.Lit(true), true, fails))
	checkRule(t, optimize.Fold, []ruleTest{{"constant filter", []*pw.Table{always, always.Rejected()}, `
#1 filter TRUE
  read t` + all + `
rejected by filter TRUE → ` + rejected + `
  #1, see above
`}})
}

func TestSharedNodesStayShared(t *testing.T) {
	filtered := source().Select("x", "s").Filter(col("x").Gt(1))
	tables := []*pw.Table{filtered.Limit(1), filtered.GroupBy("s").Reduce(pw.Count())}
	checkRule(t, optimize.PushFilters, []ruleTest{{"filter", tables, `
limit 1
  #1 project x, s → x float64, s string
    filter x > 1
      read t` + all + `
aggregate by s: count() as count → s string, count int64
  #1, see above
`}})
	checkRule(t, optimize.Nodes, []ruleTest{{"all", tables, `
limit 1
  #1 read t where x > 1 → x float64, s string
aggregate by s: count() as count → s string, count int64
  #1, see above
`}})
}

// TestChainsDontDouble: a condition that went all the way down would have 2^60 parts.
func TestChainsDontDouble(t *testing.T) {
	table := source()
	for range 60 {
		table = table.With(col("x").Add(col("x")).As("x"))
	}
	after := optimize.Nodes(nodesOf(t, one(table.Filter(col("x").Gt(1)))))
	if text := explain(after); len(text) > 20_000 || !strings.Contains(text, "filter ") {
		t.Errorf("got %d bytes:\n%.2000s", len(text), text)
	}
}

func TestFiltersStayAboveATopK(t *testing.T) {
	topK := func(n []plan.Node) []plan.Node { return optimize.PushFilters(optimize.Limits(n)) }
	checkRule(t, topK, []ruleTest{{"top-k", one(source().Sort("x").Limit(3).Filter(col("y").Gt(1))), `
filter y > 1
  sort by x limit 3
    read t` + all + "\n"}})
}

func TestFilterReads(t *testing.T) {
	base := source()
	rejecting := pw.NewSource(testSource{}, pw.SourceOptions{Bad: pw.Reject})
	good := rejecting.Filter(col("x").Gt(1))
	checkRule(t, optimize.FilterReads, []ruleTest{
		{"all", one(source().Filter(col("x").Gt(1).And(col("s").Eq("q")))), `
read t where x > 1 AND s = 'q'` + all + "\n"},
		{"what can't fail", one(source().Filter(col("x").Gt(1).And(col("a").Mul(2).Gt(1)))), `
filter a * 2 > 1
  read t where x > 1` + all + "\n"},
		{"nothing behind what can fail", one(source().Filter(col("a").Mul(2).Gt(1).And(col("x").Gt(1)))), `
filter a * 2 > 1 AND x > 1
  read t` + all + "\n"},
		{"what all consumers have", []*pw.Table{
			base.Filter(col("x").Gt(1).And(col("y").Gt(2))), base.Filter(col("y").Gt(3).And(col("x").Gt(1))),
		}, `
filter y > 2
  #1 read t where x > 1` + all + `
filter y > 3
  #1, see above
`},
		{"nothing if one has none", []*pw.Table{base.Filter(col("x").Gt(1)), base.Limit(3)}, `
filter x > 1
  #1 read t` + all + `
limit 3
  #1, see above
`},
		{"nothing if the read is a result itself", []*pw.Table{base.Filter(col("x").Gt(1)), base}, `
filter x > 1
  #1 read t` + all + `
#1, see above
`},
		{"to ask for bad rows takes no rows", []*pw.Table{good, good.Rejected()}, `
#1 read t where x > 1` + all + `
rejected by read t where x > 1 → operator string, file string, line int64, column string, value string, reason string, row string
  #1, see above
`},
	})
}

func TestMergeProjects(t *testing.T) {
	two := source().Select(col("x").Mul(2).As("x2"), "y")
	checkRule(t, optimize.MergeProjects, []ruleTest{
		{"columns", one(source().Select("x", "y").Select(col("y").As("z"))), `
project y as z → z float64
  read t` + all + "\n"},
		{"used once", one(two.Select(col("x2").Add(col("y")).As("sum"))), `
project x * 2 + y as sum → sum float64
  read t` + all + "\n"},
		{"not what is used twice", one(two.Select(col("x2").Add(col("x2")).As("sum"))), `
project x2 + x2 as sum → sum float64
  project x * 2 as x2, y → x2 float64, y float64
    read t` + all + "\n"},
		{"not what can fail", one(source().Select(col("a").Mul(2).As("a2"), "y").Select("y")), `
project y → y float64
  project a * 2 as a2, y → a2 int64, y float64
    read t` + all + "\n"},
		{"not what others use", []*pw.Table{two.Select("x2"), two}, `
project x2 → x2 float64
  #1 project x * 2 as x2, y → x2 float64, y float64
    read t` + all + `
#1, see above
`},
		{"identity", one(source().Select("a", "b", "x", "y", "s")), "read t" + all + "\n"},
		{"not a renaming", one(source().Rename(map[string]string{"a": "c"})), `
project a as c, b, x, y, s → c int64, b int64, x float64, y float64, s string
  read t` + all + "\n"},
		{"there and back", one(source().Rename(map[string]string{"a": "c"}).Rename(map[string]string{"c": "a"})), "read t" + all + "\n"},
	})
}

// TestANodeThatBecomesSharedIsLeftAlone: the identity in the middle goes, and then its input has two consumers.
func TestANodeThatBecomesSharedIsLeftAlone(t *testing.T) {
	identity := source().Select(col("x").Mul(2).As("x2"), "y").Select("x2", "y")
	checkRule(t, optimize.MergeProjects, []ruleTest{{"identity", []*pw.Table{identity.Select(col("x2").As("z")), identity.Limit(1)}, `
project x2 as z → z float64
  #1 project x * 2 as x2, y → x2 float64, y float64
    read t` + all + `
limit 1
  #1, see above
`}})
}

func TestLimits(t *testing.T) {
	sorted := source().Sort("x")
	checkRule(t, optimize.Limits, []ruleTest{
		{"top-k", one(sorted.Limit(3)), "sort by x limit 3\n  read t" + all + "\n"},
		{"top-k through a projection", one(sorted.Select("x").Limit(3)), `
project x → x float64
  sort by x limit 3
    read t` + all + "\n"},
		{"not through one that can fail", one(sorted.Select(col("a").Mul(2).As("a2")).Limit(3)), `
limit 3
  project a * 2 as a2 → a2 int64
    sort by x
      read t` + all + "\n"},
		{"the smaller of two", one(source().Limit(5).Limit(3)), "limit 3\n  read t" + all + "\n"},
		{"the smaller of two, below", one(source().Limit(3).Limit(5)), "limit 3\n  read t" + all + "\n"},
		{"of a top-k", one(sorted.Limit(3).Limit(2)), "sort by x limit 2\n  read t" + all + "\n"},
		{"not of a sort that others use", []*pw.Table{sorted.Limit(3), sorted}, `
limit 3
  #1 sort by x
    read t` + all + `
#1, see above
`},
	})
}

func TestOffsetsAddUp(t *testing.T) {
	n := nodesOf(t, one(source()))[0]
	outer := &plan.Limit{Input: &plan.Limit{Input: n, N: 10, Offset: 2}, N: 20, Offset: 3}
	if got := explain(optimize.Limits([]plan.Node{outer})); !strings.HasPrefix(got, "limit 7 offset 5\n") {
		t.Errorf("got %s", got)
	}
	outer = &plan.Limit{Input: &plan.Limit{Input: n, N: 2, Offset: 1}, N: 20, Offset: 3}
	if got := explain(optimize.Limits([]plan.Node{outer})); !strings.HasPrefix(got, "limit 0 offset 4\n") {
		t.Errorf("got %s", got)
	}
	far := &plan.Limit{Input: &plan.Limit{Input: n, N: 2, Offset: 1 << 62}, N: 1, Offset: 1 << 62}
	if got := explain(optimize.Limits([]plan.Node{far})); !strings.HasPrefix(got, "limit 0 offset 9223372036854775807\n") {
		t.Errorf("got %s", got)
	}
}

func TestPruneColumns(t *testing.T) {
	base := source()
	rejecting := pw.NewSource(testSource{}, pw.SourceOptions{Bad: pw.Reject})
	rejected := "operator string, file string, line int64, column string, value string, reason string, row string"
	checkRule(t, optimize.PruneColumns, []ruleTest{
		{"all are needed", one(source().Filter(col("x").Gt(1))), "filter x > 1\n  read t" + all + "\n"},
		{"a projection", one(source().Select("x", col("y").Add(col("b")).As("z")).Select("z")), `
project z → z float64
  project y + cast(b as float64) as z → z float64
    read t → b int64, y float64
`},
		{"what can fail stays", one(source().Select("x", col("a").Mul(2).As("a2")).Select("x")), `
project x → x float64
  project x, a * 2 as a2 → x float64, a2 int64
    read t → a int64, x float64
`},
		{"a filter's columns", one(source().Filter(col("y").Gt(1)).Select("x")), `
project x → x float64
  filter y > 1
    read t → x float64, y float64
`},
		{"a sort holds no column of a filter", one(source().Filter(col("y").Gt(1)).Sort("s").Select("x")), `
project x → x float64
  sort by s
    project x, s → x float64, s string
      filter y > 1
        read t → x float64, y float64, s string
`},
		{"reducers", one(source().GroupBy("s").Reduce(pw.Count(), pw.Sum("x"), pw.Max("y")).Select("max_y")), `
project max_y → max_y float64
  aggregate by s: max(y) as max_y → s string, max_y float64
    read t → y float64, s string
`},
		{"a count of rows reads nothing", one(source().Reduce(pw.Count())), `
aggregate: count() as count → count int64
  read t → 
`},
		{"a count of a projection", one(source().Select("x").Reduce(pw.Count())), `
aggregate: count() as count → count int64
  read t → 
`},
		{"a count of groups", one(source().GroupBy("s").Reduce(pw.Sum("x")).Reduce(pw.Count())), `
aggregate: count() as count → count int64
  aggregate by s → s string
    read t → s string
`},
		{"a reduction keeps its row", one(source().Reduce(pw.Sum("x"), pw.Sum("y")).Reduce(pw.Count())), `
aggregate: count() as count → count int64
  aggregate: sum(x) as sum_x → sum_x float64
    read t → x float64
`},
		{"a union's inputs alike", one(source().Filter(col("y").Gt(1)).Union(source()).Select("x")), `
project x → x float64
  union → x float64
    project x → x float64
      filter y > 1
        read t → x float64, y float64
    read t → x float64
`},
		{"what the consumers need between them", []*pw.Table{base.Select("x"), base.Select("s")}, `
project x → x float64
  #1 read t → x float64, s string
project s → s string
  #1, see above
`},
		{"bad rows need no columns", []*pw.Table{rejecting.Select("x"), rejecting.Rejected()}, `
project x → x float64
  #1 read t → x float64
rejected by read t → ` + rejected + `
  #1, see above
`},
		{"bad rows alone need all", one(rejecting.Rejected()), `
rejected by read t → ` + rejected + `
  read t` + all + "\n"},
	})
}

// TestWholePlan is the seed job, and one with everything in it.
func TestWholePlan(t *testing.T) {
	checkRule(t, optimize.Nodes, []ruleTest{
		{"seed", one(source().Filter(col("x").Gt(500)).GroupBy("s").Reduce(pw.Count(), pw.Sum("x"), pw.Avg("x"))), `
aggregate by s: count() as count, sum(x) as sum_x, avg(x) as avg_x → s string, count int64, sum_x float64, avg_x float64
  read t where x > 500 → x float64, s string
`},
		{"much", one(source().With(col("x").Mul(2).As("z")).Filter(col("z").Gt(pw.Lit(1.0).Add(2.0))).
			GroupBy("s", "b").Reduce(pw.Sum("z"), pw.Count()).Filter(col("s").Eq("q")).
			Select("b", "sum_z").Sort(pw.Desc("sum_z")).Limit(10)), `
sort by sum_z desc limit 10
  project b, sum_z → b int64, sum_z float64
    aggregate by s, b: sum(z) as sum_z → s string, b int64, sum_z float64
      project b, s, x * 2 as z → b int64, s string, z float64
        read t where x * 2 > 3 AND s = 'q' → b int64, x float64, s string
`},
	})
}

// listSource has lists, which no other source of these tests has.
type listSource struct{ testSource }

func (listSource) Schema() *pw.Schema {
	return pw.NewSchema(pw.Int64("a"), pw.String("s"), pw.Field{Name: "tags", Type: pw.ListType(pw.TString), Nullable: true})
}

func lists() *pw.Table { return pw.NewSource(listSource{}, pw.SourceOptions{}) }

func TestFlattenRules(t *testing.T) {
	checkRule(t, optimize.PushFilters, []ruleTest{
		{"filter on another column", one(lists().Flatten("tags").Filter(col("a").Gt(1))), `
flatten tags → a int64, s string, tags string
  filter a > 1
    read t → a int64, s string, tags list(string)
`},
		{"filter on the element", one(lists().Flatten("tags").Filter(col("tags").Eq("x").And(col("a").Gt(1)))), `
filter tags = 'x'
  flatten tags → a int64, s string, tags string
    filter a > 1
      read t → a int64, s string, tags list(string)
`},
	})
	checkRule(t, optimize.PruneColumns, []ruleTest{
		{"a column for nobody", one(lists().Flatten("tags").Select("tags")), `
project tags → tags string
  flatten tags → tags string
    read t → tags list(string)
`},
		{"the list itself", one(lists().Flatten("tags").Select("a")), `
project a → a int64
  flatten tags → a int64, tags string
    read t → a int64, tags list(string)
`},
	})
}
