package arrowtab

import (
	"strings"
	"testing"
	"time"

	"github.com/pwcol/pwcol/arrowtab/plan"
)

func TestStreamErrors(t *testing.T) {
	const minute = time.Minute
	bidColumns := "The columns are: auction, bidder, price, ts"
	rateColumns := "The columns are: bidder, auction, rate, since, day"
	window := func(options ...WindowOption) Windowed { return bids().WindowBy("ts", Tumbling(minute), options...) }
	totals := func() *Table { return bids().GroupBy("bidder").Reduce(Count()) }
	for _, c := range []struct {
		table *Table
		want  string
	}{
		{bids().Join(rates()), `join: both tables have a column "bidder" and "auction"; join On it, give Suffix("_right"), which is put behind the right one's name, or Rename it before` + "\n" +
			`join: which rows belong together? Give On("column"), OnPair or OnCond; every pair of rows is OnCond(pw.Lit(true))`},
		{bids().Join(nil, On("bidder")), `join: the other table is nil`},
		{bids().Union(nil, bids().Filter(Col("no"))), "union: table 2 is nil\n" + `filter: unknown column "no". ` + bidColumns},
		{bids().LeftJoin(rates(), On("bider"), OnPair("price", "rat"), Suffix("_r")), `left join: left table: unknown column "bider"; did you mean "bidder"? ` + bidColumns + "\n" +
			`left join: right table: unknown column "bider"; did you mean "bidder"? ` + rateColumns + "\n" + `left join: right table: unknown column "rat"; did you mean "rate"? ` + rateColumns},
		{bids().FullJoin(rates(), OnPair("price", "auction"), Suffix("_r")), `full join: left column "price" is float64 and column "auction" is int32: they must be of one type; cast one of them before: With(Col("…").Cast(…).As("…"))`},
		{bids().Join(rates(), On("bidder", "bidder"), Suffix("_r")), `join: On names column "bidder" twice`},
		{bids().With(Col("price").As("auction_r")).Join(rates(), On("bidder"), Suffix("_r")), `join: there would be two columns "auction_r"; take another Suffix, or Rename one before`},
		{bids().Join(rates().With(Col("rate").As("auction_r")), On("bidder"), Suffix("_r")), `join: there would be two columns "auction_r"; take another Suffix, or Rename one before`},
		{bids().Join(rates(), On("bidder"), Suffix("_r"), OnCond(Col("auction_x").Gt(1)), OnCond(Col("rate"))), `join: OnCond: unknown column "auction_x"; did you mean "auction_r" or "auction"? The columns are: auction, bidder, price, ts, auction_r, rate, since, day` + "\n" +
			`join: OnCond: column "rate" is float64, but a condition is true or false (bool); compare it with something`},
		{bids().SemiJoin(rates(), On("bidder"), OnCond(Col("auction").Gt(1))), `semi join: OnCond: both tables have a column "auction"; join On it, give Suffix("_right"), which is put behind the right one's name, or Rename it before`},
		{bids().LeftJoin(rates(), On("bidder"), Suffix("_r"), OnCond(Col("auction").Add(1).Gt(1))), `left join: OnCond: auction + 1 > 1 can fail on some pairs of rows, and what would their row be in this join? Compute what can fail before, by With, in the table that it belongs to`},
		{bids().Join(rates(), On("bidder"), Suffix("_r"), Nearest(), Tolerance(1)), "join: Nearest is an option of AsOfJoin\njoin: Tolerance is an option of AsOfJoin"},
		{bids().Join(rates(), On("bidder"), Suffix("_r"), Within("ts", "day", minute, 0)), `join: Within: no distance is from 1m0s to 0s; the smaller one comes first` + "\n" +
			`join: Within: the left table has no end and no watermark of "ts", so no row could ever be forgotten; give it one before: Watermark("ts", delay)` + "\n" +
			`join: Within: right column "day" is date, but times are timestamps; cast it`},
		{bids().AntiJoin(source(), OnPair("bidder", "name"), Within("ts", "timestamp", 0, 1), AsOfNow()), "anti join: Within and AsOfNow don't go together: one waits for rows to come, the other doesn't\n" +
			`anti join: Within: the left table has no end and no watermark of "ts", so no row could ever be forgotten; give it one before: Watermark("ts", delay)` + "\n" +
			"anti join: Within is 1ns; the engine counts time in whole microseconds\nanti join: AsOfNow goes with Join and LeftJoin, not with anti joins"},
		{totals().Join(rates(), On("bidder"), AsOfNow()), `join: AsOfNow answers a left row once and takes no answer back, but rows of the left table may be retracted (aggregate by bidder: count() as count); join before that step, or without AsOfNow`},
		{bids().AsOfJoin(rates(), "ts", "since", On("bidder"), Suffix("_r")), `as-of join: left column "ts" is timestamp[us] and column "since" is timestamp[s]: they must be of one type; cast one of them before: With(Col("…").Cast(…).As("…"))`},
		{bids().AsOfLeftJoin(bids(), "bidder", "bidder", Suffix("_r")), `as-of join: column "bidder" is string, but rows are brought together by times or numbers of at most 64 bits; cast it`},
		{bids().AsOfLeftJoin(bids(), "price", "price", Nearest(), Suffix("_r")), `as-of join: column "price" is float64, but Nearest and Tolerance measure distances, between times or integers`},
		{bids().AsOfJoin(bids(), "ts", "ts", Tolerance(5), Suffix("_r"), AsOfNow()), `as-of join: there is no AsOfNow: its answers are revised. For answers by what is there now, Join On the key with AsOfNow` + "\n" +
			"as-of join: Tolerance of times is a time.Duration of 0 or more, not 5 (int)"},
		{bids().AsOfJoin(bids(), "auction", "auction", Tolerance(minute), Suffix("_r")), `as-of join: Tolerance is a time.Duration, but column "auction" is int64; give a number of its units, or cast both sides to timestamps`},
		{bids().AsOfJoin(bids(), "auction", "auction", Tolerance(-1), Suffix("_r")), `as-of join: Tolerance of integers is an integer of 0 or more`},

		{bids().WindowBy("t", Tumbling(0), By("bider")).Reduce(Sum("bidder")), `tumbling window: unknown column "t"; did you mean "ts"? ` + bidColumns + "\n" +
			"tumbling window: the size is 0s; it must be more than 0\n" + `tumbling window: unknown column "bider"; did you mean "bidder"? ` + bidColumns + "\n" +
			`tumbling window: sum: column "bidder" is string, but sum takes numbers`},
		{rates().WindowBy("day", Session(-minute)).Reduce(Count()), `session window: column "day" is date, but event times are timestamps; cast it: With(Col("day").Cast(TimestampType(Micro)).As("day"))` + "\n" +
			"session window: the gap is -1m0s; it must be more than 0"},
		{rates().WindowBy("since", Sliding(1500*time.Millisecond, 500*time.Millisecond)).Reduce(Count()), `sliding window: the size is 1.5s, but "since" is timestamp[s], which has no such times; cast it to timestamp[us]` + "\n" +
			`sliding window: the step is 500ms, but "since" is timestamp[s], which has no such times; cast it to timestamp[us]`},
		{bids().WindowBy("ts", Sliding(minute, time.Hour)).Reduce(Count()), `sliding window: windows of 1m0s every 1h0m0s leave gaps, whose rows would be lost unseen; the size comes first: Sliding(size, step). For a sample, Filter before`},
		{bids().WindowBy("ts", Sliding(time.Hour, time.Microsecond)).Reduce(Count()), `sliding window: each row would be in 3600000000 windows (1h0m0s every 1µs); at most 100000 are allowed`},
		{bids().WindowBy("ts", Cumulating(time.Hour, minute)).Reduce(Count()), `cumulating window: windows grow by 1h0m0s and never are exactly 1m0s long; the step comes first: Cumulating(step, size), and size is a multiple of it`},
		{bids().WindowBy("ts", Tumbling(1500)).Reduce(Count()), `tumbling window: the size is 1.5µs; the engine counts time in whole microseconds`},
		{bids().WindowBy("ts", Session(minute), Origin(time.Now())).Reduce(Count()), `session window: Origin: session windows begin with their first row`},
		{bids().Watermark("ts", minute).WindowBy("ts", Tumbling(minute), Delay(minute), Idle(minute)).Reduce(Count()), `tumbling window: Delay: the table has a watermark of "ts" already; give Delay where that is made` + "\n" +
			`tumbling window: Idle: the table has a watermark of "ts" already; give Idle where that is made`},
		{window(Origin(time.Unix(0, 1).UTC()), nil).Reduce(Count()), `tumbling window: Origin is 1970-01-01 00:00:00.000000001 +0000 UTC; the engine counts time in whole microseconds, up to 292,000 years from 1970`},
		{bids().Filter(Col("ts").Epoch(9).Gt(0)), `filter: epoch(ts, 'unit 9'): there is no unit 'unit 9'; there are s, ms, us, ns`},
		{window(KeepResults(false)).Reduce(Count()), `tumbling window: KeepResults(false) takes back a window's results when the window is forgotten, but without Lateness or EmitEarly they come out just then; give one of those, or leave it out`},
		{window(Delay(-1000), Lateness(-minute), EmitEarly(0)).Reduce(Count(), Count()), "tumbling window: Delay is -1µs; it must be 0 or more\n" +
			"tumbling window: Lateness is -1m0s; it must be 0 or more\ntumbling window: EmitEarly is 0s; it must be more than 0\n" +
			`tumbling window: there would be two columns "count"; name one differently: .As("name")`},
		{bids().WindowByProcessingTime(Tumbling(minute), Delay(minute), Lateness(minute)).Reduce(), "tumbling window: Delay: windows of processing time have no event times, so none are late\n" +
			"tumbling window: Lateness: windows of processing time have no event times, so none are late"},
		{bids().Watermark("tss", minute), `watermark: unknown column "tss"; did you mean "ts"? ` + bidColumns},
		{bids().Watermark("ts", -minute, By("bidder")), "watermark: By is no option of Watermark; it takes Idle and Ahead\nwatermark: Delay is -1m0s; it must be 0 or more"},
		{bids().Watermark("ts", minute).Watermark("ts", minute), `watermark: the table has a watermark of "ts" already; give the delay where that is made`},
		{bids().Late(), `late: no step before is a WindowBy; rows that are late for a join have no table, they are counted (Stats.RowsLate)`},
		{bids().WindowByProcessingTime(Tumbling(minute)).Reduce(Count()).Late(), `late: nothing is late for windows of processing time`},
		{window().Reduce(Count()).Union(window().Reduce(Count())).Late(), `late: the table is made of several WindowBy (stream_errors_test.go and stream_errors_test.go); call Late on the one that is meant, before they are joined`},

		{bids().TopK(0, "bidder", PerKey("nope", "auction", "auction")), `top: unknown column "nope". ` + bidColumns + "\n" + `top: key "auction" is given twice` + "\n" + "top: 0 rows can't be had; k is 1 or more"},
		{bids().TopK(3, PerKey("auction")), `top: no order is given: first by what? Give columns' names, Asc or Desc`},
		{bids().RowNumber("ts", "price"), `row number: there is a column "ts" already; take another name`},
		{totals().RowNumber("n"), `row number: rows of the table may be retracted (aggregate by bidder: count() as count), so which came first means nothing; number them in an order: RowNumber(name, …, "column")`},
		{window().Reduce(Count()).Deduplicate([]string{"count"}, KeepFirst()), `deduplicate: the rows come in no particular order (tumbling window 1m0s on ts: count() as count), so none is the first; say by a column which one to keep: KeepFirstBy("column"), KeepLastBy("column")`},
		{rates().Deduplicate([]string{"auction", "oction"}, KeepLast()), `deduplicate: unknown column "oction"; did you mean "auction"? ` + rateColumns + "\n" +
			`deduplicate: rows of the table may be retracted (read stream), so which came first means nothing; say by a column which one to keep: KeepFirstBy("column"), KeepLastBy("column")`},
		{bids().Deduplicate([]string{"bidder"}, KeepLastBy("")), `deduplicate: unknown column "". ` + bidColumns},
		{bids().Deduplicate(nil, KeepFirstBy("at")), "deduplicate: no key columns are given; Distinct compares all of them\n" + `deduplicate: unknown column "at". ` + bidColumns},
		{bids().Sort("price").Filter(Col("price").Gt(1)), `sort: the rows never end, so the first one of an order is never known; keep the first k with TopK, or with a Limit right behind Sort`},
		{totals().Limit(3), `limit: rows of the table may be retracted (aggregate by bidder: count() as count), so there are no first ones; say by an order which ones: TopK(3, "column")`},

		{bids().Rename(map[string]string{"ts": "time", "price": "diff"}).Changes(), "changes: there would be two columns \"time\"; Rename that of the table\nchanges: there would be two columns \"diff\"; Rename that of the table"},
		{bids().FromChanges("price"), `from changes: column "price" is float64, but how often a row comes or goes is an integer`},
		{bids().FromChanges("dif"), `from changes: unknown column "dif". ` + bidColumns},
		{bids().Select("auction").FromChanges("auction"), `from changes: there is no column but "auction"`},
		{endlessTable(streamSource{testSource: testSource{NewSchema(bidFields()...)}, feed: plan.Upserts, key: []int{4}}), `stream yields upserts, but says no key of columns by which they replace each other`},

		{
			bids().Reduce(Median("bidder"), Quantile("price", 1.5), BoolAnd("price"), StringAgg("price", ", ").As("s"), First("price", 7), Sum("price").OrderBy("ts"), Count().Where(Col("price")).As("n")),
			`reduce: quantile_cont: column "bidder" is string, but quantile_cont takes numbers` + "\n" +
				"reduce: quantile_cont: 1.5; a quantile is a fraction from 0 to 1, and 0.5 is the median\n" +
				`reduce: bool_and: column "price" is float64, but bool_and takes bool` + "\n" +
				`reduce: string_agg: column "price" is float64, but string_agg takes strings; cast it` + "\n" +
				"reduce: a reducer takes a column's name or an expression, not a int\n" +
				"reduce: sum has no OrderBy; List and StringAgg have\n" +
				`reduce: count: Where: column "price" is float64, but a condition is true or false (bool); compare it with something`,
		},
		{
			bids().GroupBy("bidder").Reduce(List("price").As("l")).Reduce(ArgMax("bidder", "l"), Min("l").As("m"), List("l").As("n")),
			"reduce: arg_max: l is list(float64), but rows are ordered by plain values\n" +
				`reduce: min: column "l" is list(float64), but min takes values that have an order` + "\n" +
				`reduce: list: column "l" is list(float64), but list takes plain values`,
		},
	} {
		_, err := c.table.Plan()
		if err == nil {
			t.Errorf("no error; want %s", c.want)
			continue
		}
		if got := withoutPlaces(err); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

func withoutPlaces(err error) string {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		line = linePlace.ReplaceAllString(line, "$1")
		_, line, _ = strings.Cut(line, ": ")
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}
