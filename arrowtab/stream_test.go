package arrowtab

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

// streamSource is a source without an end.
type streamSource struct {
	testSource
	replays bool
	feed    plan.Feed
	key     []int
}

func (streamSource) IsUnbounded() bool          { return true }
func (s streamSource) IsReplaying() bool        { return s.replays }
func (s streamSource) Feed() (plan.Feed, []int) { return s.feed, s.key }
func (streamSource) Describe() plan.Description { return plan.Description{Kind: "stream"} }
func endlessTable(s streamSource) *Table        { return NewSource(s, SourceOptions{}) }
func streamOf(fields ...Field) *Table {
	return endlessTable(streamSource{testSource: testSource{NewSchema(fields...)}})
}

func bidFields() []Field {
	return []Field{Int64("auction", NotNull()), String("bidder"), Float64("price"), Timestamp("ts")}
}

// bids is a stream.
func bids() *Table { return streamOf(bidFields()...) }

// rates is a stream that is revised.
func rates() *Table {
	fields := []Field{String("bidder"), Int32("auction"), Float64("rate"), Timestamp("since", Unit(Second)), {Name: "day", Type: TDate}}
	return endlessTable(streamSource{testSource: testSource{NewSchema(fields...)}, feed: plan.Upserts, key: []int{0}})
}

var places = regexp.MustCompile(`, stream_test.go:\d+`)

// linePlace is a place in a text, of which the line is left out.
var linePlace = regexp.MustCompile(`(stream_errors_test.go):\d+`)

func TestStreamPlans(t *testing.T) {
	totals := bids().GroupBy("bidder").Reduce(Sum("price").As("total"))
	for _, c := range []struct {
		name  string
		table *Table
		want  string
	}{
		{"inner join", bids().Join(rates(), On("bidder"), Suffix("_rate")), `
project auction, bidder, price, ts, auction_rate, rate, since, day → auction int64, bidder string, price float64, ts timestamp[us], auction_rate int32, rate float64, since timestamp[s], day date  [retract]
  inner join on bidder = bidder → auction int64, bidder string, price float64, ts timestamp[us], right.bidder string, auction_rate int32, rate float64, since timestamp[s], day date  [retract]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
    upsert by bidder  [retract, key bidder]
      read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"key of a join", totals.LeftJoin(rates().Select("bidder", "rate"), On("bidder")), `
project bidder, total, rate → bidder string, total float64, rate float64  [retract, key bidder]
  left join on bidder = bidder → bidder string, total float64, right.bidder string, rate float64  [retract, key bidder]
    aggregate by bidder: sum(price) as total → bidder string, total float64  [retract, key bidder]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
    project bidder, rate → bidder string, rate float64  [retract, key bidder]
      upsert by bidder  [retract, key bidder]
        read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"integers of different width", bids().Select("auction").FullJoin(rates().Select("auction", "rate"), On("auction")), `
project coalesce(auction, cast(right.auction as int64)) as auction, rate → auction int64, rate float64  [retract]
  full join on auction = cast(auction as int64) → auction int64, right.auction int32, rate float64, right.cast(auction as int64) int64  [retract]
    project auction → auction int64  [append]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
    project auction, rate, cast(auction as int64) → auction int32, rate float64, cast(auction as int64) int64  [retract]
      project auction, rate → auction int32, rate float64  [retract]
        upsert by bidder  [retract, key bidder]
          read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"right join", bids().Select("bidder", "price").RightJoin(rates().Select("bidder"), On("bidder"), NullsEqual()), `
project right.bidder as bidder, price → bidder string, price float64  [retract]
  right join on bidder = bidder nulls equal → bidder string, price float64, right.bidder string  [retract]
    project bidder, price → bidder string, price float64  [append]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
    project bidder → bidder string  [retract, key bidder]
      upsert by bidder  [retract, key bidder]
        read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"semi join with a condition", bids().SemiJoin(bids().Select("price", "bidder"), On("bidder"), OnCond(Col("price").Lt(Col("price_2"))), Suffix("_2")), `
semi join on bidder = bidder where price < price_2 → auction int64, bidder string, price float64, ts timestamp[us]  [append]
  read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
  project price, bidder → price float64, bidder string  [append]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"anti join", bids().AntiJoin(rates(), OnPair("bidder", "bidder")), `
anti join on bidder = bidder → auction int64, bidder string, price float64, ts timestamp[us]  [retract]
  read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
  upsert by bidder  [retract, key bidder]
    read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"a condition that can fail", bids().Select("auction").Join(rates().Select("rate", Col("auction").As("a")), OnPair("auction", "a"), OnCond(Col("auction").Add(1).Gt(Col("a")))), `
project auction, rate, a → auction int64, rate float64, a int32  [retract]
  filter auction + 1 > cast(a as int64)  [retract]
    inner join on auction = cast(a as int64) → auction int64, rate float64, a int32, right.cast(a as int64) int64  [retract]
      project auction → auction int64  [append]
        read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
      project rate, a, cast(a as int64) → rate float64, a int32, cast(a as int64) int64  [retract]
        project rate, auction as a → rate float64, a int32  [retract]
          upsert by bidder  [retract, key bidder]
            read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"interval join", bids().Watermark("ts", time.Second).Join(bids().Watermark("ts", 2*time.Second, Idle(0), Ahead(time.Hour)).Select("auction", Col("ts").As("at")), On("auction"), Within("ts", "at", -time.Minute, time.Hour)), `
project auction, bidder, price, ts, at → auction int64, bidder string, price float64, ts timestamp[us], at timestamp[us]  [append, time ts]
  inner join on auction = auction within -1m0s to 1h0m0s of at − ts of left → auction int64, bidder string, price float64, ts timestamp[us], right.auction int64, at timestamp[us]  [append, time ts]
    watermark ts delay 1s idle 30s  [append, time ts]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
    project auction, ts as at → auction int64, at timestamp[us]  [append, time at]
      watermark ts delay 2s  [append, time ts]
        read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"as-of-now join", bids().LeftJoin(rates().Drop("auction"), On("bidder"), AsOfNow()).Select("price", "rate"), `
project price, rate → price float64, rate float64  [append]
  project auction, bidder, price, ts, rate, since, day → auction int64, bidder string, price float64, ts timestamp[us], rate float64, since timestamp[s], day date  [append]
    as-of-now left join on bidder = bidder → auction int64, bidder string, price float64, ts timestamp[us], right.bidder string, rate float64, since timestamp[s], day date  [append, time-bound]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
      project bidder, rate, since, day → bidder string, rate float64, since timestamp[s], day date  [retract, key bidder]
        upsert by bidder  [retract, key bidder]
          read stream → bidder string, auction int32, rate float64, since timestamp[s], day date  [retract]
`},
		{"as-of join", bids().AsOfLeftJoin(bids().Select("auction", Col("ts").As("at")), "ts", "at", On("auction"), Nearest(), Strict(), Tolerance(1500*time.Nanosecond)), `
project auction, bidder, price, ts, at → auction int64, bidder string, price float64, ts timestamp[us], at timestamp[us]  [retract]
  as-of left join nearest by ts, at on auction = auction strict tolerance 1 → auction int64, bidder string, price float64, ts timestamp[us], right.auction int64, at timestamp[us]  [retract]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
    project auction, ts as at → auction int64, at timestamp[us]  [append]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"tumbling window", bids().WindowBy("ts", Tumbling(5*time.Minute), By("bidder"), Delay(time.Minute)).Reduce(Avg("price").As("mean"), Count()), `
tumbling window 5m0s on ts by bidder: avg(price) as mean, count() as count → window_start timestamp[us], window_end timestamp[us], bidder string, mean float64, count int64  [append, key window_start, window_end, bidder, time window_start]
  watermark ts delay 1m0s idle 30s  [append, time ts]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"computed arguments", bids().Watermark("ts", 0).WindowBy("ts", Sliding(10*time.Minute, 3*time.Minute), Lateness(time.Hour), EmitEarly(time.Second), KeepResults(false), Origin(time.UnixMicro(5))).
			Reduce(Sum(Col("price").Mul(2)).As("double"), Count().Where(Col("price").Gt(100)).As("dear")), `
sliding window 10m0s every 3m0s from 5µs on ts lateness 1h0m0s early every 1s dropped when closed: sum(price * 2) as double, count() where price > 100 as dear → window_start timestamp[us], window_end timestamp[us], double float64, dear int64  [retract, key window_start, window_end, time window_start, time-bound]
  project auction, bidder, price, ts, price * 2, price > 100 → auction int64, bidder string, price float64, ts timestamp[us], price * 2 float64, price > 100 bool  [append, time ts]
    watermark ts idle 30s  [append, time ts]
      read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"sessions and late rows", bids().WindowBy("ts", Session(time.Minute), By("bidder")).Reduce(Sum(Col("price").Mul(2)).As("double")).Late(), `
project auction, bidder, price, ts, window_start, window_end, reason → auction int64, bidder string, price float64, ts timestamp[us], window_start timestamp[us], window_end timestamp[us], reason string  [append]
  late for session window 1m0s on ts by bidder: sum(price * 2) as double → auction int64, bidder string, price float64, ts timestamp[us], price * 2 float64, window_start timestamp[us], window_end timestamp[us], reason string  [append, time-bound]
    session window 1m0s on ts by bidder: sum(price * 2) as double → window_start timestamp[us], window_end timestamp[us], bidder string, double float64  [append, key window_start, window_end, bidder, time window_start]
      project auction, bidder, price, ts, price * 2 → auction int64, bidder string, price float64, ts timestamp[us], price * 2 float64  [append, time ts]
        watermark ts idle 30s  [append, time ts]
          read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"processing time", bids().WindowByProcessingTime(Cumulating(time.Minute, time.Hour), EmitEarly(time.Second)).Reduce(Count()), `
cumulating window 1h0m0s every 1m0s of processing time early every 1s: count() as count → window_start timestamp[us], window_end timestamp[us], count int64  [retract, key window_start, window_end, time window_start, time-bound]
  read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"top", totals.TopK(3, Desc("total")), `
top 3 ordered by total desc → bidder string, total float64  [retract, key bidder]
  aggregate by bidder: sum(price) as total → bidder string, total float64  [retract, key bidder]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"sort with limit", totals.Sort("total", Desc("bidder").NullsFirst()).Limit(3), `
top 3 ordered by total, bidder desc nulls first → bidder string, total float64  [retract, key bidder]
  aggregate by bidder: sum(price) as total → bidder string, total float64  [retract, key bidder]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"row number", bids().Select("auction", "price").RowNumber("n", PerKey("auction"), "price"), `
top by auction ordered by price → auction int64, price float64, n int64  [retract, key auction, n]
  project auction, price → auction int64, price float64  [append]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"keep first", bids().Deduplicate([]string{"bidder", "auction"}, KeepFirst()), `
top 1 by bidder, auction → auction int64, bidder string, price float64, ts timestamp[us]  [retract, key bidder, auction]
  read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"keep last by time", bids().Deduplicate([]string{"bidder"}, KeepLastBy("ts")), `
top 1 by bidder ordered by ts desc latest first → auction int64, bidder string, price float64, ts timestamp[us]  [retract, key bidder]
  read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"distinct", bids().Select("bidder", "auction").Distinct(), `
aggregate by bidder, auction → bidder string, auction int64  [append, key bidder, auction]
  project bidder, auction → bidder string, auction int64  [append]
    read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
		{"changes and back", totals.Changes().FromChanges("diff").Drop("time"), `
project bidder, total → bidder string, total float64  [retract]
  from changes by diff → bidder string, total float64, time timestamp[us]  [retract]
    changes → bidder string, total float64, time timestamp[us], diff int64  [append, time-bound]
      aggregate by bidder: sum(price) as total → bidder string, total float64  [retract, key bidder]
        read stream → auction int64, bidder string, price float64, ts timestamp[us]  [append]
`},
	} {
		n, err := c.table.Plan()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := places.ReplaceAllString(plan.Explain(n), ""); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s: got\n%swant%s", c.name, got, c.want)
		}
	}
}

// TestLongChainsOfKeys is about steps each of which asks of those before it whether all rows of its keys come in one epoch: thirty of them were not
// planned in a lifetime.
func TestLongChainsOfKeys(t *testing.T) {
	table := bids()
	for range 30 {
		table = table.TopK(3, "ts", PerKey("auction", "bidder", "price"))
	}
	if _, err := table.Plan(); err != nil || plan.Changing(table.node) != plan.Retract {
		t.Errorf("error %v, and the rows are %s", err, plan.Changing(table.node))
	}
}
