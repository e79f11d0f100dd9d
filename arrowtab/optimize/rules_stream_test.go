package optimize_test

import (
	"testing"
	"time"

	pw "github.com/pwcol/pwcol/arrowtab"
	"github.com/pwcol/pwcol/arrowtab/optimize"
	"github.com/pwcol/pwcol/arrowtab/plan"
)

// streamSource has no end. With a key it yields upserts.
type streamSource struct {
	name string
	key  []int
}

func (streamSource) Schema() *pw.Schema {
	return pw.NewSchema(pw.Int64("k"), pw.Float64("v"), pw.String("s"), pw.Timestamp("ts"))
}
func (s streamSource) Describe() plan.Description { return plan.Description{Kind: s.name} }
func (streamSource) IsUnbounded() bool            { return true }

func (s streamSource) Feed() (plan.Feed, []int) {
	if s.key == nil {
		return plan.Insertions, nil
	}
	return plan.Upserts, s.key
}

func stream(name string) *pw.Table {
	return pw.NewSource(streamSource{name: name}, pw.SourceOptions{})
}

func upserts() *pw.Table {
	return pw.NewSource(streamSource{name: "u", key: []int{0}}, pw.SourceOptions{})
}

func window(options ...pw.WindowOption) *pw.Table {
	return stream("s").WindowBy("ts", pw.Tumbling(time.Minute), append(options, pw.By("k"))...).Reduce(pw.Sum("v"), pw.Max(col("v").Mul(2)).As("top"), pw.Count())
}

func TestPruneStreams(t *testing.T) {
	both := func(kind func(*pw.Table, *pw.Table, ...pw.JoinOption) *pw.Table, options ...pw.JoinOption) *pw.Table {
		return kind(stream("l"), stream("r"), append(options, pw.On("k"), pw.Suffix("_r"))...)
	}
	checkRule(t, optimize.PruneColumns, []ruleTest{
		{"join", one(both((*pw.Table).LeftJoin).Select("v_r")), `
project v_r → v_r float64
  project v_r → v_r float64
    left join on k = k → k int64, right.k int64, v_r float64
      read l → k int64
      read r → k int64, v float64
`},
		{"condition of a semi join", one(both((*pw.Table).SemiJoin, pw.OnCond(col("v").Lt(col("v_r")))).Select("s")), `
project s → s string
  semi join on k = k where v < v_r → k int64, v float64, s string
    read l → k int64, v float64, s string
    read r → k int64, v float64
`},
		{"every pair", one(stream("l").Join(stream("r").Select(col("k").As("j")), pw.OnCond(pw.Lit(true))).Reduce(pw.Count())), `
aggregate: count() as count → count int64
  inner join where TRUE → k int64, j int64
    read l → k int64
    project k as j → j int64
      read r → k int64
`},
		{"interval join", one(stream("l").Watermark("ts", 0).Join(stream("r").Watermark("ts", 0), pw.On("k"), pw.Within("ts", "ts", 0, time.Hour), pw.Suffix("_r")).Select("v")), `
project v → v float64
  project v → v float64
    inner join on k = k within 0s to 1h0m0s of ts − ts of left → k int64, v float64, ts timestamp[us], right.k int64, ts_r timestamp[us]
      watermark ts idle 30s
        read l → k int64, v float64, ts timestamp[us]
      watermark ts idle 30s
        read r → k int64, ts timestamp[us]
`},
		{"ties of an as-of join", one(stream("l").AsOfJoin(stream("r"), "ts", "ts", pw.On("k"), pw.Suffix("_r")).Select("v_r")), `
project v_r → v_r float64
  project v_r → v_r float64
    as-of inner join backward by ts, ts on k = k → k int64, ts timestamp[us], right.k int64, v_r float64, s_r string, ts_r timestamp[us]
      read l → k int64, ts timestamp[us]
      read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"no ties", one(stream("l").AsOfJoin(upserts(), "ts", "ts", pw.On("k"), pw.Suffix("_r")).Select("v_r")), `
project v_r → v_r float64
  project v_r → v_r float64
    as-of inner join backward by ts, ts on k = k → k int64, ts timestamp[us], right.k int64, v_r float64, ts_r timestamp[us]
      read l → k int64, ts timestamp[us]
      upsert by k
        read u → k int64, v float64, ts timestamp[us]
`},
		{"window", one(window().Select("count")), `
project count → count int64
  tumbling window 1m0s on ts by k: count() as count → window_start timestamp[us], window_end timestamp[us], k int64, count int64
    project k, ts → k int64, ts timestamp[us]
      watermark ts idle 30s
        read s → k int64, ts timestamp[us]
`},
		{"late rows", []*pw.Table{window().Late().Select("s", "window_end")}, `
project s, window_end → s string, window_end timestamp[us]
  project s, window_end → s string, window_end timestamp[us]
    late for tumbling window 1m0s on ts by k → k int64, s string, ts timestamp[us], window_start timestamp[us], window_end timestamp[us], reason string
      tumbling window 1m0s on ts by k → window_start timestamp[us], window_end timestamp[us], k int64
        project k, s, ts → k int64, s string, ts timestamp[us]
          watermark ts idle 30s
            read s → k int64, s string, ts timestamp[us]
`},
		{"late rows that go", []*pw.Table{upserts().WindowBy("ts", pw.Tumbling(time.Minute)).Reduce(pw.Count()).Late().Select("s", "diff")}, `
project s, diff → s string, diff int64
  late for tumbling window 1m0s on ts → k int64, s string, ts timestamp[us], window_start timestamp[us], window_end timestamp[us], reason string, diff int64
    tumbling window 1m0s on ts → window_start timestamp[us], window_end timestamp[us]
      watermark ts idle 30s
        upsert by k
          read u → k int64, s string, ts timestamp[us]
`},
		{"top", one(stream("s").TopK(2, pw.PerKey("k"), "ts").Reduce(pw.Sum("v"))), `
aggregate: sum(v) as sum_v → sum_v float64
  top 2 by k ordered by ts → k int64, v float64, ts timestamp[us]
    read s → k int64, v float64, ts timestamp[us]
`},
		{"ties of a top", one(upserts().TopK(2, pw.PerKey("v"), "ts").Select("v")), `
project v → v float64
  top 2 by v ordered by ts → k int64, v float64, s string, ts timestamp[us]
    upsert by k
      read u → k int64, v float64, s string, ts timestamp[us]
`},
		{"row numbers", one(upserts().RowNumber("n", "k").Select("n")), `
project n → n int64
  top ordered by k → k int64, n int64
    upsert by k
      read u → k int64
`},
		{"changes", one(stream("s").GroupBy("k").Reduce(pw.Sum("v"), pw.Count()).Changes().Select("k", "diff")), `
project k, diff → k int64, diff int64
  changes → k int64, sum_v float64, count int64, time timestamp[us], diff int64
    aggregate by k: sum(v) as sum_v, count() as count → k int64, sum_v float64, count int64
      read s → k int64, v float64
`},
		{"from changes", one(stream("s").FromChanges("k").Select("s")), `
project s → s string
  from changes by k → s string
    read s → k int64, s string
`},
	})
}

func TestPushFiltersOnStreams(t *testing.T) {
	sides := col("v").Gt(1).And(col("v_r").Gt(2), col("v").Lt(col("v_r")))
	both := func(kind func(*pw.Table, *pw.Table, ...pw.JoinOption) *pw.Table) []*pw.Table {
		right := stream("r").Rename(map[string]string{"v": "v_r"}).Select("k", "v_r")
		return one(kind(stream("l").Select("k", "v"), right, pw.OnPair("k", "k"), pw.Suffix("_r")).Filter(sides))
	}
	checkRule(t, optimize.PushFilters, []ruleTest{
		{"inner join", both((*pw.Table).Join), `
inner join on k = k where v < v_r → k int64, v float64, k_r int64, v_r float64
  project k, v → k int64, v float64
    filter v > 1
      read l → k int64, v float64, s string, ts timestamp[us]
  project k, v_r → k int64, v_r float64
    project k, v as v_r, s, ts → k int64, v_r float64, s string, ts timestamp[us]
      filter v > 2
        read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"left join", both((*pw.Table).LeftJoin), `
filter v_r > 2 AND v < v_r
  left join on k = k → k int64, v float64, k_r int64, v_r float64
    project k, v → k int64, v float64
      filter v > 1
        read l → k int64, v float64, s string, ts timestamp[us]
    project k, v_r → k int64, v_r float64
      project k, v as v_r, s, ts → k int64, v_r float64, s string, ts timestamp[us]
        read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"right join", both((*pw.Table).RightJoin), `
filter v > 1 AND v < v_r
  right join on k = k → k int64, v float64, k_r int64, v_r float64
    project k, v → k int64, v float64
      read l → k int64, v float64, s string, ts timestamp[us]
    project k, v_r → k int64, v_r float64
      project k, v as v_r, s, ts → k int64, v_r float64, s string, ts timestamp[us]
        filter v > 2
          read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"full join", both((*pw.Table).FullJoin), `
filter v > 1 AND v_r > 2 AND v < v_r
  full join on k = k → k int64, v float64, k_r int64, v_r float64
    project k, v → k int64, v float64
      read l → k int64, v float64, s string, ts timestamp[us]
    project k, v_r → k int64, v_r float64
      project k, v as v_r, s, ts → k int64, v_r float64, s string, ts timestamp[us]
        read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"text of a float", one(stream("l").LeftJoin(stream("r").Select("k"), pw.On("k")).Filter(col("v").Cast(pw.TString).Eq("0"))), `
project k, v, s, ts → k int64, v float64, s string, ts timestamp[us]
  filter cast(v as string) = '0'
    left join on k = k → k int64, v float64, s string, ts timestamp[us], right.k int64
      read l → k int64, v float64, s string, ts timestamp[us]
      project k → k int64
        read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"anti join", one(stream("l").AntiJoin(stream("r"), pw.On("k")).Filter(col("v").Gt(1))), `
anti join on k = k → k int64, v float64, s string, ts timestamp[us]
  filter v > 1
    read l → k int64, v float64, s string, ts timestamp[us]
  read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"as-of join", one(stream("l").AsOfLeftJoin(stream("r"), "ts", "ts", pw.OnPair("k", "k"), pw.Suffix("_r")).Filter(sides)), `
filter v_r > 2 AND v < v_r
  as-of left join backward by ts, ts on k = k → k int64, v float64, s string, ts timestamp[us], k_r int64, v_r float64, s_r string, ts_r timestamp[us]
    filter v > 1
      read l → k int64, v float64, s string, ts timestamp[us]
    read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"both sides one table", func() []*pw.Table {
			s := stream("s")
			return one(s.Join(s, pw.OnPair("k", "k"), pw.Suffix("_r")).Filter(sides))
		}(), `
inner join on k = k where v < v_r → k int64, v float64, s string, ts timestamp[us], k_r int64, v_r float64, s_r string, ts_r timestamp[us]
  filter v > 1
    #1 read s → k int64, v float64, s string, ts timestamp[us]
  filter v > 2
    #1, see above
`},
		{"window", one(window().Filter(col("k").Gt(1).And(col("count").Gt(2), col("window_start").IsNotNull()))), `
filter count > 2 AND window_start IS NOT NULL
  tumbling window 1m0s on ts by k: sum(v) as sum_v, max(v * 2) as top, count() as count → window_start timestamp[us], window_end timestamp[us], k int64, sum_v float64, top float64, count int64
    project k, v, s, ts, v * 2 → k int64, v float64, s string, ts timestamp[us], v * 2 float64
      filter k > 1
        watermark ts idle 30s
          read s → k int64, v float64, s string, ts timestamp[us]
`},
		{"a window with late rows", func() []*pw.Table {
			w := window()
			return []*pw.Table{w.Filter(col("k").Gt(1)), w.Late()}
		}(), `
filter k > 1
  #1 tumbling window 1m0s on ts by k: sum(v) as sum_v, max(v * 2) as top, count() as count → window_start timestamp[us], window_end timestamp[us], k int64, sum_v float64, top float64, count int64
    project k, v, s, ts, v * 2 → k int64, v float64, s string, ts timestamp[us], v * 2 float64
      watermark ts idle 30s
        read s → k int64, v float64, s string, ts timestamp[us]
project k, v, s, ts, window_start, window_end, reason → k int64, v float64, s string, ts timestamp[us], window_start timestamp[us], window_end timestamp[us], reason string
  late for tumbling window 1m0s on ts by k: sum(v) as sum_v, max(v * 2) as top, count() as count → k int64, v float64, s string, ts timestamp[us], v * 2 float64, window_start timestamp[us], window_end timestamp[us], reason string
    #1, see above
`},
		{"top", one(stream("s").TopK(2, pw.PerKey("k", "v"), "ts").Filter(col("k").Gt(1).And(col("v").Gt(1), col("s").Eq("x")))), `
filter s = 'x'
  top 2 by k, v ordered by ts → k int64, v float64, s string, ts timestamp[us]
    filter k > 1 AND v > 1
      read s → k int64, v float64, s string, ts timestamp[us]
`},
		{"the text of a key", one(stream("s").TopK(2, pw.PerKey("v"), "ts").Filter(col("v").Cast(pw.TString).Eq("0"))), `
filter cast(v as string) = '0'
  top 2 by v ordered by ts → k int64, v float64, s string, ts timestamp[us]
    read s → k int64, v float64, s string, ts timestamp[us]
`},
		{"upsert", one(upserts().Filter(col("k").Gt(1).And(col("v").Gt(2)))), `
filter v > 2
  upsert by k
    filter k > 1
      read u → k int64, v float64, s string, ts timestamp[us]
`},
		{"watermark", one(stream("s").Watermark("ts", 0).Filter(col("k").Gt(1))), `
filter k > 1
  watermark ts idle 30s
    read s → k int64, v float64, s string, ts timestamp[us]
`},
		{"changes", one(upserts().Changes().Filter(col("k").Gt(1).And(col("diff").Gt(0)))), `
filter diff > 0
  changes → k int64, v float64, s string, ts timestamp[us], time timestamp[us], diff int64
    upsert by k
      filter k > 1
        read u → k int64, v float64, s string, ts timestamp[us]
`},
		{"from changes", one(upserts().Changes().FromChanges("diff").Filter(col("k").Gt(1))), `
from changes by diff → k int64, v float64, s string, ts timestamp[us], time timestamp[us]
  changes → k int64, v float64, s string, ts timestamp[us], time timestamp[us], diff int64
    upsert by k
      filter k > 1
        read u → k int64, v float64, s string, ts timestamp[us]
`},
		{"changes that may be without a number", one(stream("s").FromChanges("k").Filter(col("v").Gt(1))), `
filter v > 1
  from changes by k → v float64, s string, ts timestamp[us]
    read s → k int64, v float64, s string, ts timestamp[us]
`},
	})
}

func TestRanks(t *testing.T) {
	numbered := func(cond pw.Expr) []*pw.Table {
		return one(stream("s").Select("k").RowNumber("n", "k").Filter(cond))
	}
	const below = ` ordered by k → k int64, n int64
    project k → k int64
      read s → k int64, v float64, s string, ts timestamp[us]
`
	checkRule(t, optimize.Ranks, []ruleTest{
		{"at most", numbered(col("n").Le(10)), "filter n <= 10\n  top 10" + below},
		{"less than", numbered(col("n").Lt(10)), "filter n < 10\n  top 9" + below},
		{"equal", numbered(col("k").Gt(1).And(col("n").Eq(1))), "filter k > 1 AND n = 1\n  top 1" + below},
		{"turned", numbered(pw.Lit(10).Gt(col("n"))), "filter 10 > n\n  top 9" + below},
		{"the least of several", numbered(col("n").Le(10).And(col("n").Lt(4))), "filter n <= 10 AND n < 4\n  top 3" + below},
		{"none", numbered(col("n").Lt(-5)), "filter n < -5\n  top 0" + below},
		{"another side", numbered(col("n").Gt(10)), "filter n > 10\n  top" + below},
		{"another column", numbered(col("k").Le(10)), "filter k <= 10\n  top" + below},
		{"either", numbered(col("n").Le(10).Or(col("k").Gt(1))), "filter n <= 10 OR k > 1\n  top" + below},
		{"behind what can fail", numbered(col("k").Add(1).Gt(1).And(col("n").Le(10))), "filter k + 1 > 1 AND n <= 10\n  top" + below},
	})
}

func TestFoldOnStreams(t *testing.T) {
	checkRule(t, optimize.Fold, []ruleTest{
		{"a condition that is always true", one(stream("l").AntiJoin(stream("r"), pw.On("k"), pw.OnCond(pw.Lit(1).Lt(2)))), `
anti join on k = k → k int64, v float64, s string, ts timestamp[us]
  read l → k int64, v float64, s string, ts timestamp[us]
  read r → k int64, v float64, s string, ts timestamp[us]
`},
		{"a stream never ends", one(stream("s").Filter(pw.Lit(false))), `
filter FALSE
  read s → k int64, v float64, s string, ts timestamp[us]
`},
		{"a watermark reports times that are NULL", one(pw.FromRows([]testRow{}).Watermark("n", 0).Filter(pw.Lit(false)).Select("a")), `
project a → a int64
  filter FALSE
    watermark n
      read memory 0 rows → a int64, b int64, c int32, x float64, y float64, s string, t bool, m timestamp[us], n timestamp[us]
`},
		{"a union in order of arrival", one(source().Union(source().Filter(pw.Lit(false))).Deduplicate([]string{"a"}, pw.KeepLast())), `
top 1 by a latest first → a int64, b int64, x float64, y float64, s string
  union → a int64, b int64, x float64, y float64, s string
    read t → a int64, b int64, x float64, y float64, s string
    filter FALSE
      read t → a int64, b int64, x float64, y float64, s string
`},
	})
}

// TestFiltersStayAboveSessions: a late row may make a session that is open begin earlier, but not before the first session of all keys.
func TestFiltersStayAboveSessions(t *testing.T) {
	table := stream("s").WindowBy("ts", pw.Session(time.Minute), pw.By("k")).Reduce(pw.Count()).Filter(col("k").Gt(1))
	n, err := table.Plan()
	if err != nil {
		t.Fatal(err)
	}
	out := optimize.Nodes([]plan.Node{n})[0]
	if _, above := out.(*plan.Filter); !above {
		t.Errorf("the filter isn't above the sessions:\n%s", plan.Explain(out))
	}
}
